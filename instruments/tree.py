"""Typed reading of a parsed document: values out, every departure from the format noted with its path."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from instruments.missing import Missing
from instruments.problem import FileProblem

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
LONGEST_FOUND = 80
MANY_FOUND = 12
MANY = 200
SPOKEN = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "yes or no",
}


def said(value: object) -> str:
    """A value as an error message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, list) and value and not any(isinstance(entry, (dict, list)) for entry in value):
        value = f"[{', '.join(map(str, value[:MANY_FOUND]))}{', ...' if len(value) > MANY_FOUND else ''}]"
        return value[:LONGEST_FOUND]
    words = str(value) if not isinstance(value, (dict, list)) else SPOKEN[type(value)]
    return repr(words[:LONGEST_FOUND]) if isinstance(value, str) else words[:LONGEST_FOUND]


def nearest(word: str, known: Iterator[str] | tuple[str, ...]) -> str:
    """A hint naming the known words, the closest first."""
    names = tuple(known)
    begins = word[:1].casefold()
    # Comparing takes long: among very many names only those that begin alike are compared.
    alike = names if len(names) <= MANY else [name for name in names if name[:1].casefold() == begins][:MANY]
    close = difflib.get_close_matches(word, alike, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known: {', '.join(names[:12])}." if names else ""


class Node:
    """One mapping of a document. Each method reads one key; `finish` reports the keys nobody read."""

    def __init__(self, value: object, path: str = "", problems: list[FileProblem] | None = None) -> None:
        self.problems: list[FileProblem] = [] if problems is None else problems
        self.path = path
        self._read: set[str] = set()
        if not isinstance(value, Mapping):
            self.problem("type", "a mapping (key: value)", said(value), "Write keys below it, indented.")
            value = {}
        self.value: Mapping[str, Any] = value

    def like(self, value: object) -> "Node":
        """Another mapping at the same place."""
        return Node(value, self.path, self.problems)

    def at(self, key: str) -> str:
        """The dotted path of a key below this node."""
        return f"{self.path}.{key}" if self.path else key

    def problem(self, rule: str, expected: str, found: str, hint: str, key: str = "") -> None:
        """Note a problem at this node or at one of its keys; file and line are added by the loader."""
        path = self.at(key) if key else self.path
        self.problems.append(FileProblem("", 0, path, rule, expected, found, hint))

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.value.get(key) is not None

    def raw(self, key: str) -> Any:
        """The plain value of a key, None when absent."""
        self._read.add(key)
        return self.value.get(key)

    def _typed(self, key: str, kind: type, default: Any, required: bool) -> Any:
        found = self.raw(key)
        if found is None:
            if required:
                self.problem("required", SPOKEN[kind], "nothing", f"Add the key {key}.", key)
            return default
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            hint = "Put it in quotes." if kind is str else f"Write {SPOKEN[kind]}."
            self.problem("type", SPOKEN[kind], said(found), hint, key)
            return default
        return found

    def string(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Plain text that is not shown to respondents."""
        return str(self._typed(key, str, default, required))

    def integer(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """A whole number."""
        return int(self._typed(key, int, default, required))

    def decimal(self, key: str, default: float = 0.0, *, required: bool = False) -> float:
        """A number, whole or not."""
        kind = int if isinstance(self.value.get(key), int) else float
        return float(self._typed(key, kind, default, required))

    def flag(self, key: str, default: bool = False) -> bool:
        """Yes or no."""
        return bool(self._typed(key, bool, default, False))

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        found = self.string(key, default)
        if found not in allowed:
            hint = nearest(found, allowed)
            self.problem("choice", f"one of {', '.join(allowed)}", said(found), hint, key)
            return default
        return found

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        found = self._typed(key, list, [], False)
        if not all(isinstance(entry, str) for entry in found):
            self.problem("type", "a list of words", said(found), "Write [ONE, TWO].", key)
            return ()
        return tuple(found)

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = self._typed(key, list, [], False)
        if not all(isinstance(entry, int) and not isinstance(entry, bool) for entry in found):
            self.problem("type", "a list of whole numbers", said(found), "Write [1, 2].", key)
            return ()
        return tuple(found)

    def missings(self, key: str) -> tuple[Missing, ...]:
        """A list of missing kinds by name."""
        known = {"dont_know": Missing.DONT_KNOW, "refused": Missing.REFUSED}
        kinds = []
        for name in self.strings(key):
            if name in known:
                kinds.append(known[name])
            else:
                self.problem(
                    "missing_kind", "dont_know or refused", said(name), nearest(name, tuple(known)), key
                )
        return tuple(kinds)

    def text(self, key: str, *, required: bool = False) -> Mapping[str, str]:
        """Words by language."""
        return self._words(self._typed(key, dict, {}, required), key)

    def texts(self, key: str, *, required: bool = False) -> Mapping[str, Mapping[str, str]]:
        """Words by language under each key of a mapping."""
        found = self._typed(key, dict, {}, required)
        return {name: self._words(words, f"{key}.{name}") for name, words in found.items()}

    def _words(self, found: object, key: str) -> dict[str, str]:
        if not isinstance(found, Mapping) or not all(isinstance(words, str) for words in found.values()):
            self.problem("type", "text", said(found), "Write words, in quotes.", key)
            return {}
        return dict(found)

    def coded(self, key: str, *, required: bool = False) -> tuple[tuple[int, Mapping[str, str]], ...]:
        """Words by language under each code of a mapping, in file order."""
        pairs = []
        for name, words in self.texts(key, required=required).items():
            if re.fullmatch(r"-?\d{1,9}", name):
                pairs.append((int(name), words))
            else:
                self.problem("code", "a whole number as code", said(name), "Write 1: words.", f"{key}.{name}")
        return tuple(pairs)

    def sub(self, key: str) -> "Node":
        """The mapping under a key; an empty one when absent."""
        found = self.raw(key)
        return Node({} if found is None else found, self.at(key), self.problems)

    def children(self, key: str, *, identifiers: bool = True) -> Iterator[tuple[str, "Node"]]:
        """Name and node of each mapping under a key, in file order."""
        for name, value in self.sub(key).value.items():
            child = Node(value, self.at(f"{key}.{name}"), self.problems)
            if identifiers and not IDENTIFIER.fullmatch(name):
                child.problem(
                    "name", "a name of letters, digits and _, at most 32", said(name), "Begin with a letter."
                )
            yield name, child

    def entries(self, key: str) -> Iterator["Node"]:
        """The mappings of a list."""
        for number, value in enumerate(self._typed(key, list, [], False)):
            yield Node(value, self.at(f"{key}.{number}"), self.problems)

    def finish(self) -> None:
        """Report every key that no reading method asked for."""
        for key in self.value:
            if key not in self._read:
                hint = nearest(key, tuple(sorted(self._read)))
                self.problem("unknown_key", "a key of the format", said(key), hint, key)
