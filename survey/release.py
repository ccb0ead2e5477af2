"""A closed wave's answers in, a release folder and its row in the register out: the bridge to analysis."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analysis import (
    PARADATA,
    Design,
    Meta,
    ReleaseRef,
    SurveyData,
    Targets,
    derive,
    flag_interviews,
    rake,
    read_targets,
    withhold,
    write_release,
)
from instruments import Codebook, Questionnaire, columns_reading
from survey.refusal import Reason, Refused
from survey.store.administration import columns
from survey.store.base import CLOSED, UNFIELDED
from survey.store.conversion import Progress
from survey.store.freezing import RELEASED, refuse_unexplained
from survey.store.interviews import breakoff_pages, dispositions, read_answers, read_interviews
from survey.store.invitations import batches
from survey.store.models import Interview, Wave
from survey.store.paper import PAPER, paper_batches, paper_record
from survey.store.paradata import step
from survey.store.releases import register
from survey.store.versions import COLUMN, COMPUTED, version_column, version_record, versions_of
from survey.store.waves import instrument_document, questionnaire_of

PARTS = ("stratum", "psu", "fpc")
NOT_COUNTED = {
    "en": "Refusals on the consent page and people under age leave nothing behind and cannot be counted.",
    "ru": "Отказы на странице согласия и несовершеннолетние не оставляют следов и не могут быть подсчитаны.",
    "kk": "Келісім бетінде бас тартқандар мен жасы толмағандар туралы дерек сақталмайды, олар саналмайды.",
    "uz": "Rozilik sahifasida rad etganlar va voyaga yetmaganlardan hech narsa saqlanmaydi, ular sanalmaydi.",
}
SMALLEST_FOR_DAY = 50
"""Interviews of each version from which on the day of a correction is published; below, its week."""
UNRAKED = {
    "base_weight": "1 / probability of selection of the batch",
    "weight": "base_weight",
    "targets": None,
}


def build_release(
    session: Session,
    wave: Wave,
    home: Path,
    *,
    targets: Path | None = None,
    trim: float | None = None,
    lonely_psu: str = "fail",
    ignore: Sequence[str] = (),
    today: date,
    progress: Progress = lambda done: None,
) -> ReleaseRef:
    """Write the next release of a closed wave below `home/releases` and register it.

    With a targets file the weights are raked first, none above `trim` times the mean. `lonely_psu`: what a
    stratum with one PSU adds to the variance (see Design); `ignore`: parts of the sample design left out. The
    same content as the latest release gives that one back. Raises Refused for a wave that is not closed, for
    a frozen one where the new release's record does not say why it is made, for one whose design is half
    given or gives no variance, and for targets of a column that is left out to protect people; AnalysisError
    for what does not fit codebook or targets.
    """
    found = flag_interviews(survey_data(session, wave, progress, lonely_psu=lonely_psu, ignore=ignore))
    data, quality = found.data, {**found.record, "breakoff_pages": _breakoffs(session, wave)}
    asked = questionnaire_of(session, wave)
    weights: Mapping[str, Any] = UNRAKED
    if targets is not None:
        margins = read_targets(targets)
        _refuse_withheld(asked.codebook(), data.codebook, margins, targets)
        data, report = rake(data, margins, trim=trim)
        weights = report.to_dict()
    interviews = read_interviews(session, wave)
    reference = write_release(
        data,
        home,
        instrument=instrument_document(session, wave.fingerprint),
        weights=weights,
        fieldwork={
            **_fieldwork(session, wave, interviews),
            "quality": quality,
            **_withheld(asked, data.codebook),
        },
        before_new=partial(refuse_unexplained, wave),
    )
    register(
        session,
        study=wave.study,
        wave_name=wave.name,
        number=reference.number,
        source="collected",
        fingerprint=reference.fingerprint,
        made_on=today,
    )
    if wave.state == "closed":
        wave.state = RELEASED
    session.flush()
    return reference


def survey_data(
    session: Session,
    wave: Wave,
    progress: Progress = lambda done: None,
    *,
    lonely_psu: str = "fail",
    ignore: Sequence[str] = (),
) -> SurveyData:
    """The wave's interviews with every computed column, weighted by their base weights. Raises Refused.

    A column that the questionnaire withholds, and that would tell of few people, is left out. `progress` is
    told of each interview read.
    """
    name = f"{wave.study}/{wave.name}"
    if wave.state not in CLOSED:
        raise Refused(Reason("a closed wave", wave.state, _to_close(wave), path=name, rule="state"))
    interviews = read_interviews(session, wave)
    if not interviews:
        raise Refused(Reason("at least one interview", "none", path=name, rule="empty"))
    questionnaire = questionnaire_of(session, wave)
    codebook = questionnaire.codebook()
    names = [variable.name for variable in codebook.variables if variable.role not in COMPUTED]
    plain = _answers(session, wave, interviews, names, progress).join(
        _reserved(wave, interviews, [part for part in PARTS if part not in ignore])
    )
    versions = versions_of(session, wave)
    if len(versions) > 1:
        column = version_column(session, versions, wave)
        codebook = replace(codebook, variables=(*codebook.variables, column))
        plain[COLUMN] = [interview.version for interview in interviews]
    for variable, values in columns(wave, questionnaire, interviews):
        codebook = replace(codebook, variables=(*codebook.variables, variable))
        plain[variable.name] = values
    paradata = _paradata(wave, interviews)
    codebook = replace(codebook, variables=(*codebook.variables, *(PARADATA[str(name)] for name in paradata)))
    frame = derive(plain.reset_index(drop=True).join(paradata), codebook)
    frame, codebook = withhold(frame, codebook)
    design = _design(wave, frame, lonely_psu)
    _refuse_lonely(name, frame, design)
    return SurveyData(frame, codebook, design, _meta(wave))


def _withheld(asked: Questionnaire, kept: Codebook) -> dict[str, Any]:
    """Which columns were left out to protect people: their words, the groups', under how many, what went."""
    known = asked.codebook()
    left = [variable.name for variable in known.variables if variable.name not in kept]
    found = {
        name: {
            "label": dict(known.variable(name).label),
            "within": dict(known.variable(each.within).label),
            "under": each.under,
            "columns": [column for column in left if column in columns_reading(known.variables, name)],
        }
        for name, each in asked.withheld.items()
        if name not in kept
    }
    return {"withheld": found} if found else {}


