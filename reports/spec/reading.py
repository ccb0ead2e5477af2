"""The path of a report specification in, a checked `ReportSpec` or every problem of its files out."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin

from lxml import etree
from PIL import Image

from analysis import FileKind, FileNotes, read_checked
from instruments import FileProblem, Text
from reports.colours import contrast
from reports.errors import SpecError
from reports.i18n import LANGUAGES
from reports.spec.model import COLOUR, DAY, Fact, Facts, ReportSpec, Source
from reports.spec.schema import bare, facts_schema, report_schema, shown_fields

SPECIFICATION = FileKind("a report specification", "format: 1")
FACTS = FileKind("a facts file", "format: 1")
LEAST_CONTRAST = 4.5
"""Of text on its ground, as WCAG 2 asks."""
LARGEST_LOGO = 1_000_000
PAPER = "#ffffff"
PNG_SIGN, LAST_CHUNK = b"\x89PNG\r\n", b"IEND\xaeB`\x82"
"""With which every whole PNG begins and ends."""
NAMED_ONCE = ("indicators", "batteries", "chapters", "scales", "questions", "languages", "exposure", "cards")
"""Lists that name nothing twice."""


@dataclass(frozen=True)
class Draft:
    """A specification as far as it was read: its problems, and itself where there are none."""

    path: Path
    data: Mapping[str, Any]
    """What the file says, with its mistakes."""
    notes: FileNotes
    beside: tuple[FileProblem, ...] = ()
    """Problems of its facts file."""
    spec: ReportSpec | None = None


def read_spec(path: str | Path) -> ReportSpec:
    """Read and check a specification with its logo and facts file. SpecError lists every problem, by line."""
    draft = read_draft(Path(path))
    if draft.spec is None:
        raise SpecError((*draft.notes.in_order(), *draft.beside))
    return draft.spec


def read_draft(path: Path) -> Draft:
    """The same, with nothing raised."""
    read = read_checked(path, report_schema(), SPECIFICATION)
    notes, data = read.notes, read.sound
    _check(data, notes)
    _check_colours(_colours(read.data), notes)
    logo = _logo(data, path, notes)
    facts, files, problems = _facts(data, path, notes)
    draft = Draft(path, read.data if isinstance(read.data, Mapping) else {}, notes, tuple(problems))
    if notes.problems or problems:
        return draft
    found: ReportSpec = built(ReportSpec, data)
    files = {"specification.yaml": read.content, **files}
    if logo:
        files[f"logo{Path(data['organisation']['logo']).suffix}"] = logo
    return replace(draft, spec=replace(found, source=Source(path, notes.line, facts, logo, files, data)))


def read_facts(path: str | Path) -> tuple[Fact, ...]:
    """Read and check a facts file. SpecError lists every problem, by line."""
    read = read_checked(Path(path), facts_schema(), FACTS)
    listed = read.data.get("facts") if isinstance(read.data, Mapping) else ()
    for place, fact in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(fact, Mapping):
            _check_fact(fact, ("facts", str(place)), read.notes)
    if read.notes.problems:
        raise SpecError(read.notes.in_order())
    found: Facts = built(Facts, read.data)
    return tuple(
        replace(fact, place=f"{path}:{read.notes.line(('facts', str(place), 'checked'))}")
        for place, fact in enumerate(found.facts)
    )


def built(model: Any, data: Mapping[str, Any]) -> Any:
    """An object of a class of `model` from checked plain data."""
    kinds = shown_fields(model)
    return model(**{name: _value(kinds[name], value) for name, value in data.items()})


def _value(kind: Any, value: Any) -> Any:
    kind = bare(kind)
    if kind == Text:
        return dict(value) if isinstance(value, Mapping) else dict.fromkeys(LANGUAGES, str(value))
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], each) for each in value)
    if is_dataclass(kind):
        return built(kind, value)
    return float(value) if kind is float else value


def _check(data: Mapping[str, Any], notes: FileNotes) -> None:
    for place, language in enumerate(data.get("languages") or ()):
        if language not in LANGUAGES:
            expected = f"one of {', '.join(LANGUAGES)}"
            notes.add(("languages", str(place)), "language", expected, language, "correct the language")
    if "dated" in data:
        _day(data["dated"], ("dated",), notes)
    for name in NAMED_ONCE:
        _once(data.get(name) or (), (name,), notes)
    for place, count in enumerate(data.get("official_counts") or ()):
        path = ("official_counts", str(place))
        looked = _day(count["looked_at"], (*path, "looked_at"), notes)
        if looked is not None and looked.year < int(count["year"]):
            hint = "correct one of the two"
            found = f"{count['looked_at']}, before the year {count['year']} it is of"
            notes.add((*path, "looked_at"), "looked-at", "a day after the year began", found, hint)


def _once(names: Any, path: tuple[str, ...], notes: FileNotes) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            notes.add(
                (*path, str(place)), "repeated-name", "each name once", f"{name} again", "leave one out"
            )


def _day(text: str, path: tuple[str, ...], notes: FileNotes) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        notes.add(path, "day", "a day of the calendar such as 2026-03-01", text, "correct the day")
        return None


def _colours(data: Any) -> Mapping[str, str]:
    """Those of the file that are colours, whatever else is wrong with it."""
    for key in ("organisation", "colours"):
        data = data.get(key) if isinstance(data, Mapping) else None
    given = data if isinstance(data, Mapping) else {}
    return {
        name: given[name] for name in ("main", "accent") if re.fullmatch(COLOUR, str(given.get(name, "")))
    }


def _check_colours(given: Mapping[str, str], notes: FileNotes) -> None:
    """Headings are printed in the main colour on paper, the accent's words on the main colour."""
    whole = {"main": "#12304f", "accent": "#f0c98d", **given}
    pairs = (("main", PAPER, "white paper"), ("accent", whole["main"], f"the main colour {whole['main']}"))
    for name, ground, said in pairs:
        ratio = contrast(whole[name], ground)
        if ratio < LEAST_CONTRAST:
            place = name if name in given else "main"
            notes.add(
                ("organisation", "colours", place),
                "contrast",
                f"a contrast of {LEAST_CONTRAST:g} or more with {said}",
                f"{whole[name]}, with {ratio:.1f}",
                "take a darker main colour" if name == "main" else "take a lighter accent or a darker main",
            )


