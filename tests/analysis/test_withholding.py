"""Columns left out where they would tell of few people: every small world is solved for what it shows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

from analysis import Crossed, crossed, withhold
from instruments import Codebook, Group, Indicator, Level, Role, Variable, Withheld

UNDER = 3
Table = tuple[tuple[int, ...], ...]
"""People by field of work (rows) and place (columns)."""


def variable(name: str, codes: tuple[int, ...], rule: dict[str, object] | None = None) -> Variable:
    role = Role.DERIVED if rule else Role.ANSWER
    return Variable(
        name, {"en": name}, Level.NOMINAL, {c: {"en": str(c)} for c in codes}, role=role, rule=rule
    )


def book(*more: Variable) -> Codebook:
    place = replace(variable("PLACE", (1, 2, 3)), withhold=Withheld("WORK", UNDER))
    variables = (variable("WORK", (1, 2, 3)), place, variable("MOOD", (1, 2)), *more)
    return Codebook("toy", "1", {}, {}, ("en",), "en", variables)


def people(table: Table) -> pd.DataFrame:
    rows = [
        (work, place)
        for work, counts in enumerate(table, 1)
        for place, count in enumerate(counts, 1)
        for _ in range(count)
    ]
    frame = pd.DataFrame(rows, columns=["WORK", "PLACE"])
    return frame.assign(MOOD=1, wave="2026")


def kept(frame: pd.DataFrame, codebook: Codebook) -> bool:
    without, said = withhold(frame, codebook)
    assert ("PLACE" in without) == ("PLACE" in said)
    return "PLACE" in said


def tables(rows: tuple[int, ...], columns: tuple[int, ...]) -> Iterator[Table]:
    """Every table with these sums."""
    if len(rows) == 1:
        yield (columns,)
        return
    for first in product(*(range(count + 1) for count in columns)):
        if sum(first) == rows[0]:
            left = tuple(column - part for column, part in zip(columns, first, strict=True))
            yield from ((first, *rest) for rest in tables(rows[1:], left))


def told_by_sums(rows: tuple[int, ...], columns: tuple[int, ...]) -> bool:
    """Whether some cell is of one to UNDER - 1 people at least, and of fewer than UNDER more at most."""
    possible = list(tables(rows, columns))
    cells = product(range(len(rows)), range(len(columns)))
    spans = [(min(t[r][c] for t in possible), max(t[r][c] for t in possible)) for r, c in cells]
    return any(1 <= low < UNDER and high - low < UNDER for low, high in spans)


def test_what_is_kept_lets_no_cell_be_solved_for_in_any_small_world() -> None:
    """The attack: of all tables with the two columns' sums, how low and how high is each cell?"""
    told, dropped = 0, 0
    for cells in product((0, 1, 2, 5), repeat=4):
        table = (cells[:2], cells[2:])
        rows = tuple(map(sum, table))
        columns = tuple(map(sum, zip(*table, strict=True)))
        if not sum(rows):
            continue
        keeps = kept(people(table), book())
        told += told_by_sums(rows, columns)
        dropped += not keeps
        assert not (keeps and told_by_sums(rows, columns)), table
    assert 0 < told <= dropped < 255, "the attack succeeds somewhere, and something is kept"


@pytest.mark.parametrize(
    ("table", "keeps"),
    [
        (((2, 9, 9), (0, 0, 0)), False),  # all of one work: two in the first place
        (((4, 9, 9), (0, 1, 1)), False),  # two others: two to four in the first place
        (((5, 9, 9), (0, 1, 1)), True),  # three at least
        (((2, 9, 9), (3, 3, 3)), True),  # others enough
        (((9, 9, 9), (0, 1, 1)), True),  # few others, and large places
        (((0, 9, 9), (0, 1, 1)), True),  # nobody in the first place
        (((20, 0, 0), (2, 0, 0)), False),  # all in one place: the two of the second work are there
        (((20, 0, 0), (9, 0, 0)), True),
    ],
)
def test_few_others_and_a_small_sum_tell(table: Table, keeps: bool) -> None:
    assert kept(people(table), book()) == keeps


