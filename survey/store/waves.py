"""Waves: creating and finding them, and what their state and dates allow today."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, delete, func, or_, select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey import keys
from survey.refusal import Reason, Refused
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
    database: Database, folder: Path, spec: WaveSpec, questionnaire: Questionnaire, text_key: Path
) -> Wave:
    """Store a draft wave and write its keys: the wave's into `folder`, the private text key to `text_key`.

    Raises Refused; then no key is left behind.
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
            return create_wave(session, replace(spec, public_key=public_key), questionnaire)
    except Exception:
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


def all_waves(session: Session) -> list[Wave]:
    """Every wave, by study and name."""
    return list(session.scalars(select(Wave).order_by(Wave.study, Wave.name)))


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
    if wave.state in ("closed", "released"):
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
