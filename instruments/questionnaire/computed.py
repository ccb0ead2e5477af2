"""Columns computed from others: their rules read as data, and which columns and codes they use."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from instruments.codebook import Indicator, Level, Net, Role, Variable
from instruments.items import HIGHER, LEVELS, Scale, read_compare, read_wording
from instruments.problem import FileProblem
from instruments.questionnaire.structure import Computed
from instruments.routing import Comparison, Rule, read_rule
from instruments.tree import Node, nearest, said


def read_derived(node: Node, name: str, scales: Mapping[str, Scale]) -> Computed:
    """A DERIVED column: groups of another column, or a check."""
    variable = Variable(
        name,
        node.text("label", required=True),
        Level(node.choice("level", LEVELS, "nominal")),
        codes=_codes(node, scales),
        nets=_nets(node, scales),
        question=node.text("question"),
        role=Role.DERIVED,
        wording=read_wording(node),
        compare=read_compare(node),
        rule=_read_rule(node),
    )
    node.finish()
    return Computed(variable)


def read_indicator(node: Node, name: str, scales: Mapping[str, Scale]) -> Computed:
    """An INDICATOR column and the figure published from it."""
    statistic = node.choice("statistic", ("proportion", "mean"), "proportion")
    label = node.text("label", required=True)
    higher = node.choice("higher", HIGHER, "neutral")
    variable = Variable(
        name,
        label,
        Level.INTERVAL if statistic == "mean" else Level.NOMINAL,
        codes=_codes(node, scales),
        question=node.text("question"),
        role=Role.INDICATOR,
        construct=node.string("construct"),
        higher=higher,
        wording=read_wording(node),
        compare=read_compare(node),
        rule=_read_rule(node),
    )
    indicator = Indicator(
        name,
        name,
        statistic,
        label,
        node.text("finding", required=True),
        code=1 if statistic == "proportion" else None,
        higher=higher,
        headline=node.flag("headline"),
    )
    if statistic == "proportion" and 1 not in variable.codes:
        node.problem("codes", "a scale or codes with 0 and 1", "none", "Write scale: no_yes.", "scale")
    node.finish()
    return Computed(variable, indicator)


def _codes(node: Node, scales: Mapping[str, Scale]) -> dict[int, Mapping[str, str]]:
    name = node.string("scale")
    if name and name not in scales:
        node.problem(
            "unknown_scale", "a scale of this instrument", said(name), nearest(name, tuple(scales)), "scale"
        )
    if name in scales:
        return {option.code: option.label for option in scales[name].options}
    return dict(node.coded("codes"))


def _nets(node: Node, scales: Mapping[str, Scale]) -> Mapping[str, Net]:
    scale = scales.get(node.string("scale"))
    return scale.nets if scale else {}


def _read_rule(node: Node) -> Mapping[str, Any] | None:
    rule = node.sub("rule")
    form = next((key for key in FORMS if rule.has(key)), None)
    if form is None:
        rule.problem(
            "rule", f"one of {', '.join(FORMS)}", ", ".join(rule.value) or "nothing", "See docs/house.md."
        )
        return None
    before = len(rule.problems)
    FORMS[form](rule)
    rule.finish()
    if len(rule.problems) > before:
        return None
    return {key: value for key, value in rule.value.items() if value is not None}


def computed_rule_problems(rule: object, path: str) -> tuple[FileProblem, ...]:
    """What is wrong with a rule for a computed column that stands at `path`.rule; () for a sound one."""
    node = Node({"rule": rule}, path)
    _read_rule(node)
    return tuple(node.problems)


def _recode(rule: Node) -> None:
    rule.string("recode", required=True)
    to = rule.sub("to")
    for code in to.value:
        if not to.integers(code) or not code.isdigit():
            to.problem("code", "a code with a list of codes", said(to.raw(code)), "Write 1: [1, 2].", code)
    if not to.value:
        rule.problem(
            "required", "a mapping of new code to old codes", "nothing", "Write to: {1: [1, 2]}.", "to"
        )


def _cut(rule: Node) -> None:
    rule.string("cut", required=True)
    at = rule.integers("at")
    if not at or list(at) != sorted(set(at)):
        rule.problem("cut", "rising cut points", said(list(at)), "Write at: [25, 35].", "at")


def _share(rule: Node) -> None:
    read_rule(rule, "share")
    read_rule(rule, "among")


def _any_of(rule: Node) -> None:
    columns, codes = rule.strings("any_of"), rule.integers("codes")
    if not columns or not codes:
        rule.problem(
            "any_of", "columns and codes", "none", "Write {any_of: [A, B], codes: [4, 5], min_valid: 1}."
        )
    _min_valid(rule, len(columns))


def _mean_of(rule: Node) -> None:
    columns, reverse, span = rule.strings("mean_of"), rule.strings("reverse"), rule.integers("range")
    if not columns:
        rule.problem("mean_of", "at least one column", "none", "Write mean_of: [A, B].", "mean_of")
    if len(span) != 2 or span[0] >= span[1]:
        rule.problem("range", "lowest and highest value", said(list(span)), "Write range: [1, 5].", "range")
    for name in reverse:
        if name not in columns:
            rule.problem("reverse", "a column of mean_of", said(name), nearest(name, columns), "reverse")
    _min_valid(rule, len(columns))


def _min_valid(rule: Node, most: int) -> None:
    least = rule.integer("min_valid", required=True)
    if most and rule.has("min_valid") and not 1 <= least <= most:
        rule.problem("min_valid", f"1 to {most}", said(least), "Correct min_valid.", "min_valid")


def _count(rule: Node) -> None:
    counted = rule.sub("count")
    for column in counted.value:
        counted.integer(column, required=True)
    if not counted.value:
        rule.problem("count", "a column and its code", "none", "Write count: {A: 1, B: 2}.", "count")
    if rule.has("dont_know") and rule.integer("dont_know") != 0:
        rule.problem(
            "dont_know",
            "0",
            said(rule.raw("dont_know")),
            "Leave it out to make don't know missing.",
            "dont_know",
        )


FORMS: dict[str, Callable[[Node], None]] = {
    "recode": _recode,
    "cut": _cut,
    "share": _share,
    "any_of": _any_of,
    "mean_of": _mean_of,
    "count": _count,
}


def uses(rule: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Every column the rule reads, in reading order, each with the codes it names (`in` and a list)."""
    if "recode" in rule:
        return (Comparison(rule["recode"], "in", [code for codes in rule["to"].values() for code in codes]),)
    if "cut" in rule:
        return (Comparison(rule["cut"], "in", []),)
    if "any_of" in rule:
        return tuple(Comparison(name, "in", rule["codes"]) for name in rule["any_of"])
    if "mean_of" in rule:
        return tuple(Comparison(name, "in", []) for name in rule["mean_of"])
    if "count" in rule:
        return tuple(Comparison(name, "eq", code) for name, code in rule["count"].items())
    parts = [Rule(rule[key]) for key in ("share", "among") if key in rule]
    return tuple(leaf for part in parts for leaf in part.comparisons())


def columns_reading(variables: Iterable[Variable], name: str) -> set[str]:
    """The column's name, and those of all computed columns that read it, directly or through another.

    `variables`: in a codebook's order, where a rule reads earlier columns.
    """
    found = {name}
    for variable in variables:
        if variable.rule is not None and any(use.item in found for use in uses(variable.rule)):
            found.add(variable.name)
    return found
