"""Random walks meet every question and option there is, or name what cannot be met."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from instruments import (
    KINDS,
    Info,
    Item,
    Questionnaire,
    Vignette,
    load,
    load_library,
    passing_answers,
    walk_randomly,
)
from instruments.walks.arms import arms
from instruments.walks.burden import seconds
from instruments.walks.walking import Walker, named_values

Edit = Callable[[str, str, str], Path]
Tiny = Callable[[str], Questionnaire]
TINY = sorted(
    path.stem
    for path in (Path(__file__).resolve().parent.parent / "library").glob("*.yaml")
    if not re.search(r"\.[a-z]{2}$", path.stem)
)


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_library("kz_thb_core")


def test_the_core_questionnaire_can_be_walked_to_its_end_in_every_language(core: Questionnaire) -> None:
    report = walk_randomly(core, walks=300)
    assert report.troubles == ()
    assert {"complete", "refusal", "screenout"} <= set(report.endings)
    assert sum(report.endings.values()) == 300
    assert [burden.language for burden in report.minutes] == list(core.languages)


@pytest.mark.parametrize("name", TINY)
def test_every_tiny_instrument_can_be_walked(tiny: Tiny, name: str) -> None:
    report = walk_randomly(tiny(name), walks=400)
    assert report.never_shown == ()
    assert report.never_chosen == ()
    assert report.untold == ()


def test_the_same_seed_gives_the_same_report_and_another_does_not(core: Questionnaire) -> None:
    one = walk_randomly(core, walks=40, seed=3)
    assert one == walk_randomly(core, walks=40, seed=3)
    assert one.arms != walk_randomly(core, walks=40, seed=4).arms


@pytest.mark.parametrize("kind", [k for k, c in KINDS.items() if c.stores and not issubclass(c, Info)])
def test_every_kind_that_takes_an_answer_can_be_answered_at_random(kind: str) -> None:
    assert KINDS[kind].sample is not Item.sample


def test_a_sample_is_always_accepted_by_its_item(tiny: Tiny, core: Questionnaire) -> None:
    for questionnaire in (core, *map(tiny, TINY)):
        walker = Walker(questionnaire, seed=9)
        for number in range(40):
            walk = walker.walk(number)
            for step in (step for step in walk.steps if step.item.stores):
                assert step.item.problems(step.value, walk.draw) == (), step.item.id


def test_a_question_no_answer_leads_to_is_named(tiny: Tiny) -> None:
    questionnaire = tiny("routing")
    hidden = next(
        item
        for item in questionnaire.items.values()
        if item.show_if is not None and len(item.show_if.comparisons()) == 1
    )
    (leaf,) = hidden.show_if.comparisons()
    given = {"item": leaf.item, "answered": True}
    never = replace(hidden, show_if=replace(hidden.show_if, data={"all": [given, {"not": given}]}))
    changed = replace(questionnaire, items={**questionnaire.items, hidden.id: never})
    report = walk_randomly(changed, walks=100)
    assert hidden.id in report.never_shown
    assert f"{hidden.id} was never shown" in report.troubles


def test_an_option_that_always_ends_the_interview_is_still_met(core: Questionnaire) -> None:
    assert not any(name == "CONSENT" for name, _ in walk_randomly(core, walks=300).never_chosen)


def test_missing_words_are_named_by_language_and_question(tiny: Tiny) -> None:
    questionnaire = tiny("languages")
    first = next(item for item in questionnaire.items.values() if item.stores)
    mute = replace(first, text={**first.text, "kk": " "})
    report = walk_randomly(replace(questionnaire, items={**questionnaire.items, first.id: mute}), walks=20)
    assert report.untold == (("kk", first.id),)
    assert f"{first.id} has no words in kk" in report.troubles


def test_an_uneven_draw_is_named(tiny: Tiny) -> None:
    questionnaire = tiny("vignette")
    vignette = next(item for item in questionnaire.items.values() if isinstance(item, Vignette))
    one_cell = [
        draw
        for number in range(800)
        if (draw := questionnaire.draw(f"b{number}")).cell(vignette.id) == next(iter(vignette.cells))
    ]
    assert any(arm.uneven for arm in arms(questionnaire, one_cell))
    even = [questionnaire.draw(f"b{number}") for number in range(800)]
    assert not any(arm.uneven for arm in arms(questionnaire, even))


def test_longer_words_take_longer(core: Questionnaire) -> None:
    walk = next(w for n in range(9) if (w := Walker(core, 1).walk(n)).ended == "complete")
    wordy: dict[str, Any] = {
        name: replace(item, hint=dict.fromkeys(core.languages, "x" * 1000 + name))
        for name, item in core.items.items()
    }
    longer = replace(walk, steps=tuple(replace(s, item=wordy[s.item.id]) for s in walk.steps))
    added = seconds(core, longer, "en") - seconds(core, walk, "en")
    assert added == pytest.approx(len({s.item.id for s in walk.steps}) * 60 * 1000 / 987, rel=0.02)


def test_a_promise_of_too_few_minutes_is_named(core: Questionnaire) -> None:
    hasty = replace(core, minutes=5)
    assert any(
        "the consent page promises 5" in trouble for trouble in walk_randomly(hasty, walks=20).troubles
    )


def test_a_promise_may_be_missed_by_a_minute_and_no_more(core: Questionnaire) -> None:
    longest = max(burden.middle for burden in walk_randomly(core, walks=20).minutes)
    kept, broken = replace(core, minutes=int(longest)), replace(core, minutes=int(longest) - 1)
    assert not any("consent page" in trouble for trouble in walk_randomly(kept, walks=20).troubles)
    assert any("consent page" in trouble for trouble in walk_randomly(broken, walks=20).troubles)


def test_a_rule_that_no_walk_could_make_fail_is_a_warning_and_no_trouble(tiny: Tiny) -> None:
    questionnaire = tiny("routing")
    item = questionnaire.items["RIGHT"]
    asked = {"not": {"item": "HEARD", "eq": 7}}
    always = replace(item, show_if=replace(item.show_if, data=asked))
    changed = replace(questionnaire, items={**questionnaire.items, item.id: always})
    report = walk_randomly(changed, walks=60)
    assert report.always_shown == ("RIGHT",)
    assert report.warnings == ("RIGHT was shown to all who came so far, though it has a rule",)
    assert report.troubles == ()
    assert report.as_json()["warnings"] == list(report.warnings)
    assert walk_randomly(questionnaire, walks=60).warnings == ()


def test_values_around_the_bounds_of_rules_are_tried(core: Questionnaire) -> None:
    assert {17, 18, 19} <= set(named_values(core)["Z_AGE"])


def test_passing_answers_lead_past_every_exit(core: Questionnaire) -> None:
    answers = passing_answers(core)
    assert set(answers) == {item.id for item in core.items.values() if item.exits}
    assert core.exit_for(answers) is None


def test_no_way_past_the_screening_is_no_answers(edited: Edit) -> None:
    closed = load(edited("exits", "lt: 18", "ge: 0"))
    assert passing_answers(closed) == {}
    assert "no walk reached the last page" in walk_randomly(closed, walks=60).troubles
