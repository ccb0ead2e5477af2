"""A wave before its opening in, every gate out with what it lacks and what to type."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey.config import keys_below
from survey.earlier import Earlier, latest_fielded, too_early, undeclared
from survey.fieldwork.calendar import season_difference, season_notes
from survey.fieldwork.cloning import lock_reasons
from survey.fieldwork.design import design_of
from survey.fieldwork.model import model_of
from survey.fieldwork.seasons import seasons
from survey.keys import wave_key_file
from survey.refusal import Reason, Refused, Said
from survey.store import opening
from survey.store.invitations import batches
from survey.store.models import Wave
from survey.store.quotas import cells_of

EARLY = 2
"""The last page on which a hard quota should be known."""
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
TITLES = {
    "state": "state and dates",
    "questionnaire": "questionnaire",
    "comparability": "comparable with the wave before",
    "settings": "settings as in the wave before",
    "translation": "every text translated",
    "review": "translations reviewed",
    "organisation": "who asks",
    "disclosure": "disclosure record",
    "protection": "data-protection record",
    "help_lines": "help lines called",
    "design": "sample design",
    "rehearsal": "pages rehearsed",
    "key": "wave key",
}
"""Gate -> what it is about, in the order in which a manager works."""


@dataclass(frozen=True)
class Gate:
    """One thing that must be right before the first respondent."""

    name: str
    title: str
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    """What keeps nothing shut and should be known."""

    @property
    def open(self) -> bool:
        """Whether nothing is missing."""
        return not self.reasons


def gates(
    session: Session,
    home: Path,
    wave: Wave,
    questionnaire: Questionnaire,
    *,
    today: date,
    rehearsed: Iterable[str],
) -> tuple[Gate, ...]:
    """Every gate of a wave. `rehearsed`: languages in which its pages were tried on this instance."""
    missing: dict[str, list[Reason]] = dict(opening.opening_reasons(session, wave, questionnaire, today))
    notes: dict[str, list[str]] = {}
    earlier = latest_fielded(session, home, wave.study, wave.name)
    missing["comparability"] = [*undeclared(earlier, questionnaire), *too_early(earlier, wave.opens)]
    known = seasons(home)
    notes["state"] = [*season_notes(wave, known, today)]
    notes["comparability"] = [_compared(earlier)]
    if earlier is not None and earlier.dates is not None:
        notes["comparability"] += season_difference(wave, earlier.wave, earlier.dates, known)
    missing["settings"] = settings_reasons(session, home, wave)
    notes["settings"] = [*_titled(wave)]
    missing["review"], notes["review"] = _review(wave, questionnaire)
    missing["design"], notes["design"] = _design(session, wave)
    notes["design"] += late_quotas(wave, questionnaire)
    missing["rehearsal"] = [] if wave.synthetic else _rehearsal(wave, questionnaire, rehearsed)
    missing["key"] = _key(home, wave)
    return tuple(
        Gate(name, title, tuple(missing.get(name, ())), tuple(filter(None, notes.get(name, ()))))
        for name, title in TITLES.items()
    )


def objections(session: Session, home: Path, wave: Wave, questionnaire: Questionnaire) -> list[Reason]:
    """What keeps a wave shut beside the rules of the store: the gates of this module but the rehearsal."""
    earlier = latest_fielded(session, home, wave.study, wave.name)
    return [
        *undeclared(earlier, questionnaire),
        *too_early(earlier, wave.opens),
        *settings_reasons(session, home, wave),
        *_review(wave, questionnaire)[0],
        *_design(session, wave)[0],
        *_key(home, wave),
    ]


def refuse_shut(session: Session, home: Path, wave: Wave, questionnaire: Questionnaire, today: date) -> None:
    """Raises Refused with everything that keeps the wave shut, but the rehearsal; writes nothing."""
    shut = objections(session, home, wave, questionnaire)
    opening.refuse_unready(session, wave, questionnaire, today, shut)


def settings_reasons(session: Session, home: Path, wave: Wave) -> list[Reason]:
    """Settings of a cloned wave that differ from its model's without a reason in its design."""
    if not wave.cloned_from:
        return []
    try:
        return lock_reasons(model_of(session, home, wave.study, wave.cloned_from), wave)
    except Refused as gone:
        return list(gone.reasons)


