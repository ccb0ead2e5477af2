"""Pooled releases, a specification, a plan and another study in; every further figure of the report out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis import SurveyData
from instruments import Group
from reports.declared import Declarations
from reports.evidence import BatteryEvidence, Desk, Evidence, IndicatorEvidence, published
from reports.further.associations import Model, Unfitted, model_of
from reports.further.groups import Cut, cuts, with_language
from reports.further.items import item_changes
from reports.further.lists import Listing, listings
from reports.further.planned import Planned, planned
from reports.further.professionals import Beside, beside
from reports.further.scales import Scale, scales
from reports.further.vignettes import VignetteAnswers, vignettes
from reports.spec import (
    LANGUAGE,
    ReportSpec,
    Spotlight,
    chosen_cuts,
    chosen_grouped,
    chosen_questions,
    chosen_scales,
)


@dataclass(frozen=True)
class Further:
    """Figures of the chapters that a specification asks for; empty where it asks for none."""

    items: Mapping[str, IndicatorEvidence] = field(default_factory=dict)
    item_family: int = 0
    """How many changes of rows the intervals are widened for; `scale_family`: of scores no headline."""
    scale_family: int = 0
    scales: tuple[Scale, ...] = ()
    targeted: Mapping[str, IndicatorEvidence] = field(default_factory=dict)
    """Indicators with a target that are not among the report's."""
    questions: tuple[Listing, ...] = ()
    list_family: int = 0
    """Changes of answers to listed questions, of every chapter that lists some: one family."""
    cuts: tuple[Cut, ...] = ()
    model: Model | Unfitted | None = None
    vignettes: tuple[VignetteAnswers, ...] = ()
    vignette_family: int = 0
    spotlight: BatteryEvidence | None = None
    spotlight_lists: tuple[Listing, ...] = ()
    exposure: tuple[Listing, ...] = ()
    professionals: Beside | None = None
    planned: Planned | None = None
    named: Declarations | None = None
    """What the plan names, where there is one."""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


def gather_further(
    data: SurveyData,
    evidence: Evidence,
    spec: ReportSpec,
    *,
    other: SurveyData | None = None,
    plan: Declarations | None = None,
) -> Further:
    """Estimate what the chapters need. AnalysisError from the estimators passes through."""
    data = with_language(data)
    codebook = data.codebook
    frames: list[pd.DataFrame] = []
    rowed = spotlight_battery(data, spec.spotlight) if spec.spotlight else None
    batteries = [battery.group for battery in evidence.batteries]
    batteries += [rowed[0].group] if rowed else []
    items, item_family, rows = (
        item_changes(data, batteries, evidence.indicators, plan) if len(data.waves) > 1 else ({}, 0, [])
    )
    frames += rows
    measured, scale_family, rows = scales(data, chosen_scales(codebook, spec), evidence.indicators, plan)
    frames += rows
    asked = [group.name for group in chosen_questions(codebook, spec)]
    apart = spec.spotlight.variables if spec.spotlight and rowed is None else ()
    exposed = spec.exposure or ()
    listed, list_family, rows = listings(data, [*asked, *exposed, *apart], evidence.indicators, plan)
    frames += rows
    parted, rows = cuts(data, chosen_grouped(codebook, spec), _columns(data, spec))
    frames += rows
    model, rows = model_of(data, spec.association) if spec.association else (None, [])
    frames += rows
    told, vignette_family, rows = vignettes(data)
    frames += rows
    spotlight, rows = rowed or (None, [])
    frames += rows
    wanted = dict.fromkeys(target.indicator for target in spec.targets)
    targeted, rows = _targeted(data, list(wanted), evidence)
    frames += rows
    professionals, rows = (
        beside(data, other, spec.professionals.role)
        if other is not None and spec.professionals
        else (None, [])
    )
    frames += rows
    declared, rows = planned(data, plan) if plan is not None else (None, [])
    frames += rows
    table = published(pd.concat(frames, ignore_index=True)) if frames else pd.DataFrame()
    return Further(
        items=items,
        item_family=item_family,
        scale_family=scale_family,
        scales=measured,
        targeted=targeted,
        questions=tuple(listed[name] for name in asked),
        list_family=list_family,
        cuts=parted,
        model=model,
        vignettes=told,
        vignette_family=vignette_family,
        spotlight=spotlight,
        spotlight_lists=tuple(listed[name] for name in apart),
        exposure=tuple(listed[name] for name in exposed),
        professionals=professionals,
        planned=declared,
        named=plan,
        table=table,
    )


def _columns(data: SurveyData, spec: ReportSpec) -> list[str]:
    """The columns that part people, the language of the interview always among them."""
    return [*chosen_cuts(data.codebook, spec), LANGUAGE]


def spotlight_battery(
    data: SurveyData, asked: Spotlight
) -> tuple[BatteryEvidence, list[pd.DataFrame]] | None:
    """Rows of one scale as a battery; None for other questions, which are listed."""
    names = asked.variables
    groups = {group.name for group in data.codebook.groups}
    scales = {tuple(data.variable(name).codes) for name in names if name not in groups}
    if len(scales) == 1 and not groups.intersection(names) and len(next(iter(scales))) > 2:
        desk = Desk(data, (), 1)
        group = Group("SPOTLIGHT", asked.title, _question(data, names), names, "battery")
        return desk.battery(group), desk.frames
    return None


def _question(data: SurveyData, names: Sequence[str]) -> Mapping[str, str]:
    """The question the rows stand under, where one battery holds them all."""
    holding = [group for group in data.codebook.groups if set(names) <= set(group.variables)]
    return holding[0].question if holding else {}


def _targeted(
    data: SurveyData, names: Sequence[str], evidence: Evidence
) -> tuple[dict[str, IndicatorEvidence], list[pd.DataFrame]]:
    known = {each.indicator.name for each in evidence.indicators}
    desk = Desk(data, (), 1, slopes=False)
    found = {}
    for indicator in data.codebook.indicators:
        if indicator.name in names and indicator.name not in known:
            waves = [wave for wave in data.waves if (data.valid(indicator.variable) & _in(data, wave)).any()]
            found[indicator.name] = desk.indicator(indicator, waves)
    return found, desk.frames


def _in(data: SurveyData, wave: str) -> pd.Series:
    return data.frame["wave"].astype(str) == wave
