"""The product robbed: nobody is found out, on either database, at any time that the guide promises."""

from pathlib import Path

import pytest
from sqlalchemy import text

from survey import keys
from survey.store.rewriting import forget_log, rewrite_tables
from survey.thief import Score, Truth, attack_own, look_before, rederived, steal_sqlite, trials, watched
from survey.thief.loot import names_in
from survey.thief.postgres import log_segments
from survey.thief.scoring import TAIL
from survey.thief.wal import stream

from .conftest import Field, copied

PEOPLE = [pytest.param(150, id="150"), pytest.param(2000, id="2000", marks=pytest.mark.long)]
SECRETS = (("ballot", "ballot"), ("page_answer", "ballot"))


TOGETHER = 20
"""States and databases of one run: all their limits together are passed as rarely as one would be."""


def at_chance(scores: list[Score], state: str, dialect: str = "sqlite") -> None:
    """Each attack of the threat model, and every pairing of orders besides, at chance.

    Three standard deviations of a count whose mean is below one are passed by chance in one of 75 tries (four
    hits where 0.9 are expected), and some two hundred counts are made. So the limit is the count that all of
    them together pass as rarely as one passes three standard deviations. A leak finds hundreds.
    """
    assert scores
    for score in scores:
        tell(f"{dialect}: {state}", score)
        assert not score.beyond(TAIL / (TOGETHER * len(scores))), (state, score)


def tell(state: str, score: Score) -> None:
    """One row of the table in docs/decisions/0015, for whoever runs this with -s."""
    exact = f"{score.found} of {score.people} (limit {score.limit:.1f})"
    print(f"\n{state} | {score.attack} | {exact} | near {score.near} (limit {score.near_limit:.0f})")


def against(field: Field, people: object, truth: Truth, folder: Path) -> list[Score]:
    """Both tables that hold ballots, or the interviews of the closed wave."""
    found = []
    for table, column in SECRETS:
        scores = trials(people, field.stolen(table, column, folder), truth)
        found += scores
    return found


@pytest.mark.parametrize("people", PEOPLE)
def test_nobody_is_found_out(in_field: Field, tmp_path: Path, people: int) -> None:
    """A wave robbed four times: before a nightly rewrite, right after it, the next day, after the close."""
    database = in_field.database
    tokens = in_field.invite(people)
    early, late = tokens[: people * 9 // 10], tokens[people * 9 // 10 :]
    in_field.answer(early)
    truth = in_field.ballots(early)

    def check(scores: list[Score], state: str) -> None:
        at_chance(scores, state, database.engine.dialect.name)

    def unwatched() -> list[Score]:
        stolen = in_field.stolen("invitation", "token_hash", tmp_path)
        listed = watched((), in_field.listed)
        return against(in_field, stolen, truth, tmp_path) + against(in_field, listed, truth, tmp_path)

    check(unwatched(), "in the field, not watched")
    seen = against(in_field, in_field.seen(), truth, tmp_path)
    tell(f"{database.engine.dialect.name}: in the field, watched", max(seen, key=lambda score: score.found))
    assert not all(score.at_chance for score in seen), "who watched finds out some: the loot is real"

    rewrite_tables(database)
    assert forget_log(database) == ()
    check(unwatched(), "rewritten, not watched")
    check(against(in_field, in_field.seen(), truth, tmp_path), "rewritten, watched")

    in_field.answer(late)
    check(against(in_field, in_field.seen(), truth, tmp_path), "the next day, watched")
    today = against(in_field, in_field.seen(), in_field.ballots(late), tmp_path)
    tell(f"{database.engine.dialect.name}: today's, watched", max(today, key=lambda score: score.found))
    assert not all(score.at_chance for score in today), "today's can still be found out"

    secret = keys.wave_key_file(in_field.config.keys, in_field.wave.alias).read_bytes()
    ballots = frozenset(in_field.ballots(tokens).values())
    with database.reading() as session:
        before = look_before(session, in_field.wave)
    verdict = attack_own(database, before, in_field.close())
    assert forget_log(database) == ()
    assert verdict.held, verdict
    interviews = in_field.interviews()
    assert len(interviews) == people
    scores = trials(in_field.seen(), in_field.stolen("interview", "id", tmp_path), interviews)
    scores += trials(in_field.seen(), in_field.stolen("answer", "interview", tmp_path), interviews)
    check(scores, "closed, watched, all tokens")
    assert not in_field.stolen("ballot", "ballot", tmp_path).orders
    assert not in_field.stolen("invitation", "token_hash", tmp_path).orders
    kept = b"".join(path.read_bytes() for path in in_field.config.home.rglob("*") if path.is_file())
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            kept += b"".join(map(stream, log_segments(connection)))
    assert secret not in kept
    assert names_in(kept, ballots) == (), "no ballot is left to be put in order"
    assert rederived(tokens[:1], ballots, kept[:200_000]) == 0
    assert rederived(tokens, ballots, secret) == people, "with the key everybody would be found out"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("people", PEOPLE)
def test_a_backup_made_by_vacuum_holds_no_arrivals(in_field: Field, tmp_path: Path, people: int) -> None:
    tokens = in_field.invite(people)
    in_field.answer(tokens)
    backup = tmp_path / "backup.sqlite"
    with in_field.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(backup)})
    truth = in_field.ballots(tokens)
    loot = steal_sqlite(backup, "ballot", "ballot")
    at_chance(trials(in_field.seen(), loot, truth), "a backup, watched")
    plain = steal_sqlite(copied(in_field.config, tmp_path / "copy"), "ballot", "ballot")
    assert not all(score.at_chance for score in trials(in_field.seen(), plain, truth)), "a copy holds them"
