"""A condition's tree in, a rule of Tolqyn out; what has no counterpart is refused with the reason."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.exchange.expressions import Call, Literal, Node, Reference, Unconvertible

Raw = dict[str, Any]
COMPARE = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
ORDER = {"<": "lt", ">": "gt", "<=": "le", ">=": "ge"}
SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
EMPTY_WORDS = ("is_empty", "empty", "isempty")
COUNTS = ("count-selected", "string-length", "count", "strlen")
CODED = ("single", "several")


@dataclass(frozen=True)
class Target:
    """A question a condition may name."""

    item: str
    kind: str
    codes: Mapping[str, int] = field(default_factory=dict)
    numeric: bool = False
    """Whether the form's names are the codes, so that sizes compare alike."""
    tick: int | None = None
    """The option that is meant, where the form has a variable per option of a several-of question."""
    place: int = 0


Find = Callable[[str], Target]


def to_rule(tree: Node, find: Find) -> tuple[Raw | bool, tuple[str, ...]]:
    """The rule, or a plain yes or no where the condition does not depend on answers; and what changed.

    Raises Unconvertible.
    """
    notes: list[str] = []
    rule = _convert(tree, find, notes)
    return rule, tuple(dict.fromkeys(notes))


def every(*rules: Raw | None) -> Raw | None:
    """All of these rules at once; None among them asks nothing."""
    given = [rule for rule in rules if rule is not None]
    if len(given) < 2:
        return given[0] if given else None
    return {"all": [part for rule in given for part in (rule["all"] if set(rule) == {"all"} else [rule])]}


def _convert(tree: Node, find: Find, notes: list[str]) -> Raw | bool:
    if isinstance(tree, Literal):
        return tree.value not in ("", 0, "0", "false")
    if isinstance(tree, Reference):
        return _truth(find(tree.name))
    if tree.name in ("and", "or"):
        return _joined(tree.name, [_convert(part, find, notes) for part in tree.parts])
    if tree.name in ("not", "boolean") and len(tree.parts) == 1:
        inside = _convert(tree.parts[0], find, notes)
        return _negated(inside) if tree.name == "not" else inside
    if tree.name in SWAPPED and len(tree.parts) == 2:
        return _compared(tree.name, *tree.parts, find, notes)
    return _called(tree, find)


def _joined(joint: str, parts: list[Raw | bool]) -> Raw | bool:
    decisive = joint == "or"
    if decisive in parts:
        return decisive
    kept = [part for part in parts if not isinstance(part, bool)]
    if len(kept) < 2:
        return kept[0] if kept else not decisive
    key = "any" if decisive else "all"
    flat = [leaf for part in kept for leaf in (part[key] if set(part) == {key} else [part])]
    return _as_list(flat) if decisive else {key: flat}


def _as_list(parts: list[Raw]) -> Raw:
    """Several `eq` of one item are one `in`."""
    if all(set(part) == {"item", "eq"} for part in parts) and len({part["item"] for part in parts}) == 1:
        return {"item": parts[0]["item"], "in": [part["eq"] for part in parts]}
    return {"any": parts}


def _negated(rule: Raw | bool) -> Raw | bool:
    if isinstance(rule, bool):
        return not rule
    return rule["not"] if set(rule) == {"not"} else {"not": rule}


def _called(tree: Call, find: Find) -> Raw | bool:
    if tree.name in ("true", "false") and not tree.parts:
        return tree.name == "true"
    first = tree.parts[0] if tree.parts else None
    if (
        tree.name == "selected"
        and len(tree.parts) == 2
        and isinstance(first, Reference)
        and isinstance(tree.parts[-1], Literal)
    ):
        return _equal(find(first.name), tree.parts[-1].value)
    if tree.name.lower() in EMPTY_WORDS and isinstance(first, Reference):
        return _negated(_answered(find(first.name)))
    raise Unconvertible(f"{tree.name}() has no counterpart here")


