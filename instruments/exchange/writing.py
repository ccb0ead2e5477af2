"""A merged document and a report in, the files of an instrument out; nothing is ever overwritten."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from instruments.checks import check
from instruments.exchange.ledger import CHANGED, LOST, STATUSES, Report
from instruments.loader import load
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import Questionnaire, read_content
from instruments.spreadsheet import harmless
from instruments.wording import is_words

NUMBER_KEY = re.compile(r"0|[1-9]\d{0,8}|-[1-9]\d{0,8}")
LOUD = "asked of everybody, or with all answers, because a condition is not carried"


class _Quoted(str):
    """Words of the questionnaire: always in quotes, so that a colon or a dash in them means nothing."""


class _Inline(list[Any]):
    """A short list on one line."""


class _InlineMap(dict[Any, Any]):
    """A rule on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Quoted, lambda dumper, words: dumper.represent_scalar("tag:yaml.org,2002:str", str(words), style='"')
)
_Dumper.add_representer(
    _Inline,
    lambda dumper, entries: dumper.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=True),
)
_Dumper.add_representer(
    _InlineMap,
    lambda dumper, pairs: dumper.represent_mapping("tag:yaml.org,2002:map", pairs, flow_style=True),
)


def write_instrument(
    document: Mapping[str, Any], report: Report, folder: Path
) -> tuple[Questionnaire, Report]:
    """Write structure, wording, codes and report; give the questionnaire back as the loader reads it.

    Raises InstrumentError when a file of that name exists, or (a fault of the importer) nothing loads.
    """
    _, problems = read_content(document)
    if problems:
        raise InstrumentError([replace(problem, file=report.source) for problem in problems])
    files = instrument_files(document, report)
    name = str(document["instrument"])
    planned = [*files, f"{name}.codes.csv", f"{name}.report.txt", f"{name}.report.json"]
    existing = [folder / file for file in planned if (folder / file).exists()]
    if existing:
        hint = "Name another folder with --out, or another name with --name."
        raise InstrumentError(
            FileProblem(str(path), 0, "", "exists", "a new file", "one that exists", hint)
            for path in existing
        )
    _try_loading(files, name, report.source)
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    questionnaire = load(folder / f"{name}.yaml")
    todo = check(questionnaire)
    done = replace(report, files=tuple(str(folder / file) for file in planned), todo=todo)
    (folder / planned[-3]).write_text(_codes(done), encoding="utf-8")
    (folder / planned[-2]).write_text(in_words(done) + "\n", encoding="utf-8")
    data = json.dumps(done.as_json(), ensure_ascii=False, indent=1)
    (folder / planned[-1]).write_text(data + "\n", encoding="utf-8")
    return questionnaire, done


def _try_loading(files: Mapping[str, str], name: str, source: str) -> None:
    """Raise InstrumentError, in the name of the form, when the files would not load (too large, for one)."""
    with tempfile.TemporaryDirectory() as folder:
        for file, text in files.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        try:
            load(Path(folder) / f"{name}.yaml")
        except InstrumentError as error:
            raise InstrumentError(replace(problem, file=source) for problem in error.problems) from error


def instrument_files(document: Mapping[str, Any], report: Report) -> dict[str, str]:
    """File name -> text: the structure with the source words, and a wording file per further language."""
    name, language = str(document["instrument"]), str(document["source_language"])
    status = document["status"]
    structure = _one_language(document, language, "", "")
    structure["status"] = status[language]
    comment = f"# Imported from {Path(report.source).name}. What became of each part: {name}.report.txt\n"
    files = {f"{name}.yaml": comment + _marked(_dumped(structure), report.unruled)}
    for other in document["languages"]:
        if other != language:
            words = _only_words(document, other, "", "") or {}
            head = {"language": other, "status": status[other]}
            files[f"{name}.{other}.yaml"] = _dumped({**head, **words})
    return files


def _marked(text: str, unruled: Iterable[tuple[str, str]]) -> str:
    """The file with a comment above each item that lost a condition."""
    head, sign, items = text.partition("\nitems:\n")
    for name, condition in unruled:
        said = " ".join(condition.split())
        items = re.sub(
            rf"^  {name}:$", f"  # {LOUD}: {said}".replace("\\", r"\\") + rf"\n  {name}:", items, flags=re.M
        )
    return head + sign + items


def _one_language(value: Any, language: str, key: str, parent: str) -> Any:
    if isinstance(value, Mapping):
        if _words_here(value, key, parent):
            return _Quoted(value.get(language, ""))
        pairs = {_key(name): _one_language(child, language, name, key) for name, child in value.items()}
        return _InlineMap(pairs) if key == "show_if" else pairs
    if isinstance(value, list):
        inline = not any(isinstance(entry, (list, dict)) for entry in value)
        entries = [_one_language(entry, language, "", "") for entry in value]
        return _Inline(entries) if inline else entries
    return value


def _only_words(value: Any, language: str, key: str, parent: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    if _words_here(value, key, parent):
        return _Quoted(value[language]) if value.get(language) else None
    pairs = {
        name: _only_words(child, language, name, key) for name, child in value.items() if name != "status"
    }
    return {_key(name): child for name, child in pairs.items() if child is not None} or None


def _words_here(value: Mapping[str, Any], key: str, parent: str) -> bool:
    return is_words(key, parent) and all(isinstance(words, str) for words in value.values())


def _key(name: str) -> str | int:
    return int(name) if NUMBER_KEY.fullmatch(name) else name


def _dumped(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9))


def _codes(report: Report) -> str:
    """The answers' names in the form and their codes here, as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("list", "name", "code", "label"))
    writer.writerows(
        (harmless(row.list), harmless(row.name), row.code, harmless(row.label)) for row in report.codes
    )
    return file.getvalue()


def in_words(report: Report, *, most: int | None = None) -> str:
    """The report as text. `most`: at most that many lines a list (None: all)."""
    lines = [f"{report.source} ({report.format})", "", *table(report), ""]
    conditions = (f"{name}: {condition}" for name, condition in report.unruled)
    lines += _listed(f"{LOUD}: {len(report.unruled)}", conditions, most)
    for status in (LOST, CHANGED):
        entries = report.of(status)
        lines += _listed(f"{status}: {len(entries)}", map(str, entries), most)
    names = (f"{old} -> {new}" for old, new in report.renamed)
    lines += _listed(f"renamed: {len(report.renamed)}", names, most)
    lines += _listed(f"written by Tolqyn: {len(report.added)}", report.added, most)
    lines += _listed(f"what the format's validator says: {len(report.validation)}", report.validation, most)
    todo = (f"{problem.path}: expected {problem.expected}; found {problem.found}" for problem in report.todo)
    lines += _listed(f"to do before it goes into the field: {len(report.todo)}", todo, most)
    lines += _listed("files", report.files, None)
    return "\n".join(lines).rstrip()


def table(report: Report) -> list[str]:
    """Counts by kind and status, aligned."""
    rows = [("", *STATUSES), *((kind, *map(str, row.values())) for kind, row in report.counts().items())]
    return [f"{row[0]:<10}" + "".join(f"{cell:>13}" for cell in row[1:]) for row in rows]


def _listed(title: str, entries: Iterable[str], most: int | None) -> list[str]:
    found = list(entries)
    if not found:
        return []
    shown = found if most is None else found[:most]
    more = [f"  … {len(found) - len(shown)} more, in the report"] if len(shown) < len(found) else []
    return [title, *(f"  {entry}" for entry in shown), *more, ""]
