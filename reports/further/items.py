"""Rows of batteries in, the change of their upper answers over the waves out: exploratory, one family."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis import SurveyData
from instruments import Group, Indicator, Net, Variable
from reports.evidence import Desk, IndicatorEvidence, comparisons, waves_asking

UPPER = "upper"
"""The net of a row's upper answers, made for the report; in ids `VB1.upper@2025`."""


def upper_codes(variable: Variable) -> tuple[int, ...]:
    """The answers above the middle of the scale: 4 and 5 of five, 3 and 4 of four."""
    codes = sorted(variable.codes)
    return tuple(codes[(len(codes) + 1) // 2 :])


def item_changes(
    data: SurveyData, batteries: Sequence[Group]
) -> tuple[dict[str, IndicatorEvidence], int, list[pd.DataFrame]]:
    """By variable: the share of its upper answers wave by wave; how many comparisons; rows of the table."""
    names = [name for group in batteries for name in group.variables if len(data.variable(name).codes) > 1]
    pairs = comparisons(data.waves)
    asked = {name: waves_asking(data, name) for name in names}
    family = sum(set(pair) <= set(asked[name]) for name in names for pair in pairs)
    desk = Desk(_netted(data, names), pairs, max(1, family), slopes=False, net=UPPER)
    found = {name: desk.indicator(_indicator(data.variable(name)), asked[name]) for name in names}
    return found, family, desk.frames


def _netted(data: SurveyData, names: Sequence[str]) -> SurveyData:
    """The data whose variables know their upper answers as a net."""
    wanted = set(names)
    variables = tuple(
        replace(each, nets={**each.nets, UPPER: Net({}, upper_codes(each))}) if each.name in wanted else each
        for each in data.codebook.variables
    )
    return data.with_frame(data.frame, codebook=replace(data.codebook, variables=variables))


def _indicator(variable: Variable) -> Indicator:
    empty: Mapping[str, str] = {}
    return Indicator(
        f"{variable.name}.{UPPER}", variable.name, "proportion", variable.label, empty, None, variable.higher
    )
