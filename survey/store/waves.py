"""Waves: creating and finding them, and what their state and dates allow today."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey import keys
from survey.refusal import Reason, Refused
from survey.store.engine import Database
from survey.store.models import ACCESS, SAMPLE_TYPES, Ballot, InstrumentVersion, Wave

ALIAS = re.compile(r"[a-z][a-z0-9-]{2,29}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
TELLING = (
    "traffick",
    "torgov",
    "sauda",
    "savdo",
    "victim",
    "police",
    "slav",
    "violen",
    "abuse",
    "sex",
    "crime",
)
"""Stems that would tell a bystander what the address is about."""


@dataclass(frozen=True)
class WaveSpec:
    """What `wave create` asks for."""

    study: str
    name: str
    alias: str
    opens: date
    closes: date
    organisation: str
    contact: str
    sample_type: str
    public_key: str
    languages: tuple[str, ...]
    mode: str = "web"
    access: str = "invited"
    synthetic: bool = False
    seed: int | None = None
    """Makes a synthetic wave repeatable."""
    title: Mapping[str, str] = field(default_factory=dict)
    """Empty: the instrument's title."""
    disclosure: Mapping[str, Any] = field(default_factory=dict)


def create_wave(session: Session, spec: WaveSpec, questionnaire: Questionnaire) -> Wave:
    """Store a draft wave with its instrument. Raises Refused with every reason."""
    reasons = creation_reasons(session, spec, questionnaire)
    if reasons:
        raise Refused(*reasons)
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
    wave = Wave(
        study=spec.study,
        name=spec.name,
        alias=spec.alias,
        fingerprint=questionnaire.fingerprint,
        state="draft",
        opens=spec.opens,
        closes=spec.closes,
        languages=list(spec.languages),
        title=dict(spec.title or questionnaire.title),
        organisation=spec.organisation,
        contact=spec.contact,
        sample_type=spec.sample_type,
        mode=spec.mode,
        access=spec.access,
        synthetic=spec.synthetic,
        seed=spec.seed,
        public_key=spec.public_key,
        disclosure=dict(spec.disclosure),
        proposed_by="",
    )
    session.add(wave)
    session.flush()
    return wave


def create_with_keys(
    database: Database, folder: Path, spec: WaveSpec, questionnaire: Questionnaire, text_key: Path
) -> Wave:
    """Store a draft wave and write its keys: the wave's into `folder`, the private text key to `text_key`.

    Raises Refused; then no key is left behind.
    """
    with database.reading() as session:
        reasons = creation_reasons(session, spec, questionnaire)
    if reasons:
        raise Refused(*reasons)
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


def instrument_document(session: Session, fingerprint: str) -> str:
    """Canonical JSON of a stored questionnaire."""
    return session.scalars(
        select(InstrumentVersion.document).where(InstrumentVersion.fingerprint == fingerprint)
    ).one()


def questionnaire_of(session: Session, wave: Wave) -> Questionnaire:
    """The questionnaire a wave was created with."""
    return Questionnaire.from_json(instrument_document(session, wave.fingerprint))


def phase(wave: Wave, today: date) -> str:
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


def creation_reasons(session: Session, spec: WaveSpec, questionnaire: Questionnaire) -> list[Reason]:
    """Why the wave cannot be created; empty when it can."""
    return [
        *_spec_reasons(spec, questionnaire),
        *_clashes(session, spec),
        *_instrument_reasons(session, questionnaire),
    ]


def ballot_counts(session: Session, wave: Wave) -> dict[str, int]:
    """Ballots in the field by state."""
    query = select(Ballot.state, func.count()).where(Ballot.wave == wave.id).group_by(Ballot.state)
    return dict(session.execute(query).tuples().all())


def _spec_reasons(spec: WaveSpec, questionnaire: Questionnaire) -> list[Reason]:
    reasons = []
    for option, value in (("STUDY", spec.study), ("NAME", spec.name)):
        if not NAME.fullmatch(value):
            expected = "letters, digits, dot, hyphen, underscore, at most 60"
            reasons.append(Reason(expected, repr(value), "tolqyn wave create kz-thb/2027 …", path=option))
    if not ALIAS.fullmatch(spec.alias):
        expected = "a neutral word: 3 to 30 small Latin letters, digits and hyphens, a letter first"
        reasons.append(Reason(expected, repr(spec.alias), "--alias opinion-27", path="--alias"))
    elif any(stem in spec.alias for stem in TELLING):
        expected = "an address that does not tell a bystander the subject"
        reasons.append(Reason(expected, repr(spec.alias), "--alias opinion-27", path="--alias"))
    if spec.closes < spec.opens:
        hint = f"--closes {spec.opens}"
        reasons.append(Reason(f"a day on or after {spec.opens}", str(spec.closes), hint, path="--closes"))
    for option, found, words in (
        ("--sample-type", spec.sample_type, SAMPLE_TYPES),
        ("--access", spec.access, ACCESS),
    ):
        if found not in words:
            reasons.append(Reason(" or ".join(words), repr(found), path=option))
    if spec.seed is not None and not spec.synthetic:
        found = f"{spec.seed} for a real one"
        reasons.append(Reason("a seed for a synthetic wave only", found, "--synthetic", path="--seed"))
    unknown = [language for language in spec.languages if language not in questionnaire.languages]
    if unknown or not spec.languages:
        expected = "languages of the instrument: " + ", ".join(questionnaire.languages)
        reasons.append(Reason(expected, ", ".join(unknown) or "none", path="--languages"))
    return reasons


def _clashes(session: Session, spec: WaveSpec) -> list[Reason]:
    same = (Wave.alias == spec.alias) | ((Wave.study == spec.study) & (Wave.name == spec.name))
    reasons = []
    for wave in session.scalars(select(Wave).where(same)):
        if wave.alias == spec.alias:
            found = f"{spec.alias}, the alias of {wave.study}/{wave.name}"
            reasons.append(
                Reason("an alias no wave has had", found, "choose another --alias", path="--alias")
            )
        if (wave.study, wave.name) == (spec.study, spec.name):
            found = f"{wave.study}/{wave.name}, which exists ({wave.state})"
            reasons.append(Reason("a new wave", found, "choose another name", path="STUDY/NAME"))
    return reasons


def _instrument_reasons(session: Session, questionnaire: Questionnaire) -> list[Reason]:
    query = select(InstrumentVersion.fingerprint).where(
        InstrumentVersion.name == questionnaire.name, InstrumentVersion.version == questionnaire.version
    )
    stored = session.scalar(query)
    if stored is None or stored == questionnaire.fingerprint:
        return []
    where = f"{questionnaire.name} {questionnaire.version}"
    found = f"other content ({questionnaire.fingerprint[:12]} instead of {stored[:12]})"
    return [
        Reason(
            "the version as it was stored with an earlier wave", found, "give it a new version", path=where
        )
    ]
