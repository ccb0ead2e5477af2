"""The rule of a computed column in, what it does in words out (the forms of `docs/house.md` §1)."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from instruments import Codebook, Missing, Rule, is_missing
from reports.questionnaires.setting import Setting

Computing = Mapping[str, Any]


def rule_in_words(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    """One or more sentences; a form nobody has described is given as data (a test finds it)."""
    form = next((name for name in FORMS if name in rule), None)
    if form is None:
        return (json.dumps(rule, ensure_ascii=False),)
    return FORMS[form](rule, codebook, setting)


def _recode(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say, column = setting.words.say, rule["recode"]
    lines = tuple(
        say("{code} if {column} is {codes}.", code=code, column=column, codes=_either(codes, setting))
        for code, codes in rule["to"].items()
    )
    return (*lines, _passed_on(column, setting))


def _cut(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say, column, at = setting.words.say, rule["cut"], rule["at"]
    first = say("1 if {column} is less than {high}.", column=column, high=at[0])
    between = tuple(
        say(
            "{code} if {column} is at least {low} and less than {high}.",
            code=code,
            column=column,
            low=low,
            high=high,
        )
        for code, (low, high) in enumerate(pairwise(at), start=2)
    )
    last = say("{code} if {column} is at least {low}.", code=len(at) + 1, column=column, low=at[-1])
    return (first, *between, last, _passed_on(column, setting))


def _share(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say = setting.words.say
    lines = [say("1 if {clause}; otherwise 0.", clause=_clause(rule["share"], codebook, setting))]
    if "among" in rule:
        lines.append(
            say(
                "Only for those of whom this is true: {clause}.",
                clause=_clause(rule["among"], codebook, setting),
            )
        )
    lines.append(say("Missing where a missing answer leaves it undecided."))
    return tuple(lines)


def _any_of(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say = setting.words.say
    return (
        say(
            "1 if at least one of {columns} is {codes}; otherwise 0.",
            columns=", ".join(rule["any_of"]),
            codes=_either(rule["codes"], setting),
        ),
        _enough(rule, setting),
    )


def _mean_of(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say, lines = setting.words.say, []
    lines.append(say("Mean of {columns}.", columns=", ".join(rule["mean_of"])))
    if rule.get("reverse"):
        low, high = rule["range"]
        lines.append(
            say(
                "Turned round before (the code is taken from {sum}): {columns}.",
                sum=low + high,
                columns=", ".join(rule["reverse"]),
            )
        )
    return (*lines, _enough(rule, setting))


def _count(rule: Computing, codebook: Codebook, setting: Setting) -> tuple[str, ...]:
    say = setting.words.say
    held = ", ".join(f"{column} = {code}" for column, code in rule["count"].items())
    lines = [say("How many of these are so: {columns}.", columns=held)]
    if rule.get("dont_know") == 0:
        lines.append(say("A don’t know counts as not so; any other missing answer makes the count missing."))
    else:
        lines.append(say("Any missing answer makes the count missing."))
    return tuple(lines)


FORMS: Mapping[str, Callable[[Computing, Codebook, Setting], tuple[str, ...]]] = {
    "recode": _recode,
    "cut": _cut,
    "share": _share,
    "any_of": _any_of,
    "mean_of": _mean_of,
    "count": _count,
}


def _enough(rule: Computing, setting: Setting) -> str:
    return setting.words.say("Missing where fewer than {n} of them have a valid answer.", n=rule["min_valid"])


def _passed_on(column: str, setting: Setting) -> str:
    return setting.words.say("A missing code of {column} stays as it is.", column=column)


def _either(codes: Iterable[Any], setting: Setting) -> str:
    """`1, 2 or 3`."""
    said = [str(code) for code in codes]
    joint = f" {setting.words.say('or')} "
    return joint.join(part for part in (", ".join(said[:-1]), said[-1]) if part)


def _clause(rule: Mapping[str, Any], codebook: Codebook, setting: Setting) -> str:
    """A condition on columns in the words of the routing language."""
    say = setting.words.say
    joints = {"and": say("and"), "or": say("or"), "not": say("not"), "answered": say("answered")}
    return Rule(rule).words(lambda name, value: _labelled(name, value, codebook, setting), joints)


def _labelled(name: str, value: Any, codebook: Codebook, setting: Setting) -> str:
    if is_missing(value):
        return _quoted(value, setting.missing_words[Missing(value)], setting)
    codes = codebook.variable(name).codes if name in codebook else {}
    if value not in codes:
        return str(value)
    return _quoted(value, setting.plain(codes[value], f"{name}.{value}"), setting)


def _quoted(value: Any, words: str, setting: Setting) -> str:
    return f"{value} {setting.words.say('“{question}”', question=words)}"
