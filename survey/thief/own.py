"""After a close: what a thief could have known before and the closed database in, a verdict out."""

import mmap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from survey.store.engine import Database
from survey.store.invitations import LEAST
from survey.store.models import Wave
from survey.thief.attacks import trials, within
from survey.thief.few import few_ballots, few_interviews
from survey.thief.loot import Loot, Order, names_in
from survey.thief.postgres import in_order_of, steal_postgresql
from survey.thief.scoring import TAIL, Score, most
from survey.thief.sqlite import log_commits, stored_order
from survey.thief.words import BROKEN, HELD, HELD_AGAIN, SMALL_BATCHES, TOO_FEW

MOST_ATTACKS = 64
"""An alarm must be no accident: all attacks together give a false one in about 700 closes."""
LIMIT = most(1.0, TAIL / MOST_ATTACKS)
"""Hits that a random order may have: one is expected, whatever the number of interviews."""
NAMING_TABLES = ("ballot", "page_answer", "paper_form", "invitation")


@dataclass(frozen=True)
class Before:
    """What was to be known before the close: the wave's ballots, in every order in which they lay."""

    orders: Mapping[str, Order]
    groups: tuple[frozenset[str], ...] = ()
    """Ballots of one interviewer in one place: their interviews show both."""
    roll: frozenset[str] | None = None
    """The wave's ballots where the orders are of the interviews of a close that was cut off."""
    few: frozenset[str] = frozenset()
    """Those whose place in the sample has fewer codes than a batch needs: no order is wanted to find them."""

    @property
    def ballots(self) -> frozenset[str]:
        """All of the wave's."""
        return frozenset(filter(None, self.orders.get("key order", ()))) if self.roll is None else self.roll


@dataclass(frozen=True)
class Verdict:
    """How the attacks ended, by a truth that was in memory only."""

    scores: tuple[Score, ...]
    interviews: int
    left: int
    """Ballots whose name can still be found in the database or its log."""
    inside: tuple[Score, ...] = ()
    """The same attacks inside each interviewer's and each place's interviews, added up."""
    again: bool = False
    """Whether the close had been cut off: from the first random numbers to the second ones."""
    few: int = 0
    """Interviews that their batch alone shows to be one of a few people's."""

    @property
    def succeeded(self) -> tuple[Score, ...]:
        """Attacks that got further than chance, all of them together, lets three standard deviations pass."""
        every = (*self.scores, *self.inside)
        return tuple(score for score in every if score.beyond(TAIL / MOST_ATTACKS))

    @property
    def best(self) -> int:
        """Interviews that the best attack re-linked: of those that succeeded, else of those over all."""
        return max((score.found for score in self.succeeded or self.scores), default=0)

    @property
    def held(self) -> bool:
        """Whether nobody was found out."""
        return not self.succeeded and not self.left and not self.few

    def record(self) -> dict[str, str]:
        """What is kept, by language. Of an attack that failed no figure that another run would not give."""
        harmless = TOO_FEW if self.interviews <= LIMIT else HELD_AGAIN if self.again else HELD
        parts = [BROKEN] if self.succeeded or self.left else [] if self.few else [harmless]
        parts += [SMALL_BATCHES] if self.few else []
        figures = {"n": self.interviews, "found": self.best, "left": self.left, "limit": LIMIT}
        figures |= {"few": self.few, "least": LEAST}
        return {language: " ".join(part[language] for part in parts).format(**figures) for language in HELD}

    def summary(self) -> str:
        """What the one who closes reads."""
        number = len(self.scores) + len(self.inside)
        tried = f"{number} attacks; the best re-linked {self.best} of {self.interviews} interviews"
        if self.held:
            failed = f"the thief's attack on the closed database failed: {tried}, chance gives up to {LIMIT}"
            return f"{failed}{self._said_inside()}"
        if not self.succeeded and not self.left:
            return (
                f"SOME ANSWERS CAN BE FOUND: {self.few} of {self.interviews} interviews are of batches of "
                f"fewer than {LEAST} codes; whoever knows for whom one was finds its answers, in a release "
                "too.\n"
                f"    By order nobody was found: {tried}. Show the rows to nobody."
            )
        names = ", ".join(score.attack for score in self.succeeded) or "none by order"
        return (
            f"THE THIEF'S ATTACK SUCCEEDED: {tried} ({names}); {self.left} ballots can still be read; "
            f"{self.few} interviews are of batches of fewer than {LEAST} codes.\n"
            "    Publish nothing and keep the database away from others until you know why."
        )

    def _said_inside(self) -> str:
        if not self.inside:
            return ""
        score = max(self.inside, key=lambda score: score.found)
        limit = most(score.by_chance, TAIL / MOST_ATTACKS)
        return f"; inside groups {score.found}, where chance gives up to {limit}"


def look_before(session: Session, wave: Wave) -> Before:
    """Every order that whoever steals the database before the close would see. Reads only.

    In the transaction that closes: then it is the same ballots.
    """
    connection = session.connection()
    query = text("SELECT ballot FROM ballot WHERE wave = :wave ORDER BY ballot")
    names: Order = tuple(connection.execute(query, {"wave": wave.id}).scalars())
    mine = frozenset(filter(None, names))
    if connection.dialect.name == "postgresql":
        orders = steal_postgresql(connection, "ballot", "ballot", everything=False).orders
    else:
        orders = {}
        with _mapped(_file(connection)) as data:
            orders["bytes"] = names_in(data, mine)
        with _mapped(_log(connection)) as data:
            orders["log so far"] = tuple(filter(None, log_commits(data, mine)[0]))
    kept = {source: tuple(name for name in order if name in mine) for source, order in orders.items()}
    few = few_ballots(connection, wave)
    return Before({**kept, "key order": names}, _groups(connection, wave), few=few)


