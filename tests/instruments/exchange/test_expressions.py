"""Conditions of both languages: converted to rules with the same meaning, or refused with the reason."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.exchange.export.relevant import to_xpath
from instruments.exchange.expressions import Unconvertible, parse_script, parse_xpath
from instruments.exchange.leaves import Target
from instruments.exchange.rules import to_rule
from instruments.exchange.xlsform.constraints import read_constraint
from instruments.items import Context, Date, Number, Ranking, SeveralOf, SingleChoice
from instruments.routing import Rule
from instruments.tree import Node

TARGETS = {
    "sex": Target("SEX", "single", {"f": 1, "m": 2, "dk": -1}),
    "point": Target("POINT", "single", {"1": 1, "2": 2, "3": 3}, numeric=True),
    "media": Target("MEDIA", "several", {"tv": 1, "web": 2}),
    "age": Target("AGE", "number"),
    "why": Target("WHY", "text"),
    "order": Target("ORDER", "ranking", {"a": 1, "b": 2, "c": 3}, places=2),
    "born": Target("BORN", "year"),
    "day": Target("DAY", "date"),
    "note": Target("NOTE", "info"),
    "media_tv": Target("MEDIA", "several", {"tv": 1, "web": 2}, tick=1),
}


ANY_OF_SEX_AND_AGE = [
    {"item": "SEX", "answered": True},
    {"item": "SEX", "in": [-1]},
    {"item": "AGE", "answered": True},
]


def find(name: str) -> Target:
    if name not in TARGETS:
        raise Unconvertible(f"no question is named {name}")
    return TARGETS[name]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("${sex} = 'f'", {"item": "SEX", "eq": 1}),
        ("'f' = ${ sex }", {"item": "SEX", "eq": 1}),
        ("${sex}='f' or ${sex}=\"m\"", {"item": "SEX", "in": [1, 2]}),
        ("${sex} != 'f'", {"not": {"item": "SEX", "eq": 1}}),
        ("selected(${media}, 'tv')", {"item": "MEDIA", "eq": 1}),
        ("not(selected(${media},'tv'))", {"not": {"item": "MEDIA", "eq": 1}}),
        ("${age} >= 18 and 65 > ${age}", {"all": [{"item": "AGE", "ge": 18}, {"item": "AGE", "lt": 65}]}),
        ("${age} > 17.5", {"item": "AGE", "ge": 18}),
        ("${point} < 2.5", {"item": "POINT", "in": [1, 2]}),
        ("${age} = ''", {"not": {"item": "AGE", "answered": True}}),
        ("${why} != ''", {"item": "WHY", "answered": True}),
        ("string-length(${why}) > 0", {"item": "WHY", "answered": True}),
        ("${sex} != ''", {"any": [{"item": "SEX", "answered": True}, {"item": "SEX", "in": [-1]}]}),
        ("${point} >= 2", {"item": "POINT", "ge": 2}),
        ("true()", True),
        ("selected(${sex}, 'f') = true()", {"item": "SEX", "eq": 1}),
        ("(${sex} = 'f') = false()", {"not": {"item": "SEX", "eq": 1}}),
        ("count(${sex}, ${age}) > 0", {"any": ANY_OF_SEX_AND_AGE}),
        ("selected(${order}, 'b')", {"item": "ORDER", "eq": 2}),
        ("selected-at(${order}, 0) = 'b' or selected-at(${order}, 1) = 'b'", {"item": "ORDER", "eq": 2}),
        ("${born} >= date('1990-01-01')", {"item": "BORN", "ge": 1990}),
        ("${born} < date('1990-06-30')", {"item": "BORN", "le": 1990}),
        ("date('1990-01-01') = ${born}", {"item": "BORN", "eq": 1990}),
        ("format-date(${born}, '%Y') > 1989", {"item": "BORN", "gt": 1989}),
        ("${day} = ''", {"not": {"item": "DAY", "answered": True}}),
        ("false() or ${age} > 1", {"item": "AGE", "gt": 1}),
        ("${media} = 'tv'", {"all": [{"item": "MEDIA", "eq": 1}, {"not": {"item": "MEDIA", "in": [2]}}]}),
        (
            "(${age} < 20) or (${age} > 60 and not(${sex} = 'm'))",
            {
                "any": [
                    {"item": "AGE", "lt": 20},
                    {"all": [{"item": "AGE", "gt": 60}, {"not": {"item": "SEX", "eq": 2}}]},
                ]
            },
        ),
    ],
)
def test_a_condition_of_an_xlsform_becomes_a_rule(text: str, rule: Any) -> None:
    assert to_rule(parse_xpath(text), find)[0] == rule


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${age} + 1 > 3", "+ computes with answers"),
        ("${age} = 2.5", "takes whole numbers only, and 2.5 is none"),
        ("${age} = 'old'", "'old' is no number"),
        ("${order} = 'a'", "ORDER is an order"),
        ("selected-at(${order}, 0) = 'a'", "at which place an answer stands"),
        ("selected-at(${order}, 1) = 'b' or selected-at(${order}, 0) = 'b'", "at which place"),
        ("${day} > date('2020-01-01')", "a rule compares years only"),
        ("${born} > today()", "today() reads a clock"),
        ("jr:choice-name(${sex}, '${sex}') = 'x'", "reads the words of an answer"),
        ("string-length(${why}) > 10", "the length of an answer"),
        ("if(${sex} = 'f', 1, 0) = 1", "if() chooses between two values"),
        ("frobnicate(${sex})", "Tolqyn knows no function frobnicate()"),
        ("../sex = 'f'", "names a question by its path"),
        ("/data/sex = 'f'", "names a question by its path"),
        ("age > 3", "age is neither a question (${age}) nor a value in quotes"),
        ("${age}", "AGE stands alone"),
        ("${age} > ${point}", "two answers with each other"),
        ("${nobody} = 1", "no question is named nobody"),
        ("${sex} = 'x'", "'x' is no answer of SEX"),
        ("${sex} > 1", "no sizes to compare"),
        ("${why} = 'because'", "only that something was"),
        ("${note} = 1", "takes no answer"),
        ("count-selected(${media}) = 2", "how many were ticked"),
        ("regex(${why}, 'a')", "regex()"),
        ("${age} >", "ends too early"),
        ("(${age} > 1", "ends too early"),
        ("${age} > 1)", "a bracket is closed that was not opened"),
        ("${age} ? 1 : 0", "? chooses between two values"),
        ("${age} ~ 1", "cannot read it"),
        ("(" * 200 + "${age} > 1" + ")" * 200, "nested too deep"),
        ("${age} > 1 and " * 2000 + "true()", "too long"),
        ("pulldata('a', 'b', 'c', ${age}) = 1", "pulldata()"),
    ],
)
def test_a_condition_without_a_counterpart_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Unconvertible) as refused:
        to_rule(parse_xpath(text), find)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('sex == "f"', {"item": "SEX", "eq": 1}),
        ('sex eq "f" || sex EQ "m"', {"item": "SEX", "in": [1, 2]}),
        (
            "!is_empty(age) && age lt 5",
            {"all": [{"item": "AGE", "answered": True}, {"item": "AGE", "lt": 5}]},
        ),
        ('media_tv == "Y"', {"item": "MEDIA", "eq": 1}),
        ('media_tv != "Y"', {"not": {"item": "MEDIA", "eq": 1}}),
        ('media_tv == ""', {"not": {"item": "MEDIA", "eq": 1}}),
        ("((age >= 18))", {"item": "AGE", "ge": 18}),
        ("1", True),
        ("0", False),
    ],
)
def test_a_condition_of_a_limesurvey_becomes_a_rule(text: str, rule: Any) -> None:
    assert to_rule(parse_script(text), find)[0] == rule


@given(st.text(alphabet="${}abc.()'\"=<>!&|,and or not 019", max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    for parse in (parse_xpath, parse_script):
        try:
            rule, _ = to_rule(parse(text), find)
        except Unconvertible as reason:
            assert str(reason)
        else:
            assert isinstance(rule, bool) or Rule(rule).comparisons()


@pytest.mark.parametrize(
    ("text", "kind", "keys", "left"),
    [
        (". >= 18 and . <= 99", "number", {"min": 18, "max": 99}, 0),
        (". > 0 and 100 > .", "number", {"min": 1, "max": 99}, 0),
        (". > 2.5", "number", {"min": 3}, 0),
        (". >= 0 and . mod 2 = 0", "number", None, 0),
        (". >= 0 and . != 7", "number", {"min": 0}, 1),
        ("string-length(.) <= 80", "text", {"max_len": 80}, 0),
        ("count-selected(.) < 4", "several", {"max": 3}, 0),
        ("not(selected(., 'no') and count-selected(.) > 1)", "several", {"exclusive": [9]}, 0),
        ("not(selected(., 'no')) or count-selected(.) = 1", "several", {"exclusive": [9]}, 0),
        ("regex(., 'a')", "text", None, 0),
    ],
)
def test_a_constraint_becomes_what_an_item_can_say(text: str, kind: str, keys: Any, left: int) -> None:
    if keys is None:
        with pytest.raises(Unconvertible):
            read_constraint(text, kind, {"no": 9})
    else:
        limits = read_constraint(text, kind, {"no": 9})
        assert (dict(limits.keys), limits.left) == (keys, left)


def item(kind: type, name: str, **raw: Any) -> Any:
    return kind.read(Node({"text": {"en": name}, **raw}), name, Context(("en",), {}, {}))


ITEMS = {
    "S": item(SingleChoice, "S", options={str(n): {"en": str(n)} for n in range(1, 5)}, allow=["dont_know"]),
    "M": item(SeveralOf, "M", options={"1": {"en": "a"}, "2": {"en": "b"}}, allow=["refused"]),
    "N": item(Number, "N", min=0, max=9),
    "D": item(Date, "D", precision="year", min="1900", max="2000"),
    "R": item(Ranking, "R", options={str(n): {"en": str(n)} for n in range(1, 4)}, max=2),
}
ANSWERS: dict[str, list[Any]] = {
    "S": [None, 1, 2, 3, 4, -1],
    "M": [None, [1], [2], [1, 2], -2],
    "N": [None, 0, 3, 9],
    "D": [None, "1900", "1950", "2000"],
    "R": [None, [1, 2], [3, 1], [2, 3]],
}
LEAF = st.one_of(
    st.builds(
        lambda op, v: {"item": "S", op: v},
        st.sampled_from(["eq", "ne", "ge", "le", "gt", "lt"]),
        st.integers(1, 4),
    ),
    st.builds(
        lambda op, v: {"item": "N", op: v},
        st.sampled_from(["eq", "ne", "ge", "le", "gt", "lt"]),
        st.integers(0, 9),
    ),
    st.builds(
        lambda op, v: {"item": "D", op: v},
        st.sampled_from(["eq", "ne", "ge", "le", "gt", "lt"]),
        st.sampled_from([1900, 1949, 1950]),
    ),
    st.builds(lambda op, v: {"item": "M", op: v}, st.sampled_from(["eq", "ne"]), st.integers(1, 2)),
    st.builds(lambda op, v: {"item": "R", op: v}, st.sampled_from(["eq", "ne"]), st.integers(1, 3)),
    st.builds(lambda name: {"item": name, "answered": True}, st.sampled_from("SMNDR")),
    st.just({"item": "S", "eq": -1}),
    st.just({"item": "M", "in": [1, -2]}),
)
RULES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
BACK = {
    "S": Target("S", "single", {str(n): n for n in (1, 2, 3, 4, -1)}, numeric=True),
    "M": Target("M", "several", {"1": 1, "2": 2, "-2": -2}),
    "N": Target("N", "number"),
    "D": Target("D", "year"),
    "R": Target("R", "ranking", {"1": 1, "2": 2, "3": 3}, places=2),
}


@given(RULES)
def test_a_rule_written_for_an_xlsform_and_read_back_holds_for_the_same_answers(data: dict[str, Any]) -> None:
    back, _ = to_rule(parse_xpath(to_xpath(data, ITEMS)), BACK.__getitem__)
    holds: Callable[[Any], bool] = Rule(data).holds
    named = Rule(data).items()
    for values in itertools.product(*(ANSWERS[name] for name in named)):
        answers = {name: value for name, value in zip(named, values, strict=True) if value is not None}
        again = back if isinstance(back, bool) else Rule(back).holds(answers)
        assert again == holds(answers), answers
