"""A reader of documents goes over a recorder; every key it asks for, with its kind, comes out as a schema.

A reader takes one branch when a key is there and another when it is not: it goes over two recorders, one that
says yes to every question and one that says no, and their records are joined.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from instruments.missing import Missing
from instruments.tree import IDENTIFIER, Node

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}
RULE: Schema = {"$ref": "#/$defs/rule"}
RAW: Mapping[str, Schema] = {
    "show_if": RULE,
    "when": RULE,
    "share": RULE,
    "among": RULE,
    "pages": {"type": "array", "items": {"type": "array", "items": STRING, "minItems": 1}},
}
"""Keys whose value is read as it is; a new one must be placed here (a test looks)."""
KEPT_WHOLE: Mapping[str, Schema] = {
    "asks_anyway": {"type": "object", "additionalProperties": STRING},
    "forms": {"type": "object", "additionalProperties": {"type": "array", "items": STRING}},
    "levels": {"type": "object", "additionalProperties": {"type": "integer"}},
    "rows": {"type": "object", "additionalProperties": {"type": "array", "items": STRING}},
    "rule": {"$ref": "#/$defs/computed"},
    "words": {"type": "object", "additionalProperties": {"type": "array", "items": STRING}},
}
"""Mappings whose reader loops over what the file holds."""


class Recorder(Node):
    """Answers the reader with defaults, with `yes` as if every key were there, and keeps what was asked."""

    def __init__(self, *, yes: bool, forced: Mapping[str, str] | None = None, path: str = "") -> None:
        super().__init__({}, path, [])
        self.yes = yes
        self.forced = dict(forced or {})
        self.properties: dict[str, Callable[[], Schema]] = {}
        self.needed: set[str] = set()
        self.kinds: tuple[str, ...] = ()

    def like(self, value: object) -> Node:
        """A reader that goes on with an edited mapping goes on recording here."""
        return self

    def schema(self) -> Schema:
        """What was recorded, as the schema of a mapping."""
        found: Schema = {"type": "object", "additionalProperties": False, "properties": {}}
        found["properties"] = {key: made() for key, made in self.properties.items()}
        if self.needed:
            found["required"] = sorted(self.needed)
        return found

    def _keep(self, key: str, schema: Schema | Callable[[], Schema], required: bool = False) -> None:
        self.properties[key] = schema if callable(schema) else (lambda: schema)
        if required:
            self.needed.add(key)

    def _child(self, key: str, forced: Mapping[str, str] | None = None) -> "Recorder":
        return Recorder(yes=self.yes, forced=forced, path=self.at(key))

    def problem(self, rule: str, expected: str, found: str, hint: str, key: str = "") -> None:
        """Nothing is wrong with a file that is not there."""

    def has(self, key: str) -> bool:
        """Whatever lets the reader take the wanted branch."""
        return self.yes

    def raw(self, key: str) -> Any:
        """A value read as it is."""
        self._keep(key, RAW.get(key, {}))
        return None

    def string(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Text that is not shown."""
        self._keep(key, STRING, required)
        return "NAME" if self.yes else default

    def integer(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """A whole number."""
        self._keep(key, {"type": "integer"}, required)
        return default

    def decimal(self, key: str, default: float = 0.0, *, required: bool = False) -> float:
        """A number."""
        self._keep(key, {"type": "number"}, required)
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        """Yes or no."""
        self._keep(key, {"type": "boolean", "default": default})
        return default

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        if key in self.forced:
            self._keep(key, {"const": self.forced[key]}, required=True)
            return self.forced[key]
        self._keep(key, {"enum": [word for word in allowed if word]})
        return default

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        self._keep(key, {"type": "array", "items": STRING})
        return ("NAME",) if self.yes else ()

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        self._keep(key, {"type": "array", "items": {"type": "integer"}})
        return ()

    def missings(self, key: str) -> tuple[Missing, ...]:
        """Missing kinds by name."""
        self._keep(key, {"type": "array", "items": {"enum": ["dont_know", "refused"]}})
        return ()

    def text(self, key: str, *, required: bool = False) -> Mapping[str, str]:
        """Words, in the source language."""
        self._keep(key, STRING, required)
        return {}

    def texts(self, key: str, *, required: bool = False) -> Mapping[str, Mapping[str, str]]:
        """Words by key."""
        self._keep(key, {"type": "object", "additionalProperties": STRING}, required)
        return {}

    def coded(self, key: str, *, required: bool = False) -> tuple[tuple[int, Mapping[str, str]], ...]:
        """Words by code."""
        codes = {"type": "object", "patternProperties": {r"^\d{1,9}$": STRING}, "additionalProperties": False}
        self._keep(key, codes, required)
        return ()

    def sub(self, key: str) -> Node:
        """A mapping."""
        if key in KEPT_WHOLE:
            self._keep(key, KEPT_WHOLE[key])
            return self._child(key)
        child = self._child(key)
        self._keep(key, child.schema)
        return child

    def children(self, key: str, *, identifiers: bool = True) -> Iterator[tuple[str, Node]]:
        """A mapping of mappings: one for each kind of item, else a single one."""
        forced = [{"kind": kind} for kind in self.kinds] if key == "items" else [{}]
        made = [self._child(f"{key}.NAME", each) for each in forced]
        names = {"pattern": f"^{IDENTIFIER.pattern}$"} if identifiers else {"pattern": "^[0-9]+$"}

        def schema() -> Schema:
            parts = [child.schema() for child in made]
            inner = parts[0] if len(parts) == 1 else {"oneOf": parts}
            return {"type": "object", "propertyNames": names, "additionalProperties": inner}

        self._keep(key, schema)
        yield from ((f"{each.get('kind', 'NAME')}", child) for each, child in zip(forced, made, strict=True))

    def entries(self, key: str) -> Iterator[Node]:
        """A list of mappings."""
        child = self._child(f"{key}.0")
        self._keep(key, lambda: {"type": "array", "items": child.schema()})
        yield child

    def finish(self) -> None:
        """No key is unknown here."""
