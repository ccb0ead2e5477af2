"""Files no questionnaire is as large as are refused at once; of others every problem is named, and soon."""

import os
import time
from pathlib import Path

import pytest

from instruments import FileProblem, InstrumentError, check, load

HEAD = """instrument: huge
version: "1"
title: "Huge"
public_title: "Opinion survey"
population: "Nobody"
minutes: 1
languages: [en]
source_language: en
"""
SOON = 1.0
"""Seconds of the processor; the files that are refused take a twentieth of it."""


def _timed(path: Path) -> tuple[tuple[FileProblem, ...], float]:
    start = time.process_time()
    try:
        problems = check(load(path))
    except InstrumentError as error:
        problems = error.problems
    return problems, time.process_time() - start


def _items(count: int, item: str) -> str:
    return "".join(f"  Q{n}: {item.format(n=n, before=max(0, n - 1))}\n" for n in range(count))


def _written(folder: Path, text: str) -> Path:
    path = folder / "huge.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("items:\n" + _items(50_000, "{{kind: sngle, txt: w}}"), "", "at most 25,000 values in a file"),
        ("".join(f"k{n}: {n}\n" for n in range(120_000)), "", "at most 25,000 values in a file"),
        ("items:\n" + _items(1_001, "{{kind: info, text: w}}"), "items", "at most 1,000 items and rows"),
        (
            "items:\n  B: {kind: battery, rows: {"
            + ", ".join(f"R{n}: {{text: w}}" for n in range(1_000))
            + "}}\n",
            "items",
            "at most 1,000 items and rows",
        ),
    ],
)
def test_a_file_larger_than_any_questionnaire_is_refused_at_once_with_one_problem(
    tmp_path: Path, text: str, place: str, expected: str
) -> None:
    problems, seconds = _timed(_written(tmp_path, text))
    (problem,) = problems
    assert (problem.rule, problem.path, problem.expected) == ("size", place, expected)
    assert "nothing else was looked at" in problem.found
    assert problem.line > 0
    assert seconds < SOON


@pytest.mark.parametrize("digits", ["1" + ":1" * 600_000, "1" + ":1" * 600_000 + ".5", "9" * 1_900_000])
def test_a_number_longer_than_any_is_never_worked_out(tmp_path: Path, digits: str) -> None:
    problems, seconds = _timed(_written(tmp_path, f"extra: {digits}\nitems: {{}}\n"))
    assert "extra" in {problem.path for problem in problems}
    assert seconds < SOON


def test_a_text_longer_than_any_is_refused_by_its_place(tmp_path: Path) -> None:
    problems, seconds = _timed(
        _written(tmp_path, f'items:\n  Q: {{kind: info, text: "{"a b " * 450_000}"}}\n')
    )
    assert ("items.Q.text", "size", "1,800,000") in {(p.path, p.rule, p.found) for p in problems}
    assert seconds < SOON


def test_what_is_filled_into_other_texts_multiplies_nothing(tmp_path: Path) -> None:
    """A thousand times a thousand words are a small file that fills memory."""
    period = f'periods: {{p: {{months: 12, text: "{"long " * 1_900}"}}}}\n'
    items = _items(150, f'{{{{kind: info, text: "{"{{{{period:p}}}}" * 900}"}}}}')
    problems, seconds = _timed(_written(tmp_path, f"{period}items:\n{items}"))
    assert ("periods.p.text", "fill", "9,500 letters in en") in {(p.path, p.rule, p.found) for p in problems}
    assert seconds < 2 * SOON


@pytest.mark.parametrize(
    ("head", "place", "found"),
    [
        ("periods: {p: {months: 12, text: 'a {period:p}'}}", "periods.p.text", "'a {period:p}' in en"),
        (
            "fills: [organisation]\nperiods: {p: {months: 12, text: 'a {organisation}'}}",
            "periods.p.text",
            "'a {organisation}' in en",
        ),
        ("phones: {x: {number: '1', display: '{phone:x}', what: a}}", "phones.x.display", "'{phone:x}'"),
        ("phones: {x: {number: '1', display: any, what: a}}", "phones.x.display", "'any'"),
    ],
)
def test_periods_and_numbers_are_words_without_braces(
    tmp_path: Path, head: str, place: str, found: str
) -> None:
    problems, _ = _timed(_written(tmp_path, f"{head}\nitems: {{}}\n"))
    assert [p.found for p in problems if p.path == place] == [found]


def test_a_time_of_day_stays_words(tmp_path: Path) -> None:
    item = "items:\n  Q: {kind: single, text: When?, options: {1: 12:30, 2: 12:30:01}}\n"
    read = load(_written(tmp_path, f"{item}modules: {{M: {{title: Part, pages: [[Q]]}}}}\n"))
    assert [option.label["en"] for option in read.items["Q"].choices()] == ["12:30", "12:30:01"]


def test_what_is_no_file_is_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", tmp_path, Path("/dev/zero")):
        problems, seconds = _timed(path)
        assert [(problem.rule, problem.found) for problem in problems] == [("file", "a folder or a device")]
        assert seconds < SOON


def test_every_problem_of_a_large_file_is_named(tmp_path: Path) -> None:
    pages = ", ".join(f"[Q{n}]" for n in range(900))
    item = '{{kind: single, show_if: {{item: Z{n}, eq: 7}}, text: "<b>{n}", options: {{1: a, 2: A}}}}'
    text = f"modules:\n  M: {{title: Part, pages: [{pages}]}}\nitems:\n{_items(900, item)}"
    problems, seconds = _timed(_written(tmp_path, text))
    assert len(problems) == 3 * 900
    assert {problem.rule for problem in problems} == {"markup", "duplicate_label", "unknown_item"}
    assert seconds < 2 * SOON


def test_a_long_chain_of_follow_ups_is_checked_soon(tmp_path: Path) -> None:
    pages = ", ".join(f"[Q{n}]" for n in range(800))
    item = "{{kind: single, show_if: {{item: Q{before}, eq: 1}}, text: Asked, options: {{1: a, 2: b}}}}"
    text = f"modules:\n  M: {{title: Part, pages: [{pages}]}}\nitems:\n{_items(800, item)}"
    problems, seconds = _timed(_written(tmp_path, text))
    assert {problem.rule for problem in problems} == {"forward_reference"}
    assert seconds < 2 * SOON


def test_more_split_forms_than_can_be_drawn_through_are_refused(tmp_path: Path) -> None:
    splits = "".join(f"  s{n}: {{title: Split, forms: {{a: [Q{n}], b: []}}}}\n" for n in range(30))
    pages = ", ".join(f"[Q{n}]" for n in range(30))
    items = _items(30, "{{kind: single, text: Asked, options: {{1: a, 2: b}}}}")
    text = f"splits:\n{splits}modules:\n  M: {{title: Part, pages: [{pages}]}}\nitems:\n{items}"
    problems, seconds = _timed(_written(tmp_path, text))
    assert ("splits.s10.forms", "split") in {(problem.path, problem.rule) for problem in problems}
    assert seconds < SOON
