"""Rows of batteries in, the change of their upper answers over the waves out: exploratory, one family."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import SurveyData
from instruments import Group, Indicator, Net, Variable
from reports.declared import Declarations
from reports.evidence import Desk, IndicatorEvidence, comparisons, waves_asking
from reports.rows import Reading

UPPER = "upper"
"""The net of a row's upper answers, made for the report; in ids `VB1.upper@2025`."""


def upper_net(variable: Variable) -> Net:
    """The codebook's own net of upper answers, the widest where it has several; else all upper answers.

    A net that reaches below the middle of the scale is none of agreement. One without words has no label.
    """
    upper = upper_codes(variable)
    declared = [net for net in variable.nets.values() if net.label and set(net.codes) <= set(upper)]
    return max(declared, key=lambda net: len(net.codes), default=Net({}, upper))


def upper_codes(variable: Variable) -> tuple[int, ...]:
    """The answers above the middle of the scale: 4 and 5 of five, 3 and 4 of four."""
    codes = sorted(variable.codes)
    return tuple(codes[(len(codes) + 1) // 2 :])


def item_changes(
    data: SurveyData,
    batteries: Sequence[Group],
    headlines: Sequence[IndicatorEvidence] = (),
    plan: Declarations | None = None,
) -> tuple[dict[str, IndicatorEvidence], int, list[pd.DataFrame]]:
    """By variable: the share of its upper answers wave by wave; how many comparisons; rows of the table.

    A share that is a headline indicator too has that one's changes, and a change that the plan names the
    plan's: one quantity, one interval.
    """
    every = dict.fromkeys(name for group in batteries for name in group.variables)
    names = [name for name in every if len(data.variable(name).codes) > 1]
    pairs = comparisons(data.waves)
    asked = {name: waves_asking(data, name) for name in names}
    family = sum(set(pair) <= set(asked[name]) for name in names for pair in pairs)
    desk = Desk(_netted(data, names), pairs, max(1, family), slopes=False, net=UPPER, plan=plan)
    found = {name: desk.indicator(_indicator(data.variable(name)), asked[name]) for name in names}
    twins = {name: twin for name in names if (twin := _twin(found[name], headlines)) is not None}
    for name, twin in twins.items():
        found[name] = replace(found[name], changes=twin.changes, same_as=twin.indicator)
    told = {f"{name}.{UPPER}" for name in twins}
    return found, family, [each for each in desk.frames if not _is_change(each, told)]


def _twin(found: IndicatorEvidence, headlines: Sequence[IndicatorEvidence]) -> IndicatorEvidence | None:
    shares = [each for each in headlines if each.indicator.statistic == "proportion"]
    return next((each for each in shares if equal_readings(each.readings, found.readings)), None)


def equal_readings(ours: Sequence[Reading], theirs: Sequence[Reading]) -> bool:
    """The same waves, bases, estimates and errors: the same share of the same people."""
    if [(each.wave, each.base) for each in ours] != [(each.wave, each.base) for each in theirs]:
        return False
    one, other = (np.array([(each.estimate, each.se) for each in some], float) for some in (ours, theirs))
    return np.allclose(one, other, rtol=1e-12, atol=0)


def _is_change(frame: pd.DataFrame, names: set[str]) -> bool:
    return "wave_from" in frame and bool(frame["id"].str.partition("@")[0].isin(names).all())


def _netted(data: SurveyData, names: Sequence[str]) -> SurveyData:
    """The data whose variables know their upper answers as a net."""
    wanted = set(names)
    variables = tuple(
        replace(each, nets={**each.nets, UPPER: upper_net(each)}) if each.name in wanted else each
        for each in data.codebook.variables
    )
    return data.with_columns(replace(data.codebook, variables=variables))


def _indicator(variable: Variable) -> Indicator:
    empty: Mapping[str, str] = {}
    return Indicator(
        f"{variable.name}.{UPPER}", variable.name, "proportion", variable.label, empty, None, variable.higher
    )
