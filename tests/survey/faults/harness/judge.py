"""A database and a ledger in, what is missing, wrong, half or nobody's out."""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from harness.ledger import LAST_ITEM, PAGES, Ledger
from survey.keys import unseal
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer

SEALED = "sealed"
COMPLETE = "complete"


@dataclass(frozen=True)
class Findings:
    """Counts of pages, and the places of what is wrong."""

    acknowledged: int
    """Pages of which at least one post was acknowledged."""
    stored: int
    lost: tuple[str, ...]
    """Acknowledged pages that are not there, or hold an older post."""
    foreign: tuple[str, ...]
    """What nobody sent: other content, another page, another ballot."""
    half: tuple[str, ...]
    """Pages without a ballot, ballots without a page, pages and endings without all that belongs to them."""
    unsound: tuple[str, ...]
    """What the database's own check finds."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything wrong."""
        return self.lost + self.foreign + self.half + self.unsound


def judge(database: Database, ledger: Ledger, text_key: bytes) -> Findings:
    """Compare what is stored with what was sent and acknowledged; files that cannot be read lost it all."""
    musts = [key for key in ledger.pages if ledger.must(*key) is not None]
    try:
        return _compared(database, ledger, musts, text_key)
    except (DatabaseError, ValueError) as error:
        # A torn page may also give a row whose time or JSON is half there: read by the mapper, not by SQLite.
        lost = tuple(f"{ballot[:8]}:{page} cannot be read" for ballot, page in musts)
        return Findings(len(musts), 0, lost, (), (), (str(error),))


def _compared(database: Database, ledger: Ledger, musts: list[tuple[str, int]], text_key: bytes) -> Findings:
    with database.reading() as session:
        # Of a torn file SQLite may read a row without its key, and the mapper makes None of it.
        ballots = {row.ballot: row for row in session.scalars(select(Ballot)) if row is not None}
        pages = {
            (row.ballot, row.page): row for row in session.scalars(select(PageAnswer)) if row is not None
        }
    lost, foreign, half = [], [], []
    for (ballot, page), row in pages.items():
        place = f"{ballot[:8]}:{page}"
        found = content_of(row, text_key)
        if found is None:
            half.append(f"{place} holds {sorted(row.answers)}")
        elif (ballot, page) not in ledger.pages:
            foreign.append(f"{place} was never sent")
        elif found not in ledger.may(ballot, page):
            older = found in {post.content for post in ledger.pages[ballot, page]}
            (lost if older else foreign).append(f"{place} holds {found[0]}")
        if ballot not in ballots:
            half.append(f"{place} has no ballot")
    lost += [f"{ballot[:8]}:{page} is gone" for ballot, page in musts if (ballot, page) not in pages]
    having_pages = {ballot for ballot, _ in pages}
    half += [f"{ballot[:8]} has no page" for ballot in ballots if ballot not in having_pages]
    for ballot, kept in ballots.items():
        ended = (ballot, PAGES) in pages
        if (kept.state == COMPLETE) is not ended or (kept.code_mac is None) is ended:
            half.append(f"{ballot[:8]} is {kept.state}")
    return Findings(
        len(musts), len(pages), tuple(lost), tuple(foreign), tuple(half), tuple(unsound(database))
    )


def content_of(row: PageAnswer, text_key: bytes) -> tuple[int, str] | None:
    """What a stored page says, its text unsealed; None when a part is missing."""
    second = LAST_ITEM if row.page == PAGES else f"C{row.page}"
    if set(row.answers) != {f"N{row.page}", second} or set(row.sealed) != ({second} & {LAST_ITEM}):
        return None
    said = row.answers[second]
    if second == LAST_ITEM:
        said = unseal(text_key, row.sealed[second])
    return row.answers[f"N{row.page}"], str(said)


def unsound(database: Database) -> list[str]:
    """What the database finds wrong with its own files: all b-trees are walked."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            said = connection.scalars(text("PRAGMA integrity_check")).all()
            return [line for line in said if line != "ok"]
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
        checks = (
            "SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
            " WHERE a.amname = 'btree' AND c.relpersistence = 'p' AND c.relkind = 'i'",
            "SELECT v.msg FROM pg_class c, LATERAL verify_heapam(c.oid) v"
            " WHERE c.relkind = 'r' AND c.relname IN ('ballot', 'page_answer', 'wave')",
        )
        connection.execute(text(checks[0]))
        return [str(line) for line in connection.scalars(text(checks[1]))]