def _titled(wave: Wave) -> Iterator[str]:
    """A title taken over with the year of the wave before."""
    for language, title in wave.title.items():
        years = [int(year) for year in YEAR.findall(title)]
        if years and not {wave.opens.year, wave.closes.year} & set(years):
            yield Said("the title in {language} says {year}", language=language, year=str(years[0]))


def _compared(earlier: Earlier | None) -> str:
    if earlier is None:
        return Said("the first wave of the study: nothing to compare with")
    if earlier.questionnaire is None:
        return Said("wave {wave} was imported: its wording is not compared", wave=earlier.wave)
    return Said("compared with wave {wave}", wave=earlier.wave)


def _review(wave: Wave, questionnaire: Questionnaire) -> tuple[list[Reason], list[str]]:
    """Languages whose words no second person has read: refused where the design says so, else told."""
    drafts = [
        language
        for language in wave.languages
        if language != questionnaire.source_language
        and questionnaire.status.get(language, "").startswith("draft")
    ]
    if design_of(wave.design).reviewed != "required":
        words = "{language} is a draft: no second person has read its words"
        return [], [Said(words, language=language) for language in drafts]
    hint = f"tolqyn instrument translate export {questionnaire.name} --to LANG, then translate import"
    return [
        Reason(
            Said("words that a second person has read"), Said("a draft"), hint, path=language, rule="review"
        )
        for language in drafts
    ], []


def _design(session: Session, wave: Wave) -> tuple[list[Reason], list[str]]:
    """Batches of strata the design does not know; whether anybody can come in at all."""
    design = design_of(wave.design)
    named = {stratum.name for stratum in design.strata}
    made = batches(session, wave)
    where = f"{wave.study}/{wave.name}"
    reasons: list[Reason] = []
    notes: list[str] = []
    if named:
        known = ", ".join(sorted(named))
        for batch in made:
            if batch.size and not batch.pilot and batch.stratum not in named:
                expected = Said("a stratum of the design: {known}", known=known)
                found = batch.stratum or Said("none")
                hint = f"add it to the file of tolqyn wave design {where}"
                reasons.append(
                    Reason(expected, found, hint, Said("batch {name}", name=batch.name), "stratum")
                )
        bare = sorted(named - {batch.stratum for batch in made})
        words = "no codes yet for stratum {name}: tolqyn wave invite {wave} …"
        notes += [Said(words, name=name, wave=where) for name in bare]
    if wave.access == "invited" and not any(batch.size and not batch.pilot for batch in made):
        words = "nobody is invited yet: tolqyn wave invite {wave} --n 200 --batch NAME --out FILE"
        notes.append(Said(words, wave=where))
    if wave.design is None:
        words = "no design yet: tolqyn wave design {wave} --template {name}.yaml"
        notes.append(Said(words, wave=where, name=wave.name))
    return reasons, notes


def late_quotas(wave: Wave, questionnaire: Questionnaire) -> list[str]:
    """Hard cells that are only known deep inside the interview: people would have answered for nothing."""
    first: dict[str, int] = {}
    for page in questionnaire.pages:
        for item in page.items:
            first.setdefault(item, page.number)
    notes: list[str] = []
    for cell in cells_of(wave):
        read = [questionnaire.items[item] for item in cell.rule.items() if item in questionnaire.items]
        asked = max((first.get(item.battery or item.id, 1) for item in read), default=1)
        if cell.kind == "hard" and asked > EARLY:
            notes.append(
                Said(
                    "quota {name} is known on page {page} of {pages}: people would be turned away after "
                    "answering so far; make it soft, or ask for it on the first pages",
                    name=cell.name,
                    page=asked,
                    pages=len(questionnaire.pages),
                )
            )
    return notes


def _rehearsal(wave: Wave, questionnaire: Questionnaire, rehearsed: Iterable[str]) -> list[Reason]:
    lacking = [language for language in wave.languages if language not in set(rehearsed)]
    hint = f"tolqyn instrument simulate {questionnaire.name}   (or let tolqyn wave open do it)"
    expected = Said("pages that invented respondents answered to the end")
    return (
        [Reason(expected, Said("not rehearsed in {languages}", languages=lacking), hint, rule="simulate")]
        if lacking
        else []
    )


def _key(home: Path, wave: Wave) -> list[Reason]:
    if wave_key_file(keys_below(home), wave.alias).exists():
        return []
    return [
        Reason(
            Said("the wave's key on this server"), Said("none"), "restore TOLQYN_HOME/keys", wave.alias, "key"
        )
    ]
