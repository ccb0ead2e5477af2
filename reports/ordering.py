"""The file, releases and languages of a report in; its specification, or every problem of it, out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import (
    AnalysisError,
    FileNotes,
    by_time,
    nearest,
    pool,
    read_json,
    read_release,
    release_at,
    verify_release,
)
from instruments import Codebook
from reports.errors import SpecError
from reports.i18n import LANGUAGES
from reports.sections import CHAPTERS, NEEDED
from reports.spec import Draft, ReportSpec, note_unknown, note_unspoken, read_draft, refuse_unknown


def ordered_spec(path: Path, folders: Sequence[Path], languages: Sequence[str] | None) -> ReportSpec:
    """A specification held to what is to be printed, in one reading. SpecError lists every problem, by line.

    `folders`: verified releases. `languages`: those asked for, else the file's, else all that the releases
    have. Names of indicators, columns and chapters are told here only beside other problems, because the
    data are read for them: whoever estimates from the releases refuses them alone (`refuse_unknown`).
    """
    draft = read_draft(path)
    spoken = languages or _named(draft.data) or spoken_by(folders)
    _note_professionals(draft, draft.notes)
    beside = (*draft.beside, *note_unspoken(path, draft.data, spoken, draft.notes))
    if draft.spec is not None and not draft.notes.problems and not beside:
        return draft.spec
    codebook = _codebook(folders)
    if codebook is not None:
        note_unknown(draft.data, codebook, list(CHAPTERS), NEEDED, draft.notes)
    raise SpecError((*draft.notes.in_order(), *dict.fromkeys(beside)))


def refuse_misspelt(spec: ReportSpec, codebook: Codebook) -> None:
    """SpecError with every name of the file that no wave has, by line."""
    refuse_unknown(spec, codebook, list(CHAPTERS), NEEDED)


def spoken_by(folders: Sequence[Path]) -> tuple[str, ...]:
    """The languages that every release has words in."""
    spoken = [set(read_json(folder, "codebook")["languages"]) for folder in folders]
    return tuple(language for language in LANGUAGES if all(language in each for each in spoken))


def _named(data: Mapping[str, Any]) -> tuple[str, ...]:
    named = data.get("languages")
    return tuple(each for each in LANGUAGES if each in named) if isinstance(named, list) else ()


def _note_professionals(draft: Draft, notes: FileNotes) -> None:
    """Its folders are releases, and the last has the column of the field of work."""
    asked = draft.data.get("professionals")
    releases = asked.get("releases") if isinstance(asked, Mapping) else None
    if not isinstance(asked, Mapping) or not isinstance(releases, list):
        return
    folders = [draft.path.parent / str(name) for name in releases]
    absent = [place for place, folder in enumerate(folders) if not (folder / "manifest.json").is_file()]
    for place in (each for each in absent if isinstance(releases[each], str)):
        folder = folders[place]
        found = f"{folder}: " + ("no manifest.json in it" if folder.exists() else "no such folder")
        hint = _inside(folder) or "correct the folder, or delete the block professionals:"
        notes.add(
            ("professionals", "releases", str(place)),
            "no-release",
            "a release folder, seen from this file",
            found,
            hint,
        )
    role = asked.get("role")
    if absent or not folders:
        return
    changed = [problem for folder in folders for problem in verify_release(folder)]
    for problem in changed:
        expected, found = f"{problem.file}: {problem.expected}", problem.found
        notes.add(("professionals", "releases"), "changed-release", expected, found, problem.hint)
    if isinstance(role, str) and not changed:
        *_, latest = by_time(map(release_at, folders))
        variables = read_json(latest.folder, "codebook")["variables"]
        coded = [str(each["name"]) for each in variables if each.get("codes")]
        if role not in coded:
            expected = "a column with codes of the professionals' release"
            notes.add(("professionals", "role"), "unknown-column", expected, role, nearest(role, coded))


def _inside(folder: Path) -> str:
    inside = sorted(each.parent.name for each in folder.glob("*/manifest.json"))
    return f"write the folder inside it: {folder.name}/{inside[-1]}" if inside else ""


def _codebook(folders: Sequence[Path]) -> Codebook | None:
    """The waves' codebook; None where they do not go together, which is told when they are pooled."""
    try:
        return pool([read_release(folder) for folder in folders]).codebook
    except AnalysisError:
        return None
