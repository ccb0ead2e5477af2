"""Pooled waves and the report's specification in, how each question moved out, judged as the report does it.

Rows of the report's batteries and the questions it lists are estimated in the report's own families, so that
both say the same; questions that the report has no sentence of share families of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis import SurveyData
from instruments import Level
from reports.declared import Declarations
from reports.evidence import Evidence, IndicatorEvidence, published
from reports.further import Listing, item_changes, listings, spotlight_battery, with_language
from reports.sections import Material, most_named, row_sentences
from reports.site.asked import Question
from reports.spec import ReportSpec, chosen_batteries, chosen_questions


@dataclass(frozen=True)
class Moves:
    """How questions changed: the upper answers of rows, single answers of other questions."""

    rows: Mapping[str, tuple[IndicatorEvidence, int]] = field(default_factory=dict)
    """By variable: the change, and of how many comparisons its interval is widened for."""
    lists: Mapping[str, tuple[Listing, int]] = field(default_factory=dict)
    """The same by question."""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rows of the figures in these sentences, as they may be published."""

    def sentences(self, question: Question, material: Material) -> tuple[str, ...]:
        """What the question's page says; nothing of a question that one wave asked."""
        name = question.variables[0].name
        if name in self.rows:
            known, family = self.rows[name]
            said = row_sentences(known, question.variables[0], material) if known.changes else ()
            widened = known.same_as is None
        elif question.key in self.lists:
            listing, family = self.lists[question.key]
            compared = any(line.change is not None for line in listing.lines)
            said = tuple(filter(None, [most_named(listing, material)])) if compared else ()
            widened = True
        else:
            return ()
        if said and widened and material.infers and family > 1:
            said += (
                material.words.plural(
                    "Exploratory: intervals of changes of such questions are widened for {n} comparison.",
                    "Exploratory: intervals of changes of such questions are widened for {n} comparisons.",
                    family,
                ),
            )
        return said


def gather_moves(
    data: SurveyData,
    asked: Sequence[Question],
    evidence: Evidence,
    spec: ReportSpec,
    plan: Declarations | None = None,
) -> Moves:
    """Estimate every change; nothing where there is one wave."""
    if len(data.waves) < 2:
        return Moves()
    data, codebook = with_language(data), data.codebook
    rowed = spotlight_battery(data, spec.spotlight) if spec.spotlight else None
    batteries = [*chosen_batteries(codebook, spec), *([rowed[0].group] if rowed else [])]
    apart = spec.spotlight.variables if spec.spotlight and rowed is None else ()
    listed = [*(group.name for group in chosen_questions(codebook, spec)), *(spec.exposure or ()), *apart]
    told = {name for group in batteries for name in group.variables}
    others = [each for each in asked if each.variables[0].name not in told and each.key not in listed]
    scales = [each.as_group() for each in others if not each.several and _ordered(each)]
    rest = [each.key for each in others if each.several or not _ordered(each)]
    rows: dict[str, tuple[IndicatorEvidence, int]] = {}
    lists: dict[str, tuple[Listing, int]] = {}
    frames: list[pd.DataFrame] = []
    for groups in (batteries, scales):
        items, family, kept = item_changes(data, groups, evidence.indicators, plan)
        frames += kept
        rows |= {name: (known, family) for name, known in items.items()}
    for names in (listed, rest):
        found, family, kept = listings(data, names, evidence.indicators, plan)
        frames += kept
        lists |= {name: (listing, family) for name, listing in found.items()}
    return Moves(rows, lists, published(pd.concat(frames, ignore_index=True)) if frames else pd.DataFrame())


def _ordered(question: Question) -> bool:
    """Whether its upper answers are a share that means something."""
    variable = question.variables[0]
    return variable.level is Level.ORDINAL and len(variable.codes) > 2
