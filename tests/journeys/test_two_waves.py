"""Two synthetic waves by typed commands, answered over HTTP, as one report whose sentences are recomputed."""

import csv
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import analysis
from reports.i18n import words
from survey.cli import main
from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.config import Config
from survey.simulation import Server, Visit, load_settings, play
from survey.simulation.people import Person, Place, draw_person

STUDY = "journey"
WAVES = {"2025": ("2025-05-12", "2025-06-08", 0), "2026": ("2026-05-11", "2026-06-07", 3)}
"""First and last day, and which figures of the simulation's series the people follow."""
STRATA = {"cities": (75, "urban"), "villages": (61, "rural")}
PLACES, PEOPLE = 5, 5
"""Places of each stratum, people of each place: 50 interviews a wave, 8 degrees of freedom."""
INTERVIEWS = len(STRATA) * PLACES * PEOPLE
RECORD = {
    "title": {"en": "Journey", "kk": "Жол"},
    "strategy": "A repeated cross-section.",
    "sponsor": "Nobody",
    "funder": "Nobody",
    "frame": "Invented people",
    "recruitment": "A code each",
    "incentives": "None",
    "sampling": "Two stages",
    "limitations": {"en": "Invented", "kk": "Ойдан шығарылған", "ru": "Выдумано", "uz": "Oʻylab topilgan"},
}
Type = Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance's folder."""
    return tmp_path_factory.mktemp("journey") / "home"


@pytest.fixture(scope="module")
def config(home: Path) -> Config:
    return Config(
        home=home,
        database_url=f"sqlite:///{home}/tolqyn.sqlite",
        port=free_port(),
        plain_http=True,
        two_person=False,
    )


@pytest.fixture(scope="module")
def tolqyn(config: Config) -> Type:
    """Type a command that must succeed; what it prints."""
    env = {
        "TOLQYN_HOME": str(config.home),
        "TOLQYN_DATABASE_URL": config.database_url,
        "TOLQYN_TWO_PERSON": "off",
        "TOLQYN_PLAIN_HTTP": "on",
        "PORT": str(config.port),
    }

    def run(*typed: str) -> str:
        result = CliRunner().invoke(main, typed, env=env)
        assert result.exit_code == 0, f"{typed}\n{result.output}"
        return result.output

    return run


def people_of(place: str, stratum: str, position: int) -> Iterator[Person]:
    """Adults of one place who stay to the end, some of them by detours."""
    settings = replace(load_settings(), course={})
    where = Place(place, stratum, *STRATA[stratum])
    for number in range(PEOPLE):
        person = draw_person(settings, "journey", position, place, number, wave=position, place=where)
        yield replace(person, habits=person.habits - {"withdraws"})


def in_the_field(tolqyn: Type, home: Path, wave: str) -> list[Visit]:
    """Create a wave, invite people of every place, and open it."""
    opens, closes, position = WAVES[wave]
    record = home.parent / "wave.yaml"
    record.write_text(yaml.safe_dump(RECORD, allow_unicode=True), "utf-8")
    name, visits = f"{STUDY}/{wave}", []
    created = tolqyn(
        *("wave", "create", name, "--instrument", "kz_thb_core", "--alias", f"opinion-{wave}"),
        *("--opens", opens, "--closes", closes, "--sample-type", "probability"),
        *("--organisation", "Centre X", "--contact", "+7 700 000 00 00", "--disclosure", str(record)),
        *("--synthetic", "--seed", "11", "--text-key", str(home.parent / f"{wave}.textkey")),
    )
    assert f"{home.parent / wave}.textkey" in created
    for stratum, number in product(STRATA, range(PLACES)):
        place = f"{stratum}-{number}"
        out = home.parent / f"{wave}-{place}.csv"
        tolqyn(
            *("wave", "invite", name, "--n", str(PEOPLE), "--batch", place, "--psu", place),
            *("--stratum", stratum, "--base-weight", str(100 + 50 * number), "--out", str(out)),
        )
        codes = [row["code"] for row in csv.DictReader(out.read_text("utf-8").splitlines())]
        people = people_of(place, stratum, position)
        visits += [Visit(person, code) for person, code in zip(people, codes, strict=True)]
    assert "is open" in tolqyn("wave", "open", name)
    return visits


def pages_of(pdf: Path) -> list[str]:
    """The words of each page, on one line."""
    done = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [" ".join(page.split()) for page in done.stdout.split("\f")[:-1]]


def test_two_played_waves_become_sentences_that_the_releases_confirm(
    tolqyn: Type, config: Config, home: Path, tmp_path: Path
) -> None:
    tolqyn("db", "upgrade")
    visits = {wave: in_the_field(tolqyn, home, wave) for wave in WAVES}
    with running_server(config, workers=2, log=home / "server.log") as server:
        for wave, row in visits.items():
            outcomes = list(play(Server(config.host, config.port), f"opinion-{wave}", row))
            assert [outcome.ended for outcome in outcomes] == ["complete"] * INTERVIEWS
    assert server.poll() == 0, "nothing of the server is left"

    for wave in WAVES:
        assert "is closed" in tolqyn("wave", "close", f"{STUDY}/{wave}", "--confirm")
        tolqyn("release", "build", f"{STUDY}/{wave}")
    assert tolqyn("release", "verify", STUDY).count("is as it was written") == len(WAVES)
    tolqyn("report", "build", STUDY, "--lang", "en,kk", "--out", str(tmp_path))

    releases = {ref.wave: ref for ref in analysis.list_releases(home, STUDY)}
    assert list(releases) == list(WAVES)
    data = {wave: analysis.read_release(ref.folder) for wave, ref in releases.items()}
    assert [len(each.frame) for each in data.values()] == [INTERVIEWS] * len(WAVES)
    for language in ("en", "kk"):
        pages = pages_of(tmp_path / f"{STUDY}-2026-{language}.pdf")
        mark = words(language).say("SYNTHETIC DATA")
        assert len(pages) > 5
        assert not [page for page in pages if mark.casefold() not in page.casefold()]
        assert not [page for page in pages if releases["2026"].fingerprint not in page]
        assert releases["2025"].fingerprint in " ".join(pages)
        the_sentences_say_what_the_releases_say(*data.values(), " ".join(pages), language)


def the_sentences_say_what_the_releases_say(
    before: analysis.SurveyData, after: analysis.SurveyData, text: str, language: str
) -> None:
    """Each headline share that may be shown stands in its finding's sentence: both waves, in time order."""
    compared = 0
    for indicator in after.codebook.indicators:
        if not (indicator.headline and indicator.statistic == "proportion"):
            continue
        rows = [
            analysis.proportion(data, indicator.variable, code=indicator.code).to_dict("records")[0]
            for data in (before, after)
        ]
        if any(row["publish"] == "suppress" for row in rows):
            continue
        _, found, rest = text.casefold().partition(" ".join(indicator.finding[language].split()).casefold())
        assert found, indicator.name
        printed = re.findall(r"(\d+)\s?%", rest[:400])
        assert printed[:2] == [f"{100 * row['estimate']:.0f}" for row in rows], (indicator.name, rest[:400])
        compared += 1
    assert compared
