"""A hidden group is not given away by the whole and the others."""

import pandas as pd
import pytest

from reports.grouping import complemented


def table(*groups: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"base": [n for n, _ in groups], "publish": [word for _, word in groups], "reason": ""}
    )


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        (((12, "suppress"), (300, "show"), (70, "flag")), [0, 2]),
        (((12, "suppress"), (9, "suppress"), (70, "flag")), [0, 1]),
        (((400, "show"), (300, "show")), []),
        (((47, "suppress"), (300, "show"), (70, "flag")), [0]),
        (((12, "suppress"),), [0]),
    ],
)
def test_a_single_small_group_takes_the_smallest_other_with_it(
    groups: tuple[tuple[int, str], ...], hidden: list[int]
) -> None:
    found = complemented(table(*groups))
    assert list(found.index[found["publish"] == "suppress"]) == hidden
