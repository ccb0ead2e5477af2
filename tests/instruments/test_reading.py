"""What departs from the format is found while the files are read, with line and rule."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a direction that is none": ("battery", "OP_A: {key: 1,", "OP_A: {key: 2,", {"key"}),
    "a name that leads out of the folder": (
        "info",
        "instrument: tiny_info",
        "instrument: ../tiny_info",
        {"name"},
    ),
    "a version that leads out of the folder": ("info", 'version: "1"', 'version: "../1"', {"name"}),
    "a range of dates upside down": ("date", 'max: "2026-06"', 'max: "1989-06"', {"range"}),
    "a date less exact than asked for": ("date", 'max: "2026-06"', 'max: "2026"', {"date"}),
    "a known share of a half": ("crosswise", "prevalence: 0.25", "prevalence: 0.5", {"range"}),
    "a known share that is none": ("crosswise", "prevalence: 0.25", "prevalence: 25", {"range"}),
    "two items of one name": ("single", "  TOWN: {", "  COLOUR: {", {"duplicate_key", "unknown_item"}),
    "a rule of one row": (
        "battery",
        "OP_C: {key: 1,",
        "OP_C: {key: 1, show_if: {item: OP_A, eq: 1},",
        {"row"},
    ),
    "an uncountable wording": (
        "computed",
        "  AGE1: {label",
        "  AGE1: {wording: 10000000000, label",
        {"range"},
    ),
    "a wording before the first": ("computed", "  AGE1: {label", "  AGE1: {wording: 0, label", {"range"}),
    "an item of uncountable wordings": (
        "info",
        'text: "Which colour?"',
        'wording: 1000000000000, text: "Which colour?"',
        {"range"},
    ),
    "a net of no codes": ("nets", ", codes: [4, 5]", "", {"net"}),
    "a net without words": ("nets", 'label: "Agree or fully agree", ', "", {"required"}),
    "a net at one row": (
        "nets",
        'OP_A: {text: "It rains."}',
        'OP_A: {text: "It rains.", nets: {wet: {label: "Wet", codes: [5]}}}',
        {"row"},
    ),
    "a period without a length": ("exits", "{months: 12, text", "{text", {"required"}),
    "a known number longer than can be typed": (
        "entry",
        "max_len: 12, known",
        "max_len: 4, known",
        {"digits"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])