def look_again(session: Session, wave: Wave, roll: frozenset[str]) -> Before:
    """Every order in which the interviews of a close that was cut off lie. Reads only.

    Whoever knew an order of arrival and which interview stands where would have to follow the interviews to
    their second numbers: chance decided those too, and this attack measures it.
    """
    connection = session.connection()
    names = text("SELECT id FROM interview WHERE wave = :wave ORDER BY id")
    keys: Order = tuple(map(str, connection.execute(names, {"wave": wave.id}).scalars()))
    mine = frozenset(filter(None, keys))
    orders = _postgresql(connection) if connection.dialect.name == "postgresql" else _sqlite(connection)
    kept = {source: tuple(name for name in order if name in mine) for source, order in orders.items()}
    query = text("SELECT id, interviewer, stratum, psu FROM interview WHERE wave = :wave")
    found: dict[tuple[str | None, ...], set[str]] = {}
    for row in connection.execute(query, {"wave": wave.id}):
        found.setdefault((row.interviewer, row.stratum, row.psu), set()).add(str(row.id))
    groups = tuple(map(frozenset, found.values()))
    return Before({**kept, "key order": keys}, groups, roll, few_interviews(connection, wave))


def attack_own(database: Database, before: Before, became: Mapping[str, int]) -> Verdict:
    """The thief's attack on a closed and rewritten wave: all orders before beside all orders now.

    `became`: ballot -> interview, the truth as `close_wave` returned it.
    """
    truth = {ballot: str(interview) for ballot, interview in became.items()}
    interviews = frozenset(truth.values())
    with database.engine.connect() as connection:
        now = _postgresql(connection) if connection.dialect.name == "postgresql" else _sqlite(connection)
        left = _left(connection, before.ballots)
    # Entries stand beside entries of the same people only.
    people = Loot({source: _only(order, truth) for source, order in before.orders.items()})
    secrets = Loot({source: _only(order, interviews) for source, order in now.items()})
    groups = [(group, {truth[ballot] for ballot in group & truth.keys()}) for group in before.groups]
    inside = within(people, secrets, truth, groups) if len(groups) > 1 else []
    again = before.roll is not None
    few = len(before.few & truth.keys())
    return Verdict(tuple(trials(people, secrets, truth)), len(truth), left, tuple(inside), again, few)


def _groups(connection: Connection, wave: Wave) -> tuple[frozenset[str], ...]:
    query = text("SELECT ballot, interviewer, batch FROM ballot WHERE wave = :wave")
    found: dict[tuple[int | None, int | None], set[str]] = {}
    for row in connection.execute(query, {"wave": wave.id}):
        found.setdefault((row.interviewer, row.batch), set()).add(row.ballot)
    return tuple(map(frozenset, found.values()))


def _only(order: Order, wanted: frozenset[str] | Mapping[str, str]) -> Order:
    return tuple(dict.fromkeys(name for name in order if name in wanted))


def _postgresql(connection: Connection) -> Mapping[str, Order]:
    interviews = steal_postgresql(connection, "interview", "id", everything=False).orders
    return {**interviews, "answers": in_order_of(connection, "answer", "interview", "ctid")}


def _sqlite(connection: Connection) -> Mapping[str, Order]:
    keys = text("SELECT id FROM interview ORDER BY wave, id")
    orders: dict[str, Order] = {"key order": tuple(map(str, connection.execute(keys).scalars()))}
    roots = connection.execute(text("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"))
    root: dict[str, int] = {row.name: row.rootpage for row in roots}
    with _mapped(_file(connection)) as data:
        for table in ("interview", "answer"):
            orders[f"pages of {table}"] = stored_order(data, root[table], 1)
    return orders


def _left(connection: Connection, ballots: frozenset[str]) -> int:
    """Ballots still to be read: in files, or in rows and the planner's samples of them."""
    if connection.dialect.name == "sqlite":
        found = set()
        for path in (_file(connection), _log(connection)):
            with _mapped(path) as data:
                found |= set(names_in(data, ballots))
        return len(found)
    rows = connection.execute(text("SELECT ballot FROM ballot UNION ALL SELECT ballot FROM page_answer"))
    sampled = text(
        "SELECT concat(most_common_vals, histogram_bounds) FROM pg_stats WHERE tablename = ANY(:tables)"
    )
    samples = "".join(connection.execute(sampled, {"tables": list(NAMING_TABLES)}).scalars())
    return len(ballots & {*rows.scalars(), *filter(None, names_in(samples.encode(), ballots))})


def _file(connection: Connection) -> Path:
    return Path(str(connection.engine.url.database))


def _log(connection: Connection) -> Path:
    file = _file(connection)
    return file.with_name(file.name + "-wal")


@contextmanager
def _mapped(path: Path) -> Iterator[bytes | mmap.mmap]:
    """A file's bytes without holding them in memory."""
    if not path.exists() or not path.stat().st_size:
        yield b""
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data
