"""What is hidden besides: as little as lets nothing of a few follow, alone and beside what is out already."""

from dataclasses import replace

import pytest

from reports.published import Mended, Publication, conflicts, mended
from reports.unstated import NOT_STATED
from tests.reports.published.conftest import Office
from tests.reports.published.test_conflicts import attack, kept_back, showing, small


def without(publication: Publication, found: Mended) -> Publication:
    """The publication as it may stand."""
    tables = [table for table in publication.tables if table.key not in found.left_out]

    def mark(lines: tuple, table) -> tuple:  # type: ignore[type-arg]
        return tuple(
            tuple(
                False if (*table.key, group, answer) in found.hidden else each
                for group, each in zip(table.groups, line, strict=True)
            )
            for answer, line in zip(table.answers, lines, strict=True)
        )

    return replace(
        publication, tables=tuple(replace(table, shown=mark(table.shown, table)) for table in tables)
    )


def counted(office: Office, column: str, number: int = 0) -> Publication:
    """Every answer by a grouping of which nothing is kept back."""
    found = office.publish(column, kind="report", number=number)
    for table in found.tables:
        for group in table.groups if table.column else ():
            for answer in (1, 2, 3, 4):
                found = showing(found, column, group, answer)
    return found


def merged(office: Office, number: int = 0) -> Publication:
    """Opinions by `elder`, the bands with the first two put together: safe alone, and not beside the bands.

    Where both hide the oldest, the bands protect them by who did not say and this by another group.
    """
    found = replace(office.publish("elder", kind="report"), number=number)
    for answer in (1, 2, 3, 4):
        beside = {group for group, of in kept_back(office.publish("band"), "band") if of == answer}
        if 4 in beside:
            shown = 2 if 3 in beside else 1
            for group in (1, 2, NOT_STATED):
                found = showing(found, "elder", group, answer, seen=group in (shown, NOT_STATED))
    return found


def leaking(office: Office) -> Publication:
    """Opinions by band, and by `elder` as above, in one publication."""
    elder = tuple(table for table in merged(office).tables if table.column)
    publication = office.publish("band")
    return replace(publication, tables=(*publication.tables, *elder))


def stolen(office: Office, *held: Publication) -> set[tuple[str, int, int]]:
    """Opinions of a few people of a band that follow from all together."""
    return {cell for cell in attack(office, held) if cell[0] == "band" and cell[1] != NOT_STATED}


def test_a_publication_that_tells_by_itself_is_mended_by_hiding_more(office: Office) -> None:
    publication = leaking(office)
    assert stolen(office, publication)
    found = mended(publication, [], office.data)
    assert found.hidden
    kept = without(publication, found)
    assert conflicts(kept, [], office.data) == ()
    assert stolen(office, kept) == set()
    assert kept.cells[0] > 0.7 * publication.cells[0], "what is left is most of it"


def test_nothing_is_hidden_where_nothing_follows(office: Office) -> None:
    assert mended(office.publish("band", "town"), [], office.data) == Mended()


@pytest.mark.parametrize("first", ["band", "elder"])
def test_whichever_was_published_first_the_second_hides_what_would_complete_it(
    office: Office, first: str
) -> None:
    both = {"band": office.publish("band"), "elder": merged(office)}
    before = replace(both.pop(first), number=1)
    (after,) = both.values()
    assert stolen(office, before, after)
    kept = without(after, mended(after, [before], office.data))
    assert stolen(office, before, kept) == set()
    assert any(any(line) for table in kept.tables for line in table.shown)


def test_what_an_earlier_publication_keeps_back_is_kept_back_again(office: Office) -> None:
    before = office.publish("town", number=1)
    group, answer = next(cell for cell in kept_back(before, "town") if not small(office, "town", *cell))
    after = showing(office.publish("town", kind="report"), "town", group, answer)
    assert conflicts(after, [before], office.data)
    found = mended(after, [before], office.data)
    assert ("2025", "proportion", "OPINION", "town", group, (answer,)) in found.hidden
    assert conflicts(without(after, found), [before], office.data) == ()


def test_the_same_again_hides_the_same(office: Office) -> None:
    publication = leaking(office)
    first = without(publication, mended(publication, [], office.data))
    again = mended(publication, [replace(first, number=1)], office.data)
    assert without(publication, again).tables == first.tables


def test_a_grouping_whose_groups_are_anothers_but_for_nine_is_left_out(office: Office) -> None:
    before = office.publish("band", kind="report", number=1)
    after = office.publish("town", "shifted")
    found = mended(after, [before], office.data)
    assert {key[3] for key in found.left_out} == {"shifted"}
    assert conflicts(without(after, found), [before], office.data) == ()
