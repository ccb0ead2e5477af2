"""Routes: rules that name what stands earlier and can come true, pages of a sensible size."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem, check, load
from instruments.checks.places import places_of
from instruments.checks.reach import EITHER, MOST_IN_ALL, Reach, Reader
from instruments.routing import Rule

ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]
Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "an unknown item in a rule": (
        "routing",
        "show_if: {item: NUMBER, ge",
        "show_if: {item: NUMBR, ge",
        {"unknown_item"},
    ),
    "an unknown code in a rule": (
        "routing",
        "{item: HEARD, eq: 1}, {item: MEDIA",
        "{item: HEARD, eq: 5}, {item: MEDIA",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a missing kind that is not offered": (
        "routing",
        "{item: MEDIA, in: [1, 2]}",
        "{item: MEDIA, in: [1, -1]}",
        {"unknown_code"},
    ),
    "a size that no number reaches": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{item: NUMBER, ge: 100}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a rule that looks ahead": (
        "routing",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: HEARD, eq: 1}",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: RIGHT, eq: 1}",
        {"forward_reference"},
    ),
    "a rule on an answer with which everybody left": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: LIVES, eq: 2},",
        {"never_true", "unreachable_page"},
    ),
    "a rule on the answer of all who stayed": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: LIVES, eq: 1},",
        {"always_true"},
    ),
    "a rule on an age at which everybody left": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {all: [{item: AGE, ge: 16}, {item: AGE, le: 17}]},",
        {"never_true", "unreachable_page"},
    ),
    "a rule on an answer that another item's condition excludes": (
        "routing",
        "show_if: {item: NUMBER, ge: 10}",
        "show_if: {all: [{item: NUMBER, ge: 10}, {item: HEARD, eq: 2}]}",
        {"never_true", "unreachable_page"},
    ),
    "a rule that adds what another item's condition says": (
        "routing",
        "show_if: {item: NUMBER, ge: 10}",
        "show_if: {any: [{item: HEARD, eq: 1}, {not: {item: NUMBER, answered: true}}]}",
        {"always_true"},
    ),
    "two ticks that exclude each other": (
        "other",
        "show_if: {item: WORK, in: [1, 9]}",
        "show_if: {all: [{item: MEDIA, eq: 1}, {item: MEDIA, eq: 9}]}",
        {"never_true", "unreachable_page"},
    ),
    "an exit for an answer with which everybody left": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, exits: [{when: {item: LIVES, eq: 2}, to: screenout}],",
        {"never_true"},
    ),
    "an exit for everybody": (
        "exits",
        "exits: [{when: {item: LIVES, eq: 2}",
        "exits: [{when: {item: LIVES, in: [1, 2]}",
        {"always_true"},
    ),
    "a rule on the same page": (
        "routing",
        "MEDIA: {kind: several,",
        "MEDIA: {kind: several, show_if: {item: HEARD, eq: 1},",
        {"forward_reference"},
    ),
    "a rule that contradicts itself": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}",
        {"never_true", "unreachable_page"},
    ),
    "a rule that cannot fail": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{not: {all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}}",
        {"always_true"},
    ),
    "a rule that every answer to a required question meets": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: LIVES, in: [1, 2]},",
        {"always_true"},
    ),
    "a year that no date reaches": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: BORN, ge: 2030}",
        {"unknown_code", "never_true"},
    ),
    "an order of exact dates": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: MOVED, ge: 1995}",
        {"unknown_code", "never_true"},
    ),
    "a year that says nothing": (
        "date",
        "{all: [{item: BORN, ge: 1960}, {item: BORN, ne: 1991}]}",
        "{item: BORN, ge: 1920}",
        {"always_true"},
    ),
    "an unknown answer to two statements": (
        "crosswise",
        "{item: PAID, eq: 2}",
        "{item: PAID, eq: 3}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "an item on no page": ("routing", "[RIGHT], [OTHER]]", "[RIGHT]]", {"no_page"}),
    "an item on two pages": (
        "routing",
        "[RIGHT], [OTHER]]",
        "[RIGHT], [OTHER, HEARD]]",
        {"page_twice", "forward_reference"},
    ),
    "a page of too many items": (
        "single",
        "[[COLOUR, TOWN, MUCH]]",
        "[[COLOUR, TOWN, MUCH, COLOUR, TOWN, MUCH]]",
        {"page_size", "page_twice"},
    ),
    "an empty page": ("single", "[[COLOUR, TOWN, MUCH]]", "[[COLOUR, TOWN, MUCH], []]", {"page_size"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])


SOUND: dict[str, tuple[str, str, str]] = {
    "two options placed among three": (
        "ranking",
        "show_if: {item: FIRST, eq: 2}",
        "show_if: {all: [{item: FIRST, eq: 1}, {item: FIRST, eq: 2}]}",
    ),
    "an answer with which only some left, because not everybody was asked": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: AGE, ge: 65},",
    ),
    "another number than the known ones": (
        "entry",
        "WORDS: {kind: text,",
        'WORDS: {kind: text, show_if: {all: [{item: PHONE, ne: "11616"}, {item: PHONE, ne: "111"}]},',
    ),
    "three ticks together": (
        "other",
        "show_if: {item: WORK, in: [1, 9]}",
        "show_if: {all: [{item: MEDIA, eq: 1}, {item: MEDIA, eq: 2}, {item: MEDIA, eq: 8}]}",
    ),
    "ticks and none of the two named": (
        "other",
        "show_if: {item: WORK, in: [1, 9]}",
        "show_if: {all: [{item: MEDIA, ne: 1}, {item: MEDIA, ne: 2}]}",
    ),
    "a follow-up of a follow-up": (
        "routing",
        "show_if: {item: NUMBER, ge: 10}",
        "show_if: {all: [{item: NUMBER, lt: 10}, {item: HEARD, eq: 1}, {not: {item: MEDIA, eq: 2}}]}",
    ),
    "a module that chance may put first": (
        "blocks",
        '{item: RIVER, eq: 1}, text: "Long',
        '{item: RIVER, eq: 2}, text: "Long',
    ),
}


@pytest.mark.parametrize("rule", SOUND)
def test_a_rule_that_can_come_true_and_can_fail_is_let_pass(
    rule: str, problems_in: ProblemsIn, edited: Edited
) -> None:
    assert problems_in(edited(*SOUND[rule])) == ()


def _long_chain(folder: Path, length: int) -> Path:
    """Ten-point questions, each asked after a five to the one before; then a rule that reads all of them."""
    options = "{" + ", ".join(f'{code}: "Answer {code}"' for code in range(10)) + "}"
    items = [f'  Q{n}: {{kind: single, text: "Question {n}?", options: {options}}}' for n in range(length)]
    parts = ", ".join(f"{{item: Q{n}, {word}: 5}}" for n in range(length) for word in ("lt", "ge"))
    items.append(f'  LAST: {{kind: single, show_if: {{all: [{parts}]}}, text: "Last?", options: {options}}}')
    pages = ", ".join([*(f"[Q{n}]" for n in range(length)), "[LAST]"])
    head = (
        'instrument: chain\nversion: "1"\ntitle: "Tiny instrument: chain"\npublic_title: "Opinion survey"\n'
        'population: "Nobody"\nminutes: 1\nlanguages: [en]\nsource_language: en\nmodules:\n'
    )
    path = folder / "chain.yaml"
    path.write_text(f'{head}  A: {{title: "Part", pages: [{pages}]}}\nitems:\n' + "\n".join(items) + "\n")
    return path


@pytest.mark.parametrize(("length", "found"), [(3, {"never_true", "unreachable_page"}), (60, set())])
def test_a_rule_over_too_many_answers_is_left_to_the_walks(
    tmp_path: Path, length: int, found: set[str]
) -> None:
    problems = check(load(_long_chain(tmp_path, length)))
    assert {problem.rule for problem in problems} == found


def test_what_is_spent_on_one_questionnaire_has_an_end(tmp_path: Path) -> None:
    content = load(_long_chain(tmp_path, 12))
    reach = Reach(content, places_of(content))
    reader = Reader(content.items["LAST"], 13, 13)
    rule = Rule({"all": [{"item": f"Q{n}", "in": [n % 10]} for n in range(12)]})
    both = Rule({"all": [rule.data, {"not": rule.data}]})
    results = [reach.results(both, reader) for _ in range(60)]
    assert reach.left < MOST_IN_ALL
    assert results[-1] == EITHER
