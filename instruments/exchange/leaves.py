"""A question and a value in, one comparison of a rule out, or why there is none."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.exchange.expressions import Unconvertible
from instruments.exchange.reasons import PLACES

Raw = dict[str, Any]
COMPARE = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
ORDER = {"<": "lt", ">": "gt", "<=": "le", ">=": "ge"}
CODED = ("single", "several", "ranking")
YEAR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


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
    places: int = 0
    """How many places a ranking gives out."""
    why: str = ""
    """Why it takes no answer, where it is not carried."""


Find = Callable[[str], Target]


def negated(rule: Raw | bool) -> Raw | bool:
    """The opposite."""
    if isinstance(rule, bool):
        return not rule
    return rule["not"] if set(rule) == {"not"} else {"not": rule}


def is_blank(value: str | float) -> bool:
    """Whether a value stands for no answer: nothing, or the space that old surveys write."""
    return isinstance(value, str) and not value.strip()


def answered(target: Target) -> Raw:
    if target.tick is not None:
        return {"item": target.item, "eq": target.tick}
    _takes_answer(target)
    rule: Raw = {"item": target.item, "answered": True}
    missing = sorted({code for code in target.codes.values() if code < 0}, reverse=True)
    # In the form don't know is an answer like any other.
    return {"any": [rule, {"item": target.item, "in": missing}]} if missing else rule


def alone(target: Target) -> Raw:
    """A question that stands alone as a condition: whether its box is ticked."""
    if target.tick is not None:
        return {"item": target.item, "eq": target.tick}
    _takes_answer(target)
    raise Unconvertible(f"{target.item} stands alone as a condition: true or false of what, nobody can tell")


def exactly(target: Target, value: str | float) -> Raw | bool:
    """The answer and no other."""
    if target.tick is not None:
        if value in ("Y", "1", 1):
            return {"item": target.item, "eq": target.tick}
        raise Unconvertible(f"{value!r} is no answer of a box to tick")
    if target.kind == "ranking":
        raise Unconvertible(f"{target.item} is an order, compared with one answer")
    rule = equal(target, value)
    others = sorted({code for code in target.codes.values() if code != rule["eq"]})
    if target.kind == "several" and others:
        return {"all": [rule, {"not": {"item": target.item, "in": others}}]}
    return rule


def equal(target: Target, value: str | float) -> Raw:
    """The answer, beside which others may stand."""
    _takes_answer(target)
    _at_no_place(target)
    if target.kind in CODED:
        name = name_of(value)
        if name not in target.codes:
            raise Unconvertible(f"{name!r} is no answer of {target.item}")
        return {"item": target.item, "eq": target.codes[name]}
    if target.kind == "number" and (number := _number(value)) is not None:
        if number != int(number):
            raise Unconvertible(f"{target.item} takes whole numbers only, and {number:g} is none")
        return {"item": target.item, "eq": int(number)}
    if target.kind == "number":
        raise Unconvertible(f"{value!r} is no number, and {target.item} takes numbers only")
    raise Unconvertible(f"what was typed in {target.item} is no condition here, only that something was")


def sized(target: Target, sign: str, value: str | float, notes: list[str]) -> Raw | bool:
    """A comparison of sizes."""
    _takes_answer(target)
    _at_no_place(target)
    number = _number(value)
    if number is None:
        raise Unconvertible(f"{value!r} is no number")
    if target.kind == "number" or (target.kind == "single" and target.numeric):
        if any(code < 0 for code in target.codes.values()):
            notes.append("don't know and refused no longer count as numbers")
        return _by_size(target, sign, number)
    if target.kind == "text":
        raise Unconvertible(f"{target.item} takes free words, which have no size; ask for a number")
    raise Unconvertible(f"the answers of {target.item} have no sizes to compare")


def _by_size(target: Target, sign: str, number: float) -> Raw | bool:
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


def dated(target: Target, sign: str, value: str | float) -> Raw:
    """A date compared with a day. A form keeps a year as its first day."""
    if is_blank(value):
        rule = answered(target)
        if sign in ("=", "!="):
            return rule if sign == "!=" else {"not": rule}
    match = YEAR.fullmatch(str(value).strip())
    if match is None:
        raise Unconvertible(f"{value!r} is no day")
    if target.kind == "date":
        raise Unconvertible(f"a rule compares years only, and {target.item} is asked with the month or day")
    year, first_day = int(match[1]), (match[2] or "01", match[3] or "01") == ("01", "01")
    if sign in ("=", "!="):
        if not first_day:
            raise Unconvertible(f"{value!r} is no year")
        rule = {"item": target.item, "eq": year}
        return rule if sign == "=" else {"not": rule}
    if not first_day:
        sign = {"<": "<=", ">=": ">"}.get(sign, sign)
    return {"item": target.item, ORDER[sign]: year}


def _at_no_place(target: Target) -> None:
    if target.kind == "first":
        raise Unconvertible(f"it {PLACES}")


def _takes_answer(target: Target) -> None:
    if target.kind in ("info", "none"):
        raise Unconvertible(target.why or f"{target.item} takes no answer here")
    if target.kind == "place":
        raise Unconvertible(f"it {PLACES}")


def name_of(value: str | float) -> str:
    """A value as a form names an answer."""
    if isinstance(value, str):
        return value.strip()
    return str(int(value)) if value == int(value) else str(value)


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
