"""One YAML file in, plain data with a line for every path out. Nothing in a file can run or multiply."""

import datetime
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from instruments.problem import FileProblem

LARGEST = 2_000_000
MOST_VALUES = 25_000
"""Words, numbers, lists and mappings of one file; the core questionnaire has 2,400. More is no questionnaire,
and naming every problem of it would take long."""
DEEPEST = 30
LONGEST = 10_000
"""Letters of one text; the longest of the core questionnaire has a twentieth of it."""
SEXAGESIMAL = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
"""YAML 1.1 reads 12:30 as 750, to base 60, and needs minutes for a long one. It stays text."""


@dataclass
class Source:
    """A file as plain data: mappings with text keys, lists, text, numbers, yes/no."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each dotted path, from 1."""
    problems: list[FileProblem] = field(default_factory=list)

    def refuse(
        self, path: str, rule: str, expected: str, found: str, *, hint: str, line: int | None = None
    ) -> None:
        """Note a problem of this file; on the line of the path unless another is given."""
        at = self.line(path) if line is None else line
        self.problems.append(FileProblem(self.file, at, path, rule, expected, found, hint))

    def line(self, path: str) -> int:
        """Line of a path, or of the nearest one above it that the file holds."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)


def read_source(path: Path) -> Source:
    """Read a file; whatever is wrong with it as YAML is noted, and then its data are empty."""
    source = Source(str(path))
    text = _text(path, source)
    if text is not None and _harmless(text, source):
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        source.lines[""] = 1
        data = _plain(root, "", source) if root is not None else None
        if isinstance(data, dict):
            source.data = data
        else:
            hint = "Write KEY: VALUE on lines of their own."
            source.refuse("", "yaml", "a mapping (key: value)", "something else", hint=hint)
    return source


def _text(path: Path, source: Source) -> str | None:
    try:
        if path.exists() and not path.is_file():
            hint = "Check the path."
            source.refuse("", "file", "a file", "a folder or a device", hint=hint, line=0)
            return None
        size = path.stat().st_size
        if size > LARGEST:
            hint = "Is this the right file?"
            source.refuse("", "size", f"at most {LARGEST:,} bytes", f"{size:,} bytes", hint=hint, line=0)
            return None
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        source.refuse("", "file", "a file", "no such file", hint="Check the path.", line=0)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        found = f"byte {error.object[error.start]:#x}"
        source.refuse("", "encoding", "UTF-8 text", found, hint="Save it as UTF-8.", line=line)
    except OSError as error:
        found = error.strerror or "an error"
        source.refuse("", "file", "a readable file", found, hint="Check the path.", line=0)
    return None


def _harmless(text: str, source: Source) -> bool:
    """Whether the stream of events holds no alias, anchor or tag, is not too deep, and is YAML at all."""
    depth = documents = values = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = _line(event)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                found, hint = "an anchor or alias (& or *)", "Write the value out, or put the text in quotes."
                source.refuse("", "alias", "plain values", found, hint=hint, line=line)
            elif isinstance(event, yaml.NodeEvent) and _tag(event):
                found = f"the tag {_tag(event)}"
                source.refuse("", "tag", "plain values", found, hint="Remove the tag.", line=line)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    hint = "Keep one document in a file."
                    source.refuse("", "yaml", "one document", "a second one (---)", hint=hint, line=line)
            values += isinstance(event, yaml.NodeEvent)
            if values > MOST_VALUES:
                expected, hint = f"at most {MOST_VALUES:,} values in a file", "Is this the right file?"
                found = f"more by line {line}; nothing else was looked at"
                source.refuse("", "size", expected, found, hint=hint, line=line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                source.refuse("", "depth", f"at most {DEEPEST} levels", "more", hint="Flatten it.", line=line)
            if source.problems:
                return False
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found = getattr(error, "problem", None) or str(error).splitlines()[0]
        hint = "Check indentation, quotes and colons near this line; put text with a colon in quotes."
        line = mark.line + 1 if mark else 1
        source.refuse("", "yaml", "valid YAML", str(found).removeprefix("found "), hint=hint, line=line)
        return False
    return True


def _line(marked: yaml.Event | yaml.Node) -> int:
    return marked.start_mark.line + 1 if marked.start_mark is not None else 1


def _tag(event: yaml.NodeEvent) -> str:
    tag = getattr(event, "tag", None)
    implicit = getattr(event, "implicit", True)
    plain = any(implicit) if isinstance(implicit, tuple) else implicit
    return "" if tag is None or plain else str(tag)


def _plain(node: yaml.Node, path: str, source: Source) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, yaml.SequenceNode):
        entries = []
        for number, child in enumerate(node.value):
            place = f"{path}.{number}"
            source.lines[place] = _line(child)
            entries.append(_plain(child, place, source))
        return entries
    return _scalar(node, path, source)


def _mapping(node: yaml.MappingNode, path: str, source: Source) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = _line(key_node)
        if not isinstance(key_node, yaml.ScalarNode):
            hint = "Write key: value."
            source.refuse(path, "key", "a word as key", "a list or mapping", hint=hint, line=line)
            continue
        key = key_node.value
        place = f"{path}.{key}" if path else key
        if key in data:
            found = f"{key} again (first on line {source.lines[place]})"
            source.refuse(place, "duplicate_key", "each key once", found, hint="Remove one.", line=line)
            continue
        source.lines[place] = line
        data[key] = _plain(value_node, place, source)
    return data


def _scalar(node: yaml.Node, path: str, source: Source) -> Any:
    if len(node.value) > LONGEST:
        found, hint = f"{len(node.value):,}", "Is a quotation mark missing? Else say it shorter."
        source.refuse(path, "size", f"at most {LONGEST:,} letters", found, hint=hint, line=_line(node))
        return node.value[:LONGEST]
    if ":" in node.value and node.tag in SEXAGESIMAL:
        return node.value
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError):
        value = node.value
    if isinstance(value, datetime.date):
        return node.value
    if isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)):
        hint = "Put it in quotes."
        source.refuse(path, "type", "text or a number", node.value, hint=hint, line=_line(node))
        return None
    return value
