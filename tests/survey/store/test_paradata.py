"""What is kept of how an interview was answered: its own clock in the field, few classes after the close."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, inspect, select

from instruments import Questionnaire
from survey.store import ballots, closing, interviews, schema, waves
from survey.store.engine import Database
from survey.store.models import Base, Interview, Wave
from survey.store.paradata import MOST, R5, SHARED_BY, SMALL, Coarse, PageParadata, Reduced, reduced, step

DAY = date(2027, 5, 12)
NUMBERS = {
    "page_answer": {"page", "seconds", "served", "posted", "visits", "changes", "errors"},
    "interview": {"wave", "id", "duration", "version", "page_seconds", "pages", "breakoff_page"}
    | {"changes", "errors"},
}
people = st.lists(
    st.builds(Reduced, *(st.integers(0, top) for top in (40_000, 4_000, 40, 40))), min_size=1, max_size=500
)


def test_respondents_tables_hold_no_number_that_could_be_a_clock() -> None:
    for name, expected in NUMBERS.items():
        columns = Base.metadata.tables[name].columns
        assert {c.name for c in columns if isinstance(c.type, Integer)} == expected, name


def test_a_page_keeps_how_it_was_answered(database: Database, open_wave: Wave) -> None:
    how = PageParadata(served=4, posted=25, visits=2, changes=1, errors=3)
    with database.writing() as session:
        ballots.save_page(
            session,
            open_wave,
            "b" * 64,
            1,
            {"AGE": 40},
            sealed={},
            language="ru",
            seconds=21,
            day=DAY,
            paradata=how,
        )
    with database.reading() as session:
        sitting = ballots.load(session, open_wave.alias, "b" * 64)
    assert sitting.pages[1].paradata == how


def test_pages_and_interviews_stored_before_stay_when_paradata_come(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    answer(open_wave, "token")
    schema.downgrade(database, "0002")
    assert "served" not in {c["name"] for c in inspect(database.engine).get_columns("page_answer")}
    schema.upgrade(database)
    with database.reading() as session:
        (ballot,) = session.execute(select(Base.metadata.tables["ballot"].c.ballot)).scalars()
        sitting = ballots.load(session, open_wave.alias, ballot)
    assert {page.paradata for page in sitting.pages.values()} == {PageParadata()}
    assert sitting.answers["VB2"] == 2


def test_the_page_at_which_somebody_left_is_kept(
    database: Database, open_wave: Wave, answer: Callable[..., str], small: Questionnaire
) -> None:
    for number, pages in enumerate((1, 2, 4), start=1):
        answer(open_wave, f"token{number}", pages=pages)
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=DAY)
        kept = session.scalars(select(Interview)).all()
        assert {(i.pages, i.breakoff_page) for i in kept} == {(1, 2), (2, 3), (4, None)}
        assert {(i.changes, i.errors) for i in kept} == {(None, None)}, "a small wave keeps no counts"
        left = interviews.breakoff_pages(session, found)
    assert left == {2: 1, 3: 1}


def test_one_page_left_open_over_lunch_moves_the_total_and_not_the_middle() -> None:
    steady = [(20, 0, 0), (22, 1, 0), (24, 0, 2)]
    assert reduced(steady) == Reduced(66, 22, 1, 2)
    assert reduced([*steady[:2], (3600, 0, 0)]).page_seconds == 22


def test_seconds_are_kept_in_steps_of_about_a_quarter() -> None:
    assert [step(n) for n in (0, 1, 7, 9, 11, 13, 47, 55, 61, 300, 1000, 1111)] == [
        0, 1, 6, 8, 10, 12, 50, 50, 63, 315, 1000, 1000,
    ]  # fmt: skip
    assert [step(n, R5) for n in (13, 55, 61, 300)] == [10, 63, 63, 250]


@given(st.integers(1, 100_000))
def test_a_step_is_never_more_than_an_eighth_away(seconds: int) -> None:
    assert abs(step(seconds) - seconds) <= max(1, 0.125 * seconds + 0.5)
    assert step(step(seconds)) == step(seconds)


@given(people)
def test_every_value_kept_is_shared_by_five_interviews_of_the_wave(found: list[Reduced]) -> None:
    coarse = Coarse.of(found)
    kept = [coarse.apply(interview) for interview in found]
    for name in ("duration", "page_seconds", "changes", "errors"):
        counts = Counter(getattr(interview, name) for interview in kept)
        assert min(counts.values()) >= min(SHARED_BY, len(found)), name
    assert {interview.changes for interview in kept} <= {None, *range(MOST + 1)}
    assert (len(found) < SMALL) == all(interview.errors is None for interview in kept)


@given(people)
def test_who_was_faster_is_never_kept_as_slower_than_who_was_not(found: list[Reduced]) -> None:
    coarse = Coarse.of(found)
    in_order = sorted(found, key=lambda interview: interview.duration)
    kept = [coarse.apply(interview).duration for interview in in_order]
    assert kept == sorted(kept)
