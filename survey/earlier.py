"""A wave to come in, the questionnaire of its study's latest fielded wave out; what changed undeclared."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments import FileProblem, InstrumentError, Questionnaire, VersionDifference, compare_versions
from survey.refusal import Reason, Said
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.rules import reason_of
from survey.store.waves import questionnaire_of


@dataclass(frozen=True)
class Earlier:
    """A study's latest wave that was in the field. `questionnaire` is None where its release holds none."""

    wave: str
    questionnaire: Questionnaire | None
    older: tuple[Questionnaire, ...] = ()
    """What the waves before it were asked in."""
    began: str = ""
    """Its first day, or the month alone, as ISO text."""
    dates: tuple[date, date] | None = None
    """Its first and its last day."""


def undeclared(earlier: Earlier | None, questionnaire: Questionnaire) -> list[Reason]:
    """What the gate refuses in a questionnaire that follows an earlier wave; nothing for a first wave."""
    if earlier is None:
        return []
    latest = earlier.questionnaire
    problems = [*compare_versions(latest, questionnaire).problems] if latest else []
    for older in earlier.older:
        problems += _claims(compare_versions(older, questionnaire))
    return [reason_of(problem) for problem in dict.fromkeys(problems)]


def _claims(found: VersionDifference) -> list[FileProblem]:
    """What is wrong with what the file says of a wave before the latest, by declaring or by its `wording`.

    A trend reads every pair of waves, so a question that was another in between, or was not asked, is
    measured too. A change that nobody declares there is read as a break, which claims nothing.
    """
    silent = {
        item.path
        for item in found.items
        if item.declared is None and (item.wording[1] or 0) > (item.wording[0] or 0)
    }
    return [
        problem
        for problem in found.problems
        if problem.rule not in ("replaces", "version")
        and not (problem.rule == "undeclared" and problem.path in silent)
    ]


def too_early(earlier: Earlier | None, opens: date) -> list[Reason]:
    """Why a wave cannot begin on that day: waves of a study follow each other, so that each is compared."""
    if earlier is None or opens.isoformat() > earlier.began:
        return []
    expected = Said("a first day after that of wave {wave} ({day})", wave=earlier.wave, day=earlier.began)
    hint = "--opens YYYY-MM-DD, a later day; an old wave comes in as a file: tolqyn release import"
    return [Reason(expected, opens.isoformat(), hint, path="--opens", rule="order")]


def latest_fielded(session: Session, home: Path, study: str, name: str) -> Earlier | None:
    """The latest other wave of the study that was in the field: in the database, or as a release.

    Whatever its days: a wave set to the same day, or before, is compared too.
    """
    found: dict[str, Earlier] = {}
    for wave_name, dates, folder in released(home, study):
        asked_of = released_questionnaire(folder)
        found[wave_name] = Earlier(wave_name, asked_of, began=dates[0], dates=_days(dates))
    query = select(Wave).where(Wave.study == study, Wave.state.not_in(UNFIELDED), Wave.name != name)
    for wave in session.scalars(query):
        asked = questionnaire_of(session, wave)
        kept = Earlier(wave.name, asked, began=wave.opens.isoformat(), dates=(wave.opens, wave.closes))
        found[wave.name] = kept
    found.pop(name, None)
    fielded = sorted(found.values(), key=lambda each: (each.began, each.wave))
    if not fielded:
        return None
    *others, last = fielded
    documents = {each.questionnaire.fingerprint: each.questionnaire for each in others if each.questionnaire}
    if last.questionnaire:
        documents.pop(last.questionnaire.fingerprint, None)
    return replace(last, older=tuple(documents.values()))


def _days(dates: tuple[str, str]) -> tuple[date, date] | None:
    """None where a file of old data said the months alone."""
    try:
        return date.fromisoformat(dates[0]), date.fromisoformat(dates[1])
    except ValueError:
        return None


def released(home: Path, study: str) -> list[tuple[str, tuple[str, str], Path]]:
    """Name, first and last day, and folder of each wave's latest release; a release without dates is none."""
    if not (home / "releases" / study).is_dir():
        return []
    from analysis import latest, list_releases, read_json  # noqa: PLC0415  slow, and most instances need none

    found = []
    for ref in latest(list_releases(home, study)):
        dates = read_json(ref.folder, "manifest").get("dates")
        if dates:
            found.append((ref.wave, (str(dates[0]), str(dates[-1])), ref.folder))
    return found


def released_questionnaire(folder: Path) -> Questionnaire | None:
    """What the release says was asked; None for the record of an imported wave, which is no questionnaire."""
    try:
        return Questionnaire.from_json((folder / "instrument.json").read_text(encoding="utf-8"))
    except (InstrumentError, json.JSONDecodeError, AttributeError):
        return None
