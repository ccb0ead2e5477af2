"""The translator's page: every text beside its source, what is wrong with it, the workbook out and back."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from instruments import (
    Imported,
    InstrumentError,
    Questionnaire,
    export_sheet,
    import_sheet,
    library_path,
    load,
    placeholders,
    texts_in,
    write_wording,
)
from survey.config import study_today
from survey.console import exporting, forms, words
from survey.console.frame import download, go, page, t
from survey.console.listing import FORMATS, Column, Wanted, listed
from survey.console.room import room
from survey.console.visitor import visitor
from survey.console.waves import there
from survey.people.entering import act
from survey.store import waves as store
from survey.store.models import Wave
from survey.store.rules import reason_of

WORDERS = ("director", "field_manager", "translator")
STANDINGS = {
    "missing": words.say("Missing"),
    "placeholders": words.say("The names in braces differ"),
    "same": words.say("The same as the source"),
    "long": words.say("Much longer than the source"),
    "there": words.say("There"),
}
TWICE, LONG = 2, 60
MOST_SAID = 50
"""Problems of a workbook that are told at once."""


@dataclass(frozen=True)
class Row:
    """One text in two languages."""

    path: str
    source: str
    words: str
    standing: str


def columns() -> tuple[Column, ...]:
    """Of the list of texts."""
    say = t().gettext
    return (
        Column("standing", words.say("Standing"), lambda row: say(STANDINGS[row.standing])),
        Column("source", words.say("Source"), lambda row: row.source),
        Column("words", words.say("Translation"), lambda row: row.words),
        Column("path", words.say("Where it stands"), lambda row: row.path),
    )


def translations(study: str, wave: str) -> Response:
    """On to the visitor's own language, else to the first that is translated."""
    found, asked = _read(study, wave)
    translated = _translated(found, asked)
    to = t().language if t().language in translated else next(iter(translated), asked.source_language)
    return go("wording", study=study, wave=wave, to=to)


def wording(study: str, wave: str, to: str) -> Response:
    """The list of one language, those in need first."""
    return _page(study, wave, to, 200, [])


def export_wording(study: str, wave: str, to: str) -> Response:
    """The list as a file."""
    return exporting.export("wording", _rows(_asked(study, wave, to)[1], to), columns())


def workbook(study: str, wave: str, to: str) -> Response:
    """What a translator works on, as `tolqyn instrument translate export` writes it."""
    asked = _asked(study, wave, to)[1]
    with tempfile.TemporaryDirectory(prefix="tolqyn-") as folder:
        file = Path(folder) / f"{asked.name}-{asked.version}-{to}.xlsx"
        try:
            export_sheet(library_path(asked.name, asked.version), to, file)
        except InstrumentError as error:
            return _page(study, wave, to, 409, _said(error, file.name))
        content = file.read_bytes()
    return download(content, FORMATS["xlsx"], file.name)


def send_wording(study: str, wave: str, to: str) -> Response:
    """A workbook that came back: checked, its changes shown, and taken in where that was asked."""
    sent, take = request.files.get("workbook"), bool(request.form.get("take"))
    if sent is None or not sent.filename:
        return _page(study, wave, to, 400, [t().gettext(words.PROBLEMS["needed"])])
    found, asked = _asked(study, wave, to)
    try:
        checked = _checked(sent, asked)
        if take:
            _take(found, asked, checked)
    except InstrumentError as error:
        return _page(study, wave, to, 409, _said(error, sent.filename))
    return _page(study, wave, to, 200, [], checked=checked, taken=take)


def _checked(sent: FileStorage, asked: Questionnaire) -> Imported:
    """Raises InstrumentError with every problem of every row."""
    with tempfile.TemporaryDirectory(prefix="tolqyn-") as folder:
        file = Path(folder) / "workbook.xlsx"
        sent.save(file)
        return import_sheet(file, library_path(asked.name, asked.version), study_today())


def _take(found: Wave, asked: Questionnaire, checked: Imported) -> None:
    """Write the wording file, and let a draft ask in its words from now on. Raises InstrumentError."""
    if checked.changes_file:
        write_wording(checked)
    questionnaire = load(library_path(asked.name, asked.version))
    with room().database.writing() as session:
        mine = there(store.wave_named(session, found.study, found.name))
        if mine.state == "draft":
            store.store_instrument(session, questionnaire)
            mine.fingerprint = questionnaire.fingerprint
        detail: dict[str, str | int] = {"language": checked.language, "texts": len(checked.changes)}
        act(session, visitor().name, "wave.wording", f"{found.study}/{found.name}", **detail)


def _said(error: InstrumentError, name: str) -> list[str]:
    """Each problem under the name of the file that was sent, not of the copy that was read."""
    reasons = [replace(reason_of(problem), file=None, line=None) for problem in error.problems[:MOST_SAID]]
    return [
        f"{name}{_row(problem.line)}: {words.said(t(), reason)}"
        for problem, reason in zip(error.problems, reasons, strict=False)
    ]


def _row(line: int) -> str:
    return f", {t().gettext(words.say('row {n}'), n=line)}" if line else ""


def _read(study: str, wave: str) -> tuple[Wave, Questionnaire]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        return found, store.questionnaire_of(session, found)


def _translated(found: Wave, asked: Questionnaire) -> list[str]:
    return [code for code in found.languages if code != asked.source_language]


def _asked(study: str, wave: str, to: str) -> tuple[Wave, Questionnaire]:
    """The wave and its questionnaire. Raises NotFound for a language it does not speak."""
    found, asked = _read(study, wave)
    if to not in found.languages:
        raise NotFound
    return found, asked


def _rows(asked: Questionnaire, to: str) -> list[Row]:
    found = list(_texts(json.loads(asked.to_json()), asked.source_language, to))
    order = list(STANDINGS)
    return sorted(found, key=lambda row: order.index(row.standing))


def _texts(document: Mapping[str, object], source: str, to: str) -> Iterator[Row]:
    for path, texts in texts_in(document, to, source):
        said, wanted = texts.get(to, ""), texts.get(source, "")
        yield Row(path, wanted, said, _standing(wanted, said, same=to == source))


def _standing(source: str, said: str, *, same: bool) -> str:
    if not said.strip():
        return "missing"
    if same:
        return "there"
    if set(placeholders(source)) != set(placeholders(said)):
        return "placeholders"
    if said == source and any(letter.isalpha() for letter in source):
        return "same"
    return "long" if len(said) > LONG and len(said) > TWICE * len(source) else "there"


def _page(
    study: str,
    wave: str,
    to: str,
    status: int,
    problems: list[str],
    *,
    checked: Imported | None = None,
    taken: bool = False,
) -> Response:
    found, asked = _asked(study, wave, to)
    rows = _rows(asked, to)
    review = asked.codebook().reviews.get(to)
    return page(
        "wording",
        status,
        wave=found,
        to=to,
        asked=asked,
        listing=listed(rows, columns(), Wanted.read()),
        counts=[(title, sum(r.standing == code for r in rows)) for code, title in STANDINGS.items()],
        draft=asked.status.get(to, "").startswith("draft"),
        review=review,
        checked=checked,
        taken=taken,
        export=forms.Export(),
        problems=problems,
    )
