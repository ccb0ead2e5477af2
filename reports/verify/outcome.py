"""A file and release folders in, the report built again from them and what differs out."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pikepdf import PasswordError, Pdf, PdfError

from analysis import TrackingPlan, release_at
from reports.build import report_from_folders
from reports.code import code_fingerprint, libraries
from reports.errors import ReportError, SpecError
from reports.i18n import LANGUAGES
from reports.ledger import LEDGER
from reports.render import render_pdf
from reports.spec import ReportSpec, read_spec
from reports.verify.carried import differing_data
from reports.verify.difference import Difference
from reports.verify.objects import differing_objects
from reports.verify.printed import attachments, differing_words, ledger_of

DATA = "estimates.json"
SPECIFICATION, FACTS = "specification.yaml", "facts.yaml"


@dataclass(frozen=True)
class Outcome:
    """`same_bytes` says all; otherwise `differences` lists what is not as recomputed; `notes` say why."""

    numbers: int
    """How many printed numbers the ledger of the report made again holds."""
    same_bytes: bool
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()


def verify_report(
    file: Path, folders: Sequence[Path], spec: ReportSpec | None = None, plan: TrackingPlan | None = None
) -> Outcome:
    """Estimate and print again in memory, and compare: bytes first, then data, words and every object.

    `spec` and `plan` as they were given to the report; a specification that the file carries is read from it.
    ReportError for a file that is no report of this program; what building a report raises passes through.
    """
    content = file.read_bytes()
    with _opened(content, file) as document:
        carried = _carried(document, file)
    made_by = json.loads(carried[DATA])
    language = _language(made_by, file)
    if made_by.get("planned") and plan is None:
        raise ReportError(f"{file}: expected the tracking plan it was made with, found none: add --plan FILE")
    with TemporaryDirectory() as folder:
        chosen = spec or _specification(carried, Path(folder), file)
        # Only what may be incomplete can be made again from incomplete records; its stamp is compared.
        again = render_pdf(report_from_folders(folders, language, chosen, plan, incomplete=True))
    found = compared(content, again)
    return replace(found, differences=(*_releases(made_by, folders), *found.differences))


def _language(made_by: Mapping[str, Any], file: Path) -> str:
    if "code" not in made_by or made_by.get("language") not in LANGUAGES:
        raise ReportError(
            f"{file}: expected a language and a code version in {DATA}, found none to read: "
            "the file was edited, or made by a version that did not keep them; build the report again"
        )
    return str(made_by["language"])


def _specification(carried: Mapping[str, bytes], folder: Path, file: Path) -> ReportSpec | None:
    """The specification the file carries, with its facts; None where it was made by the instrument's own."""
    if SPECIFICATION not in carried:
        return None
    for name in (SPECIFICATION, FACTS):
        if name in carried:
            (folder / name).write_bytes(carried[name])
    try:
        return read_spec(folder / SPECIFICATION)
    except SpecError as error:
        raise ReportError(
            f"{file}: its specification names files that are not in it ({error}): add --spec FILE"
        ) from error


def compared(content: bytes, again: bytes) -> Outcome:
    """A file beside the same report made again: bytes first, then data, words and every object."""
    with Pdf.open(io.BytesIO(content)) as document, Pdf.open(io.BytesIO(again)) as remade:
        carried, ours = attachments(document), attachments(remade)
        ledger = ledger_of(ours[LEDGER])
        count = sum(len(entries) for entries in ledger.values())
        if content == again:
            return Outcome(count, same_bytes=True, differences=())
        notes = tuple(_other_maker(json.loads(carried[DATA])))
        found = [*differing_data(carried, ours, exact=not notes)]
        found += differing_words(document, remade, ledger)
        if not notes:
            found += _unseen(document, remade, found)
    return Outcome(count, same_bytes=False, differences=tuple(found), notes=notes)


def carried_by(file: Path) -> Mapping[str, bytes]:
    """The data files a report carries, by name; ReportError for a file that is no report."""
    with _opened(file.read_bytes(), file) as document:
        return _carried(document, file)


def _opened(content: bytes, file: Path) -> Pdf:
    try:
        return Pdf.open(io.BytesIO(content))
    except (PdfError, PasswordError) as error:
        raise ReportError(
            f"{file}: no PDF that can be read ({error}); give a report of `report build`"
        ) from error


def _carried(document: Pdf, file: Path) -> Mapping[str, bytes]:
    carried = attachments(document)
    if DATA not in carried:
        have = ", ".join(carried) or "nothing"
        raise ReportError(
            f"{file}: expected a report with {DATA} attached, found {have} attached: "
            "give a file as `tolqyn report build` wrote it"
        )
    return carried


def _releases(made_by: Mapping[str, Any], folders: Sequence[Path]) -> Iterator[Difference]:
    """Waves whose release is not the one the file was made from."""
    given: dict[str, str] = {}
    for folder in folders:
        release = release_at(folder)
        given[release.wave] = release.fingerprint
    printed = {str(each["wave"]): str(each["fingerprint"]) for each in made_by.get("releases", ())}
    for wave in dict.fromkeys([*printed, *given]):
        now = given.get(wave, "(not given)")
        if printed.get(wave, "(not used)") != now:
            yield Difference(f"release {wave}", printed.get(wave, "(not used)"), now, "releases")


def _other_maker(made_by: Mapping[str, Any]) -> Iterator[str]:
    """Why equal bytes cannot be expected, where that is so."""
    if made_by.get("code") != code_fingerprint():
        yield (
            f"made by other code ({str(made_by.get('code'))[:16]}) than this ({code_fingerprint()[:16]}): "
            "bytes cannot be compared; data and the words people see were, page by page"
        )
    theirs = made_by.get("libraries")
    for name, ours in libraries().items():
        other = theirs.get(name) if isinstance(theirs, dict) else None
        if other != ours:
            yield f"made with {name} {other}, here is {ours}: layout may differ"


def _unseen(file: Pdf, again: Pdf, told: Sequence[Difference]) -> Iterator[Difference]:
    """What differs though no word and no data does: drawings, alternative texts, tables of letters."""
    places = list(differing_objects(file, again))
    if told:
        expected = ("/Pages", "/Names", "/AF")
        places = [each for each in places if not each.id.startswith(expected)]
    yield from places
    if not told and not places:
        yield Difference("bytes", "the same content in another form", "as written by report build", "file")
