"""A rule in, the words in which a person on paper decides it out; rules narrowed to what a form asks."""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from instruments import Missing, is_missing
from reports.questionnaires.kinds import printed
from reports.questionnaires.setting import Setting

Condition = Mapping[str, Any]
SPELT_OUT = 2
"""So many answers are named by their words; of more only the codes are said."""


def narrowed(rule: Condition | None, unasked: Set[str]) -> Condition | bool:
    """The rule without what a form does not ask: such an answer never holds. True: no condition is left."""
    if rule is None:
        return True
    if "not" in rule:
        inner = narrowed(rule["not"], unasked)
        return not inner if isinstance(inner, bool) else {"not": inner}
    for key, settles in (("all", False), ("any", True)):
        if key in rule:
            parts = [narrowed(part, unasked) for part in rule[key]]
            if settles in parts:
                return settles
            left = [part for part in parts if not isinstance(part, bool)]
            if not left:
                return not settles
            return left[0] if len(left) == 1 else {key: left}
    return False if rule["item"] in unasked else rule


def in_words(rule: Condition, setting: Setting, *, top: bool = True) -> str:
    """The rule as a clause that may follow *if*, with questions by the number they are printed under."""
    say = setting.words.say
    for key, joint in (("all", say("and")), ("any", say("or"))):
        if key in rule:
            clause = f" {joint} ".join(in_words(part, setting, top=False) for part in rule[key])
            return clause if top or len(rule[key]) == 1 else f"({clause})"
    if "not" in rule:
        return say("it is not so that {clause}", clause=f"({in_words(rule['not'], setting)})")
    return _leaf(rule, setting)


def _leaf(rule: Condition, setting: Setting) -> str:
    say, name = setting.words.say, setting.place(rule["item"])
    if "answered" in rule:
        return say("question {n} is answered", n=name)
    operator, value = next((key, value) for key, value in rule.items() if key != "item")
    if operator in ("eq", "in"):
        return _named(rule["item"], value if operator == "in" else [value], name, setting)
    answer = _answer(rule["item"], value, setting)
    clauses = {
        "ne": say("question {n} has another answer than {answer}", n=name, answer=answer),
        "ge": say("the answer to question {n} is {answer} or more", n=name, answer=answer),
        "le": say("the answer to question {n} is {answer} or less", n=name, answer=answer),
        "gt": say("the answer to question {n} is more than {answer}", n=name, answer=answer),
        "lt": say("the answer to question {n} is less than {answer}", n=name, answer=answer),
    }
    return clauses[operator]


def _named(item: str, values: Sequence[Any], name: str, setting: Setting) -> str:
    say, several = setting.words.say, _of(item, setting).several
    if len(values) > SPELT_OUT:
        codes = ", ".join(_ranges(values))
        if several:
            return say("at least one of the codes {codes} is ticked at question {n}", n=name, codes=codes)
        return say("the answer to question {n} is one of the codes {codes}", n=name, codes=codes)
    answers = f" {say('or')} ".join(_answer(item, value, setting) for value in values)
    if several:
        return say("{answer} is ticked at question {n}", n=name, answer=answers)
    return say("the answer to question {n} is {answer}", n=name, answer=answers)


def _of(item: str, setting: Setting) -> Any:
    return printed(setting.questionnaire.items[item].kind)


def _answer(item: str, value: Any, setting: Setting) -> str:
    """`“Yes, I know the number” (1)`, or the bare value of a number."""
    if is_missing(value):
        return setting.words.say("“{question}”", question=setting.missing_words[Missing(value)])
    words = str(_of(item, setting).answer(setting.questionnaire.items[item], value, setting))
    return words if words == str(value) else f"{words} ({value})"


def _ranges(values: Sequence[Any]) -> Iterator[str]:
    """`1–4, 7` for 1, 2, 3, 4, 7; what are no codes stays as it is."""
    if not all(isinstance(value, int) for value in values):
        yield from map(str, values)
        return
    runs: list[list[int]] = []
    ordered = sorted(values)
    for before, value in pairwise([ordered[0] - 2, *ordered]):
        if value == before + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    for run in runs:
        yield str(run[0]) if len(run) == 1 else f"{run[0]}{', ' if len(run) == 2 else '–'}{run[-1]}"
