"""One answer's whole way by the commands a small office types: from a tap over HTTP to a printed sentence."""

import csv
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import mean, proportion, read_release
from survey.cli import main
from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.config import Config, study_today
from survey.simulation import Server, Visit, load_settings, play
from survey.simulation.people import Person, Place, draw_person

PLACES = tuple(
    Place(f"{stratum}-{number}", stratum, region, settlement)
    for stratum, region, settlement in (("cities", 75, "urban"), ("south", 61, "rural"))
    for number in range(1, 7)
)
EACH = 8
WAVE = "kz-office/2026"
DISCLOSURE = """\
title: {en: Survey of the office, ru: Опрос офиса, kk: Кеңсе сауалнамасы, uz: Idora soʻrovi}
strategy: Web questionnaire.
sponsor: The office.
funder: The office.
frame: A list of households in each place.
recruitment: A letter with a code.
incentives: None.
sampling: Six places in each of two strata.
limitations: A rehearsal.
"""
TARGETS = """\
name: Adults by sex
attribution: Population census 2021
margins:
  - {variables: [Z_SEX], source: census, date: "2021", counts: {1: 6697639, 2: 6025709}}
"""
Tolqyn = Callable[..., str]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    home = tmp_path / "home"
    url = f"sqlite:///{home}/tolqyn.sqlite"
    return Config(home=home, database_url=url, port=free_port(), plain_http=True)


@pytest.fixture
def tolqyn(config: Config, tmp_path: Path) -> Tolqyn:
    """Type a command; its output."""

    def type_(*words: str) -> str:
        env = {
            "TOLQYN_HOME": str(config.home),
            "TOLQYN_DATABASE_URL": config.database_url,
            "PORT": str(config.port),
        }
        result = CliRunner().invoke(main, words, env=env, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return type_


def person(place: Place, number: int) -> Person:
    """Somebody who answers to the end."""
    drawn = draw_person(load_settings(), "journey", place.name, number, wave=3, place=place)
    facts = {**drawn.facts, "consent": 1, "resident": 1, "age": max(18, drawn.facts["age"])}
    return replace(drawn, facts=facts, course="completes", habits=frozenset())


def codes_of(links: Path) -> list[str]:
    with links.open(newline="", encoding="utf-8") as file:
        return [row["code"] for row in csv.DictReader(file)]


def create_and_open(tolqyn: Tolqyn, folder: Path) -> None:
    (folder / "wave.yaml").write_text(DISCLOSURE, "utf-8")
    today: date = study_today()
    tolqyn("db", "upgrade")
    tolqyn(
        "wave",
        "create",
        WAVE,
        "--instrument=kz_thb_core",
        "--alias=office-26",
        f"--opens={today}",
        f"--closes={today + timedelta(days=7)}",
        "--organisation=Office",
        "--contact=+7 700 000 00 00",
        "--sample-type=probability",
        "--synthetic",
        "--seed=2026",
        f"--disclosure={folder / 'wave.yaml'}",
        f"--text-key={folder / 'text.key'}",
    )
    for place in PLACES:
        tolqyn(
            "wave",
            "invite",
            WAVE,
            f"--n={EACH}",
            f"--batch={place.name}",
            f"--stratum={place.stratum}",
            f"--psu={place.name}",
            "--base-weight=120.5",
            f"--out={folder / place.name}.csv",
        )
    tolqyn("wave", "open", WAVE)


def answer_everything(config: Config, folder: Path) -> None:
    visits = [
        Visit(person(place, number), code)
        for place in PLACES
        for number, code in enumerate(codes_of(folder / f"{place.name}.csv"))
    ]
    with running_server(config, workers=2, log=folder / "server.log"):
        ended = [o.ended for o in play(Server("127.0.0.1", config.port), "office-26", visits)]
    assert ended == ["complete"] * len(PLACES) * EACH


def text_of(pdf: Path) -> str:
    run = subprocess.run(["pdftotext", "-enc", "UTF-8", str(pdf), "-"], capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def test_an_answer_travels_from_a_tap_to_a_printed_sentence(
    tolqyn: Tolqyn, config: Config, tmp_path: Path
) -> None:
    create_and_open(tolqyn, tmp_path)
    answer_everything(config, tmp_path)
    (tmp_path / "targets.yaml").write_text(TARGETS, "utf-8")
    tolqyn("wave", "close", WAVE, "--by", "aigul")
    tolqyn("wave", "close", WAVE, "--by", "timur", "--confirm")
    tolqyn("release", "build", WAVE, "--targets", str(tmp_path / "targets.yaml"))
    assert "as it was written" in tolqyn("release", "verify", f"{WAVE}/1")
    tolqyn("report", "build", "kz-office", "--lang", "en,ru", "--out", str(tmp_path / "out"))

    data = read_release(config.home / "releases" / "kz-office" / "2026" / "1")
    assert len(data.frame) == len(PLACES) * EACH
    weight = data.frame["weight"]
    women = weight[data.frame["Z_SEX"] == 1].sum() / weight[data.frame["Z_SEX"] > 0].sum()
    assert women == pytest.approx(6697639 / (6697639 + 6025709), abs=1e-6)

    [share] = proportion(data, "WR_POLICE", code=1).itertuples()
    [score] = mean(data, "VB_INDEX").itertuples()
    assert share.publish != "suppress"
    english = text_of(tmp_path / "out" / "kz-office-2026-en.pdf")
    russian = text_of(tmp_path / "out" / "kz-office-2026-ru.pdf")
    assert (
        f"that someone is being held and exploited was {100 * share.estimate:.0f}% (95% interval" in english
    )
    assert f"{score.estimate:.2f}" in english
    assert f"{score.estimate:.2f}".replace(".", ",") in russian
    assert min(text.count(data.meta.fingerprint) for text in (english, russian)) > 10, "on every page"
