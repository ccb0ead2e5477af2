"""Public rows beside tables: what is counted in rows is no secret; what they would complete is refused."""

from dataclasses import replace

import pytest

from analysis import KeyGroup, KeyStep
from reports.published import Given, Publication, conflicts, mended, telling_steps
from reports.published.record import dumped, read, written
from reports.unstated import NOT_STATED
from tests.reports.published.conftest import Office
from tests.reports.published.test_conflicts import attack, kept_back, people, showing, small
from tests.reports.published.test_mending import counted, without

HALVES = KeyStep("halves", "rows_halves")
TOWNS = KeyStep("town", "town")
CAMP = KeyStep("town", "camp", groups=(KeyGroup(1, {}, (1, 2)), KeyGroup(2, {}, (3,))))
ASTRIDE = KeyStep("AGE", "astride", edges=(30, 60))
"""Cut where no band is: 25 | 35, 40 | 60, 85."""


def bundle(office: Office, *keys: KeyStep, number: int = 0) -> Publication:
    """Rows with these keys and the opinion, without tables."""
    rows = Given("2025", keys, (*(key.name for key in keys), "OPINION"))
    return replace(office.publish(kind="bundle", number=number), given=(rows,))


def test_counting_rows_completes_a_table_by_finer_groups_and_is_refused(office: Office) -> None:
    """The bands protect the oldest by those of 35 to 49; below fifty anybody counts in the rows."""
    site = office.publish("band", number=1)
    for answer in {answer for group, answer in kept_back(site, "band") if group == 4}:
        for group in (1, 2, 3):
            site = showing(site, "band", group, answer, seen=group != 2)
    assert not [cell for cell in attack(office, [site]) if cell[0] == "band"]
    stolen = attack(office, [site, counted(office, "halves", number=9)])
    lost = {group for column, group, _ in stolen if column == "band"} - {NOT_STATED}
    assert lost == {4}
    found = conflicts(bundle(office, HALVES), [site], office.data)
    assert "OPINION band=4" in {each.what for each in found if each.rule == "follows"}
    assert telling_steps(bundle(office, HALVES), [site], office.data) == {"rows_halves"}
    kept = without(replace(site, number=0), mended(site, [], office.data))
    assert kept.tables == site.tables, "without rows nothing of it follows"


def test_rows_whose_key_is_the_grouping_itself_have_no_secret_left_in_its_table(office: Office) -> None:
    """Ten people's rule is for tables; five who share all keys protect the rows, and rows can be counted."""
    site = office.publish("town", number=1)
    assert any(small(office, "town", *cell) for cell in kept_back(site, "town"))
    assert conflicts(bundle(office, TOWNS), [site], office.data) == ()
    assert telling_steps(bundle(office, TOWNS), [site], office.data) == frozenset()
    group, answer = kept_back(site, "town")[0]
    after = showing(office.publish("town", kind="report"), "town", group, answer)
    assert {each.rule for each in conflicts(after, [site], office.data)} >= {"shown_elsewhere"}
    assert conflicts(after, [site, bundle(office, TOWNS, number=2)], office.data) == ()


def test_a_key_cut_where_no_group_is_tells_nothing(office: Office) -> None:
    site = office.publish("town", number=1)
    assert telling_steps(bundle(office, ASTRIDE), [site], office.data) == frozenset()
    assert conflicts(bundle(office, ASTRIDE), [site], office.data) == ()


def test_tables_after_rows_hide_what_both_would_tell(office: Office) -> None:
    rows = bundle(office, HALVES, number=1)
    after = office.publish("band")
    for answer in {answer for group, answer in kept_back(after, "band") if group == 4}:
        for group in (1, 2, 3):
            after = showing(after, "band", group, answer, seen=group != 2)
    assert conflicts(after, [rows], office.data)
    kept = without(after, mended(after, [rows], office.data))
    assert conflicts(kept, [rows], office.data) == ()
    stolen = attack(office, [kept, counted(office, "halves", number=9)])
    assert not [cell for cell in stolen if cell[0] == "band" and not _counted_in_rows(office, cell[1])]


def _counted_in_rows(office: Office, band: int) -> bool:
    """Whether a band is one of the halves, or who is in none of them."""
    halves = people(office, "halves")
    inside = people(office, "band") == band
    return not set(halves[inside].tolist()) & set(halves[~inside].tolist())


@pytest.mark.parametrize("steps", [(HALVES,), (TOWNS, CAMP), ()])
def test_rows_are_read_from_the_register_as_they_were_written(
    office: Office, steps: tuple[KeyStep, ...]
) -> None:
    made = bundle(office, *steps)
    assert read(written(made), 0) == made
    assert b"rows_halves" in dumped(written(made)) or HALVES not in steps


def test_who_gave_no_key_is_a_group_of_the_rows(office: Office) -> None:
    assert (people(office, "halves") == NOT_STATED).any()
    assert conflicts(bundle(office, HALVES), [office.publish("halves", number=1)], office.data) == ()
