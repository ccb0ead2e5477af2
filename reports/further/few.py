"""Pooled releases and a specification in, the one figure by group that a factsheet has room for out."""

from itertools import combinations

import pandas as pd

from analysis import SurveyData
from instruments import Indicator
from reports.errors import ReportError
from reports.evidence import Evidence, published
from reports.further.gathering import Further
from reports.further.groups import Cut, cuts, with_language
from reports.spec import LANGUAGE, ReportSpec, chosen_cards, chosen_cuts

ENOUGH, MOST_GROUPS = 5, 6
"""Printed groups that are looked for, and groups that there is room for."""


def gather_few(data: SurveyData, evidence: Evidence, spec: ReportSpec) -> Further:
    """One indicator by few groups: whole columns only, for one group left out would be a choice.

    The same figures as in the report, under the same gate. AnalysisError from the estimators passes through.
    """
    data = with_language(data)
    found, frames = cuts(data, [_indicator(evidence, spec)], _columns(data, spec))
    table = published(pd.concat(frames, ignore_index=True)) if frames else pd.DataFrame()
    kept = _named(found) if spec.factsheet and spec.factsheet.by is not None else _whole(found)
    return Further(cuts=kept, table=_of(kept, table))


def _indicator(evidence: Evidence, spec: ReportSpec) -> Indicator:
    cards = chosen_cards(evidence.codebook, spec)
    name = spec.factsheet.groups if spec.factsheet and spec.factsheet.groups else cards[0]
    return next(each.indicator for each in evidence.indicators if each.indicator.name == name)


def _columns(data: SurveyData, spec: ReportSpec) -> list[str]:
    if spec.factsheet is not None and spec.factsheet.by is not None:
        return [LANGUAGE if name == "language" else name for name in spec.factsheet.by]
    return [*chosen_cuts(data.codebook, spec), LANGUAGE]


def _named(found: tuple[Cut, ...]) -> tuple[Cut, ...]:
    groups = sum(len(cut.lines) for cut in found)
    if groups > MOST_GROUPS:
        columns = ", ".join(f"{cut.column.name} ({len(cut.lines)})" for cut in found)
        raise ReportError(
            f"factsheet: by: expected at most {MOST_GROUPS} groups, found {groups} in {columns}: "
            "name fewer columns"
        )
    return found


def _whole(found: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """The columns, each with two printed figures at least, of which enough print; of equal ones the fewest
    groups, then the first."""
    able = [cut for cut in found if _printed(cut) > 1]
    choices = [
        chosen
        for size in range(1, len(able) + 1)
        for chosen in combinations(able, size)
        if sum(len(cut.lines) for cut in chosen) <= MOST_GROUPS
    ]
    return max(choices, key=_worth, default=())


def _worth(chosen: tuple[Cut, ...]) -> tuple[int, int]:
    printed = sum(map(_printed, chosen))
    return min(printed, ENOUGH), -sum(len(cut.lines) for cut in chosen)


def _printed(cut: Cut) -> int:
    return sum(line.latest is not None and line.latest.printable for line in cut.lines)


def _of(kept: tuple[Cut, ...], table: pd.DataFrame) -> pd.DataFrame:
    """The rows of what is kept: nothing travels in the file that is not printed in it."""
    if not len(table):
        return table
    column = table["id"].str.partition("|")[2].str.partition("=")[0]
    return table[column.isin([cut.column.name for cut in kept])]
