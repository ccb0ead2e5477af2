"""A table by group over several waves: what its columns are called."""

from instruments import Level, Variable
from reports.grouping import GroupTable
from reports.i18n import words
from reports.site.grids import group_grid, share
from reports.unstated import NOT_STATED, with_unstated

PART = Variable("part", {"en": "Part"}, Level.NOMINAL, {1: {"en": "South"}, 2: {"en": "North"}})
APART = GroupTable("2024", {}, {1: 200, 2: 60, NOT_STATED: 5})
TOGETHER = GroupTable("2025", {}, {with_unstated(1): 200, 2: 60})


def columns(*tables: GroupTable) -> tuple[str, ...]:
    grid = group_grid("a", "A", tables=tables, heads={1: "Yes"}, group=PART, words=words("en"), number=share)
    return grid.columns


def test_a_column_says_in_which_waves_those_who_did_not_say_are_in_it() -> None:
    assert columns(APART, TOGETHER) == ("South (2025: or not stated)", "North", "Not stated")


def test_where_all_waves_agree_the_column_needs_no_waves() -> None:
    assert columns(TOGETHER) == ("South, or not stated", "North")
    assert columns(APART) == ("South", "North", "Not stated")
