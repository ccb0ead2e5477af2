"""Waves: creating and finding them, and what their state and dates allow today."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, delete, func, or_, select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey import keys
from survey.refusal import Reason, Refused
from survey.store.base import CLOSED, IN_FIELD
from survey.store.engine import Database
from survey.store.field import AnyWave
from survey.store.models import Ballot, FieldedVersion, InstrumentVersion, Wave
from survey.store.rules import WaveSpec, creation_reasons

COPIED = (
    "study",
    "name",
    "alias",
    "opens",
    "closes",
    "organisation",
    "contact",
    "sample_type",
    "mode",
    "access",
    "synthetic",
    "seed",
)
"""Fields a wave takes from its specification as they are."""


def create_wave(session: Session, spec: WaveSpec, questionnaire: Questionnaire) -> Wave:
    """Store a draft wave with its instrument. Raises Refused with every reason."""
    _refuse(creation_reasons(session, spec, questionnaire))
    store_instrument(session, questionnaire)
    wave = Wave(state="draft", proposed_by="", public_key=spec.public_key)
    _specify(wave, spec, questionnaire)
    session.add(wave)
    session.flush()
    return wave


def replace_draft(session: Session, spec: WaveSpec, questionnaire: Questionnaire) -> Wave:
    """Give a draft another specification and instrument; keys and invitations stay. Raises Refused."""
    wave = find_wave(session, f"{spec.study}/{spec.name}")
    hold(session, wave)
    found = {"state": wave.state, "alias": wave.alias, "seed": wave.seed}
    wanted = {"state": "draft", "alias": spec.alias, "seed": spec.seed}
    name = f"{spec.study}/{spec.name}"
    _refuse(
        [
            *(
                Reason(str(wanted[key]), str(found[key]), path=f"{name}: {key}")
                for key in found
                if wanted[key] != found[key]
            ),
            *creation_reasons(session, spec, questionnaire, wave),
        ]
    )
    store_instrument(session, questionnaire)
    _specify(wave, spec, questionnaire)
    session.flush()
    used = select(Wave.fingerprint).union(select(FieldedVersion.fingerprint))
    session.execute(delete(InstrumentVersion).where(InstrumentVersion.fingerprint.not_in(used)))
    return wave


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Refused(*reasons)


def store_instrument(session: Session, questionnaire: Questionnaire) -> None:
    """Keep a questionnaire under its fingerprint, once."""
    if session.get(InstrumentVersion, questionnaire.fingerprint) is None:
        session.add(
            InstrumentVersion(
                fingerprint=questionnaire.fingerprint,
                name=questionnaire.name,
                version=questionnaire.version,
                document=questionnaire.to_json(),
            )
        )
        session.flush()


def _specify(wave: Wave, spec: WaveSpec, questionnaire: Questionnaire) -> None:
    for name in COPIED:
        setattr(wave, name, getattr(spec, name))
    wave.fingerprint = questionnaire.fingerprint
    wave.languages = list(spec.languages)
    wave.title = dict(spec.title or questionnaire.title)
    wave.disclosure = dict(spec.disclosure)


def create_with_keys(
    database: Database,
    folder: Path,
    spec: WaveSpec,
    questionnaire: Questionnaire,
    text_key: Path,
    *,
    also: Callable[[Session, Wave], object] = lambda session, wave: None,
) -> Wave:
    """Store a draft wave and write its keys: the wave's into `folder`, the private text key to `text_key`.

    `also` is stored with it: all of it or nothing, and then no key is left behind. Raises Refused.
    """
    with database.reading() as session:
        _refuse(creation_reasons(session, spec, questionnaire))
    public_key = keys.create_text_key(text_key)
    try:
        keys.create_wave_key(folder, spec.alias, keys.chance(spec.seed, f"{spec.study}/{spec.name}/key"))
    except Refused:
        text_key.unlink()
        raise
    try:
        with database.writing() as session:
            wave = create_wave(session, replace(spec, public_key=public_key), questionnaire)
            also(session, wave)
            return wave
    except BaseException:
        text_key.unlink()
        keys.destroy_wave_key(folder, spec.alias)
        raise


def find_wave(session: Session, name: str) -> Wave:
    """The wave named STUDY/NAME or by its alias. Raises Refused listing the waves there are."""
    study, _, wave_name = name.partition("/")
    query = select(Wave).where(or_(Wave.alias == name, (Wave.study == study) & (Wave.name == wave_name)))
    wave = session.scalar(query)
    if wave is None:
        known = (
            ", ".join(f"{w.study}/{w.name}" for w in all_waves(session)) or "none yet (tolqyn wave create)"
        )
        raise Refused(
            Reason("a wave as STUDY/NAME or its alias", repr(name), f"waves here: {known}", rule="no_wave")
        )
    return wave


def hold(session: Session, wave: Wave, *, saves: bool = False) -> Wave:
    """The wave as it is now, which nobody else changes until the transaction ends.

    First thing in whatever acts on a wave's state or adds to what stands in it: what was read before may be
    past. With `saves` it waits for pages being saved too, and those that come later wait for it. Others wait
    on PostgreSQL here; SQLite lets one write at a time anyway.
    """
    session.flush()
    how = {"key_share": not saves}
    return session.get_one(Wave, wave.id, with_for_update=how, populate_existing=True)


def wave_named(session: Session, study: str, name: str) -> Wave | None:
    """The wave of these two names, for a page that says in its own words that there is none."""
    return session.scalar(select(Wave).where(Wave.study == study, Wave.name == name))


def all_waves(session: Session) -> list[Wave]:
    """Every wave, by study and name."""
    return list(session.scalars(select(Wave).order_by(Wave.study, Wave.name)))


def in_field(session: Session) -> list[str]:
    """Aliases of waves that take answers: each needs its key on the machine that serves them."""
    return list(session.scalars(select(Wave.alias).where(Wave.state.in_(IN_FIELD)).order_by(Wave.alias)))


def instrument_document(session: Session | Connection, fingerprint: str) -> str:
    """Canonical JSON of a stored questionnaire."""
    return session.scalars(
        select(InstrumentVersion.document).where(InstrumentVersion.fingerprint == fingerprint)
    ).one()


def questionnaire_of(session: Session, wave: Wave) -> Questionnaire:
    """The questionnaire with which an interview of the wave begins today."""
    return Questionnaire.from_json(instrument_document(session, wave.fingerprint))


def phase(wave: AnyWave, today: date) -> str:
    """What the wave takes today: `none`, `starts` (new interviews too), `running` (begun ones only) `over`.

    An open wave takes new starts from the morning of `opens` to the evening of `closes` in the study's zone;
    a synthetic one whenever it is open.
    """
    if wave.state in ("draft",):
        return "none"
    if wave.state in CLOSED:
        return "over"
    if wave.state == "closing":
        return "running"
    if wave.synthetic or wave.state == "pilot" or wave.opens <= today <= wave.closes:
        return "starts"
    return "none" if today < wave.opens else "running"


def ballot_counts(session: Session, wave: Wave) -> dict[str, int]:
    """Ballots in the field by state."""
    query = select(Ballot.state, func.count()).where(Ballot.wave == wave.id).group_by(Ballot.state)
    return {row[0]: row[1] for row in session.execute(query)}
