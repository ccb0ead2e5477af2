"""A file and release folders in, the report built again from them and what differs out."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pikepdf import PasswordError, Pdf, PdfError
from yaml import YAMLError

from analysis import PlanError, TrackingPlan, read_plan, release_at
from reports.build import PLAN_FILE, report_from_folders
from reports.code import code_fingerprint, libraries
from reports.errors import ReportError, SpecError
from reports.i18n import LANGUAGES
from reports.ledger import LEDGER
from reports.render import render_pdf
from reports.report import Report
from reports.sheets import FACTSHEET, factsheets_from_folders
from reports.spec import ReportSpec, read_spec
from reports.verify.carried import differing_data
from reports.verify.difference import DAMAGED, NOT_READABLE, READABLE, Difference
from reports.verify.objects import differing_objects
from reports.verify.printed import attachments, differing_words, ledger_of
from reports.verify.tiles import differing_tiles, is_list, read_list

DATA = "estimates.json"
NAMED = {"study", "wave", "release", "fingerprint"}
"""What is said of each release a file was made from."""
SPECIFICATION, FACTS, LOGOS = "specification.yaml", "facts.yaml", ("logo.png", "logo.svg")


@dataclass(frozen=True)
class Outcome:
    """`same_bytes` says all; otherwise `differences` lists what is not as recomputed; `notes` say why."""

    numbers: int
    """How many printed numbers the ledger of the report made again holds."""
    same_bytes: bool
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether drawings and the ledger were compared too: only the same code makes them alike."""
        return self.same_bytes or not self.notes


def verify_report(
    file: Path, folders: Sequence[Path], spec: ReportSpec | None = None, plan: TrackingPlan | None = None
) -> Outcome:
    """Estimate and print again in memory, and compare: bytes first, then data, words and every object.

    `spec` and `plan` as they were given to the report; those that the file carries are read from it.
    ReportError for a file that is no report of this program; what building a report raises passes through.
    """
    if is_list(file):
        return _of_tiles(file, folders, spec, plan)
    content = file.read_bytes()
    with _opened(content, file) as document:
        carried = _carried(document, file)
    made_by = json.loads(carried[DATA])
    language = _language(made_by, file)
    with TemporaryDirectory() as folder:
        declared = plan or _plan(carried, made_by, Path(folder), file)
        chosen = spec or _specification(carried, Path(folder), file)
        # Only what may be incomplete can be made again from incomplete records; its stamp is compared.
        again = render_pdf(_again(made_by, folders, language, chosen, declared))
    found = compared(content, again)
    return replace(found, differences=(*_releases(made_by, folders), *found.differences))


def _of_tiles(
    file: Path, folders: Sequence[Path], spec: ReportSpec | None, plan: TrackingPlan | None
) -> Outcome:
    """The same for pictures: the list says which, their bytes decide."""
    listed = read_list(file)
    numbers, found = differing_tiles(file, listed, folders, spec, plan)
    differences = (*_releases(listed, folders), *found)
    return Outcome(
        numbers, same_bytes=not differences, differences=differences, notes=tuple(_other_maker(listed))
    )


def _again(
    made_by: Mapping[str, Any],
    folders: Sequence[Path],
    language: str,
    spec: ReportSpec | None,
    plan: TrackingPlan | None,
) -> Report:
    """The same kind of publication, estimated again."""
    if made_by.get("document") == FACTSHEET:
        return next(factsheets_from_folders(folders, (language,), spec, plan, incomplete=True))
    return report_from_folders(folders, language, spec, plan, incomplete=True)


def _language(made_by: Mapping[str, Any], file: Path) -> str:
    if "code" not in made_by or made_by.get("language") not in LANGUAGES:
        raise ReportError(
            f"{file}: expected a language and a code version in {DATA}, found none to read: "
            "the file was edited, or made by a version that did not keep them; build the report again"
        )
    return str(made_by["language"])


def _plan(
    carried: Mapping[str, bytes], made_by: Mapping[str, Any], folder: Path, file: Path
) -> TrackingPlan | None:
    """The tracking plan the file carries; None where it was made without one."""
    if PLAN_FILE not in carried:
        if made_by.get("planned"):
            raise ReportError(
                f"{file}: expected the tracking plan it was made with, found none attached: add --plan FILE"
            )
        return None
    path = folder / PLAN_FILE
    path.write_bytes(carried[PLAN_FILE])
    try:
        return read_plan(path)
    except PlanError as error:
        raise ReportError(
            f"{file}: the tracking plan in it cannot be used ({error}): add --plan FILE, the publisher's"
        ) from error


def _specification(carried: Mapping[str, bytes], folder: Path, file: Path) -> ReportSpec | None:
    """The specification the file carries, its facts and logo with it; None where there was none."""
    if SPECIFICATION not in carried:
        return None
    path = folder / SPECIFICATION
    path.write_bytes(carried[SPECIFICATION])
    try:
        _lay_beside(path, carried)
        return read_spec(path)
    except (SpecError, YAMLError, *DAMAGED) as error:
        raise ReportError(
            f"{file}: the specification in it cannot be used ({error}): add --spec FILE, the publisher's"
        ) from error


def _lay_beside(path: Path, carried: Mapping[str, bytes]) -> None:
    """The facts file and the logo under the names that the specification has for them."""
    said = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506  plain text, no objects
    named = {FACTS: said.get("facts"), **{logo: said.get("organisation", {}).get("logo") for logo in LOGOS}}
    for name, wanted in named.items():
        target = (path.parent / str(wanted)).resolve()
        if name in carried and wanted and target.is_relative_to(path.parent.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(carried[name])


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
    """The data files a report carries, by name (of tiles their list); ReportError for any other file."""
    if is_list(file):
        read_list(file)
        return {DATA: file.read_bytes()}
    with _opened(file.read_bytes(), file) as document:
        return _carried(document, file)


def _opened(content: bytes, file: Path) -> Pdf:
    try:
        return Pdf.open(io.BytesIO(content))
    except (PdfError, PasswordError) as error:
        raise ReportError(f"{file}: no PDF that can be read; give a report of `report build`") from error


def _carried(document: Pdf, file: Path) -> Mapping[str, bytes]:
    try:
        carried = attachments(document)
    except DAMAGED as error:
        raise _damaged(file, "a file attached to it") from error
    if DATA not in carried:
        have = ", ".join(carried) or "nothing"
        raise ReportError(
            f"{file}: expected a report with {DATA} attached, found {have} attached: "
            "give a file as `tolqyn report build` wrote it"
        )
    try:
        releases = json.loads(carried[DATA])["releases"]
        whole = bool(releases) and all(each.keys() >= NAMED for each in releases)
    except DAMAGED as error:
        raise _damaged(file, f"the attached {DATA}") from error
    if not whole:
        raise _damaged(file, f"the list of releases in the attached {DATA}")
    return carried


def _damaged(file: Path, what: str) -> ReportError:
    return ReportError(
        f"{file}: {what} cannot be read: it is not what `tolqyn report build` wrote, and none of its numbers "
        "can be relied on; get the file again from whoever published it"
    )


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
    try:
        places = list(differing_objects(file, again))
    except DAMAGED:
        places = [Difference("file", NOT_READABLE, READABLE, "file")]
    if told:
        expected = ("/Pages", "/Names", "/AF")
        places = [each for each in places if not each.id.startswith(expected)]
    yield from places
    if not told and not places:
        yield Difference("bytes", "the same content in another form", "as written by report build", "file")
