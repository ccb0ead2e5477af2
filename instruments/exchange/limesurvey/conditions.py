"""Relevance and old conditions of a survey in, rules out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.exchange.expressions import Call, Literal, Node, Reference, Unconvertible, parse_script
from instruments.exchange.leaves import Raw, Target
from instruments.exchange.limesurvey.tables import Row
from instruments.exchange.reasons import DEVICE, NAMES, WORDS
from instruments.exchange.rules import to_rule

SGQA = re.compile(r"\+?(\d+)X(\d+)X(\d+)(.*)")
SUFFIX = re.compile(r"\.(NAOK|code|value|valueNAOK)$")
WORDS_OF = re.compile(r"\.(shown|question|help)$")
METHODS = {"==": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


@dataclass
class Known:
    """What conditions may call: by name in the form, and by question id with the part of it."""

    by_name: dict[str, list[Target]] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()
    """Every question of the survey."""
    by_id: dict[str, Target] = field(default_factory=dict)

    def add(self, title: str, qid: str, parts: Mapping[str, Target]) -> None:
        """Take in a question with its parts."""
        for part, target in parts.items():
            name = f"{title}_{part}" if part else title
            self.by_name.setdefault(name, []).append(target)
            self.by_id[f"{qid}{part.replace('_', '#') if target.kind == 'single' else part}"] = target
            self.by_id[f"{qid}{part}"] = target

    def find(self, name: str, place: int) -> Target:
        """The question a name means, seen from a place. Raises Unconvertible."""
        if WORDS_OF.search(name):
            raise Unconvertible(f"it {WORDS}")
        bare = SUFFIX.sub("", name).removeprefix("that.")
        if match := SGQA.fullmatch(bare):
            target = self.by_id.get(f"{match[3]}{match[4]}")
            found = [target] if target else []
        else:
            found = self.by_name.get(bare, [])
        if not found:
            raise Unconvertible(self._why(bare))
        earlier = [target for target in found if target.place < place]
        if not earlier:
            raise Unconvertible(f"{bare} comes later")
        if len(earlier) > 1:
            raise Unconvertible(f"several questions are named {bare}")
        return earlier[0]

    def _why(self, bare: str) -> str:
        title, _, part = bare.partition("_")
        if bare.split(".", maxsplit=1)[0] in ("self", "this"):
            return "it looks at the answer to the question itself"
        if bare in self.titles or (title in self.titles and title not in self.by_name):
            return f"{bare} comes later"
        if title in self.titles:
            return f"{title} has no part named {part}"
        return NAMES.get(bare.split(".", maxsplit=1)[0], f"no question is named {bare}")


def relevance_rule(text: str, known: Known, place: int) -> tuple[Raw | bool, tuple[str, ...]]:
    """The rule of an expression, and what changed. Raises Unconvertible."""
    inside = text.strip()
    if inside.startswith("{") and inside.endswith("}"):
        inside = inside[1:-1]
    return to_rule(parse_script(inside), lambda name: known.find(name, place))


def conditions_rule(rows: list[Row], known: Known, place: int) -> tuple[Raw | bool, tuple[str, ...]]:
    """The rule of old conditions: scenarios are alternatives, and so are conditions on one question.

    Source: LimeSurvey's own conversion of conditions to relevance. Raises Unconvertible.
    """
    scenarios: dict[str, dict[str, list[Node]]] = {}
    for row in rows:
        scenario = scenarios.setdefault(row.get("scenario") or "1", {})
        scenario.setdefault(row.get("cqid"), []).append(_condition(row))
    alternatives = tuple(
        _joined("and", tuple(_joined("or", tuple(same)) for same in scenario.values()))
        for scenario in scenarios.values()
    )
    return to_rule(_joined("or", alternatives), lambda name: known.find(name, place))


def _joined(joint: str, parts: tuple[Node, ...]) -> Node:
    return parts[0] if len(parts) == 1 else Call(joint, parts)


def _condition(row: Row) -> Node:
    field_name, method, value = row.get("cfieldname"), row.fields.get("method", "").strip(), row.get("value")
    if "TOKEN:" in field_name or "TOKEN:" in value:
        raise Unconvertible(f"it {DEVICE}")
    if method not in METHODS or not SGQA.fullmatch(field_name):
        raise Unconvertible(f"{field_name} {method or 'of no method'} has no counterpart here")
    if value.startswith("@"):
        raise Unconvertible("it compares two answers with each other")
    reference = Reference(field_name)
    if method in ("==", "!=") and value and not field_name.startswith("+"):
        asked = Call("selected", (reference, Literal(value)))
        return asked if method == "==" else Call("not", (asked,))
    return Call(METHODS[method], (reference, Literal(value)))
