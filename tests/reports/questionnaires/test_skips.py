"""Whoever follows the printed instructions asks exactly the questions of the route."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from instruments import Draw, Questionnaire, Rule
from reports.i18n import words
from reports.questionnaires.conditions import in_words, narrowed
from reports.questionnaires.kinds import printed
from reports.questionnaires.paper import paper_html
from reports.questionnaires.setting import Setting
from reports.questionnaires.skips import STOP, filters, leads
from reports.questionnaires.steps import Step, places, rule_of, steps_of


def some_answer(item: Any, chance: random.Random) -> tuple[int | None, Any]:
    """(code of the ticked box, stored answer): a box of its own, several boxes, a number, or nothing."""
    boxes = [*printed(item.kind).outcomes(item), *((int(kind), int(kind)) for kind in item.allow)]
    if item.kind == "several" and chance.random() < 0.6:
        codes = [option.code for option in item.options if option.code not in item.exclusive]
        return None, sorted(chance.sample(codes, chance.randint(1, len(codes))))
    if item.kind == "date" and chance.random() < 0.8:
        return None, item.sample(None, chance.randrange)
    if item.kind == "number" and chance.random() < 0.8:
        return None, chance.randint(item.min, item.max)
    if boxes and chance.random() < 0.9:
        return chance.choice(boxes)
    return None, None


def follow(
    steps: tuple[Step, ...], draw: Draw, chance: random.Random
) -> tuple[tuple[str, ...], dict[str, Any], bool]:
    """What an interviewer asks who knows only the instructions: items, answers, whether it ended early."""
    framed, asked, answers, number = filters(steps), [], {}, 1
    while number <= len(steps):
        step = steps[number - 1]
        frame = framed.get(number)
        if frame is not None and not Rule(frame.rule).holds(answers):
            if frame.onward is None:
                break
            number = frame.onward
            continue
        led = leads(step, steps)
        goes: Any = number + 1
        for item in step.items:
            rule = rule_of(item, draw)
            if step.rule is None and not isinstance(rule, bool) and not Rule(rule).holds(answers):
                continue
            asked.append(item.id)
            code, value = some_answer(item, chance)
            if value is not None:
                answers[item.id] = value
            for companion in item.companions():
                asked.append(companion.id)
                if (
                    companion.counts_if is not None
                    and companion.counts_if.holds(answers)
                    and chance.random() < 0.7
                ):
                    answers[companion.id] = "sealed"
            if code in led:
                goes = led[code]
            elif any(exit_.rule.holds(answers) for exit_ in item.exits):
                goes = STOP
        if goes == STOP:
            return tuple(asked), answers, True
        if goes is None:
            break
        number = goes
    return tuple(asked), answers, False


@pytest.mark.parametrize(
    "name",
    ["core", "routing", "splits", "blocks", "recalls", "exits", "battery", "other", "date", "crosswise"],
)
def test_the_instructions_lead_along_the_route(
    name: str, core: Questionnaire, tiny: Callable[[str], Questionnaire]
) -> None:
    questionnaire = core if name == "core" else tiny(name)
    complete = early = 0
    for seed in range(300):
        draw = questionnaire.draw(str(seed))
        asked, answers, ended = follow(steps_of(questionnaire, draw), draw, random.Random(seed))
        if ended:
            assert questionnaire.exit_for(answers) is not None
            early += 1
        else:
            assert asked == questionnaire.route(answers, draw), (seed, answers)
            complete += 1
    assert complete > 20
    assert (early > 20) is (name in {"core", "exits"})


def test_a_wrong_instruction_would_be_noticed(core: Questionnaire) -> None:
    """The walk above proves something: with one skip sent one question too far it fails."""
    draw = core.draw("1")
    steps = steps_of(core, draw)
    number = next(step.number for step in steps if step.items and step.items[0].id == "KN2")
    assert leads(steps[number - 1], steps) == {2: number + 2, 3: number + 2, -2: number + 2}
    assert filters(steps)[number + 1].onward == number + 2


def test_only_an_answer_that_decides_alone_has_an_arrow(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("routing")
    steps = steps_of(questionnaire, questionnaire.draw("1"))
    assert [step.items[0].id for step in steps] == ["HEARD", "MEDIA", "NUMBER", "RIGHT", "OTHER"]
    assert leads(steps[0], steps) == {}
    assert leads(steps[1], steps) == {}
    assert filters(steps)[3].onward == 4


def test_an_exclusive_option_has_an_arrow_but_no_other_of_several(core: Questionnaire) -> None:
    steps = steps_of(core, core.draw("1"))
    step = next(step for step in steps if step.items and step.items[0].id == "EX1")
    assert set(leads(step, steps)) == {9, -1, -2}


def test_texts_of_a_module_are_numbered_so_that_no_skip_passes_them(core: Questionnaire) -> None:
    steps = steps_of(core, core.draw("1"))
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert [step.text for step in steps if step.module == "B"] == ["content_note", "", "support_info"]


def test_words_beside_an_option_stand_under_its_question(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("other")
    steps = steps_of(questionnaire, questionnaire.draw("1"))
    assert [step.items[0].id for step in steps] == ["WORK", "MEDIA", "WHY", "LAST"]
    assert places(steps)["MEDIA_OTHER"] == "2.1"
    html = paper_html(questionnaire, "en")
    assert "Only if “Elsewhere” (8) is ticked at question 2." in html
    assert "Ask 4 only if question 2.1 is answered." in html


def said(rule: Mapping[str, Any], questionnaire: Questionnaire, language: str = "en") -> str:
    where = places(steps_of(questionnaire, questionnaire.draw("1")))
    return in_words(rule, Setting(questionnaire, words(language), where=where))


def test_a_rule_is_said_with_numbers_words_and_codes(core: Questionnaire) -> None:
    assert said({"item": "KN2", "eq": 1}, core) == (
        "the answer to question 11 is “Yes, I know the number” (1)"
    )
    assert said({"item": "EX1", "in": [1, 2, 3, 5]}, core).startswith(
        "at least one of the codes 1–3, 5 is ticked at question"
    )
    assert said({"item": "Z_AGE", "lt": 18}, core) == "the answer to question 2 is less than 18"
    assert said({"item": "KN2", "eq": -2}, core).endswith("is “Prefer not to say”")
    nested = {
        "all": [
            {"item": "Z_AGE", "ge": 18},
            {"any": [{"item": "KN2", "ne": 3}, {"item": "KN3", "answered": True}]},
        ]
    }
    assert said(nested, core) == (
        "the answer to question 2 is 18 or more and (question 11 has another answer than “No” (3) "
        "or question 13 is answered)"
    )
    assert said({"not": {"item": "Z_AGE", "le": 30}}, core) == (
        "it is not so that (the answer to question 2 is 30 or less)"
    )
    assert "11-сұрақтың жауабы «Иә, нөмірін білемін» (1) болса" in said({"item": "KN2", "eq": 1}, core, "kk")


def test_what_a_form_does_not_ask_is_taken_out_of_a_rule() -> None:
    one, other = {"item": "A", "eq": 1}, {"item": "B", "eq": 1}
    assert narrowed(None, {"A"}) is True
    assert narrowed(one, {"A"}) is False
    assert narrowed({"not": one}, {"A"}) is True
    assert narrowed({"any": [one, other]}, {"A"}) == other
    assert narrowed({"all": [one, other]}, {"A"}) is False
    assert narrowed({"all": [{"not": one}, other]}, {"A"}) == other
    assert narrowed({"any": [{"not": one}, other]}, {"A"}) is True
    assert narrowed({"all": [one, other]}, set()) == {"all": [one, other]}