def _compared(sign: str, left: Node, right: Node, find: Find, notes: list[str]) -> Raw | bool:
    if isinstance(left, Literal) and not isinstance(right, Literal):
        sign, left, right = SWAPPED[sign], right, left
    if isinstance(left, Literal) and isinstance(right, Literal):
        if sign in ("=", "!="):
            return (str(left.value) == str(right.value)) == (sign == "=")
        raise Unconvertible("it compares two constants")
    if not isinstance(right, Literal):
        raise Unconvertible("it compares two answers with each other")
    if isinstance(left, Call):
        return _counted(sign, left, right.value, find)
    if not isinstance(left, Reference):
        raise Unconvertible("it compares something else than an answer")
    target = find(left.name)
    if sign in ("=", "!="):
        rule = _negated(_answered(target)) if right.value == "" else _exactly(target, right.value)
        return rule if sign == "=" else _negated(rule)
    return _ordered(target, sign, right.value, notes)


def _counted(sign: str, call: Call, value: object, find: Find) -> Raw | bool:
    """`count-selected(${x}) > 0` and the like: whether anything was answered."""
    first = call.parts[0] if len(call.parts) == 1 else None
    if call.name not in COUNTS or not isinstance(first, Reference):
        raise Unconvertible(f"{call.name}() has no counterpart here")
    if (sign, value) in ((">", 0), (">=", 1), ("!=", 0)):
        return _answered(find(first.name))
    if (sign, value) in (("=", 0), ("<", 1), ("<=", 0)):
        return _negated(_answered(find(first.name)))
    raise Unconvertible("how many were ticked is no condition here")


def _answered(target: Target) -> Raw:
    if target.tick is not None:
        return {"item": target.item, "eq": target.tick}
    _takes_answer(target)
    rule: Raw = {"item": target.item, "answered": True}
    missing = sorted({code for code in target.codes.values() if code < 0}, reverse=True)
    # In the form don't know is an answer like any other.
    return {"any": [rule, {"item": target.item, "in": missing}]} if missing else rule


def _truth(target: Target) -> Raw:
    if target.tick is not None:
        return {"item": target.item, "eq": target.tick}
    raise Unconvertible(f"{target.item} stands alone as a condition")


def _exactly(target: Target, value: str | float) -> Raw | bool:
    if target.tick is not None:
        if value in ("Y", "1", 1):
            return {"item": target.item, "eq": target.tick}
        raise Unconvertible(f"{value!r} is no answer of a box to tick")
    rule = _equal(target, value)
    others = sorted({code for code in target.codes.values() if code != rule["eq"]})
    if target.kind == "several" and others:
        return {"all": [rule, {"not": {"item": target.item, "in": others}}]}
    return rule


def _equal(target: Target, value: str | float) -> Raw:
    _takes_answer(target)
    if target.kind in CODED:
        name = _name(value)
        if name not in target.codes:
            raise Unconvertible(f"{name!r} is no answer of {target.item}")
        return {"item": target.item, "eq": target.codes[name]}
    if target.kind == "number" and (number := _number(value)) is not None and number == int(number):
        return {"item": target.item, "eq": int(number)}
    raise Unconvertible(f"what was typed in {target.item} is no condition here, only that something was")


def _ordered(target: Target, sign: str, value: str | float, notes: list[str]) -> Raw | bool:
    number = _number(value)
    if number is None:
        raise Unconvertible(f"{value!r} is no number")
    if target.kind == "number" or (target.kind == "single" and target.numeric):
        if any(code < 0 for code in target.codes.values()):
            notes.append("don't know and refused no longer count as numbers")
        return _sized(target, sign, number)
    raise Unconvertible(f"the answers of {target.item} have no sizes to compare")


def _sized(target: Target, sign: str, number: float) -> Raw | bool:
    """The comparison with a number that is an answer; among answers that lack it, the list of those meant."""
    codes = [code for code in target.codes.values() if code >= 0]
    if codes and number not in codes:
        meant = sorted(code for code in codes if COMPARE[sign](code, number))
        return {"item": target.item, "in": meant} if meant else False
    if number != int(number):
        # Answers are whole numbers: above 17.5 is 18 or more.
        below = math.floor(number)
        return (
            {"item": target.item, "le": below}
            if sign in ("<", "<=")
            else {"item": target.item, "ge": below + 1}
        )
    return {"item": target.item, ORDER[sign]: int(number)}


def _takes_answer(target: Target) -> None:
    if target.kind in ("info", "none"):
        raise Unconvertible(f"{target.item} takes no answer here")


def _name(value: str | float) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if value == int(value) else str(value)


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