def _refuse_withheld(asked: Codebook, kept: Codebook, margins: Targets, file: Path) -> None:
    """Weights that meet a margin of a column that is left out would tell what it held."""
    named = dict.fromkeys(name for margin in margins.margins for name in margin.variables)
    gone = ", ".join(name for name in named if name in asked and name not in kept)
    if gone:
        expected = "margins of columns that the release keeps"
        found = f"{gone}, left out because its counts would tell of few people"
        hint = f"take {gone} out of {file.name}, or build without --targets"
        raise Refused(Reason(expected, found, hint, path=str(file), rule="withheld"))


def _to_close(wave: Wave) -> str:
    """What comes next on the way to a closed wave."""
    name = f"{wave.study}/{wave.name}"
    if wave.state in UNFIELDED:
        return f"tolqyn wave ready {name}"
    if wave.proposed_by:
        return f"tolqyn wave close {name} --by NAME --confirm   (not {wave.proposed_by}, who proposed it)"
    return f"tolqyn wave close {name} --by NAME   (a second person then types it with --confirm)"


def _answers(
    session: Session, wave: Wave, interviews: Sequence[Interview], names: list[str], progress: Progress
) -> pd.DataFrame:
    """One row per interview in the order of the ids, one column per name."""
    column = {name: position for position, name in enumerate(names)}
    values = np.full((len(interviews), len(column)), np.nan)
    row = -1
    for interview, variable, value in read_answers(session, wave):
        while row < 0 or interviews[row].id != interview:
            row += 1
            progress(1)
        values[row, column[variable]] = value
    frame = pd.DataFrame(values, columns=list(names))
    absent = [name for name in names if frame[name].isna().any()]
    if absent:
        found = f"none for {', '.join(absent[:8])}"
        raise Refused(Reason("a stored value for every variable", found, path=f"{wave.study}/{wave.name}"))
    return frame.apply(_as_integers)


def _as_integers(column: pd.Series) -> pd.Series:
    """Codes are whole numbers; an interval variable with a fraction stays as it is."""
    return column.astype("int64") if (column % 1 == 0).all() else column


def _reserved(wave: Wave, interviews: Sequence[Interview], parts: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "wave": [wave.name] * len(interviews),
        "weight": [interview.base_weight for interview in interviews],
        "base_weight": [interview.base_weight for interview in interviews],
        "mode": [interview.mode for interview in interviews],
        "language": [interview.language for interview in interviews],
    }
    for name in parts:
        found = [getattr(interview, name) for interview in interviews]
        given = [value for value in found if value is not None]
        if given and len(given) < len(found):
            where = f"{wave.study}/{wave.name}: {name}"
            gap = f"{len(found) - len(given)} interviews of {len(found)} without one"
            hint = f"to estimate without it: tolqyn release build {wave.study}/{wave.name} --ignore {name}"
            expected = "a value for every interview or for none"
            raise Refused(Reason(expected, gap, hint, path=where, rule="design"))
        if given:
            columns[name] = found
    return pd.DataFrame(columns)


