"""Columns: names used once, rules that read earlier columns and their codes."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a column computed from a later one": (
        "computed",
        "rule: {cut: AGE, at: [35]}",
        "rule: {recode: AGE1, to: {1: [1], 2: [2]}}",
        {"unknown_column"},
    ),
    "a column computed from an unknown code": (
        "computed",
        "{share: {item: CALL, le: 3}",
        "{share: {item: CALL, eq: 9}",
        {"unknown_code"},
    ),
    "a recode that forgets a code": ("computed", "to: {1: [1, 2]}", "to: {1: [1]}", {"recode"}),
    "a group without a label": ("computed", "at: [35]}", "at: [35, 65]}", {"codes"}),
    "a mean of answers without an order": (
        "computed",
        "{mean_of: [CALL, TELL], reverse: [TELL]",
        "{mean_of: [KNOWS, TELL], reverse: [TELL]",
        {"level"},
    ),
    "a score whose range is not its answers'": (
        "battery",
        "reverse: [OP_B], range: [1, 3]",
        "reverse: [OP_B], range: [1, 4]",
        {"range"},
    ),
    "a score that turns what is keyed the right way": (
        "battery",
        "reverse: [OP_B]",
        "reverse: [OP_B, OP_C]",
        {"reverse"},
    ),
    "a score of an attention check": (
        "battery",
        "mean_of: [OP_A, OP_B, OP_C], reverse: [OP_B]",
        "mean_of: [OP_A, OP_B, OP_CHECK], reverse: [OP_B]",
        {"attention"},
    ),
    "cut points that do not rise": ("computed", "at: [35]}", "at: [65, 35]}", {"cut"}),
    "a count of nothing": (
        "computed",
        "{count: {KNOWS: 1, CALL: 5}, dont_know: 0}",
        "{count: {}}",
        {"count"},
    ),
    "a name that releases use": ("computed", "  AGE1: {label", "  weight: {label", {"reserved"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])
