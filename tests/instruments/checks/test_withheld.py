"""Columns that a release may leave out: what may be named, and that no route tells the answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem, Questionnaire, Withheld, load_library

Finds = Callable[[str, str, str, set[str]], None]
HEAD = "modules:\n  A: {title"
WITHHELD = f"withhold: {{TOWN: {{within: LAST, under: 10}}}}\n{HEAD}"
MISTAKES: dict[str, tuple[str, set[str]]] = {
    "an item that is not asked": ("{TWON: {within: HAS_KIDS, under: 10}}", {"withhold"}),
    "groups that are not asked": ("{TOWN: {within: KID, under: 10}}", {"withhold"}),
    "a number in place of an answer": ("{KIDS: {within: TOWN, under: 10}}", {"withhold"}),
    "an item within itself": ("{TOWN: {within: TOWN, under: 10}}", {"withhold"}),
    "cells of nobody": ("{TOWN: {within: HAS_KIDS, under: 1}}", {"withhold"}),
    "an answer that a later question tells": ("{HAS_KIDS: {within: TOWN, under: 10}}", {"withhold"}),
    "groups on which a later question depends": ("{TOWN: {within: HAS_KIDS, under: 10}}", {"withhold"}),
    "no groups": ("{TOWN: {under: 10}}", {"required", "withhold"}),
    "no number": ("{TOWN: {within: HAS_KIDS}}", {"required", "withhold"}),
    "an unknown key": ("{TOWN: {within: LAST, under: 10, over: 3}}", {"unknown_key"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    written, rules = MISTAKES[mistake]
    finds("recalls", HEAD, f"withhold: {written}\n{HEAD}", rules)


def test_what_is_sound_is_no_finding(finds: Finds) -> None:
    finds("recalls", HEAD, WITHHELD, set())


def test_the_professionals_part_is_withheld_and_the_codebook_says_so(
    tiny: Callable[[str], Questionnaire],
) -> None:
    codebook = load_library("kz_thb_professionals").codebook()
    held = {each.name: each.withhold for each in codebook.variables if each.withhold}
    assert held == {"P_PART": Withheld("P_ROLE", 10)}
    assert "withhold" not in tiny("recalls").codebook().to_json()


TOWNS = '1: "Almaty", 2: "Astana"}'
Told = Callable[[str, str], str]


@pytest.fixture
def told(
    edited: Callable[[str, str, str], Path], problems_in: Callable[[Path], tuple[FileProblem, ...]]
) -> Told:
    """The one finding about `withhold` after an edit of an instrument that withholds."""

    def find(old: str, new: str) -> str:
        path = edited("recalls", old, new)
        path.write_text(path.read_text(encoding="utf-8").replace(HEAD, WITHHELD), encoding="utf-8")
        (found,) = [str(problem) for problem in problems_in(path) if problem.rule == "withhold"]
        return found

    return find


def test_whoever_leaves_by_the_answer_gave_it(told: Told) -> None:
    """A kept interview that ended there, and the count of those who were let go, tell who said so."""
    leaving = f"{TOWNS}, exits: [{{when: {{item: TOWN, eq: 2}}, to: screenout, keep: true}}]}}"
    assert "TOWN lets people go by it (screenout)" in told(TOWNS + "}", leaving)


def test_a_box_beside_the_answer_is_to_be_left_out(told: Told) -> None:
    box = f'{TOWNS}, other: {{code: 2, text: "Which?", max_len: 50}}}}'
    found = told(TOWNS + "}", box)
    assert "TOWN_OTHER does" in found
    assert "Leave `other:` of TOWN out" in found


def test_a_column_of_both_questions_is_a_cell_of_their_table(told: Told) -> None:
    """Also through a column between, which is sound by itself."""
    rules = """derived:
  north: {label: "North", level: nominal, codes: {0: "No", 1: "Yes"}, rule: {share: {item: TOWN, eq: 2}}}
  both:
    label: "Both"
    level: nominal
    codes: {0: "No", 1: "Yes"}
    rule: {share: {all: [{item: north, eq: 1}, {item: LAST, eq: 1}]}}
"""
    found = told(HEAD, rules + HEAD)
    assert "both is" in found
    assert "no column computed from TOWN and LAST" in found
