"""The record of acts: what the office's people did, to read, to search, to take away."""

from flask import Response

from survey.console import exporting, forms, words
from survey.console.frame import page
from survey.console.listing import PAGE, Column, Listing, Wanted
from survey.console.room import room
from survey.store import audit as record
from survey.store.models import Act


def said(act: Act) -> str:
    """What else is known of the act, as `name=value`."""
    return "  ".join(f"{name}={value}" for name, value in act.detail.items())


COLUMNS = (
    Column("number", words.say("Number"), lambda act: act.number),
    Column("day", words.say("Day"), lambda act: act.day),
    Column("what", words.say("Act"), lambda act: act.what),
    Column("subject", words.say("Of what"), lambda act: act.subject),
    Column("actor", words.say("By whom"), lambda act: act.actor),
    Column("detail", words.say("More"), said),
)


def audit() -> Response:
    """One page of it, the newest first, and whether the chain of seals holds at its end."""
    wanted = Wanted.read()
    with room().database.reading() as session:
        rows, total = record.search(
            session,
            wanted.words,
            sort=wanted.sort,
            down=wanted.down,
            offset=(wanted.page - 1) * PAGE,
            limit=PAGE,
        )
        newest = record.head(session)
    listing = Listing(COLUMNS, tuple(rows), total, wanted)
    return page("audit", listing=listing, newest=newest, export=forms.Export())


def export_audit() -> Response:
    """All that the filter leaves."""
    with room().database.reading() as session:
        rows, _ = record.search(
            session, Wanted.read().words, sort="number", down=False, offset=0, limit=1_000_000
        )
    return exporting.export("audit", rows, COLUMNS)
