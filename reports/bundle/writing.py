"""Release folders in, a bundle on disk out: made beside its place, then put there whole."""

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from analysis import PublicFile, PublicSpec, SurveyData, TrackingPlan, read_release
from reports.bundle import papers
from reports.bundle.contents import (
    Contents,
    Wave,
    add_codebooks,
    add_estimates,
    add_microdata,
    add_tables,
    add_tiles,
    newest_title,
    resources,
    wave_of,
)
from reports.bundle.published import keep, make_all
from reports.errors import ReportError
from reports.published import Publication, given_by, releases_of, telling_steps
from reports.site.numbers import Progress, gather_site
from reports.site.writing import Gate
from reports.spec import ReportSpec

SUMS, PACKAGE = "SHA256SUMS", "datapackage.json"
_DAY = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Microdata:
    """How public files are made, and where it is written down what is public already."""

    spec: PublicSpec
    log: Path
    file: str = ""
    """The specification's name, for messages."""
    superseding: bool = False


@dataclass(frozen=True)
class Bundle:
    """What was written. `fingerprint`: SHA-256 of the list of checksums."""

    place: Path
    files: Mapping[str, int]
    """Bytes by path."""
    fingerprint: str
    published: tuple[PublicFile, ...]


def refuse_filled(out: Path) -> None:
    """ReportError for a place that holds something already."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ReportError(f"{out} holds files already: type another folder after --out, or empty this one")


def write_bundle(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    *,
    microdata: Microdata | None,
    licence: str = "CC-BY-4.0",
    pdfs: Sequence[Path] = (),
    tiles: Sequence[Path] = (),
    by: Sequence[str] | None = None,
    plan: TrackingPlan | None = None,
    spec: ReportSpec | None = None,
    zipped: bool = False,
    gate: Gate | None = None,
    progress: Progress = lambda done, of: None,
) -> Bundle:
    """Make every file and put the folder `out` there; with `zipped`, `out`.zip beside it.

    Without `microdata` there are reports, tables and estimates alone. ReportError where `out` holds files;
    MicrodataError where people could be told apart; nothing is written then. `gate`: knows what else was
    published of the tables; it refuses before a file is made and enters the bundle before it is there.
    """
    refuse_filled(out)
    metas = [read_release(folder).meta for folder in folders]
    study = metas[-1].study
    without: frozenset[str] = frozenset()
    public = _public(folders, microdata)  # refused before minutes go into estimating
    numbers = gather_site(folders, languages, spec=spec, by=by, plan=plan, gate=gate, progress=progress)
    made = Publication(
        study, "bundle", metas[-1].wave, tuple(languages), releases_of(folders), numbers.tables
    )
    earlier = gate.earlier(study) if gate else ()
    while public and (more := _telling(made, public, earlier, numbers.data) - without):
        without |= more
        public = _public(folders, microdata, without)
    made = replace(made, given=tuple(given_by(each) for each in public))
    waves = [wave_of(each, folder, languages, numbers) for each, folder in zip(public, folders, strict=False)]
    if gate is not None:
        gate.check(made, numbers.data)
    contents = Contents()
    for pdf in pdfs:
        kind = "factsheet" if pdf.stem.endswith("-factsheet") else "report"
        contents.add(f"reports/{pdf.name}", kind, pdf.read_bytes())
    for index in tiles:
        add_tiles(contents, index)
    add_tables(contents, numbers, languages, study)
    add_estimates(contents, numbers, languages, study)
    for wave in waves:
        add_microdata(contents, wave)
    add_codebooks(contents, folders, languages)
    title = newest_title(metas, numbers.evidence.codebook.title)
    about = papers.About(title, metas, microdata.spec.licence if microdata else licence)
    contents.add("LICENSE.txt", "licence", papers.licence_text(about.licence, languages))
    contents.add("CITATION.cff", "citation", papers.citation(about))
    _close(contents, waves, languages, about)
    if microdata:  # before anybody can have the files: an entry too many refuses, one too few discloses
        keep(microdata.log, public)
    if gate is not None:
        gate.enter(made)
    fingerprint = _placed(contents, out)
    if zipped:
        out.with_name(out.name + ".zip").write_bytes(_zip(contents, out.name))
    sizes = {path: len(content) for path, content in sorted(contents.files.items())}
    return Bundle(out, sizes, fingerprint, public)


def _public(
    folders: Sequence[Path], microdata: Microdata | None, without: frozenset[str] = frozenset()
) -> tuple[PublicFile, ...]:
    if microdata is None:
        return ()
    return make_all(
        folders,
        microdata.spec,
        microdata.log,
        file=microdata.file,
        superseding=microdata.superseding,
        without=without,
    )


def _telling(
    made: Publication,
    public: Sequence[PublicFile],
    earlier: Sequence[Publication],
    data: SurveyData,
) -> frozenset[str]:
    """Steps of keys that tell what tables by finer groups keep back: others are taken, or none.

    Waves that are public already keep their keys; what those tell is the gate's to refuse.
    """
    rows = replace(made, given=tuple(given_by(each) for each in public))
    return telling_steps(rows, earlier, data)


def _close(contents: Contents, waves: Sequence[Wave], languages: Sequence[str], about: papers.About) -> None:
    """The files that list the others: readme, package, sums."""
    listed = (*contents.listed, papers.Listed(PACKAGE, "package"))
    for language in languages:
        columns = waves[-1].columns[language] if waves else ()
        contents.add(f"README.{language}.md", "readme", papers.readme(language, about, listed, columns))
    published = {wave.data_file: wave.public for wave in waves}
    described = list(resources(contents, waves, _sums(contents)))
    contents.add(PACKAGE, "package", papers.datapackage(about, described, published))
    lines = [f"{found}  {path}\n" for path, found in _sums(contents).items()]
    contents.add(SUMS, "sums", "".join(lines))


def _sums(contents: Contents) -> dict[str, str]:
    return {path: hashlib.sha256(body).hexdigest() for path, body in sorted(contents.files.items())}


def _placed(contents: Contents, out: Path) -> str:
    """Write beside, then rename; the fingerprint."""
    out.parent.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix=".making-", dir=out.parent))
    try:
        for path, content in contents.files.items():
            place = room / "bundle" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if out.is_dir():
            out.rmdir()
        (room / "bundle").replace(out)
    finally:
        shutil.rmtree(room)
    return hashlib.sha256(contents.files[SUMS]).hexdigest()


def _zip(contents: Contents, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(contents.files):
            part = zipfile.ZipInfo(f"{name}/{path}", _DAY)
            part.external_attr = 0o644 << 16
            archive.writestr(part, contents.files[path], zipfile.ZIP_DEFLATED)
    return out.getvalue()
