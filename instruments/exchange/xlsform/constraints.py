"""A constraint in, what of it an item can say itself out: a range, a length, a limit, exclusive options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from instruments.exchange.expressions import Call, Literal, Node, Reference, Unconvertible, parse_xpath
from instruments.exchange.reasons import WHY, why_no_function

SWAP = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
ITSELF = Reference(".")
LONGEST_TEXT = 2000
SAID = ("count-selected", "string-length", "date")
"""Functions of which items can say some uses."""


@dataclass(frozen=True)
class Limits:
    """Keys for the item, and parts of the constraint that no key can say."""

    keys: Mapping[str, Any]
    left: int
    notes: tuple[str, ...] = ()


def read_constraint(text: str, kind: str, codes: Mapping[str, int]) -> Limits:
    """What a constraint says of an item of this kind; `codes`: its answers by name. Raises Unconvertible."""
    keys: dict[str, Any] = {}
    left = 0
    notes: list[str] = []
    for part in _parts(parse_xpath(text)):
        found = _found(part, kind, codes)
        if kind == "number" and found is not None and _fraction(part):
            notes.append("its bounds are rounded to whole numbers")
        if found is None:
            left += 1
            continue
        for key, value in found.items():
            keys[key] = _joined(key, keys.get(key), value)
    if not keys:
        raise Unconvertible(_why(text))
    return Limits(keys, left, tuple(dict.fromkeys(notes)))


def _why(text: str) -> str:
    """The first function that no item can say, else what items can say."""
    names = (tree.name for tree in _calls(parse_xpath(text)))
    strange = next((name for name in names if name in WHY and name not in SAID), None)
    return why_no_function(strange) if strange else "Tolqyn checks ranges, lengths, days and most ticks only"


def _calls(tree: Node) -> Iterator[Call]:
    if isinstance(tree, Call):
        yield tree
        for part in tree.parts:
            yield from _calls(part)


def _found(part: Node, kind: str, codes: Mapping[str, int]) -> dict[str, Any] | None:
    if kind == "several":
        return _several(part, codes)
    reader = {"number": _number, "text": _length, "date": _dates}.get(kind)
    return reader(part) if reader else None


def _fraction(part: Node) -> bool:
    sized = _sized(part, ITSELF)
    return sized is not None and sized[1] != int(sized[1])


def _dates(part: Node) -> dict[str, str] | None:
    """The first or last day of `. >= date('2020-01-01')`."""
    if not isinstance(part, Call) or part.name not in SWAP or len(part.parts) != 2:
        return None
    left, right, sign = part.parts[0], part.parts[1], part.name
    if right == ITSELF:
        left, right, sign = right, left, SWAP[sign]
    if isinstance(right, Call) and right.name == "date" and len(right.parts) == 1:
        right = right.parts[0]
    if left != ITSELF or not isinstance(right, Literal):
        return None
    try:
        day = date.fromisoformat(str(right.value))
    except ValueError:
        return None
    step = {">": 1, "<": -1}.get(sign, 0)
    said = (day + timedelta(days=step)).isoformat()
    ends = {"=": ("min", "max"), ">": ("min",), ">=": ("min",)}.get(sign, ("max",))
    return dict.fromkeys(ends, said)


def _joined(key: str, before: Any, value: Any) -> Any:
    if before is None:
        return value
    if key == "exclusive":
        return [*before, *(code for code in value if code not in before)]
    return max(before, value) if key == "min" else min(before, value)


def _parts(tree: Node) -> Iterator[Node]:
    if isinstance(tree, Call) and tree.name == "and":
        for part in tree.parts:
            yield from _parts(part)
    elif isinstance(tree, Call) and tree.name == "not" and _is_and(tree.parts[0]):
        # not(a and b) with a negated a is a limit of its own; anything else stays whole.
        yield tree
    else:
        yield tree


def _is_and(tree: Node) -> bool:
    return isinstance(tree, Call) and tree.name == "and"


def _sized(part: Node, subject: Node) -> tuple[str, float] | None:
    """Sign and number of `subject < 5` or `5 > subject`."""
    if not isinstance(part, Call) or part.name not in SWAP or len(part.parts) != 2:
        return None
    left, right, sign = part.parts[0], part.parts[1], part.name
    if isinstance(left, Literal):
        left, right, sign = right, left, SWAP[sign]
    if left != subject or not isinstance(right, Literal):
        return None
    try:
        return sign, float(right.value)
    except ValueError:
        return None


def _number(part: Node) -> dict[str, int] | None:
    sized = _sized(part, ITSELF)
    if sized is None:
        return None
    sign, number = sized
    whole = int(number // 1)
    if sign == "=":
        return {"min": whole, "max": whole} if number == whole else None
    if sign in (">", ">="):
        return {"min": whole if sign == ">=" and number == whole else whole + 1}
    return {"max": whole - 1 if sign == "<" and number == whole else whole}


def _length(part: Node) -> dict[str, int] | None:
    sized = _sized(part, Call("string-length", (ITSELF,)))
    if sized is None or sized[0] not in ("<", "<="):
        return None
    longest = int(sized[1]) - (sized[0] == "<")
    return {"max_len": min(longest, LONGEST_TEXT)} if longest >= 1 else None


def _several(part: Node, codes: Mapping[str, int]) -> dict[str, Any] | None:
    sized = _sized(part, Call("count-selected", (ITSELF,)))
    if sized is not None and sized[0] in ("<", "<="):
        most = int(sized[1]) - (sized[0] == "<")
        return {"max": most} if most >= 1 else None
    name = _alone(part)
    code = codes.get(name or "")
    if code is None:
        return None
    return {"exclusive": [code]} if code >= 0 else {"exclusive": []}


def _alone(part: Node) -> str | None:
    """The answer that stands alone: `not(selected(., 'x') and count-selected(.) > 1)` and its twins."""
    if not isinstance(part, Call):
        return None
    if part.name == "not" and _is_and(part.parts[0]):
        pair = part.parts[0].parts if isinstance(part.parts[0], Call) else ()
        named = [_selected(one) for one in pair]
        counted = [_sized(one, Call("count-selected", (ITSELF,))) for one in pair]
        if len(pair) == 2 and ((">", 1.0) in counted or (">=", 2.0) in counted):
            return next((name for name in named if name), None)
    if part.name == "or" and len(part.parts) == 2:
        named = [_selected(one.parts[0]) for one in part.parts if isinstance(one, Call) and one.name == "not"]
        counted = [_sized(one, Call("count-selected", (ITSELF,))) for one in part.parts]
        if ("=", 1.0) in counted or ("<=", 1.0) in counted:
            return next((name for name in named if name), None)
    return None


def _selected(part: Node) -> str | None:
    if isinstance(part, Call) and part.name == "selected" and part.parts[0] == ITSELF:
        value = part.parts[-1]
        return str(value.value) if isinstance(value, Literal) else None
    return None