def test_groups_made_of_the_groups_count_too() -> None:
    frame = people(((1, 9, 9), (1, 9, 9)))
    assert kept(frame, book())
    both = {"recode": "WORK", "to": {"1": [1, 2], "2": [3]}}
    assert not kept(frame.assign(work2=1), book(variable("work2", (1, 2), both)))


def test_zones_made_of_the_places_count_too() -> None:
    frame = people(((5, 5, 5), (1, 1, 0), (5, 5, 5)))
    assert kept(frame, book())
    zones = {"recode": "PLACE", "to": {"1": [1, 2, 3]}}
    assert not kept(frame.assign(zone=1), book(variable("zone", (1,), zones)))


def test_those_without_an_answer_are_in_no_sum() -> None:
    frame = people(((2, 9, 9), (0, 3, 0)))
    assert kept(frame, book())
    silent = frame.assign(PLACE=frame["PLACE"].where(frame["WORK"] == 1, -2))
    assert not kept(silent, book())


def test_whoever_did_not_say_the_group_is_one_of_the_others() -> None:
    frame = people(((2, 9, 9), (0, 3, 0)))
    assert kept(frame.assign(WORK=frame["WORK"].where(frame["WORK"] == 1, -2)), book())


def test_what_is_computed_from_the_column_goes_with_it_and_nothing_else() -> None:
    north = variable("north", (0, 1), {"share": {"item": "PLACE", "eq": 1}})
    both = [{"item": "north", "eq": 1}, {"item": "MOOD", "eq": 1}]
    north_glad = variable("north_glad", (0, 1), {"share": {"all": both}})
    glad = variable("glad", (0, 1), {"share": {"item": "MOOD", "eq": 1}})
    codebook = book(north, north_glad, glad)
    full = replace(
        codebook,
        groups=(Group("G", {}, {}, ("PLACE", "MOOD"), "battery"), Group("H", {}, {}, ("PLACE",), "multi")),
        indicators=tuple(Indicator(n, n, "proportion", {}, {}, 1) for n in ("north_glad", "glad")),
    )
    frame = people(((2, 9, 9),)).assign(north=0, north_glad=0, glad=1)
    without, said = withhold(frame, full)
    assert list(without) == ["WORK", "MOOD", "wave", "glad"]
    assert [each.name for each in said.variables] == ["WORK", "MOOD", "glad"]
    assert [(group.name, group.variables) for group in said.groups] == [("G", ("MOOD",))]
    assert [each.name for each in said.indicators] == ["glad"]


def test_where_nothing_is_told_or_declared_nothing_is_touched() -> None:
    undeclared = replace(book(), variables=tuple(replace(v, withhold=None) for v in book().variables))
    for table, codebook in ((((9, 9, 9), (3, 3, 3)), book()), (((2, 9, 9),), undeclared)):
        frame = people(table)
        without, said = withhold(frame, codebook)
        assert without is frame
        assert said is codebook


def test_a_codebook_carries_what_is_withheld_and_one_without_is_written_as_before() -> None:
    again = Codebook.from_json(book().to_json())
    assert again.variable("PLACE").withhold == Withheld("WORK", UNDER)
    assert again.variable("WORK").withhold is None
    assert book().to_json().count("withhold") == 1


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("PLACE", "WORK"), Crossed("PLACE", "WORK", UNDER)),
        (("MOOD", "work2", "zone"), Crossed("zone", "work2", UNDER)),
        (("there",), Crossed("there", "there", UNDER)),
        (("PLACE", "MOOD"), None),
        (("WORK", "work2"), None),
        ((), None),
    ],
)
def test_columns_that_may_not_be_crossed_are_told_by_name(
    names: tuple[str, ...], found: Crossed | None
) -> None:
    work = variable("work2", (1, 2), {"recode": "WORK", "to": {"1": [1, 2], "2": [3]}})
    zone = variable("zone", (1,), {"recode": "PLACE", "to": {"1": [1, 2, 3]}})
    both = [{"item": "PLACE", "eq": 1}, {"item": "WORK", "eq": 1}]
    there = variable("there", (0, 1), {"share": {"all": both}})
    assert crossed(book(work, zone, there), names) == found
