"""A tracking plan and pooled waves in; every comparison it names, judged in its one family, out.

What a plan names is judged in the plan's family wherever a report prints it, so that no reader meets two
intervals of one comparison; whether it is confirmatory is said with it. What no plan names keeps the family
of its chapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import SurveyData, TrackingPlan, crossed, run_plan
from reports.errors import ReportError

LEVEL = 0.95
"""Of every interval in a report."""
CHANGES, SLOPES = ("change", "adjacent"), ("trend",)
"""Kinds of a plan that are a difference of two waves, and a line through all of them."""
CONFIRMATORY, EXPLORATORY = "confirmatory", "exploratory"
NOT_AVAILABLE = "not_available"
"""The plan's verdict where the data cannot give a comparison: it judges nothing."""
_JUDGED = ("low", "high", "p_adjusted", "mdc", "verdict")
_ALIKE = 1e-9


@dataclass(frozen=True)
class Declarations:
    """The rows of `run_plan`, no comparison twice, with the key of the figure each is about."""

    plan: TrackingPlan
    table: pd.DataFrame

    def names(self, figure: tuple[str, Any, str], waves: tuple[str, str]) -> bool:
        """Whether the plan names everybody's change of (variable, code, statistic) between two waves."""
        return bool(self._whole(figure, CHANGES, waves).any())

    def draws(self, figure: tuple[str, Any, str]) -> bool:
        """Whether it names the straight line through everybody's waves of the figure."""
        return bool(self._whole(figure, SLOPES).any())

    def concerns(self, variable: str, waves: tuple[str, str]) -> bool:
        """Whether a change of any figure of everybody's answers was declared beforehand for two waves."""
        table = self.table
        found = table["kind"].isin(CHANGES) & (table["variable"] == variable) & _everybody(table)
        found &= (table["standing"] == CONFIRMATORY) & _between(table, waves)
        return bool(found.any())

    def judged(self, row: pd.DataFrame, figure: tuple[str, Any, str]) -> pd.DataFrame:
        """A row of `change` or `trend` as the plan judges it, with its `standing`; as it is where no plan
        names it."""
        first = row.iloc[0]
        suffix = "_waves" if first.get("decides") == "waves" else ""
        if "decides" in row:
            found = self._whole(figure, SLOPES)
        else:
            waves = (str(first["wave_from"]), str(first["wave_to"]))
            found = self._whole(figure, CHANGES, waves) | self._same(first, waves)
        if not found.any():
            return row.assign(standing=EXPLORATORY)
        plan = self.table[found].iloc[0]
        renamed = {f"{name}{suffix}" if name in ("low", "high") else name: plan[name] for name in _JUDGED}
        method = f"{str(first['method']).split(', bonferroni')[0]}, {_family(plan)}"
        return row.assign(**renamed, method=method, standing=plan["standing"])

    def _whole(
        self, figure: tuple[str, Any, str], kinds: tuple[str, ...], waves: tuple[str, str] | None = None
    ) -> pd.Series:
        table = self.table
        found = table["kind"].isin(kinds) & _everybody(table) & table["figure"].map(lambda key: key == figure)
        found &= table["verdict"] != NOT_AVAILABLE
        return found & _between(table, waves) if waves else found

    def _same(self, row: pd.Series, waves: tuple[str, str]) -> pd.Series:
        """The same difference under another name: a net of one answer, a column made of one question."""
        table = self.table
        found = table["kind"].isin(CHANGES) & _everybody(table) & _between(table, waves)
        found &= (table["base"] == row["base"]) & (table["se"] > 0)
        for name in ("estimate", "se"):
            found &= np.isclose(table[name].astype(float), float(row[name]), rtol=_ALIKE, atol=0)
        return found


def declared_in(data: SurveyData, plan: TrackingPlan) -> Declarations:
    """Run the plan. EstimationError for a plan of another study; ReportError for one of another level, and
    for one that crosses what may be told in a table alone, where small cells are hidden."""
    if plan.level != LEVEL:
        raise ReportError(
            f"the tracking plan has level: {plan.level:g}, every interval of a report is one of 95%: "
            f"expected level: {LEVEL:g}; leave the key out (tolqyn analyse track takes any level)"
        )
    for each, names in zip(plan.comparisons, plan.together(), strict=True):
        if found := crossed(data.codebook, names):
            raise ReportError(
                f"comparison {each.name} of the tracking plan is of {found.column} by {found.groups}: its "
                f"figures would tell of fewer than {found.under} people; take it out of the plan of a report "
                f"(tolqyn analyse crosstab shows the table, with small cells hidden)"
            )
    table = run_plan(plan, data)
    figures = [_figure(row, plan, data) for row in table.to_dict("records")]
    return Declarations(plan, _once(table.assign(figure=pd.Series(figures, index=table.index))))


def _figure(row: Mapping[Any, Any], plan: TrackingPlan, data: SurveyData) -> tuple[str, Any, str] | None:
    """What a row is about: None where it is about a part of the people, or no straight line."""
    about = plan.indicator(str(row["indicator"]))
    link = next(each.link for each in plan.comparisons if each.name == row["comparison"])
    if about.where or link != "identity":
        return None
    code = about.code if pd.isna(row["code"]) else int(row["code"])
    coded = about.variable in data.codebook and bool(data.variable(about.variable).codes)
    return about.variable, code, about.statistic or ("proportion" if coded else "mean")


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """Without a difference of two waves that a confirmatory row, or an earlier one, has said already."""
    ordered = table.assign(place=range(len(table)), later=table["standing"] != CONFIRMATORY)
    ordered = ordered.sort_values(["later", "place"], kind="stable")
    kept: list[Any] = []
    for index, row in ordered.iterrows():
        twins = ordered.loc[kept]
        if not (row["kind"] in CHANGES and len(twins) and _twins(twins, row).any()):
            kept.append(index)
    return table.loc[sorted(kept)].reset_index(drop=True)


def _twins(table: pd.DataFrame, row: pd.Series) -> pd.Series:
    found = table["kind"].isin(CHANGES) & _between(table, (row["wave_from"], row["wave_to"]))
    for name in ("group", "against", "base"):
        found &= table[name] == row[name]
    for name in ("estimate", "se"):
        found &= np.isclose(table[name].astype(float), float(row[name]), rtol=_ALIKE, atol=0)
    return found & (table["se"] > 0)


def _everybody(table: pd.DataFrame) -> pd.Series:
    return (table["group"].astype(str) == "") & (table["against"].astype(str) == "")


def _between(table: pd.DataFrame, waves: tuple[str, str]) -> pd.Series:
    ends = (table["wave_from"].astype(str) == waves[0]) & (table["wave_to"].astype(str) == waves[1])
    return pd.Series(ends, index=table.index)


def _family(row: pd.Series) -> str:
    """`holm 3 of headlines`: the adjustment and how many it was for, as `run_plan` ends its method."""
    return f"{str(row['method']).rpartition(', ')[2]} of {row['family']}"
