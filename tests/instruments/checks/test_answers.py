"""Answers: codes, labels, nets and lists of codes."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "other words beside an unknown code": (
        "other",
        "{code: 9, text",
        "{code: 7, text",
        {"unknown_code"},
    ),
    "two options that read the same": ("single", '2: "Blue"', '2: "red"', {"duplicate_label"}),
    "two options that differ in a full stop": ("single", '2: "Blue"', '2: "red ."', {"duplicate_label"}),
    "one code twice": ("single", '2: "Blue"', '01: "Blue"', {"duplicate_code"}),
    "a code that means missing": ("single", '2: "Blue"', '-2: "Blue"', {"missing_code"}),
    "a range over the missing codes": ("entry", "min: 0, max: 500", "min: -10, max: 500", {"missing_code"}),
    "no words for don't know": ("entry", 'dont_know: "Don\'t know", ', "", {"missing_label"}),
    "an exclusive code that is no option": ("several", "exclusive: [9]", "exclusive: [8]", {"unknown_code"}),
    "a last row that is no row": ("battery", "last: [OP_LAST]", "last: [OP_END]", {"unknown_item"}),
    "a fixed end without a random order": ("several", "    random_options: true\n", "", {"order"}),
    "a place that is no pair": ("battery", "between: [2, 3]", "between: [3, 2]", {"between"}),
    "a list of one": (
        "list_experiment",
        'control: {C1: "I took a bus.", C2: "I saw a doctor.", C3: "I wrote a letter."}',
        'control: {C1: "I took a bus."}',
        {"control"},
    ),
    "a missing answer of no kind": (
        "list_experiment",
        "allow: [dont_know, refused]",
        "allow: [dont_know, refuse]",
        {"missing_kind"},
    ),
    "a situation that varies what it lacks": (
        "vignette",
        "woman_agreed: {levels: {STORY_WHO: 1, STORY_HOW: 2}",
        "woman_agreed: {levels: {STORY_WHO: 1, STORY_HOW: 2, STORY_AGE: 1}",
        {"unknown_factor"},
    ),
    "a place beyond the rows": ("battery", "between: [2, 3]", "between: [2, 9]", {"range"}),
    "a new wording that compares with nothing": (
        "single",
        "COLOUR: {kind: single,",
        "COLOUR: {kind: single, wording: 2,",
        {"compare"},
    ),
    "a net of an unknown code": ("nets", "codes: [4, 5]", "codes: [4, 6]", {"unknown_code"}),
    "a net that names a code twice": ("nets", "codes: [4, 5]", "codes: [4, 4]", {"net"}),
    "a net of numbers": (
        "single",
        "zero_ten: {level: interval,",
        'zero_ten: {level: interval, nets: {much: {label: "Much", codes: [9, 10]}},',
        {"net"},
    ),
    "a net of one item with an unknown code": (
        "nets",
        "codes: [1, 2]}}}\n",
        "codes: [1, 7]}}}\n",
        {"unknown_code"},
    ),
    "a net of a battery with an unknown code": (
        "nets",
        "codes: [1, 2, 4, 5]",
        "codes: [1, 2, 4, 9]",
        {"unknown_code"},
    ),
    "required and never asked about": (
        "ask_again",
        "kind: single, ask_again: false",
        "kind: single, required: true, ask_again: false",
        {"order"},
    ),
    "options that all exclude each other": (
        "several",
        "exclusive: [9]",
        "exclusive: [1, 2, 3, 9]",
        {"exclusive"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])
