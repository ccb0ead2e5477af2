"""Two waves with small groups, published once: what the site must hide is in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from analysis import SurveyData, derive, write_release
from instruments import Level, Missing, Role, Variable
from reports import LANGUAGES, Written, write_site

LEAVE = "https://www.example.org/weather"


def named(*words: str) -> dict[str, str]:
    return dict(zip(("kk", "ru", "uz", "en"), words * 4, strict=False))


AGE = Variable("AGE", named("=AGE"), Level.INTERVAL, item="AGE")
BAND = Variable(
    "band",
    named("Age & <band>"),
    Level.ORDINAL,
    {1: named("18-34"), 2: named("35-49"), 3: named("50-79"), 4: named("80+")},
    role=Role.DERIVED,
    rule={"cut": "AGE", "at": [35, 50, 80]},
)
TOWN = Variable(
    "town",
    named("Town"),
    Level.NOMINAL,
    {1: named("=1+1"), 2: named("Village"), 3: named("Camp")},
    item="town",
)
OPINION = Variable(
    "OPINION",
    named("Opinion"),
    Level.NOMINAL,
    {1: named("One"), 2: named("Two"), 3: named("Three"), 4: named("Seldom")},
    item="OPINION",
    missing=(Missing.DONT_KNOW, Missing.REFUSED),
)
PLACE = Variable(
    "place",
    named("Place"),
    Level.NOMINAL,
    {1: named("Anywhere"), 2: named("Camp again")},
    role=Role.DERIVED,
    rule={"recode": "town", "to": {"1": [1, 2], "2": [3]}},
)


def with_groups(data: SurveyData) -> SurveyData:
    """The wave with ages (few above 80, some unknown) and towns (few in the camp)."""
    chance = np.random.default_rng([7, int(data.meta.wave)])
    n = len(data.frame)
    frame = data.frame.assign(
        AGE=np.where(
            chance.random(n) < 0.03, -2, chance.choice([25, 40, 60, 85], n, p=[0.4, 0.35, 0.2, 0.05])
        ),
        OPINION=chance.choice([1, 2, 3, 4, -1], n, p=[0.45, 0.3, 0.16, 0.04, 0.05]),
        town=chance.choice([1, 2, 3], n, p=[0.6, 0.32, 0.08]),
    )
    codebook = replace(data.codebook, variables=(*data.codebook.variables, AGE, TOWN, OPINION, BAND, PLACE))
    return data.with_frame(derive(frame, codebook), codebook=codebook)


def write(data: SurveyData, home: Path) -> Path:
    return write_release(data, home, instrument="{}", weights={}, fieldwork={}).folder


@dataclass(frozen=True)
class Published:
    """A site on disk and what it was made of."""

    out: Path
    folders: tuple[Path, ...]
    data: tuple[SurveyData, ...]
    written: Written

    @property
    def files(self) -> Path:
        """Downloads in English."""
        return self.out / "en" / "small@1" / "files"


@pytest.fixture(scope="session")
def grouped_waves(make_wave: Callable[..., SurveyData]) -> tuple[SurveyData, ...]:
    return tuple(with_groups(make_wave(name, n=n)) for name, n in (("2024", 1500), ("2025", 700)))


@pytest.fixture(scope="session")
def publish() -> Callable[..., Written]:
    """Write a site from release folders."""

    def write_it(
        folders: Sequence[Path], out: Path, languages: Sequence[str] = ("en",), **options
    ) -> Written:
        return write_site(folders, languages, out, leave_url=LEAVE, **options)

    return write_it


@pytest.fixture(scope="session")
def published(
    grouped_waves: tuple[SurveyData, ...],
    publish: Callable[..., Written],
    tmp_path_factory: pytest.TempPathFactory,
) -> Published:
    """The two waves in four languages."""
    home = tmp_path_factory.mktemp("site")
    folders = tuple(write(data, home) for data in grouped_waves)
    out = home / "results"
    return Published(out, folders, grouped_waves, publish(folders, out, LANGUAGES, by=("band", "town")))
