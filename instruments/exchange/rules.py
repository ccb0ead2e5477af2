"""A condition's tree in, a rule of Tolqyn out; what has no counterpart is refused with the reason."""

from instruments.exchange.expressions import Call, Literal, Node, Reference, Unconvertible
from instruments.exchange.leaves import (
    Find,
    Raw,
    Target,
    alone,
    answered,
    dated,
    equal,
    exactly,
    is_blank,
    name_of,
    negated,
    sized,
)
from instruments.exchange.reasons import PLACES, why_no_function

SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
EMPTY_WORDS = ("is_empty", "empty", "isempty")
COUNTS = ("count-selected", "string-length", "count", "strlen")


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
        return alone(find(tree.name))
    if tree.name in ("and", "or"):
        placed = _among_places(tree, find)
        return placed or _joined(tree.name, [_convert(part, find, notes) for part in tree.parts])
    if tree.name in ("not", "boolean") and len(tree.parts) == 1:
        inside = _convert(tree.parts[0], find, notes)
        return negated(inside) if tree.name == "not" else inside
    if tree.name in SWAPPED and len(tree.parts) == 2:
        return _compared(tree.name, *tree.parts, find, notes)
    return _called(tree, find)


def _among_places(tree: Call, find: Find) -> Raw | None:
    """An answer on one of the first places of an order, every place asked after in turn: it got a place."""
    parts = tree.parts if tree.name == "or" else (tree,)
    asked = [_at_place(part) for part in parts]
    if not asked or None in asked:
        return None
    known = [one for one in asked if one is not None]
    target = find(known[0][0])
    same = {(name, value) for name, _, value in known}
    if len(same) > 1 or [place for _, place, _ in known] != list(range(target.places)):
        raise Unconvertible(f"it {PLACES}")
    return equal(target, known[0][2])


def _at_place(tree: Node) -> tuple[str, int | str | float, str | int | float] | None:
    """Question, place and answer of `selected-at(${x}, 0) = 'a'`."""
    if not isinstance(tree, Call) or tree.name != "=" or len(tree.parts) != 2:
        return None
    left, right = tree.parts
    if not isinstance(left, Call) or left.name != "selected-at" or not isinstance(right, Literal):
        return None
    named, place = left.parts if len(left.parts) == 2 else (None, None)
    if not isinstance(named, Reference) or not isinstance(place, Literal):
        return None
    return named.name, place.value, right.value


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
        return equal(find(first.name), tree.parts[-1].value)
    if tree.name.lower() in EMPTY_WORDS and isinstance(first, Reference):
        return negated(answered(find(first.name)))
    raise Unconvertible(why_no_function(tree.name))


def _compared(sign: str, left: Node, right: Node, find: Find, notes: list[str]) -> Raw | bool:
    left, right = _day(left), _day(right)
    if isinstance(left, Literal) and not isinstance(right, Literal):
        sign, left, right = SWAPPED[sign], right, left
    if isinstance(right, Call):
        return _against(sign, left, right, find, notes)
    if not isinstance(right, Literal):
        raise Unconvertible("it compares two answers with each other")
    if isinstance(left, Literal):
        if sign in ("=", "!="):
            return (str(left.value) == str(right.value)) == (sign == "=")
        raise Unconvertible("it compares two constants")
    if isinstance(left, Call):
        placed = _among_places(Call(sign, (left, right)), find)
        return placed or _counted(sign, left, right.value, find)
    return _answer(sign, find(left.name), right.value, notes)


def _against(sign: str, left: Node, right: Call, find: Find, notes: list[str]) -> Raw | bool:
    """Compared with `true()` or `false()`."""
    if right.name not in ("true", "false") or sign not in ("=", "!="):
        raise Unconvertible(why_no_function(right.name))
    inside = _convert(left, find, notes)
    return inside if (right.name == "true") == (sign == "=") else negated(inside)


def _answer(sign: str, target: Target, value: str | float, notes: list[str]) -> Raw | bool:
    if target.kind in ("date", "year"):
        return dated(target, sign, value)
    if sign in ("=", "!="):
        rule = negated(answered(target)) if is_blank(value) else exactly(target, value)
        return rule if sign == "=" else negated(rule)
    return sized(target, sign, value, notes)


def _counted(sign: str, call: Call, value: str | float, find: Find) -> Raw | bool:
    """`count-selected(${x}) > 0` and the like: whether anything was answered."""
    named = [part.name for part in call.parts if isinstance(part, Reference)]
    if call.name in ("year", "format-date") and len(named) == 1:
        return _year_of(call, sign, value, find(named[0]))
    if call.name.lower() not in COUNTS or not named or len(named) < len(call.parts):
        raise Unconvertible(why_no_function(call.name))
    some = (sign, value) in ((">", 0), (">=", 1), ("!=", 0))
    none = (sign, value) in (("=", 0), ("<", 1), ("<=", 0))
    if not some and not none:
        told = (
            "the length of an answer" if call.name in ("string-length", "strlen") else "how many were ticked"
        )
        raise Unconvertible(f"{told} is no condition here")
    given = _joined("or", [answered(find(name)) for name in named])
    return given if some else negated(given)


def _day(node: Node) -> Node:
    """`date('2020-01-31')` is the day it names."""
    if isinstance(node, Call) and node.name == "date" and len(node.parts) == 1:
        inside = node.parts[0]
        return inside if isinstance(inside, Literal) and isinstance(inside.value, str) else node
    return node


def _year_of(call: Call, sign: str, value: str | float, target: Target) -> Raw:
    """`format-date(${x}, '%Y') >= 1990`, of a date asked as a year."""
    pattern = call.parts[1] if len(call.parts) == 2 else None
    wanted = call.name == "year" or (isinstance(pattern, Literal) and pattern.value == "%Y")
    if not wanted or target.kind != "year":
        raise Unconvertible(why_no_function(call.name))
    return dated(target, sign, name_of(value))
