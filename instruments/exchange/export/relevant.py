"""A rule of Tolqyn in, the XPath of an XLSForm out."""

from collections.abc import Mapping
from typing import Any

from instruments.exchange.expressions import Unconvertible
from instruments.items import Crosswise, Date, Item, Number, OpenText, Ranking, SeveralOf, SingleChoice
from instruments.missing import Missing

SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<"}


def to_xpath(rule: Mapping[str, Any], items: Mapping[str, Item]) -> str:
    """The condition; `items`: those that are in the form. Raises Unconvertible."""
    for key, joint in (("all", " and "), ("any", " or ")):
        if key in rule:
            parts = [to_xpath(part, items) for part in rule[key]]
            return parts[0] if len(parts) == 1 else f"({joint.join(parts)})"
    if "not" in rule:
        return f"not({to_xpath(rule['not'], items)})"
    item = items.get(rule["item"])
    if item is None:
        raise Unconvertible(f"{rule['item']} is not in the form")
    operator = next(key for key in rule if key != "item")
    return _leaf(item, operator, rule[operator])


def _leaf(item: Item, operator: str, value: Any) -> str:
    me = f"${{{item.id}}}"
    if operator in ("eq", "in"):
        values = value if operator == "in" else [value]
        parts = [_is(item, me, code) for code in values]
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"
    if operator == "answered":
        return _given(item, me)
    if operator == "ne":
        return f"({_given(item, me)} and not({_is(item, me, value)}))"
    if isinstance(item, Date):
        return f"{me} {SIGNS[operator]} {_year(item, value)}"
    if isinstance(item, SeveralOf | OpenText | Ranking):
        raise Unconvertible(f"the answers of {item.id} have no sizes to compare")
    size = f"{me} {SIGNS[operator]} {value}"
    # A missing code is a small number to XPath; here it matches no comparison of sizes.
    low = isinstance(item, SingleChoice | Crosswise) and item.allow and operator in ("le", "lt")
    return f"({size} and {me} >= 0)" if low else size


def _is(item: Item, me: str, code: int | str) -> str:
    offered = isinstance(item, SingleChoice | SeveralOf | Crosswise)
    if isinstance(code, int) and code in {kind.value for kind in Missing} and not offered:
        return "false()"
    if isinstance(item, SeveralOf):
        return f"selected({me}, '{code}')"
    if isinstance(item, SingleChoice | Crosswise):
        return f"{me} = '{code}'"
    if isinstance(item, Ranking):
        # The other program puts all options in order; here only the first places count.
        asked = [f"selected-at({me}, {place}) = '{code}'" for place in range(item.places)]
        return asked[0] if len(asked) == 1 else f"({' or '.join(asked)})"
    if isinstance(item, Date):
        return f"{me} = {_year(item, code)}"
    return f"{me} = {code}" if isinstance(item, Number) else f"{me} = '{code}'"


def _year(item: Date, value: Any) -> str:
    """A year as XForms keep one: its first day."""
    if item.precision != "year":
        raise Unconvertible(f"{item.id} is asked with the month or day, which the form does not compare")
    return f"date('{int(value):04}-01-01')"


def _given(item: Item, me: str) -> str:
    """Answered with more than a missing code."""
    if isinstance(item, SeveralOf):
        missing = [f"not(selected({me}, '{kind.value}'))" for kind in item.allow]
    elif isinstance(item, SingleChoice | Crosswise):
        missing = [f"{me} != '{kind.value}'" for kind in item.allow]
    else:
        missing = []
    return f"({' and '.join([f'{me} != {chr(39) * 2}', *missing])})" if missing else f"{me} != ''"
