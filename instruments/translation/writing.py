"""A wording file's text and new words in, the text with those words out; order, comments, quotes stay."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from instruments.loader.reviews import REVIEWED

Words = Mapping[str, str]
"""Path -> words."""
PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.]*|\d+")
BREAKS = {"\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF"}
"""Letters that YAML takes for line breaks or marks, as it writes them inside quotes."""


def edited(
    text: str, words: Words, order: tuple[str, ...], status: str, reviewed: Mapping[str, Words]
) -> str:
    """The file with `words` put in, its status and its reviews.

    A text that stands there is replaced where it stands; one that does not comes behind the nearest text that
    precedes it in `order`, the order of the structure file.
    """
    text = _without_reviews(text if text.endswith("\n") else f"{text}\n")
    words, order = {**words, "status": status}, ("status", *order)
    text = _replaced(text, words)
    standing = {path for path, _ in _scalars(_root(text))}
    for path in order:
        if path in words and path not in standing:
            text = _inserted(text, path.split("."), words[path], order)
    return text + _reviews(reviewed)


def fresh(language: str, name: str, words: Words, status: str, reviewed: Mapping[str, Words]) -> str:
    """A new wording file."""
    head = f"# Wording of {name} in {language}.\nlanguage: {language}\nstatus: {quoted(status)}\n"
    nested: dict[str, Any] = {}
    for path, text in words.items():
        *parents, last = path.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = text
    return head + "".join(_block(nested, 0)) + _reviews(reviewed)


def quoted(text: str) -> str:
    """A double-quoted scalar on one line."""
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(BREAKS.get(letter, letter) for letter in plain)


def _key(name: str) -> str:
    return name if PLAIN_KEY.fullmatch(name) and name not in ("yes", "no", "on", "off") else quoted(name)


def _block(nested: Mapping[str, Any], indent: int) -> Iterator[str]:
    for name, value in nested.items():
        if isinstance(value, Mapping):
            yield f"{' ' * indent}{_key(name)}:\n"
            yield from _block(value, indent + 2)
        else:
            yield f"{' ' * indent}{_key(name)}: {quoted(value)}\n"


def _reviews(reviewed: Mapping[str, Words]) -> str:
    if not reviewed:
        return ""
    lines = (
        f"  {_key(path)}: {{{', '.join(f'{key}: {quoted(entry[key])}' for key in ('by', 'date', 'sha'))}}}\n"
        for path, entry in reviewed.items()
    )
    return f"{REVIEWED}:\n{''.join(lines)}"


def _root(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return root if isinstance(root, yaml.MappingNode) else yaml.MappingNode("map", [])


def _scalars(node: yaml.Node, path: str = "") -> Iterator[tuple[str, yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, f"{path}.{key.value}" if path else key.value)
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def _replaced(text: str, words: Words) -> str:
    found = [(node, words[path]) for path, node in _scalars(_root(text)) if path in words]
    for node, new in sorted(found, key=lambda pair: -pair[0].start_mark.index):
        if node.value == new and node.style is not None:
            continue
        start, end = node.start_mark.index, node.end_mark.index
        if node.value == new and text[start:end].strip() == new:
            continue  # a plain word that says what it should
        line_end = "\n" if node.style in ("|", ">") else ""
        space = " " if start == end and not text[:start].endswith(" ") else ""
        text = f"{text[:start]}{space}{quoted(new)}{line_end}{text[end:]}"
    return text


def _without_reviews(text: str) -> str:
    for key, value in _root(text).value:
        if key.value == REVIEWED:
            start = _line_start(text, key.start_mark.index)
            return text[:start] + text[_end_of(value, text) :]
    return text


def _inserted(text: str, path: list[str], words: str, order: tuple[str, ...]) -> str:
    """Put in one text that has no place in the file yet."""
    node, depth = _root(text), 0
    while depth < len(path) - 1:
        inner = next((value for key, value in node.value if key.value == path[depth]), None)
        if not isinstance(inner, yaml.MappingNode):
            break
        node, depth = inner, depth + 1
    nested: Any = words
    for name in reversed(path[depth + 1 :]):
        nested = {name: nested}
    if node.flow_style:
        at = node.end_mark.index - 1
        comma = ", " if node.value else ""
        return f"{text[:at]}{comma}{_flow({path[depth]: nested})}{text[at:]}"
    indent = node.value[0][0].start_mark.column if node.value else 0
    lines = "".join(_block({path[depth]: nested}, indent))
    at = _place_for(node, path[:depth], path[depth], order, text)
    return text[:at] + lines + text[at:]


def _place_for(node: yaml.MappingNode, above: list[str], name: str, order: tuple[str, ...], text: str) -> int:
    """Where a new key belongs: behind the last sibling that stands before it in the structure file."""
    prefix = [*above]
    siblings = list(
        dict.fromkeys(
            path.split(".")[len(prefix)] for path in order if path.split(".")[: len(prefix)] == prefix
        )
    )
    before = set(siblings[: siblings.index(name)]) | ({"language", "status"} if not prefix else set())
    values = [value for key, value in node.value if key.value in before]
    if values:
        return _end_of(values[-1], text)
    return _line_start(text, node.value[0][0].start_mark.index) if node.value else len(text)


def _flow(nested: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{_key(name)}: {{{_flow(value)}}}"
        if isinstance(value, Mapping)
        else f"{_key(name)}: {quoted(value)}"
        for name, value in nested.items()
    )


def _end_of(node: yaml.Node, text: str) -> int:
    """The beginning of the line behind a value."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end_of(node.value[-1][1], text)
    at = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return at
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1
