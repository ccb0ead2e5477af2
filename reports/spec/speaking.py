"""A specification and the languages of a report in, every text that lacks words in one of them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin

from analysis import FileNotes, read_checked
from instruments import Text
from reports.errors import SpecError
from reports.spec.model import Facts, ReportSpec
from reports.spec.reading import FACTS
from reports.spec.schema import bare, facts_schema, shown_fields


def refuse_unspoken(spec: ReportSpec, languages: Sequence[str]) -> None:
    """SpecError with every text of the file, and of its facts file, that a language has no words of.

    Words that were written once serve every language; a specification made in a program is not looked at.
    """
    if spec.source is None:
        return
    source = spec.source
    notes = FileNotes(str(source.path), source.line, data=source.data)
    _note(ReportSpec, source.data, languages, notes)
    problems = notes.in_order()
    if spec.facts:
        read = read_checked(source.path.parent / spec.facts, facts_schema(), FACTS)
        _note(Facts, read.data, languages, read.notes)
        problems = (*problems, *read.notes.in_order())
    if problems:
        raise SpecError(problems)


def _note(model: Any, data: Mapping[str, Any], languages: Sequence[str], notes: FileNotes) -> None:
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
    elif get_origin(kind) is tuple:
        for place, each in enumerate(value):
            yield from _texts(get_args(kind)[0], each, (*path, str(place)))
    elif is_dataclass(kind):
        for name, of in shown_fields(kind).items():  # type: ignore[arg-type]
            if value.get(name) is not None:
                yield from _texts(of, value[name], (*path, name))
