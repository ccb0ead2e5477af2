"""Printed forms filled in by invented respondents, and clerks who type them into files."""

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from instruments import Draw, Questionnaire, load, load_library
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.store import opening, waves
from survey.store import paper as store
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave

TINY = Path(__file__).resolve().parents[2] / "library"
Row = dict[str, str]
"""Column -> what a clerk types."""


def questionnaire_of(name: str) -> Questionnaire:
    """A tiny instrument of tests/library, or one of the library."""
    path = TINY / f"{name}.yaml"
    return load(path) if path.exists() else load_library(name)


def filled_in(questionnaire: Questionnaire, draw: Draw, chance: random.Random) -> dict[str, Any]:
    """What somebody answers on the way through the form; blanks are left out, nobody leaves by an exit."""
    answers: dict[str, Any] = {}
    for number in questionnaire.sequence(draw):
        for item in questionnaire.items_on(number, answers, draw):
            if not item.stores or (item.beside and not item.counts(answers)):
                continue
            value: Any = None
            if item.required or chance.random() > 0.1:
                value = item.sample(draw, chance.randrange)
                if item.allow and chance.random() < 0.15:
                    value = int(chance.choice(item.allow))
                if item.kind == "text":
                    value = chance.choice(("It was so", "=1+1", "call 8 701 123 45 67"))
                while questionnaire.exit_for({**answers, item.id: value}):
                    value = item.sample(draw, chance.randrange)
            answers[item.id] = _blank(item.kind) if value is None else value
    return {name: value for name, value in answers.items() if value not in ("", -5)}


def _blank(kind: str) -> Any:
    return "" if kind == "text" else -5


def typed(questionnaire: Questionnaire, draw: Draw, answers: Mapping[str, Any], **frame: str) -> Row:
    """The boxes of the form as cells, as the guide tells clerks to type them."""
    row = {"interview day": "2027-05-12", "interview language": "en", **frame}
    own = draw.variables()
    for variable in questionnaire.codebook().variables:
        if variable.role == "assignment":
            row[variable.name] = str(own[variable.name])
    for name, value in answers.items():
        item = questionnaire.items[name]
        if isinstance(value, int):
            row[name] = str(value)
        elif item.kind == "several":
            row |= {f"{name}_{code}": "1" for code in value}
        elif item.kind == "ranking":
            row |= {f"{name}_{code}": str(place) for place, code in enumerate(value, 1)}
        elif item.kind == "date" and "-" in value:
            row |= {f"{name}_{part}": text for part, text in zip("YMD", value.split("-"), strict=False)}
        else:
            row[name] = value
    return row


def spoil(row: Row, columns: list[str], chance: random.Random) -> dict[str, str]:
    """Another row for the second clerk, with up to two cells typed wrongly."""
    cells = [name for name in row if name not in ("interview day", "interview language")]
    slips = {
        name: chance.choice(["", "7777777777", row[name] + "1"])
        for name in chance.sample(cells, min(2, len(cells)))
    }
    return {**row, **slips}


@dataclass(frozen=True)
class Office:
    """Who prints, types and enters; `folder` holds the files."""

    folder: Path
    wave: Wave
    questionnaire: Questionnaire
    key: keys.WaveKey

    def tolqyn(self, *words: str | Path) -> Result:
        """Type a command; whatever it says, it never shows a traceback."""
        result = CliRunner().invoke(main, list(map(str, words)))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def draw(self, form: int) -> Draw:
        """What the form draws."""
        return self.questionnaire.draw(self.key.paper(form))

    def row(self, form: int, seed: int = 0, **frame: str) -> Row:
        """A form filled in by somebody invented, as a clerk types it."""
        chance = random.Random(f"{seed}/{form}")
        draw = self.draw(form)
        return typed(self.questionnaire, draw, filled_in(self.questionnaire, draw, chance), **frame)

    def type_in(self, name: str, rows: Mapping[int, Row]) -> Path:
        """A clerk's file, made from the template; `name` ends in .xlsx or .csv."""
        path = self.folder / name
        made = self.tolqyn("paper", "template", self.wave.alias, "--out", path)
        assert made.exit_code == 0, made.output
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                head = next(csv.reader(file))
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(
                    [form, *(row.get(column, "") for column in head[1:])] for form, row in rows.items()
                )
            return path
        book = load_workbook(path)
        sheet = book["forms"]
        place = {cell.value: cell.column for cell in sheet[1]}
        for line, (form, row) in enumerate(rows.items(), start=2):
            sheet.cell(line, 1, form)
            for column, text in row.items():
                cell = sheet.cell(line, place[column])
                is_number = cell.number_format != "@" and text.lstrip("-").isdigit()
                cell.value = int(text) if is_number else text
                if not is_number:
                    cell.data_type = "s"
        book.save(path)
        return path


def correct(path: Path, said: Mapping[tuple[str, str], str]) -> None:
    """Write what the paper says into the list of differences."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "correct": said[row["form"], row["column"]]} for row in rows)


@pytest.fixture
def office(
    database: Database, environment: Config, make_wave: Callable[..., Wave], tmp_path: Path
) -> Callable[..., Office]:
    """Put a questionnaire into the field with printed forms."""

    def begin(name: str | Questionnaire, forms: int = 6, **spec: Any) -> Office:
        questionnaire = questionnaire_of(name) if isinstance(name, str) else name
        given = {
            "alias": "paper-a",
            "name": "a",
            "access": "open",
            "synthetic": True,
            "languages": ("en",),
            "disclosure": dict.fromkeys(opening.REQUIRED, "Nothing real."),
        }
        made = make_wave(questionnaire, **{**given, **spec})
        with database.writing() as session:
            found = waves.find_wave(session, made.alias)
            opening.open_wave(session, found, questionnaire, found.opens)
            if forms:
                store.add_forms(session, found, BatchSpec("one", forms, few="a test"), "en")
        key = keys.read_wave_key(environment.keys, made.alias)
        return Office(tmp_path, found, questionnaire, key)

    return begin


@pytest.fixture
def as_typed() -> Callable[..., Row]:
    """Answers as a clerk types them."""
    return typed


@pytest.fixture
def by_somebody() -> Callable[..., dict[str, Any]]:
    """Answers of somebody invented."""
    return filled_in


@pytest.fixture
def slips() -> Callable[..., Row]:
    """The second clerk's row."""
    return spoil


@pytest.fixture
def look_up() -> Callable[..., None]:
    """The supervisor with the papers."""
    return correct
