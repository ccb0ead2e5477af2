"""A tracking plan and the pooled waves in; what was declared beforehand and what the data say of it out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import SurveyData, TrackingPlan
from instruments import Text
from reports.declared import CONFIRMATORY, Declarations
from reports.evidence import records
from reports.rows import cell


@dataclass(frozen=True)
class Declared:
    """One row of the plan's table."""

    name: str
    variable: str
    code: int | None
    """The answer whose share is compared; None for a score, or where the column is itself a share."""
    kind: str
    label: Text
    share: bool
    groups: tuple[Text, ...]
    """Whose figures are compared; empty for everybody's."""
    waves: tuple[str, str]
    estimate: float
    low: float
    high: float
    p: float
    """Adjusted within its family."""
    verdict: str
    expected: str
    family: str
    adjustment: str
    printable: bool


@dataclass(frozen=True)
class Planned:
    """The plan's comparisons, those declared before the wave and those that were not."""

    declared: str
    fingerprint: str
    confirmatory: tuple[Declared, ...]
    exploratory: tuple[Declared, ...]


def planned(data: SurveyData, named: Declarations) -> tuple[Planned, list[pd.DataFrame]]:
    """Every comparison of the plan in its order, each once."""
    plan, table = named.plan, named.table.drop(columns="figure")
    ids = "plan:" + table["comparison"].astype(str) + "@" + table["wave_from"].astype(str)
    ids += (
        "-"
        + table["wave_to"].astype(str)
        + table["group"].astype(str).map(lambda group: group and f"|{group}")
    )
    table.insert(0, "id", ids)
    found = [(row["standing"], _declared(row, data, plan)) for row in records(table)]
    made = Planned(
        str(plan.declared),
        plan.fingerprint,
        tuple(each for standing, each in found if standing == CONFIRMATORY),
        tuple(each for standing, each in found if standing != CONFIRMATORY),
    )
    table = table.assign(statistic="plan: " + table["kind"].astype(str), wave="")
    return made, [table]


def _declared(row: Mapping[str, Any], data: SurveyData, plan: TrackingPlan) -> Declared:
    get = row.__getitem__
    figure = plan.indicator(str(get("indicator")))
    code = get("code")
    numbers = {name: cell(row, name) for name in ("estimate", "low", "high")}
    hidden = get("publish") == "suppress"
    return Declared(
        name=str(get("comparison")),
        variable=figure.variable,
        code=None if pd.isna(code) else int(code),
        kind=str(get("kind")),
        label=_label(data, figure.variable, None if pd.isna(code) else int(code)),
        share=figure.statistic != "mean" and bool(data.variable(figure.variable).codes),
        groups=tuple(_group(data, _text(get(name))) for name in ("group", "against") if _text(get(name))),
        waves=(_text(get("wave_from")), _text(get("wave_to"))),
        estimate=math.nan if hidden else numbers["estimate"],
        low=math.nan if hidden else numbers["low"],
        high=math.nan if hidden else numbers["high"],
        p=math.nan if hidden else _real(get("p_adjusted")),
        verdict=str(get("verdict")),
        expected=_text(get("expected")),
        family=str(get("family")),
        adjustment=str(get("adjustment")),
        printable=not hidden,
    )


def _label(data: SurveyData, variable: str, code: int | None) -> Text:
    """An indicator's label where the figure is one, else the column's."""
    for each in data.codebook.indicators:
        if each.variable == variable and each.code in (code, None):
            return each.label
    return data.variable(variable).label


def _group(data: SurveyData, text: str) -> Text:
    """`SEX=1,AREA=2` as the labels of its codes, in every language that has them."""
    parts = [part.strip().partition("=") for part in text.split(",")]
    labels = [
        data.variable(name).codes.get(int(code), {}) if name in data.codebook and code.isdigit() else {}
        for name, _, code in parts
    ]
    found = {language: ", ".join(label.get(language, "") for label in labels) for language in labels[0]}
    return found or dict.fromkeys(data.codebook.languages, text)


def _real(value: Any) -> float:
    return math.nan if value is None or pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
