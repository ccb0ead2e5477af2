"""What a printed table says is read back as it is: groups, whole bases, nets, what is kept back and why."""

import pandas as pd

from reports.published import tables_of
from tests.reports.published.conftest import Office


def rows(office: Office, *cells: tuple[str, float | None, str, str, object]) -> pd.DataFrame:
    columns = ["id", "code", "group", "publish", "reason"]
    made = pd.DataFrame(cells, columns=columns)
    return made.assign(statistic="proportion", variable="OPINION", wave=office.data.waves[0])


def test_a_table_without_any_reason_is_read(office: Office) -> None:
    table = rows(office, ("OPINION.1@2025", 1, "", "show", float("nan")))
    (found,) = tables_of(table.astype({"reason": float}), office.data)
    assert (found.column, found.groups, found.answers) == ("", (0,), ((1,),))
    assert found.bases == (int(office.data.valid("OPINION").sum()),)
    assert found.shown == ((True,),)


def test_what_is_kept_back_for_people_is_told_from_what_is_uncertain(office: Office) -> None:
    found = tables_of(
        rows(
            office,
            ("OPINION.1@2025|town=1", 1, "town=1", "show", ""),
            ("OPINION.1@2025|town=2", 1, "town=2", "suppress", "interval_wide"),
            ("OPINION.1@2025|town=3", 1, "town=3", "suppress", "cell_under_10;base_under_30"),
        ),
        office.data,
    )
    (table,) = found
    assert table.groups == (1, 2, 3)
    assert table.shown == ((True, False, False),)
    assert table.secret == ((False, False, True),)
    in_town = office.data.frame["town"][office.data.valid("OPINION")]
    assert table.bases == tuple(int((in_town == code).sum()) for code in (1, 2, 3))


def test_rows_of_other_waves_and_unknown_columns_are_left_out(office: Office) -> None:
    table = rows(office, ("OPINION.1@2025", 1, "", "show", ""), ("OPINION.1@2025|x=1", 1, "x=1", "show", ""))
    assert [found.column for found in tables_of(table, office.data)] == [""]
    assert tables_of(table.assign(wave="1999"), office.data) == ()
