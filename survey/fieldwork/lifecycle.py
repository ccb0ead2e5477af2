"""A wave's state and the day in its zone in, the next state out: pilot, opening, closing by date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from instruments import FRESH_DAYS, Questionnaire
from survey.config import study_today
from survey.refusal import Reason, Refused, Said
from survey.store import opening
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.waves import all_waves, hold, questionnaire_of

SOON = 7
"""Days before the opening from which a draft is reminded of."""
PILOT_GATES = ("questionnaire", "translation", "organisation")
"""What even an invited tester must be able to read."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a wave today, or that somebody must see to."""

    wave: str
    what: str
    """`closing` (done now), `opens_soon`, `not_open`, `to_close` or `call_help_lines`."""
    words: str
    typed: str = ""
    """The command to type."""

    @property
    def done(self) -> bool:
        """Whether this changed the wave, so that there is nothing to type."""
        return self.what == "closing"


def today_of(wave: Wave, moment: datetime | None = None) -> date:
    """The day in the wave's time zone."""
    return study_today(wave.time_zone, moment)


def start_pilot(session: Session, wave: Wave, questionnaire: Questionnaire, today: date) -> None:
    """Let testers in: all they answer vanishes when the wave opens. Raises Refused with every reason."""
    hold(session, wave)
    where = f"{wave.study}/{wave.name}"
    if wave.state != "draft":
        raise Refused(Reason(Said("a draft"), wave.state, path=where, rule="state"))
    missing = opening.opening_reasons(session, wave, questionnaire, today)
    reasons = [reason for gate in PILOT_GATES for reason in missing[gate]]
    if reasons:
        raise Refused(*reasons)
    wave.state = "pilot"
    session.flush()


def end_pilot(session: Session, wave: Wave) -> int:
    """Back to a draft, nothing of the pilot kept; how many interviews went. Raises Refused.

    Follow the commit with `rewriting.rewrite_tables`.
    """
    hold(session, wave, saves=True)
    if wave.state != "pilot":
        raise Refused(Reason(Said("a pilot"), wave.state, path=f"{wave.study}/{wave.name}", rule="state"))
    count = opening.forget_answers(session, wave)
    wave.state = "draft"
    session.flush()
    return count


def tick(session: Session, moment: datetime | None = None) -> tuple[Event, ...]:
    """What the date does to every wave, and what it asks of somebody; the same again changes nothing.

    Who may begin follows from the dates at each request (`store.waves.phase`), whether or not this is run.
    """
    events: list[Event] = []
    for wave in all_waves(session):
        if not wave.synthetic:
            events += _of(session, wave, today_of(wave, moment))
    session.flush()
    return tuple(events)


def _of(session: Session, wave: Wave, today: date) -> list[Event]:
    name = f"{wave.study}/{wave.name}"
    if _past(wave, today):
        hold(session, wave)
    if wave.state in UNFIELDED:
        return _before(wave, name, today)
    events = []
    if _past(wave, today):
        wave.state = "closing"
        words = f"the last day was {wave.closes}: no new starts; who began may finish"
        events.append(Event(name, "closing", words, f"tolqyn wave close {name} --by NAME"))
    elif wave.state == "closing":
        last = f"since {wave.closes}" if today > wave.closes else "because its close is proposed"
        words = f"takes no new starts {last} and is not closed"
        confirm = " --confirm" if wave.proposed_by else ""
        events.append(Event(name, "to_close", words, f"tolqyn wave close {name} --by NAME{confirm}"))
    if wave.state in ("open", "closing"):
        events += _stale_lines(session, wave, name, today)
    return events


def _past(wave: Wave, today: date) -> bool:
    return wave.state == "open" and today > wave.closes


def _before(wave: Wave, name: str, today: date) -> list[Event]:
    days = (wave.opens - today).days
    if days > SOON:
        return []
    if days > 0:
        words = f"opens on {wave.opens} and is a {wave.state}"
        return [Event(name, "opens_soon", words, f"tolqyn wave ready {name}")]
    words = f"was to open on {wave.opens} and is a {wave.state}"
    return [Event(name, "not_open", words, f"tolqyn wave ready {name}")]


def _stale_lines(session: Session, wave: Wave, name: str, today: date) -> list[Event]:
    """Help lines shown to respondents that nobody has called for longer than a wave may open with."""
    limit = (today - timedelta(days=FRESH_DAYS)).isoformat()
    phones = questionnaire_of(session, wave).phones.values()
    old = [phone.id for phone in phones if opening.called_on(wave, phone) < limit]
    if not old:
        return []
    words = f"nobody has called {', '.join(old)} for {FRESH_DAYS} days"
    return [Event(name, "call_help_lines", words, f"tolqyn wave phones {name} --called {old[0]} --by NAME")]
