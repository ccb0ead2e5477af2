"""The groups of a factsheet are chosen by the figures that print: five where they exist."""

import math
from typing import Any

import pytest

from instruments import Indicator, Level, Variable
from reports.further import Cut, GroupLine
from reports.further.few import _whole
from reports.rows import SHOW, SUPPRESS, Reading

SHARE = Indicator("A", "A", "proportion", {}, {}, 1)


def cut(name: str, printed: str) -> Cut:
    """`cut("AGE", "110")`: three groups, of which the last one is hidden."""
    lines = tuple(
        GroupLine(
            code, {}, Reading("2025", 0.5, 0.4, 0.6, 100, publish=SHOW if shown == "1" else SUPPRESS), None
        )
        for code, shown in enumerate(printed, start=1)
    )
    return Cut(SHARE, Variable(name, {}, Level.NOMINAL, {}), lines, math.nan)


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ({"SEX": "11", "EDU": "111"}, ["SEX", "EDU"]),
        ({"SEX": "01", "EDU": "111", "PLACE": "11"}, ["EDU", "PLACE"]),
        ({"EDU": "011", "PLACE": "11", "AGE": "011111"}, ["AGE"]),
        ({"AGE": "111111"}, ["AGE"]),
        ({"AGE": "111111", "SEX": "11", "EDU": "111"}, ["SEX", "EDU"]),
        ({"REGION": "11111111"}, []),
        ({"SEX": "10"}, []),
    ],
)
def test_columns_are_chosen_of_which_five_groups_print(columns: dict[str, str], chosen: Any) -> None:
    found = _whole(tuple(cut(name, printed) for name, printed in columns.items()))
    assert [each.column.name for each in found] == chosen