def _logo(data: Mapping[str, Any], path: Path, notes: FileNotes) -> bytes:
    organisation = data.get("organisation") or {}
    name = organisation.get("logo")
    if not name:
        return b""
    place = ("organisation", "logo")
    told = {problem.path for problem in notes.problems}
    if not organisation.get("logo_text") and "organisation.logo_text" not in told:
        hint = "add logo_text: the organisation's name is enough"
        notes.add(("organisation", "logo_text"), "required", "what the logo shows, in words", "nothing", hint)
    content = _beside(path, name, place, notes)
    if content:
        _check_picture(name, content, place, notes)
    if len(content) > LARGEST_LOGO:
        notes.add(place, "logo", "at most 1 MB", f"{len(content):,} bytes", "make the picture smaller")
    if b"<script" in content or b'href="http' in content:
        notes.add(place, "logo", "a picture that loads nothing", name, "export it without links and scripts")
    return content


def _check_picture(name: str, content: bytes, place: tuple[str, ...], notes: FileNotes) -> None:
    """The file is what its ending says, whole: a torn picture would be left out of the pages in silence."""
    whole = {
        ".png": ("a PNG picture", _is_png(content)),
        ".svg": ("an SVG picture", _is_svg(content)),
    }
    expected, fits = whole[Path(name).suffix]
    if not fits:
        found = f"{name}, which holds something else or only a part of one ({len(content):,} bytes)"
        notes.add(place, "logo", expected, found, "open it in a drawing program and export it again")


def _is_png(content: bytes) -> bool:
    """Begun and ended as one, each piece as it was written: `verify` reads no picture, `load` no sums."""
    if not (content.startswith(PNG_SIGN) and LAST_CHUNK in content[-64:]):
        return False
    try:
        for read in (Image.Image.verify, Image.Image.load):
            with Image.open(io.BytesIO(content)) as picture:
                read(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _is_svg(content: bytes) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return bool(etree.QName(etree.fromstring(content, parser)).localname == "svg")
    except etree.XMLSyntaxError:
        return False


def _facts(
    data: Mapping[str, Any], path: Path, notes: FileNotes
) -> tuple[tuple[Fact, ...], dict[str, bytes], tuple[Any, ...]]:
    name = data.get("facts")
    if not name:
        return (), {}, ()
    content = _beside(path, name, ("facts",), notes)
    if not content:
        return (), {}, ()
    try:
        return read_facts(path.parent / name), {"facts.yaml": content}, ()
    except SpecError as error:
        return (), {}, error.problems


def _beside(path: Path, name: str, place: tuple[str, ...], notes: FileNotes) -> bytes:
    """The bytes of a file beside the specification; noted when it lies elsewhere or is not there."""
    folder = path.parent.resolve()
    wanted = (folder / name).resolve()
    if not wanted.is_relative_to(folder):
        notes.add(place, "outside", "a file in the specification's folder", name, "copy it there")
        return b""
    try:
        return wanted.read_bytes()
    except OSError as error:
        notes.add(place, "no-file", "a file that can be read", f"{name}: {error.strerror}", "check the name")
        return b""


def _check_fact(fact: Mapping[str, Any], path: tuple[str, ...], notes: FileNotes) -> None:
    """What the schema cannot say; of a value that departs from it nothing is said twice."""
    if re.match(DAY, str(fact.get("checked", ""))):
        _day(fact["checked"], (*path, "checked"), notes)
    if fact.get("kind") == "help_line" and not fact.get("number"):
        notes.add((*path, "number"), "required", "the number of the help line", "nothing", "add number:")
    if fact.get("kind") == "law" and not fact.get("url"):
        notes.add((*path, "url"), "required", "where the law can be read", "nothing", "add url: https://…")
