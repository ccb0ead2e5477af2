"""Whoever holds all that was published computes nothing of a few; what would let them is refused first."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from reports.published import Publication, Table, conflicts
from reports.unstated import NOT_STATED, people_of, with_unstated
from tests.reports.published.conftest import Office

ANSWERS = (1, 2, 3, 4)


def people(office: Office, column: str) -> np.ndarray:
    """The group of everybody who gave an opinion."""
    asked = office.data.valid("OPINION")
    at = np.where(office.data.valid(column), office.data.frame[column], NOT_STATED)
    return np.asarray(at[asked], int)


def attack(office: Office, held: Sequence[Publication]) -> dict[tuple[str, int, int], int]:
    """Every cell of one to nine people that follows from all publications together: grouping, group, answer.

    A table of all groupings at once is solved: its cells are the unknowns, each shown figure, each group's
    size and the whole wave's answers an equation; a cell is known where no other value fits.
    """
    opinion = office.data.frame["OPINION"][office.data.valid("OPINION")].to_numpy(int)
    columns = sorted({table.column for each in held for table in each.tables if table.column})
    joint = np.column_stack([people(office, column) for column in columns])
    groups, of = np.unique(joint, axis=0, return_inverse=True)
    atoms = np.array([(answer, *group) for answer in ANSWERS for group in groups])
    truth = np.bincount((opinion - 1) * len(groups) + of.ravel(), minlength=len(atoms))
    rows = [atoms[:, 0] == answer for answer in ANSWERS]
    for place, column in enumerate(columns, 1):
        rows += [atoms[:, place] == group for group in np.unique(atoms[:, place])]
        for table in (table for each in held for table in each.tables if table.column == column):
            for answer, line in zip(table.answers, table.shown, strict=True):
                for group, seen in zip(table.groups, line, strict=True):
                    if seen:
                        of_group = np.isin(atoms[:, place], people_of(group))
                        rows.append(np.isin(atoms[:, 0], answer) & of_group)
    known = np.array(rows, float)
    guess = np.linalg.lstsq(known, known @ truth, rcond=None)[0]
    _, values, axes = np.linalg.svd(known)
    free = axes[int((values > 1e-9 * values[0]).sum()) :]
    found = {}
    for place, column in enumerate(columns, 1):
        for group in np.unique(atoms[:, place]):
            for answer in ANSWERS:
                cell = (atoms[:, 0] == answer) & (atoms[:, place] == group)
                if 0 < truth[cell].sum() < 10 and np.abs(free @ cell).max(initial=0) < 1e-7:
                    found[column, int(group), answer] = round(float(guess[cell].sum()))
    return found


def showing(
    publication: Publication, column: str, group: int, answer: int, *, seen: bool = True
) -> Publication:
    """The same with one figure shown that was kept back, or the other way round."""

    def shown(table: Table) -> Table:
        if table.column != column:
            return table
        lines = [list(line) for line in table.shown]
        lines[table.answers.index((answer,))][table.groups.index(group)] = seen
        secret = [list(line) for line in table.secret]
        secret[table.answers.index((answer,))][table.groups.index(group)] = not seen
        return replace(
            table, shown=tuple(tuple(line) for line in lines), secret=tuple(tuple(line) for line in secret)
        )

    return replace(publication, tables=tuple(shown(table) for table in publication.tables))


def kept_back(publication: Publication, column: str) -> list[tuple[int, int]]:
    """Groups and answers kept back for the sake of people."""
    (table,) = (table for table in publication.tables if table.column == column)
    return [
        (group, answer[0])
        for answer, line in zip(table.answers, table.secret, strict=True)
        for group, kept in zip(table.groups, line, strict=True)
        if kept
    ]


def small(office: Office, column: str, group: int, answer: int) -> bool:
    opinion = office.data.frame["OPINION"][office.data.valid("OPINION")].to_numpy(int)
    return 0 < int(((people(office, column) == group) & (opinion == answer)).sum()) < 10


def test_everything_published_together_tells_nothing_of_a_few(office: Office) -> None:
    site = office.publish("band", "town", number=1)
    report = office.publish("band", "halves", kind="report", number=2)
    sheet = office.publish("town", kind="factsheet")
    assert any(small(office, "band", *cell) for cell in kept_back(site, "band"))
    assert conflicts(sheet, [site, report], office.data) == ()
    assert attack(office, [site, report, sheet]) == {}


def test_a_complement_shown_in_a_second_publication_is_refused_before_the_attack_succeeds(
    office: Office,
) -> None:
    """Each cell that protects another one, in turn, in a publication that shows it."""
    site = office.publish("band", "town", number=1)
    leaks = 0
    for column in ("band", "town"):
        for group, answer in kept_back(site, column):
            leaking = showing(office.publish(column, kind="report"), column, group, answer)
            stolen = attack(office, [site, leaking])
            found = conflicts(leaking, [site], office.data)
            assert {each.rule for each in found} >= {"shown_elsewhere"}
            assert {each.other for each in found if each.rule == "shown_elsewhere"} == {1}
            told = {(each.rule, each.what) for each in found}
            for name, where, _ in stolen:
                if not small(office, column, group, answer):
                    assert ("follows", f"OPINION {name}={where}") in told
                    leaks += 1
    assert leaks >= 3


def test_a_publication_that_tells_a_hidden_figure_by_itself_is_refused(office: Office) -> None:
    honest = office.publish("town")
    group, answer = next(cell for cell in kept_back(honest, "town") if not small(office, "town", *cell))
    leaking = showing(honest, "town", group, answer)
    assert attack(office, [leaking])
    found = conflicts(leaking, [], office.data)
    assert {(each.rule, each.other) for each in found} == {("follows", 0)}


def test_groups_that_are_the_same_people_but_for_nine_are_refused(office: Office) -> None:
    """Under 35 and under 36: whoever subtracts one from the other reads the opinions of nine people."""
    site = office.publish("band", number=1)
    shifted = office.publish("shifted", kind="report")
    found = [each for each in conflicts(shifted, [site], office.data) if each.rule == "few_apart"]
    assert {each.other for each in found} == {1}
    said = {(each.what, each.detail) for each in found}
    assert ("OPINION shifted=1 and band=1", "9 people are in one and not in the other") in said
    within = office.publish("band", "shifted")
    assert {each.other for each in conflicts(within, [], office.data) if each.rule == "few_apart"} == {0}


def living_in(office: Office, *, outside: int) -> Office:
    """All in the first group of `city` but for some of those who gave an opinion."""
    city = np.ones(len(office.data.frame), int)
    city[np.flatnonzero(office.data.valid("OPINION"))[:outside]] = 2
    return Office(office.data.with_frame(office.data.frame.assign(city=city)))


def test_a_grouping_that_has_everybody_in_one_group_tells_nothing_and_is_in_nobodys_way(
    office: Office,
) -> None:
    town = living_in(office, outside=0)
    publication = town.publish("band", "city")
    for answer in ANSWERS:
        kept = showing(publication, "city", 1, answer, seen=False)
        assert (1, answer) in kept_back(kept, "city")
        assert conflicts(kept, (), town.data) == ()


def test_a_grouping_with_nine_people_outside_its_one_group_is_still_looked_at(office: Office) -> None:
    town = living_in(office, outside=9)
    honest = town.publish("city")
    assert (2, 1) in kept_back(honest, "city")
    (found,) = conflicts(showing(honest, "city", 1, 1), (), town.data)
    assert (found.rule, found.what) == ("follows", "OPINION city=2")


def test_a_grouping_that_adds_up_to_parts_of_another_lets_nothing_follow_unseen(office: Office) -> None:
    """`halves` is `band` with groups put together: what one hides, the other may tell."""
    site = office.publish("band", number=1)
    halves = office.publish("halves", kind="report")
    found = conflicts(halves, [site], office.data)
    stolen = attack(office, [site, halves])
    told = {each.what for each in found if each.rule == "follows"}
    assert {f"OPINION {column}={group}" for column, group, _ in stolen} <= told


@pytest.mark.parametrize(("fewer", "rules"), [(3, {"release_few_apart"}), (0, set()), (25, set())])
def test_a_release_from_which_a_few_people_went_is_refused(
    office: Office, fewer: int, rules: set[str]
) -> None:
    first = office.publish(number=1)
    second = replace(
        first,
        number=0,
        releases={"2025": {"release": 2, "fingerprint": "e" * 64, "rows": len(office.data.frame) - fewer}},
    )
    found = conflicts(second, [first], office.data)
    assert {each.rule for each in found} == rules
    if fewer == 3:
        assert found[0].detail == "release 2 has 1497 interviews, release 1 had 1500"


def test_a_release_in_which_one_group_lost_a_few_people_is_refused(office: Office) -> None:
    first = office.publish("town", number=1)
    tables = tuple(
        replace(table, bases=(table.bases[0] - 4, table.bases[1] - 40, *table.bases[2:]))
        if table.column == "town"
        else replace(table, bases=(table.bases[0] - 44,))
        for table in first.tables
    )
    releases = {"2025": {"release": 2, "fingerprint": "e" * 64, "rows": len(office.data.frame) - 44}}
    second = replace(first, number=0, tables=tables, releases=releases)
    found = conflicts(second, [first], office.data)
    assert {each.what for each in found} == {"OPINION town=1"}
    assert found[0].rule == "release_few_apart"


def test_another_study_is_not_compared(office: Office) -> None:
    other = replace(office.publish("band", number=1), study="another")
    assert conflicts(office.publish("shifted"), [other], office.data) == ()


def test_the_people_themselves_by_a_grouping_are_compared_too(office: Office) -> None:
    """Microdata show every answer by their own groups: `variable` is empty."""
    (table,) = (t for t in office.publish("shifted").tables if t.column == "shifted")
    whole = tuple(True for _ in table.groups)
    rows = replace(
        table, variable="", answers=((),), shown=(whole,), secret=(tuple(not each for each in whole),)
    )
    microdata = replace(office.publish(kind="bundle", number=1), tables=(rows,))
    found = conflicts(office.publish("band"), [microdata], office.data)
    assert {each.rule for each in found} == {"few_apart"}


@pytest.fixture(scope="module")
def quiet(office: Office) -> Office:
    """The same with twelve people who did not say whether they are above fifty."""
    asked = np.flatnonzero(office.data.valid("OPINION") & office.data.valid("halves"))
    first = office.data.frame.index.isin(asked[:12])
    column = office.data.frame["halves"].mask(office.data.frame["halves"] < 0, 1).mask(first, -2)
    return Office(office.data.with_frame(office.data.frame.assign(halves=column)))


def test_few_who_did_not_say_hide_no_group_and_nothing_of_them_follows(quiet: Office) -> None:
    (table,) = (each for each in quiet.publish("halves").tables if each.column)
    assert [len(people_of(group)) for group in sorted(table.groups)] == [1, 2]
    assert all(all(line) for line in table.shown)
    assert sum(table.bases) == int(quiet.data.valid("OPINION").sum())
    assert attack(quiet, [quiet.publish("halves")]) == {}
    assert conflicts(quiet.publish("halves"), [], quiet.data) == ()


def test_counting_them_with_another_group_the_next_time_is_refused(quiet: Office) -> None:
    first = quiet.publish("halves", number=1)
    turned = {1: 1, 2: 2, with_unstated(1): 1, with_unstated(2): 2}
    other = [
        replace(
            table,
            groups=tuple(
                turned[group] if len(people_of(group)) > 1 else with_unstated(group) for group in table.groups
            ),
        )
        if table.column
        else table
        for table in quiet.publish("halves", kind="report").tables
    ]
    second = quiet.publish("halves", kind="report", tables=tuple(other))
    assert attack(quiet, [first, second])
    found = conflicts(second, [first], quiet.data)
    assert {(each.rule, each.other) for each in found} == {("follows", 1)}
    assert any(f"halves={NOT_STATED}" in each.what for each in found)
