"""A wave and the instance's settings in, its data-protection record out: what, why, where, how long, who.

What Kazakhstan's Law 94-V of 21 May 2013 asks an owner of personal data to state (purposes, composition,
storage, access, deletion), stated for data that are meant to be nobody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from survey.config import Config, study_today
from survey.i18n import Translator
from survey.protection.notice import Asker, Part, notice
from survey.store.base import CLOSED
from survey.store.invitations import FEW
from survey.store.models import Wave
from survey.store.protection import protection_of
from survey.store.row_grants import row_holders
from survey.store.waves import questionnaire_of


@dataclass(frozen=True)
class Kept:
    """One kind of data, where it lies, until when, and who can read it."""

    what: str
    where: str
    until: str
    who: str


@dataclass(frozen=True)
class ProtectionRecord:
    """Of one wave, in one language."""

    wave: str
    state: str
    notice: Sequence[Part]
    """What respondents are told."""
    kept: Sequence[Kept]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "wave": self.wave,
            "state": self.state,
            "notice": [{"heading": head, "sentences": said} for head, said in self.notice],
            "kept": [vars(row) for row in self.kept],
        }


def asker_of(session: Session, config: Config, wave: Wave) -> Asker:
    """What the notice says of who asks."""
    items = questionnaire_of(session, wave).items.values()
    return Asker(
        wave.organisation,
        wave.contact,
        wave.closes,
        wave.access == "invited",
        any(item.kind == "text" for item in items),
        config.backup_days,
        FEW in wave.disclosure,
    )


def protection_record(session: Session, config: Config, wave: Wave, say: Translator) -> ProtectionRecord:
    """The record as the wave stands today."""
    facts = protection_of(wave.disclosure, tuple(wave.languages))
    asker = asker_of(session, config, wave)
    until = say.gettext("until {date}", date=say.in_figures(facts.texts_until(wave.closes)))
    return ProtectionRecord(
        wave=f"{wave.study}/{wave.name}",
        state=wave.state,
        notice=notice(say, asker, facts),
        kept=[
            *_kept(say, config, asker, until, closed=wave.state in CLOSED),
            *_given(session, config, wave, say),
        ],
    )


def _given(session: Session, config: Config, wave: Wave, say: Translator) -> list[Kept]:
    """Who may take the rows away today, each until when; a line that says nobody where nobody may."""
    what = say.gettext("Rows of the release, to be taken away by whom they were given to")
    where = f"{config.home}/rows"
    found = row_holders(session, wave.study, wave.name, study_today())
    if not found:
        return [Kept(what, where, say.gettext("until the next release"), say.gettext("nobody today"))]
    return [
        Kept(
            what,
            where,
            say.gettext("until {date}", date=say.in_figures(each.until)),
            say.gettext("{name}, for: {reason}", name=name, reason=each.reason),
        )
        for name, each in found
    ]


def _kept(words: Translator, config: Config, asker: Asker, texts_until: str, *, closed: bool) -> list[Kept]:
    say = words.gettext
    database, home = say("database"), str(config.home)
    close = say("destroyed at the wave's close") if closed else say("until the wave's close")
    nobody = say("nobody any more") if closed else say("nobody in the office; who runs the machine")
    rows = [
        Kept(say("Answers as numbers, page by page, with seconds and the week"), database, close, nobody),
        Kept(
            say("Counts rounded down to five, one snapshot a day"),
            database,
            say("for good"),
            say("the wave's staff"),
        ),
        Kept(say("The wave's key"), f"{home}/keys", close, nobody),
        Kept(say("Who withdrew, as names that say nothing without that key"), f"{home}/keys", close, nobody),
        Kept(
            say("Answers under fresh random numbers, without any link to a person"),
            f"{database}; {home}/releases",
            say("for good"),
            say("analysts who were given access"),
        ),
        Kept(
            say("Every act of the office on data"),
            database,
            say("for good"),
            say("director and data officer"),
        ),
        Kept(
            say("Backups, sealed to a key that is not on the machine"),
            say("where the office carries them"),
            words.ngettext("{n} day", "{n} days", config.backup_days),
            say("whoever holds the private key"),
        ),
    ]
    if asker.invited:
        rows.insert(
            2, Kept(say("Hashes of invitation codes, without a mark of use"), database, close, nobody)
        )
    if asker.free_words:
        reader = say("the one person who holds the private key")
        rows.insert(1, Kept(say("Own words, sealed"), database, texts_until, reader))
    return rows


def said(record: ProtectionRecord, say: Translator) -> list[str]:
    """The record as lines to read and print."""
    heads: Mapping[str, str] = {
        "what": say.gettext("Data"),
        "where": say.gettext("Where"),
        "until": say.gettext("How long"),
        "who": say.gettext("Who can read it"),
    }
    lines = [f"{say.gettext('Data-protection record')}: {record.wave}", ""]
    for head, sentences in record.notice:
        lines += [head, *(f"  {sentence}" for sentence in sentences), ""]
    for row in record.kept:
        lines += [f"{heads[name]}: {getattr(row, name)}" for name in heads]
        lines.append("")
    return lines
