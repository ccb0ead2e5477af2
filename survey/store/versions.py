"""The versions a wave is asked in: the first at its opening, a further one from a correction on."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments import (
    Codebook,
    ItemDifference,
    Level,
    PeriodChange,
    Questionnaire,
    Role,
    Text,
    Variable,
    VersionDifference,
    beyond_editorial,
    compare_versions,
)
from survey.refusal import Reason, Refused
from survey.store.models import FieldedVersion, Wave
from survey.store.rules import instrument_reasons, reason_of
from survey.store.waves import hold, instrument_document, questionnaire_of, store_instrument

COLUMN = "instrument_version"
LABEL: Text = {
    "en": "Version of the questionnaire",
    "ru": "Версия анкеты",
    "kk": "Сауалнама нұсқасы",
    "uz": "Soʻrovnoma nusxasi",
}
COMPUTED = (Role.DERIVED, Role.INDICATOR)


def begin(session: Session, wave: Wave, since: date) -> None:
    """Note the version with which the wave opens."""
    first = FieldedVersion(wave=wave.id, number=1, fingerprint=wave.fingerprint, since=since, reason={})
    _add(session, first)


def versions_of(session: Session, wave: Wave) -> list[FieldedVersion]:
    """The wave's versions, the first one first."""
    query = select(FieldedVersion).where(FieldedVersion.wave == wave.id).order_by(FieldedVersion.number)
    return list(session.scalars(query))


def refuse_correction(session: Session, wave: Wave, questionnaire: Questionnaire, reason: Text) -> None:
    """Raises Refused with everything that keeps the version out of the wave; writes nothing.

    Nothing may change that the columns of a release mean: every change is declared in the file and editorial
    by measure, against each version that the wave has had, and the columns are the same.
    """
    current = questionnaire_of(session, wave)
    known = versions_of(session, wave)
    reasons = [
        *_state(wave),
        *_version(wave, current, questionnaire, known),
        *_reason(wave, reason),
        *instrument_reasons(session, questionnaire, wave.languages),
        *change_reasons(compare_versions(current, questionnaire)),
        *_drift(session, known, questionnaire),
        *_columns(current.codebook(), questionnaire.codebook()),
    ]
    if reasons:
        raise Refused(*dict.fromkeys(reasons))


def correct(
    session: Session, wave: Wave, questionnaire: Questionnaire, reason: Text, today: date
) -> FieldedVersion:
    """From now on new interviews begin with this version; running ones keep theirs. Raises Refused."""
    hold(session, wave)
    refuse_correction(session, wave, questionnaire, reason)
    known = versions_of(session, wave)
    store_instrument(session, questionnaire)
    wave.fingerprint = questionnaire.fingerprint
    since = min(max(today, wave.opens), wave.closes) if wave.synthetic else today
    fielded = FieldedVersion(
        wave=wave.id,
        number=len(known) + 1,
        fingerprint=questionnaire.fingerprint,
        since=since,
        reason=dict(reason),
    )
    return _add(session, fielded)


def change_reasons(found: VersionDifference) -> list[Reason]:
    """What the gate refuses, and what it lets pass only as a break: a wave is one measurement.

    A computed column may break: a release computes all interviews by the last version's rule.
    """
    reasons = [reason_of(problem) for problem in found.problems]
    for item in _asked_items(found):
        if item.told and item.declared is not None and item.declared.kind == "broken":
            hint = "ask it with a new id in the next wave"
            where = f"{item.path}.compare"
            reasons.append(
                Reason("a change that leaves its answers comparable", "broken", hint, where, "broken")
            )
    return [*reasons, *_other_periods(found)]


def _other_periods(found: VersionDifference) -> list[Reason]:
    """Between waves a period moves on; within one its words are part of the question."""
    return [
        Reason(
            "the reference period with which the wave opened",
            _moved(period),
            "a period moves on with the next wave",
            path=f"periods.{period.name}",
            rule="period",
        )
        for period in found.periods
        if period.items
    ]


def _moved(period: PeriodChange) -> str:
    before, now = period.months
    words = next((f"{old!r} became {new!r} in {language}" for language, old, new in period.reworded()), "")
    return f"{before} months became {now}" if before != now else words


def _drift(session: Session, known: list[FieldedVersion], questionnaire: Questionnaire) -> list[Reason]:
    """Changes that are editorial from version to version and are another question since an earlier one."""
    reasons = []
    for fielded in known[:-1]:
        found = compare_versions(named(session, fielded.fingerprint), questionnaire)
        for item in _asked_items(found):
            if larger := beyond_editorial(item):
                places = ", ".join(dict.fromkeys(change.place for change in larger))
                reasons.append(
                    Reason(
                        f"a change that is editorial against version {fielded.number} of this wave too",
                        f"another {places}",
                        "corrections add up; ask it with a new id in the next wave",
                        path=item.path,
                        rule="drift",
                    )
                )
    return reasons


