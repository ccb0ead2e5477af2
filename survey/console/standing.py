"""A wave's own page: where it stands, what each gate lacks, what to do next, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from instruments import Questionnaire
from survey.console import forms, words
from survey.console.frame import page, t
from survey.console.here import MANAGERS, WATCHERS
from survey.console.reading import READERS
from survey.console.room import room
from survey.console.steps_words import GATES, STEPS, Step
from survey.console.visitor import visitor
from survey.console.waves import RELEASE_ROLES, there
from survey.console.wording import WORDERS
from survey.fieldwork import rehearsals
from survey.fieldwork.gates import Gate, gates
from survey.fieldwork.lifecycle import today_of
from survey.people.rights import covers
from survey.store import releases as register
from survey.store import waves as store
from survey.store.base import CLOSED, UNFIELDED
from survey.store.closing import ATTACKED, unattacked
from survey.store.models import InstrumentVersion, Wave
from survey.store.people import Session

DOORS = (
    ("settings", words.say("Settings"), WATCHERS),
    ("disclosure", words.say("Disclosure record"), WATCHERS),
    ("translations", words.say("Wording and translations"), WORDERS),
    ("design", words.say("Sample design"), WATCHERS),
    ("quotas", words.say("Quotas"), WATCHERS),
    ("batches", words.say("Invitations"), WATCHERS),
    ("mail", words.say("Invitations by e-mail"), WATCHERS),
    ("sites", words.say("Posters and reminders"), WATCHERS),
    ("askers", words.say("Interviewers"), WATCHERS),
    ("lines", words.say("Help lines"), WATCHERS),
    ("calendar", words.say("Calendar"), WATCHERS),
    ("monitor", words.say("How it goes"), MANAGERS),
    ("texts", words.say("Respondents' own words"), READERS),
    ("protection", words.say("Data-protection record"), WATCHERS),
    ("shelf", words.say("Releases and reports"), RELEASE_ROLES),
)
"""Pages of a wave: endpoint, words, whose they are."""


@dataclass(frozen=True)
class Ways:
    """What this visitor may do with the wave."""

    manage: bool
    watch: bool
    propose: bool
    withdraw: bool
    confirm: bool
    take_up: bool
    """Whether a close was cut off before its attack ended."""


def wave(study: str, wave: str) -> Response:
    """The page."""
    return wave_page(study, wave)


def wave_page(study: str, wave: str, status: int = 200, problems: Sequence[str] = ()) -> Response:
    """The page, after a refusal with what was wrong."""
    config = room().config
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        instrument = session.get_one(InstrumentVersion, found.fingerprint)
        shelf = [each for each in register.listing(session) if (each.study, each.wave_name) == (study, wave)]
        before = found.state in UNFIELDED and holds(WATCHERS, found)
        listed = gates_of(session, found, store.questionnaire_of(session, found)) if before else ()
    ways = ways_of(found)
    return page(
        "wave",
        status,
        wave=found,
        instrument=instrument,
        releases=shelf,
        gates=listed,
        seasons=next((gate.notes for gate in listed if gate.name == "state"), ()),
        about=GATES,
        shut=[gate for gate in listed if not gate.open],
        step=step_of(found, listed),
        ways=ways,
        rehearsal=rehearsals.standing(config, found.fingerprint),
        two_person=config.two_person,
        anonymity=found.disclosure.get(ATTACKED),
        address=f"{config.base_url}/s/{found.alias}/",
        doors=[(door, t().gettext(title)) for door, title, roles in DOORS if holds(roles, found)],
        named=forms.Named(),
        problems=list(problems),
    )


def ways_of(found: Wave) -> Ways:
    """What the visitor's roles and the wave's state leave open."""
    manage, watch = holds(MANAGERS, found), holds(WATCHERS, found)
    alone = not room().config.two_person
    ready = found.state == "closing" and (bool(found.proposed_by) or alone)
    return Ways(
        manage,
        watch,
        propose=manage and (found.state == "open" or (found.state == "closing" and not found.proposed_by)),
        withdraw=manage
        and found.state == "closing"
        and bool(found.proposed_by)
        and (found.synthetic or today_of(found) <= found.closes),
        confirm=watch and ready and (alone or found.proposed_by != visitor().name),
        take_up=watch and unattacked(found),
    )


def step_of(found: Wave, listed: Sequence[Gate]) -> Step:
    """What comes next."""
    if found.state in UNFIELDED:
        return STEPS["ready" if all(gate.open for gate in listed) else "gates"]
    if found.state in CLOSED:
        return STEPS["cut_off" if unattacked(found) else found.state]
    if found.proposed_by:
        return STEPS["proposed" if room().config.two_person else "closing_alone"]
    today = today_of(found)
    if not found.synthetic and today < found.opens:
        return STEPS["waiting"]
    over = found.state == "closing" or (not found.synthetic and today > found.closes)
    return STEPS["last_day_over" if over else "field"]


def holds(roles: tuple[str, ...], found: Wave) -> bool:
    """Whether the visitor holds one of the roles for this wave."""
    return any(g.role in roles and covers(g, found.study, found.name) for g in visitor().grants)


def gates_of(session: Session, found: Wave, questionnaire: Questionnaire) -> tuple[Gate, ...]:
    """Every gate of the wave today, on this server."""
    config = room().config
    return gates(
        session,
        config.home,
        found,
        questionnaire,
        today=today_of(found),
        rehearsed=rehearsals.rehearsed_languages(config, found.fingerprint),
    )
