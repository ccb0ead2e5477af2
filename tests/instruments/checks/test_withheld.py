"""Columns that a release may leave out: what may be named, and that no route tells the answer."""

from collections.abc import Callable

import pytest

from instruments import Questionnaire, Withheld, load_library

Finds = Callable[[str, str, str, set[str]], None]
HEAD = "modules:\n  A: {title"
MISTAKES: dict[str, tuple[str, set[str]]] = {
    "an item that is not asked": ("{TWON: {within: HAS_KIDS, under: 10}}", {"withhold"}),
    "groups that are not asked": ("{TOWN: {within: KID, under: 10}}", {"withhold"}),
    "a number in place of an answer": ("{KIDS: {within: TOWN, under: 10}}", {"withhold"}),
    "an item within itself": ("{TOWN: {within: TOWN, under: 10}}", {"withhold"}),
    "cells of nobody": ("{TOWN: {within: HAS_KIDS, under: 1}}", {"withhold"}),
    "an answer that a later question tells": ("{HAS_KIDS: {within: TOWN, under: 10}}", {"withhold"}),
    "no groups": ("{TOWN: {under: 10}}", {"required", "withhold"}),
    "no number": ("{TOWN: {within: HAS_KIDS}}", {"required", "withhold"}),
    "an unknown key": ("{TOWN: {within: HAS_KIDS, under: 10, over: 3}}", {"unknown_key"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    written, rules = MISTAKES[mistake]
    finds("recalls", HEAD, f"withhold: {written}\n{HEAD}", rules)


def test_what_is_sound_is_no_finding(finds: Finds) -> None:
    finds("recalls", HEAD, f"withhold: {{TOWN: {{within: HAS_KIDS, under: 10}}}}\n{HEAD}", set())


def test_the_professionals_part_is_withheld_and_the_codebook_says_so(
    tiny: Callable[[str], Questionnaire],
) -> None:
    codebook = load_library("kz_thb_professionals").codebook()
    held = {each.name: each.withhold for each in codebook.variables if each.withhold}
    assert held == {"P_PART": Withheld("P_ROLE", 10)}
    assert "withhold" not in tiny("recalls").codebook().to_json()
