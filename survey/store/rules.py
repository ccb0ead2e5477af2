"""What a wave must be before it is stored: its specification and its instrument in, every objection out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from instruments import FileProblem, Questionnaire, check
from survey.refusal import Reason, Said
from survey.store.models import ACCESS, SAMPLE_TYPES, FieldedVersion, InstrumentVersion, Wave
from survey.store.protection import record_reasons

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
    "thb",
    "human",
    "trade",
    "torg",
    "exploit",
    "forced",
    "hotline",
    "rabstv",
    "nasil",
    "zhertv",
    "politsi",
    "qurban",
    "zorl",
    "jabr",
)
"""Stems that would tell a bystander what the address is about."""
WAITS = ("translation", "untranslated")
"""Rules about words that translators may still bring."""


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


def creation_reasons(
    session: Session, spec: WaveSpec, questionnaire: Questionnaire, known: Wave | None = None
) -> list[Reason]:
    """Why the wave cannot be stored; empty when it can. `known`: the draft it replaces.

    Words still to be translated are no reason: a draft may wait for them, an open wave may not.
    """
    questions = instrument_reasons(session, questionnaire, spec.languages)
    return [
        *_spec_reasons(spec, questionnaire),
        *record_reasons(spec.disclosure, spec.languages),
        *_clashes(session, spec, known),
        *(reason for reason in questions if reason.rule not in WAITS),
    ]


def _spec_reasons(spec: WaveSpec, questionnaire: Questionnaire) -> list[Reason]:
    reasons = []
    expected: str
    for option, value in (("STUDY", spec.study), ("NAME", spec.name)):
        if not NAME.fullmatch(value):
            expected = Said("letters, digits, dot, hyphen, underscore, at most 60")
            reasons.append(Reason(expected, repr(value), "tolqyn wave create kz-thb/2027 …", path=option))
    if not ALIAS.fullmatch(spec.alias):
        expected = Said("a neutral word: 3 to 30 small Latin letters, digits and hyphens, a letter first")
        reasons.append(Reason(expected, repr(spec.alias), "--alias opinion-27", path="--alias"))
    elif any(stem in spec.alias for stem in TELLING):
        expected = Said("an address that does not tell a bystander the subject")
        reasons.append(Reason(expected, repr(spec.alias), "--alias opinion-27", path="--alias"))
    if spec.closes < spec.opens:
        hint = f"--closes {spec.opens}"
        reasons.append(
            Reason(
                Said("a last day from {day} on", day=spec.opens),
                Said("{day}", day=spec.closes),
                hint,
                path="--closes",
            )
        )
    for option, found, words in (
        ("--sample-type", spec.sample_type, SAMPLE_TYPES),
        ("--access", spec.access, ACCESS),
    ):
        if found not in words:
            reasons.append(Reason(" or ".join(words), repr(found), path=option))
    if questionnaire.access and spec.access in ACCESS and spec.access != questionnaire.access:
        expected = f"{questionnaire.access}, the only access that {questionnaire.name} allows"
        hint = f"--access {questionnaire.access}"
        reasons.append(Reason(expected, repr(spec.access), hint, path="--access"))
    if spec.seed is not None and not spec.synthetic:
        found = f"{spec.seed} for a real one"
        reasons.append(Reason(Said("a seed for a synthetic wave only"), found, "--synthetic", path="--seed"))
    unknown = [language for language in spec.languages if language not in questionnaire.languages]
    if unknown or not spec.languages:
        expected = "languages of the instrument: " + ", ".join(questionnaire.languages)
        reasons.append(Reason(expected, ", ".join(unknown) or "none", path="--languages"))
    return reasons


def _clashes(session: Session, spec: WaveSpec, known: Wave | None) -> list[Reason]:
    same = (Wave.alias == spec.alias) | ((Wave.study == spec.study) & (Wave.name == spec.name))
    reasons = []
    for wave in session.scalars(select(Wave).where(same)):
        if known is not None and wave.id == known.id:
            continue
        is_it = (wave.study, wave.name) == (spec.study, spec.name)
        if wave.alias == spec.alias and not is_it:
            found = Said("{alias}, the alias of {wave}", alias=spec.alias, wave=f"{wave.study}/{wave.name}")
            reasons.append(
                Reason(Said("an alias no wave has had"), found, "choose another --alias", path="--alias")
            )
        if is_it:
            found = Said(
                "{wave}, which exists ({state})", wave=f"{wave.study}/{wave.name}", state=Said(wave.state)
            )
            draft = "; a draft is replaced by wave create … --replace" if wave.state == "draft" else ""
            hint = f"choose another name{draft}"
            reasons.append(Reason(Said("a new wave"), found, hint, path="STUDY/NAME"))
    return reasons


def instrument_reasons(
    session: Session, questionnaire: Questionnaire, languages: Iterable[str]
) -> list[Reason]:
    """Why the questionnaire may not go into the field in these languages."""
    return [*_changed(session, questionnaire), *map(reason_of, problems_in(questionnaire, languages))]


def problems_in(questionnaire: Questionnaire, languages: Iterable[str]) -> tuple[FileProblem, ...]:
    """Everything wrong with the questionnaire, leaving out languages that are not asked in."""
    wanted = {*languages, questionnaire.source_language}
    kept = tuple(language for language in questionnaire.languages if language in wanted)
    return _problems(_Same(questionnaire), kept)


@dataclass(frozen=True, eq=False)
class _Same:
    """A questionnaire as a key: one that never changes is equal to itself, and costs nothing to compare."""

    questionnaire: Questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.questionnaire is self.questionnaire


@lru_cache(maxsize=4)
def _problems(same: _Same, languages: tuple[str, ...]) -> tuple[FileProblem, ...]:
    """Creating and opening a wave ask three times; the answer takes a tenth of a second."""
    return check(replace(same.questionnaire, languages=languages))


def _changed(session: Session, questionnaire: Questionnaire) -> list[Reason]:
    """A version that has been in the field is never edited."""
    query = (
        select(InstrumentVersion.fingerprint)
        .outerjoin(Wave, Wave.fingerprint == InstrumentVersion.fingerprint)
        .outerjoin(FieldedVersion, FieldedVersion.fingerprint == InstrumentVersion.fingerprint)
        .where(
            InstrumentVersion.name == questionnaire.name,
            InstrumentVersion.version == questionnaire.version,
            InstrumentVersion.fingerprint != questionnaire.fingerprint,
            or_(Wave.state != "draft", FieldedVersion.number >= 1),
        )
    )
    fielded = session.scalars(query).first()
    if fielded is None:
        return []
    where = f"{questionnaire.name} {questionnaire.version}"
    now, then = questionnaire.fingerprint[:12], fielded[:12]
    found = Said("other content ({now} instead of {then})", now=now, then=then)
    return [Reason(Said("the version as it was in the field"), found, "give it a new version", path=where)]


def reason_of(problem: FileProblem) -> Reason:
    """A file's problem as a reason to refuse."""
    return Reason(
        problem.expected,
        problem.found,
        problem.hint,
        problem.path,
        problem.rule,
        file=problem.file or None,
        line=problem.line or None,
    )