def _asked_items(found: VersionDifference) -> list[ItemDifference]:
    return [item for item in found.changed if not item.path.startswith(("derived.", "indicators."))]


def named(session: Session, fingerprint: str) -> Questionnaire:
    """The stored questionnaire of that fingerprint."""
    return Questionnaire.from_json(instrument_document(session, fingerprint))


def version_column(session: Session, versions: list[FieldedVersion], wave: Wave) -> Variable:
    """The column that says by which version an interview was asked: 1 the first, 2 the first correction."""
    labels = {v.number: f"{wave.name} · {named(session, v.fingerprint).version}" for v in versions}
    codes = {number: dict.fromkeys(LABEL, label) for number, label in labels.items()}
    return Variable(COLUMN, LABEL, Level.NOMINAL, codes=codes, role=Role.PARADATA)


def version_record(
    session: Session, versions: list[FieldedVersion], *, by_week: bool
) -> list[dict[str, Any]]:
    """The versions for fieldwork.json: number, version, hash, first day (or week), reason, what changed."""
    record: list[dict[str, Any]] = []
    earlier: Questionnaire | None = None
    for fielded in versions:
        questionnaire = named(session, fielded.fingerprint)
        since = f"{fielded.since:%G-W%V}" if by_week else fielded.since.isoformat()
        record.append(
            {
                "number": fielded.number,
                "version": questionnaire.version,
                "sha256": fielded.fingerprint,
                "first_week" if by_week else "first_day": since,
                "reason": fielded.reason,
                "changes": _changes(earlier, questionnaire),
            }
        )
        earlier = questionnaire
    return record


def _changes(earlier: Questionnaire | None, later: Questionnaire) -> list[dict[str, Any]]:
    if earlier is None:
        return []
    items = compare_versions(earlier, later).as_data()["items"]
    return [
        {key: item[key] for key in ("item", "verdict", "declared", "changes")}
        for item in items
        if item["verdict"] != "identical"
    ]


def _add(session: Session, fielded: FieldedVersion) -> FieldedVersion:
    session.add(fielded)
    session.flush()
    return fielded


def _state(wave: Wave) -> list[Reason]:
    if wave.state == "open":
        return []
    name = f"{wave.study}/{wave.name}"
    hint = f"tolqyn wave create {name} --replace …" if wave.state == "draft" else ""
    return [Reason("an open wave", wave.state, hint, path=name, rule="state")]


def _version(
    wave: Wave, current: Questionnaire, later: Questionnaire, known: list[FieldedVersion]
) -> list[Reason]:
    reasons = []
    where = f"{wave.study}/{wave.name}"
    if later.name != current.name:
        reasons.append(Reason(f"a version of {current.name}", later.name, path=where, rule="instrument"))
    if later.fingerprint in {fielded.fingerprint for fielded in known}:
        found = f"{later.version}, with which interviews of this wave began before"
        hint = "give the corrected file a new version"
        reasons.append(Reason("a version new to this wave", found, hint, path=where, rule="version"))
    missing = [language for language in wave.languages if language not in later.languages]
    if missing:
        reasons.append(
            Reason(
                "every language of the wave", f"none of {', '.join(missing)}", path=where, rule="languages"
            )
        )
    return reasons


def _reason(wave: Wave, reason: Text) -> list[Reason]:
    if any(words.strip() for words in reason.values()):
        return []
    return [Reason("why the questionnaire is corrected", "nothing", '--reason "…"', path="--reason")]


def _columns(before: Codebook, after: Codebook) -> list[Reason]:
    """Both versions fill the same columns: interviews of one wave stand in one table."""
    old, new = _asked(before), _asked(after)
    reasons = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            expected = "the column as it is" if name in old else "no further column"
            hint = "what is asked anew or no longer waits for the next wave"
            found = "another one" if name in old and name in new else "none" if name in old else "one"
            reasons.append(Reason(expected, found, hint, path=name, rule="column"))
    return reasons


def _asked(codebook: Codebook) -> dict[str, tuple[Any, ...]]:
    return {
        variable.name: (variable.level, variable.role, tuple(sorted(variable.codes)), variable.withhold)
        for variable in codebook.variables
        if variable.role not in COMPUTED
    }
