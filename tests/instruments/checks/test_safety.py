"""What protects respondents: help, notes, notices, endings, a neutral title."""

from collections.abc import Callable

import pytest

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
