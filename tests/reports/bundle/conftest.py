"""A wave and an older one with ages, towns and labels that must not become formulas, bundled once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from analysis import PublicFile, PublicSpec, SurveyData, derive, read_public_spec, write_release
from instruments import Level, Missing, Role, Variable
from reports import LANGUAGES, Bundle, Microdata, write_bundle

SPECIFICATION = """
format: 1
licence: CC-BY-4.0
keys:
  - importance: 3
    steps:
      - column: AGE
        name: age3
        at: [30, 50]
  - importance: 2
    removable: true
    steps:
      - column: town
  - importance: 1
    removable: true
    steps:
      - column: language
        name: tongue
        groups: {1: {values: [kk], label: "K"}, 2: {values: [ru, uz], label: "R, U"}}
numbers: {LE: {}}
sensitive: [VB_ANY]
"""


def named(*words: str) -> dict[str, str]:
    return dict(zip(LANGUAGES, words * 4, strict=False))


AGE = Variable("AGE", named("=AGE"), Level.INTERVAL, item="AGE", missing=(Missing.REFUSED,))
LE = Variable("LE", named("Count & <list>"), Level.INTERVAL, item="LE", missing=(Missing.REFUSED,))
TOWN = Variable(
    "town",
    named("Ауыл", "Село", "Qishloq", "Town"),
    Level.NOMINAL,
    {1: named("=1+1"), 2: named("Village, 50%"), 3: named("Camp " + "long " * 40)},
    named("Where do you live?"),
    item="town",
)
SELDOM = Variable(
    "SELDOM",
    named("Asked of few"),
    Level.NOMINAL,
    {1: named("Yes"), 2: named("No")},
    named("Did it help?"),
    item="SELDOM",
    missing=(Missing.NOT_APPLICABLE,),
)
BAND = Variable(
    "band",
    named("Band"),
    Level.ORDINAL,
    {1: named("18-49"), 2: named("50+")},
    role=Role.DERIVED,
    rule={"cut": "AGE", "at": [50]},
)


def with_people(data: SurveyData) -> SurveyData:
    chance = np.random.default_rng([3, int(data.meta.wave)])
    n = len(data.frame)
    frame = data.frame.assign(
        AGE=np.where(chance.random(n) < 0.02, -2, chance.integers(18, 90, n)),
        LE=chance.choice([0, 1, 2, 3, -2], n, p=[0.3, 0.3, 0.2, 0.15, 0.05]),
        SELDOM=np.where(np.arange(n) < 25, chance.choice([1, 2], n), -3),
        town=chance.choice([1, 2, 3], n, p=[0.6, 0.35, 0.05]),
    )
    codebook = replace(data.codebook, variables=(*data.codebook.variables, AGE, LE, TOWN, SELDOM, BAND))
    return data.with_frame(derive(frame, codebook), codebook=codebook)


@pytest.fixture(name="with_people", scope="session")
def with_people_() -> Callable[[SurveyData], SurveyData]:
    return with_people


@dataclass(frozen=True)
class Made:
    """A bundle, its releases and its log."""

    bundle: Bundle
    folders: tuple[Path, ...]
    log: Path
    spec: PublicSpec

    @property
    def place(self) -> Path:
        return self.bundle.place

    @property
    def newest(self) -> PublicFile:
        return self.bundle.published[-1]

    def file(self, pattern: str) -> Path:
        (found,) = self.place.glob(pattern)
        return found


@pytest.fixture(scope="session")
def spec_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "microdata.yaml"
    path.write_text(SPECIFICATION, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def two_waves(
    make_wave: Callable[..., SurveyData], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ...]:
    home = tmp_path_factory.mktemp("bundle-home")
    return tuple(
        write_release(
            with_people(make_wave(name, n=n)), home, instrument="{}", weights={}, fieldwork=FIELDWORK
        ).folder
        for name, n in (("2024", 500), ("2025", 700))
    )


FIELDWORK = {"dispositions": {"complete": 690, "partial": 10, "breakoff": 8}, "invitations": 1500}


@pytest.fixture(scope="session")
def made(two_waves: tuple[Path, ...], spec_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The bundle of both waves in four languages, with its archive."""
    room = tmp_path_factory.mktemp("bundle")
    spec = read_public_spec(spec_file)
    bundle = write_bundle(
        two_waves,
        LANGUAGES,
        room / "out",
        microdata=Microdata(spec, room / "log"),
        by=("band",),
        zipped=True,
    )
    return Made(bundle, two_waves, room / "log", spec)
