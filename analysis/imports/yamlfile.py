"""The text of a YAML file comes in, plain data with the line of every path goes out.

Only `true` and `false` are truth values, so `1: Yes` keeps its word; dates and numbers with leading zeros
stay text. Every key is text; tags and aliases are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str, ...]
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
NULLS = ("", "~", "null", "Null", "NULL")
TRUTH = {"true": True, "false": False}
MAX_DEPTH = 40
MOST_EVENTS = 100_000
STANDARD = "tag:yaml.org,2002:"
KINDS = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")


@dataclass(frozen=True)
class Fault:
    """What is wrong with the YAML itself, at one line."""

    line: int
    path: Path
    rule: str
    expected: str
    found: str
    hint: str


@dataclass
class Document:
    """Plain data and where each part of it stands."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of that path, or of the nearest part above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """Read one YAML document; everything that may not stand in it is in `faults`."""
    document = Document()
    try:
        _refuse_bombs(text, document)
        node = yaml.compose(text, Loader=yaml.SafeLoader) if not document.faults else None
    except yaml.YAMLError as error:
        document.faults.append(_syntax(error))
        return document
    if node is not None:
        document.data = _plain(node, (), document)
    return document


def _refuse_bombs(text: str, document: Document) -> None:
    """Event by event, before anything is built: aliases, depths and numbers that no file of ours has."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > MAX_DEPTH + 1:
            document.faults.append(Fault(line, (), "yaml-depth", f"at most {MAX_DEPTH} levels", "more", ""))
            return
        if number > MOST_EVENTS:
            document.faults.append(Fault(line, (), "size", f"at most {MOST_EVENTS:,} values", "more", ""))
            return
        if not isinstance(event, yaml.NodeEvent) or not event.anchor:
            continue
        mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
        hint = "write the value again, or name a list of codes once under `scales`"
        fault = Fault(line, (), "yaml-alias", "every value written out", mark + event.anchor, hint)
        document.faults.append(fault)


def _plain(node: yaml.Node, path: Path, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > MAX_DEPTH:
        document.faults.append(
            Fault(_line(node), path[:3], "yaml-depth", f"at most {MAX_DEPTH} levels", "more", "")
        )
        return None
    if node.tag.removeprefix(STANDARD) not in KINDS:
        hint = "remove the tag and write the value"
        document.faults.append(Fault(_line(node), path, "yaml-tag", "a plain value", node.tag, hint))
        return None
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(value, (*path, key), document) for key, value in _pairs(node, path, document)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(part, (*path, str(place)), document) for place, part in enumerate(node.value)]
    return _scalar(node, path, document) if isinstance(node, yaml.ScalarNode) else None


def _pairs(node: yaml.MappingNode, path: Path, document: Document) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key_node, value in node.value:
        key = key_node.value
        if not isinstance(key, str):
            document.faults.append(
                Fault(
                    _line(key_node),
                    path,
                    "yaml-key",
                    "a key that is one word or number",
                    "a list or mapping",
                    "",
                )
            )
            continue
        if key in seen:
            document.faults.append(
                Fault(
                    _line(key_node), (*path, key), "duplicate-key", "each key once", f"{key} again",
                    f"remove one of the two; the first stands in line {document.lines[*path, key]}",
                )
            )  # fmt: skip
            continue
        seen.add(key)
        document.lines[*path, key] = _line(key_node)
        yield key, value


def _scalar(node: yaml.ScalarNode, path: Path, document: Document) -> Any:
    if node.style is not None:
        return node.value
    try:
        return plain_value(node.value)
    except ValueError:
        found = f"a number of {len(node.value)} digits"
        hint = "put it in quotes if it is a word"
        document.faults.append(
            Fault(_line(node), path, "yaml-number", "a number a computer holds", found, hint)
        )
        return None


def plain_value(text: str) -> str | int | float | bool | None:
    """What an unquoted word means."""
    if text in NULLS:
        return None
    if text.lower() in TRUTH:
        return TRUTH[text.lower()]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _syntax(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Fault(
        mark.line + 1 if mark else 1, (), "yaml-syntax", "valid YAML", found.removeprefix("found "),
        "indent with spaces, and put words that hold a colon or a # in quotes",
    )  # fmt: skip
