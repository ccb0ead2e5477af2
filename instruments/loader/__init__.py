"""YAML files in, a questionnaire out, or every problem of all files at once. May run nothing it reads."""

import re
from dataclasses import replace
from pathlib import Path

from instruments.checks import check
from instruments.loader.lock import fielded, lock_problems
from instruments.loader.merging import merge
from instruments.loader.source import Source, read_source
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import Questionnaire, read_content

LIBRARY = Path(__file__).resolve().parent.parent / "library"


def load(path: str | Path) -> Questionnaire:
    """The questionnaire of a structure file and the wording files beside it (`NAME.LANGUAGE.yaml`).

    Raises InstrumentError with all problems (those `check` finds too) when the files cannot be used at all.
    A questionnaire that loads may still have findings: ask `check` before it goes into the field.
    """
    path = Path(path)
    structure = read_source(path)
    if not structure.data:
        raise InstrumentError(structure.problems)
    wordings = _wordings(path, structure)
    document = merge(structure, wordings)
    content, problems = read_content(document)
    origin = {place: (structure.file, line) for place, line in structure.lines.items()}
    for language, source in wordings.items():
        origin |= {f"{place}@{language}": (source.file, line) for place, line in source.lines.items()}
    content = replace(content, origin=origin)
    located = [
        replace(problem, file=structure.file, line=structure.line(problem.path)) for problem in problems
    ]
    located += structure.problems
    located += [problem for source in wordings.values() for problem in source.problems]
    if located:
        raise InstrumentError({*located, *check(content)})
    questionnaire = Questionnaire(**vars(content))
    if locked := lock_problems(questionnaire, path):
        raise InstrumentError(locked)
    return questionnaire


def _wordings(path: Path, structure: Source) -> dict[str, Source]:
    """The wording file of each further language; a missing or an undeclared one is noted."""
    languages = structure.data.get("languages")
    declared = [entry for entry in languages if isinstance(entry, str)] if isinstance(languages, list) else []
    others = [language for language in declared if language != structure.data.get("source_language")]
    sources = {}
    for language in others:
        beside = path.with_name(f"{path.stem}.{language}.yaml")
        if beside.is_file():
            sources[language] = read_source(beside)
        else:
            hint = f"Write {beside.name}, or take {language} out of languages."
            structure.refuse("languages", "missing_file", f"the file {beside.name}", "none", hint=hint)
    for beside in sorted(path.parent.glob(f"{path.stem}.*.yaml")):
        language = beside.name[len(path.stem) + 1 : -len(".yaml")]
        if re.fullmatch(r"[a-z]{2,3}", language) and language not in others:
            hint = f"Add {language} to languages, or remove {beside.name}."
            structure.refuse("languages", "language", "every language with a file", language, hint=hint)
    return sources


def library_path(name: str, version: str | None = None) -> Path:
    """The structure file of an instrument of the library, the newest by default. Raises InstrumentError."""
    known = sorted(folder.name for folder in LIBRARY.iterdir() if folder.is_dir())
    if name not in known:
        raise _unknown(name, "an instrument of the library", f"Known: {', '.join(known)}.")
    versions = {
        path.stem: path
        for path in (LIBRARY / name).glob("*.yaml")
        if not re.search(r"\.[a-z]{2,3}$", path.stem)
    }
    newest = max(versions, key=_natural)
    if version is not None and version not in versions:
        hint = f"Known: {', '.join(sorted(versions, key=_natural))}."
        raise _unknown(f"{name} {version}", "a version of the instrument", hint)
    return versions[version or newest]


def load_library(name: str, version: str | None = None) -> Questionnaire:
    """An instrument of the library; the newest version by default."""
    return load(library_path(name, version))


def _natural(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _unknown(found: str, expected: str, hint: str) -> InstrumentError:
    return InstrumentError([FileProblem("", 0, found, "unknown_instrument", expected, f"'{found}'", hint)])


__all__ = [
    "Source",
    "fielded",
    "library_path",
    "load",
    "load_library",
    "lock_problems",
    "read_source",
]
