"""YAML files in, a questionnaire out, or every problem of all files at once. May run nothing it reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from instruments.checks import check
from instruments.loader.library import LIBRARY, library_path, versions
from instruments.loader.lock import fielded, lock_problems, lock_version
from instruments.loader.merging import merge
from instruments.loader.reuse import REUSE, take_over
from instruments.loader.reviews import holding, status_of, with_reviews, words_sha
from instruments.loader.source import Source, read_source
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import REUSED, REVIEWS, Content, Questionnaire, read_content
from instruments.tree import said

MOST_ITEMS = 1_000
"""The core questionnaire has a hundred."""


@dataclass(frozen=True)
class Assembly:
    """The files of one version, read and merged, whatever is wrong with them."""

    structure: Source
    wordings: Mapping[str, Source]
    """By language."""
    content: Content
    problems: tuple[FileProblem, ...]


def load(path: str | Path, library: Path = LIBRARY) -> Questionnaire:
    """The questionnaire of a structure file and the wording files beside it (`NAME.LANGUAGE.yaml`).

    What it takes over from another instrument (`reuse`) comes from `library`. Raises InstrumentError with all
    problems (those `check` finds too) when the files cannot be used at all. A questionnaire that loads may
    still have findings: ask `check` before it goes into the field.
    """
    return _load(Path(path), library, ())


def assemble(
    path: str | Path, library: Path = LIBRARY, instead: Mapping[str, Source] | None = None
) -> Assembly:
    """What the files say as far as it can be read; `instead` gives the words of languages in place of a file.

    Raises InstrumentError when there is nothing to read.
    """
    return _assemble(Path(path), library, (), instead or {})


def _load(path: Path, library: Path, waiting: tuple[Path, ...]) -> Questionnaire:
    assembly = _assemble(path, library, waiting, {})
    if assembly.problems:
        raise InstrumentError({*assembly.problems, *check(assembly.content)})
    questionnaire = Questionnaire(**vars(assembly.content))
    if locked := lock_problems(questionnaire, path):
        raise InstrumentError(locked)
    return questionnaire


def _assemble(
    path: Path, library: Path, waiting: tuple[Path, ...], instead: Mapping[str, Source]
) -> Assembly:
    structure = read_source(path)
    if not structure.data:
        raise InstrumentError(structure.problems)
    for key in (REUSED, REVIEWS):
        if key in structure.data:
            hint = "The loader writes it: items come with reuse, reviews from the wording files."
            structure.refuse(key, "unknown_key", "a key of the format", said(key), hint=hint)
    wordings = _wordings(path, structure, instead)
    document = merge(structure, wordings)
    origin = {place: (structure.file, line) for place, line in structure.lines.items()}
    for language, source in wordings.items():
        origin |= {f"{place}@{language}": (source.file, line) for place, line in source.lines.items()}
    reviews = holding(document, wordings)
    _refuse_too_many(structure, document)
    other: Mapping[str, Any] = {}
    if REUSE in document:
        find = partial(_find, library=library, waiting=(*waiting, path.resolve()))
        document, taken, other = take_over(document, structure, wordings, find)
        origin |= taken
    document = with_reviews(document, structure, wordings, reviews, other)
    content, problems = read_content(document)
    located = [_located(problem, origin, structure) for problem in problems]
    located += structure.problems
    located += [problem for source in wordings.values() for problem in source.problems]
    return Assembly(structure, wordings, replace(content, origin=origin), tuple(located))


def _refuse_too_many(structure: Source, document: Mapping[str, Any]) -> None:
    """Raises InstrumentError for more items than a questionnaire has: naming all problems would take long."""
    items = document.get("items")
    entries = items if isinstance(items, Mapping) else {}
    rows = (entry.get("rows") for entry in entries.values() if isinstance(entry, Mapping))
    many = len(entries) + sum(len(found) for found in rows if isinstance(found, Mapping))
    if many > MOST_ITEMS:
        expected, found = f"at most {MOST_ITEMS:,} items and rows", f"{many:,}; nothing else was looked at"
        structure.refuse("items", "size", expected, found, hint="Is this the right file? Else split it.")
        raise InstrumentError(structure.problems)


def _located(problem: FileProblem, origin: Mapping[str, tuple[str, int]], structure: Source) -> FileProblem:
    file, line = origin.get(problem.path) or (structure.file, structure.line(problem.path))
    return replace(problem, file=file, line=line)


def _find(name: str, version: str, library: Path, waiting: tuple[Path, ...]) -> Questionnaire:
    """The instrument of the library that another takes items from: one that is fielded, or the newest."""
    path = library_path(name, version, library)
    known = versions(path.parent)
    settled = [entry for entry in known if entry in fielded(path.parent) or entry == list(known)[-1]]
    if version not in settled:
        hint = f"Write version: {said(settled[-1])}."
        expected = f"a fielded version or the newest: {', '.join(settled)}"
        raise InstrumentError([FileProblem("", 0, REUSE, REUSE, expected, said(version), hint)])
    if path.resolve() in waiting:
        hint = "Take each item from the instrument in which it is written."
        expected = "an instrument that takes nothing from this one"
        raise InstrumentError([FileProblem("", 0, REUSE, REUSE, expected, f"{name} {version}", hint)])
    return _load(path, library, waiting)


def _wordings(path: Path, structure: Source, instead: Mapping[str, Source]) -> dict[str, Source]:
    """The wording file of each further language; a missing or an undeclared one is noted."""
    languages = structure.data.get("languages")
    declared = [entry for entry in languages if isinstance(entry, str)] if isinstance(languages, list) else []
    others = [language for language in declared if language != structure.data.get("source_language")]
    sources = {}
    for language in others:
        beside = path.with_name(f"{path.stem}.{language}.yaml")
        if language in instead:
            sources[language] = instead[language]
        elif beside.is_file():
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


def load_library(name: str, version: str | None = None) -> Questionnaire:
    """An instrument of the library; the newest version by default."""
    return load(library_path(name, version))


__all__ = [
    "Assembly",
    "Source",
    "assemble",
    "fielded",
    "library_path",
    "load",
    "load_library",
    "lock_problems",
    "lock_version",
    "read_source",
    "status_of",
    "words_sha",
]
