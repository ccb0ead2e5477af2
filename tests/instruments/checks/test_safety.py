"""What protects respondents: help, notes, notices, endings, a neutral title."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem

ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "other words without the notice": (
        "other",
        'texts: {free_text_notice: "Please write no names and no details of real people."}',
        'texts: {end_complete: "Thank you for all of your answers."}',
        {"free_text", "wording", "translation"},
    ),
    "a sensitive module without help": ("exits", "after: support_info, ", "", {"help_block"}),
    "a sensitive module without a warning": ("exits", "before: content_note, ", "", {"content_note"}),
    "a sensitive item outside a sensitive module": (
        "info",
        "COLOUR: {kind: single,",
        "COLOUR: {kind: single, sensitive: true,",
        {"help_block", "content_note"},
    ),
    "a sensitive battery outside a sensitive module": (
        "battery",
        "    kind: battery\n",
        "    kind: battery\n    sensitive: true\n",
        {"help_block", "content_note"},
    ),
    "a sensitive item behind the last help": (
        "exits",
        "LIVES: {kind: single,",
        "LIVES: {kind: single, sensitive: true,",
        {"content_note"},
    ),
    "a sensitive item with free words beside it": (
        "other",
        "    kind: several\n",
        "    kind: several\n    sensitive: true\n",
        {"help_block", "content_note"},
    ),
    "an ending without words": ("exits", '  end_minor: "This survey is for adults."\n', "", {"ending"}),
    "an age question without an exit": (
        "exits",
        "exits: [{when: {item: AGE, lt: 18}, to: minor}], ",
        "",
        {"minors"},
    ),
    "a consent question without an exit": (
        "exits",
        "exits: [{when: {item: AGREE, eq: 2}, to: refusal}], ",
        "",
        {"consent"},
    ),
    "free words without a notice": ("entry", "before: free_text_notice, ", "", {"free_text"}),
    "a text that is not there": (
        "exits",
        "after: support_info",
        "after: suport_info",
        {"unknown_text", "help_block"},
    ),
    "a telling public title": (
        "info",
        'public_title: "Opinion survey"',
        'public_title: "Tiny instrument"',
        {"public_title"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])


SHOWN = "before: content_note, after: support_info"
HELPED = 'texts: {content_note: "About towns and rivers.", support_info: "Help is there."}\nblocks:'


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ('B: {title: "Towns"', set()),
        ('C: {title: "Rivers"', {("items.TOWN", "content_note"), ("items.TOWN", "help_block")}),
        ('D: {title: "Both"', {("items.TOWN", "content_note")}),
        ('A: {title: "Start"', {("items.TOWN", "help_block")}),
    ],
)
def test_note_and_help_stand_where_chance_cannot_move_them_to_the_wrong_side(
    problems_in: ProblemsIn, edited: Edited, module: str, found: set[tuple[str, str]]
) -> None:
    path = edited("blocks", "TOWN: {kind: single,", "TOWN: {kind: single, sensitive: true,")
    text = path.read_text(encoding="utf-8").replace(module, f"{module}, {SHOWN}").replace("blocks:", HELPED)
    path.write_text(text, encoding="utf-8")
    assert {(problem.path, problem.rule) for problem in problems_in(path)} == found
