"""Invitations by e-mail: what was sent so far as a list, what people read, and what to type to send more.

Sending is a command: the contacts stay a file of the office's, and none of them ever comes to this server's
pages. Shown are numbers of messages by batch, never an address and never who answered.
"""

import os
from dataclasses import dataclass
from datetime import date

from flask import Response

from survey.console import exporting, forms, here, words
from survey.console.frame import NAMES, page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.waves import there
from survey.fieldwork import inviting, post
from survey.fieldwork.messages import Words, mail_words
from survey.refusal import Refused
from survey.store import audit
from survey.store import waves as store
from survey.store.models import Act, Wave

ACTS = {
    "wave.mail": words.say("Codes made for messages"),
    "wave.mail.unsent": words.say("Codes taken back: the message was not taken"),
    "wave.mail.remind": words.say("Reminders begun"),
}
SENT_STATES = ("pilot", "open")


@dataclass(frozen=True)
class Sent:
    """One act of sending."""

    day: date
    what: str
    batch: str
    number: int


def columns() -> tuple[Column, ...]:
    """Of the list of sendings."""
    say = t().gettext
    return (
        Column("day", words.say("Day"), lambda row: row.day),
        Column("what", words.say("What"), lambda row: say(ACTS[row.what])),
        Column("batch", words.say("Batch"), lambda row: row.batch),
        Column("number", words.say("Messages"), lambda row: row.number),
    )


def mail(study: str, wave: str) -> Response:
    """The page."""
    found, rows, read, refused = _read(study, wave)
    return page(
        "mail",
        wave=found,
        listing=listed(rows, columns(), Wanted.read()),
        read=read,
        names=NAMES,
        unreadable=refused,
        server=_server(),
        manage=holds(here.MANAGERS, found),
        fielded=found.state in SENT_STATES,
        export=forms.Export(),
    )


def export_mail(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("mail", _read(study, wave)[1], columns())


def _read(study: str, wave: str) -> tuple[Wave, list[Sent], dict[str, Words], list[str]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        asked = store.questionnaire_of(session, found)
        rows = [_sent(act) for act in audit.acts_on(session, f"{study}/{wave}", tuple(ACTS))]
    try:
        return found, rows, mail_words(found, asked, inviting.read_texts()), []
    except Refused as refused:
        return found, rows, {}, words.problems(t(), refused)


def _sent(act: Act) -> Sent:
    number = act.detail.get("codes", act.detail.get("messages", 0))
    return Sent(act.day, act.what, str(act.detail.get("batch", "")), int(number))


def _server() -> str:
    """The mail server that commands typed with this process's settings would use; empty for none."""
    try:
        mailer = post.mailer_from_env(os.environ)
    except Refused:
        return ""
    return f"{mailer.host}:{mailer.port}"
