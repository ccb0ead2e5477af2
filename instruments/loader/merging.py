"""Structure and wording files in, one document out in which every text is words by language."""

from collections.abc import Mapping
from typing import Any

from instruments.loader.source import Source
from instruments.tree import nearest, said
from instruments.wording import CATEGORIES, is_plural_form, is_words

OWN_KEYS = ("language", "status", "reviewed")


def merge(structure: Source, wordings: Mapping[str, Source]) -> dict[str, Any]:
    """The document. Words for a place that does not exist are noted in the file that holds them."""
    language = str(structure.data.get("source_language", ""))
    document: dict[str, Any] = _worded(structure.data, language, "", "", structure)
    document["status"] = {language: str(structure.data.get("status", "draft"))}
    for other, source in wordings.items():
        declared = source.data.get("language")
        if declared != other and not source.problems:
            hint = f"Write language: {other}."
            source.refuse("language", "language", other, said(declared), hint=hint)
        document["status"][other] = str(source.data.get("status", "draft"))
        words = {key: value for key, value in source.data.items() if key not in OWN_KEYS}
        _overlay(document, words, other, "", source)
    return document


def _worded(value: Any, language: str, path: str, parent: str, source: Source) -> Any:
    key = path.rpartition(".")[2]
    if isinstance(value, Mapping):
        return {
            name: _worded(child, language, f"{path}.{name}" if path else name, key, source)
            for name, child in value.items()
        }
    if not is_words(key, parent) or isinstance(value, list) or value is None:
        return value
    if not isinstance(value, str):
        source.refuse(path, "type", "text", said(value), hint="Put it in quotes.")
        return {language: str(value)}
    return {language: value}


def _overlay(target: Any, words: Any, language: str, path: str, source: Source) -> None:
    """Add the words of one language to the document, place by place."""
    for name, value in words.items():
        place = f"{path}.{name}" if path else name
        found = target.get(name) if isinstance(target, Mapping) else None
        if isinstance(value, Mapping) and isinstance(found, dict):
            _overlay(found, value, language, place, source)
        elif isinstance(value, str) and isinstance(found, dict) and _holds_words(found):
            found[language] = value
        elif isinstance(value, str) and isinstance(target, dict) and _own_form(place):
            target[name] = {language: value}
        elif value is not None:
            known = tuple(target) if isinstance(target, Mapping) else ()
            expected = "text" if isinstance(found, dict) else "a place that the structure file has"
            hint = "Put it in quotes." if isinstance(found, dict) else nearest(name, known)
            source.refuse(place, "wording", expected, said(name if found is None else value), hint=hint)


def _own_form(place: str) -> bool:
    """A plural category that this language has and the source language lacks."""
    return is_plural_form(place) and place.rpartition(".")[2] in CATEGORIES


def _holds_words(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(isinstance(words, str) for words in value.values())