def _paradata(wave: Wave, interviews: Sequence[Interview]) -> pd.DataFrame:
    """How the interviews went, one column for each of PARADATA that any of them knows; paper knows none.

    An interview closed before classes were made is put into one here.
    """
    watched = [interview if interview.mode != PAPER else None for interview in interviews]
    columns: dict[str, list[int | None]] = {
        "pages_seen": [each.pages if each else None for each in watched],
        "answer_changes": [each.changes if each else None for each in watched],
        "error_rounds": [each.errors if each else None for each in watched],
    }
    if wave.access == "open":
        columns["hidden_field"] = [int(interview.trap) for interview in interviews]
    if not wave.synthetic:
        # How fast a program types says nothing, and would make two rehearsals differ.
        columns["interview_seconds"] = [step(each.duration) if each else None for each in watched]
        columns["page_seconds"] = [each.page_seconds if each else None for each in watched]
    known = {name: columns[name] for name in PARADATA if name in columns}
    return pd.DataFrame(
        {name: np.array(c, float) for name, c in known.items() if any(v is not None for v in c)}
    )


def _breakoffs(session: Session, wave: Wave) -> dict[str, int]:
    return {str(page): count for page, count in breakoff_pages(session, wave).items()}


def _refuse_lonely(name: str, frame: pd.DataFrame, design: Design) -> None:
    """A stratum with one PSU has no variance of its own: somebody must say what to do about it."""
    if design.strata is None or design.lonely_psu != "fail":
        return
    within = frame.groupby(design.strata)
    units = within[design.cluster[0]].nunique() if design.cluster else within.size()
    lonely = ", ".join(str(stratum) for stratum in units.index[units == 1])
    if lonely:
        hint = f"tolqyn release build {name} --lonely-psu adjust   (each policy: docs/methods.md, section 3)"
        expected = "two or more primary sampling units in every stratum"
        raise Refused(Reason(expected, f"one in {lonely}", hint, path=name, rule="lonely_psu"))


def _design(wave: Wave, frame: pd.DataFrame, lonely_psu: str) -> Design:
    """What the batches say about the sample; a non-probability sample has weights only."""
    if wave.sample_type != "probability":
        return Design(weight="weight")
    return Design(
        strata="stratum" if "stratum" in frame else None,
        cluster=("psu",) if "psu" in frame else (),
        fpc=("fpc",) if "fpc" in frame else (),
        weight="weight",
        lonely_psu=lonely_psu,
    )


def _meta(wave: Wave) -> Meta:
    return Meta(
        study=wave.study,
        wave=wave.name,
        title=wave.title,
        dates=(wave.opens.isoformat(), wave.closes.isoformat()),
        sample_type=wave.sample_type,
        synthetic=wave.synthetic,
        disclosure={"conductor": wave.organisation, "contact": wave.contact, **wave.disclosure},
    )


def _planned(wave: Wave) -> dict[str, Any]:
    """What the design says of numbers: targets, strata, quotas, and why a setting was changed."""
    design = wave.design or {}
    wanted = ("target", "strata", "clusters", "changes")
    planned = {key: design[key] for key in wanted if design.get(key)}
    cells = [{key: cell[key] for key in ("name", "when", "target", "kind")} for cell in wave.quotas or ()]
    return {**({"design": planned} if planned else {}), **({"quotas": cells} if cells else {})}


def _fieldwork(session: Session, wave: Wave, interviews: Sequence[Interview]) -> dict[str, Any]:
    """Dispositions, weeks, languages and modes of a wave, as counts."""
    printed = {forms.batch for forms in paper_batches(session, wave)}
    invited = sum(batch.size for batch in batches(session, wave) if batch.id not in printed)
    timed = [] if wave.synthetic else [i for i in interviews if i.mode != PAPER]
    seconds = [interview.duration for interview in timed if interview.state == "complete"]
    versions = versions_of(session, wave)
    begun = Counter(interview.version for interview in interviews)
    return {
        "first_day": wave.opens.isoformat(),
        "last_day": wave.closes.isoformat(),
        "fills": {"organisation": wave.organisation, "contact": wave.contact},
        "access": wave.access,
        "invitations": invited or None,
        **_planned(wave),
        **({"paper": paper_record(session, wave)} if printed else {}),
        "dispositions": dispositions(session, wave),
        "not_counted": NOT_COUNTED,
        "interviews": len(interviews),
        "weeks": dict(sorted(Counter(f"{i.week:%G-W%V}" for i in interviews).items())),
        "languages": dict(sorted(Counter(i.language for i in interviews).items())),
        "modes": dict(sorted(Counter(i.mode for i in interviews).items())),
        "median_seconds": median(seconds) if seconds else None,
        "versions": version_record(
            session,
            versions,
            by_week=len(versions) > 1 and min(begun[v.number] for v in versions) < SMALLEST_FOR_DAY,
        ),
    }
