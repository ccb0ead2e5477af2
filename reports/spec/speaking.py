"""A specification and the languages of a report in, every text that lacks words in one of them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from analysis import FileNotes, read_checked
from instruments import FileProblem, Text
from reports.spec.model import Facts, ReportSpec
from reports.spec.reading import FACTS
from reports.spec.schema import bare, facts_schema, shown_fields


def note_unspoken(
    path: Path, data: Mapping[str, Any], languages: Sequence[str], notes: FileNotes
) -> tuple[FileProblem, ...]:
    """Note every text that a language has no words of; those of its facts file come back.

    Words that were written once serve every language. `data` may have other faults: what is no text is
    passed over.
    """
    _note(ReportSpec, data, languages, notes)
    facts = data.get("facts")
    if not isinstance(facts, str) or not (path.parent / facts).is_file():
        return ()
    read = read_checked(path.parent / facts, facts_schema(), FACTS)
    own = FileNotes(str(path.parent / facts), read.notes.line, data=read.data)
    _note(Facts, read.data, languages, own)
    return own.in_order()


def _note(model: Any, data: Any, languages: Sequence[str], notes: FileNotes) -> None:
    for path, words in _texts(model, data, ()):
        absent = [language for language in languages if language not in words]
        if absent:
            hint = f"add {', '.join(absent)}: here, or print other languages: --lang {','.join(words)}"
            expected = f"words in {', '.join(languages)}"
            notes.add(path, "no-words", expected, f"words in {', '.join(words) or 'no language'}", hint)


def _texts(
    kind: Any, value: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """The texts by language of a value of `kind`, with their places."""
    kind = bare(kind)
    if kind == Text:
        if isinstance(value, Mapping):
            yield path, value
    elif get_origin(kind) is tuple and isinstance(value, list):
        for place, each in enumerate(value):
            yield from _texts(get_args(kind)[0], each, (*path, str(place)))
    elif is_dataclass(kind) and isinstance(value, Mapping):
        for name, of in shown_fields(kind).items():  # type: ignore[arg-type]
            if value.get(name) is not None:
                yield from _texts(of, value[name], (*path, name))
