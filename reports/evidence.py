"""Pooled releases in, every figure the report prints out: levels, changes and answers, each with an id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis import LEAST_WAVES, SurveyData, change, mean, proportion, trend
from instruments import Codebook, Group, Indicator, Level, Missing, Text, Variable
from reports import rows
from reports.declared import Declarations
from reports.errors import ReportError
from reports.rows import Change, Reading, Slope
from reports.waves import Wave, waves_of

LEVEL = 0.05
ASKED = "asked"
"""Suffix of the helper column that says how a question was answered at all."""
ANSWERED, DONT_KNOW, REFUSED = 1, 2, 3
ByWave = Mapping[str, tuple[Reading, ...]]
_SUBSTANCE = {0: ANSWERED, Missing.DONT_KNOW: DONT_KNOW, Missing.REFUSED: REFUSED, Missing.NO_ANSWER: REFUSED}


@dataclass(frozen=True)
class IndicatorEvidence:
    """One indicator over the waves that asked it."""

    indicator: Indicator
    readings: tuple[Reading, ...]
    changes: tuple[Change, ...]
    """Latest against first and against previous wave; one when they are the same; none for one wave."""
    breaks: tuple[str, ...]
    reasons: dict[tuple[str, str], Text]
    """Why two waves are not comparable, in words."""
    not_applicable: int = 0
    """Interviews of the latest wave to which the indicator does not apply."""
    slope: Slope | None = None
    """The line through its waves, where three or more asked it."""
    same_as: Indicator | None = None
    """The headline indicator that is the same share, whose changes these are."""

    def reading(self, wave: str) -> Reading | None:
        return next((reading for reading in self.readings if reading.wave == wave), None)

    def change(self, wave_from: str, wave_to: str) -> Change | None:
        return next((c for c in self.changes if (c.wave_from, c.wave_to) == (wave_from, wave_to)), None)


@dataclass(frozen=True)
class Answers:
    """The answers to one variable in one wave: shares of those who answered, by code, and of all asked."""

    wave: str
    shares: tuple[Reading, ...]
    dont_know: Reading | None
    refused: Reading | None
    nets: Mapping[str, Reading] = field(default_factory=dict)
    """Shares of codes reported together, by the net's name."""

    @property
    def base(self) -> int:
        return self.shares[0].base

    @property
    def printable(self) -> bool:
        """Whether every share may be printed: a bar without one of its parts would say the missing one."""
        return all(reading.printable for reading in self.shares)

    @property
    def few(self) -> bool:
        """Whether a small base forbids the bar; otherwise one of its shares is too uncertain to print."""
        return self.base < rows.LEAST_BASE

    @property
    def small(self) -> bool:
        """A base of 30 to 99: printed with a mark."""
        return rows.LEAST_BASE <= self.base < rows.SMALL_BASE


@dataclass(frozen=True)
class BatteryEvidence:
    """The answers to each row of a battery, wave by wave."""

    group: Group
    rows: tuple[tuple[Variable, tuple[Answers, ...]], ...]


@dataclass(frozen=True)
class Evidence:
    """Everything the report's sections draw from."""

    codebook: Codebook
    waves: tuple[Wave, ...]
    indicators: tuple[IndicatorEvidence, ...]
    batteries: tuple[BatteryEvidence, ...]
    comparisons: int
    """How many changes and slopes the intervals are adjusted for: those that no plan names."""
    table: pd.DataFrame
    """Every figure as a row of the estimate table, with an `id`; suppressed ones without numbers."""

    @property
    def latest(self) -> Wave:
        return self.waves[-1]


def gather(
    data: SurveyData,
    indicators: Sequence[Indicator],
    batteries: Sequence[Group],
    plan: Declarations | None = None,
) -> Evidence:
    """Estimate everything once; what the plan names, in its families. AnalysisError passes through."""
    asked = {indicator.name: waves_asking(data, indicator.variable) for indicator in indicators}
    _refuse_unanswered(indicators, asked, data.waves)
    desk = Desk(data, comparisons(data.waves), plan=plan)
    family = desk.undeclared([(indicator, asked[indicator.name]) for indicator in indicators])
    desk = replace(desk, family=max(1, family))
    found = tuple(desk.indicator(indicator, asked[indicator.name]) for indicator in indicators)
    grids = tuple(desk.battery(group) for group in batteries)
    table = published(pd.concat(desk.frames, ignore_index=True))
    return Evidence(data.codebook, tuple(waves_of(data)), found, grids, family, table)


def _refuse_unanswered(
    indicators: Sequence[Indicator], asked: Mapping[str, Sequence[str]], waves: Sequence[str]
) -> None:
    empty = [each.name for each in indicators if not asked[each.name]]
    if empty:
        others = ", ".join(each.name for each in indicators if each.name not in empty)
        raise ReportError(
            f"nobody answered what these indicators are made of, in no wave ({', '.join(waves)}): "
            f"{', '.join(empty)}. Leave them out: indicators: [{others}] in the file of --spec"
        )


def comparisons(waves: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The pairs of waves the report compares: first and previous wave against the latest."""
    if len(waves) < 2:
        return ()
    return tuple(dict.fromkeys([(waves[0], waves[-1]), (waves[-2], waves[-1])]))


@dataclass
class Desk:
    """Estimates indicators and batteries of one pooled data set and keeps every row in `frames`."""

    data: SurveyData
    pairs: tuple[tuple[str, str], ...]
    family: int = 1
    frames: list[pd.DataFrame] = field(default_factory=list)
    slopes: bool = True
    net: str | None = None
    """The net of every variable whose share is estimated, where it is no single code."""
    plan: Declarations | None = None
    """Judges what it names in its own families; the others share `family`."""

    def undeclared(self, asked: Sequence[tuple[Indicator, Sequence[str]]]) -> int:
        """How many changes and slopes of indicators and the waves that asked them no plan names."""
        pairs = [(each, pair) for each, waves in asked for pair in self.pairs if set(pair) <= set(waves)]
        lines = [each for each, waves in asked if self.slopes and len(waves) >= LEAST_WAVES]
        if self.plan is None:
            return len(pairs) + len(lines)
        changes = sum(not self.plan.names(self._figure(each), pair) for each, pair in pairs)
        return changes + sum(not self.plan.draws(self._figure(each)) for each in lines)

    def indicator(self, indicator: Indicator, waves: Sequence[str]) -> IndicatorEvidence:
        """Levels of the waves that asked, changes over the report's pairs, breaks between neighbours."""
        levels = self.keep(self._levels(indicator, waves), indicator.name)
        broken = [b for b in self.data.breaks if b.variable == indicator.variable]
        return IndicatorEvidence(
            indicator,
            tuple(rows.reading(row) for row in records(levels)),
            tuple(self._change(indicator, pair) for pair in self.pairs if set(pair) <= set(waves)),
            tuple(dict.fromkeys(b.wave_to for b in broken if (b.wave_from, b.wave_to) in pairwise(waves))),
            {(b.wave_from, b.wave_to): b.reason for b in broken},
            self._not_applicable(indicator.variable),
            self._slope(indicator, waves) if self.slopes and len(waves) >= LEAST_WAVES else None,
        )

    def _not_applicable(self, variable: str) -> int:
        latest = self.data.frame["wave"].astype(str) == self.data.waves[-1]
        return int((self.data.frame.loc[latest, variable] == int(Missing.NOT_APPLICABLE)).sum())

    def battery(self, group: Group) -> BatteryEvidence:
        """The answers to every row, and how many did not know or refused."""
        found = []
        asked = _with_asked(self.data, group.variables)
        for name in group.variables:
            waves = waves_asking(self.data, name)
            where = {"wave": list(waves)}
            shares = self.keep(proportion(self.data, name, by="wave", where=where), name)
            apart = self.keep(proportion(asked, f"{name}_{ASKED}", by="wave", where=where), name)
            variable = self.data.variable(name)
            nets = {
                net: self.keep(proportion(self.data, name, code=net, by="wave", where=where), f"{name}.{net}")
                for net in variable.nets
            }
            answered, beside = _by_wave(shares), _by_wave(apart)
            together = {net: _by_wave(table) for net, table in nets.items()}
            found.append((variable, tuple(_answers(wave, answered, beside, together) for wave in waves)))
        return BatteryEvidence(group, tuple(found))

    def _levels(self, indicator: Indicator, waves: Sequence[str]) -> pd.DataFrame:
        where = {"wave": list(waves)}
        if indicator.statistic == "mean":
            return mean(self.data, indicator.variable, by="wave", where=where)
        return proportion(self.data, indicator.variable, code=self._code(indicator), by="wave", where=where)

    def _change(self, indicator: Indicator, pair: tuple[str, str]) -> Change:
        table = change(
            self.data,
            indicator.variable,
            wave_from=pair[0],
            wave_to=pair[1],
            code=self._code(indicator),
            statistic=indicator.statistic,
            family=self.family,
        )
        return rows.change(next(records(self.keep(self._judged(table, indicator), indicator.name))))

    def _judged(self, table: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
        return self.plan.judged(table, self._figure(indicator)) if self.plan else table

    def _figure(self, indicator: Indicator) -> tuple[str, int | str | None, str]:
        return indicator.variable, self._code(indicator), indicator.statistic

    def _code(self, indicator: Indicator) -> int | str | None:
        return self.net or indicator.code

    def _slope(self, indicator: Indicator, waves: Sequence[str]) -> Slope:
        table = trend(
            self.data,
            indicator.variable,
            code=indicator.code,
            statistic=indicator.statistic,
            where={"wave": list(waves)},
            family=self.family,
        ).table
        kept = self.keep(self._judged(table, indicator), indicator.name)
        return rows.slope(next(records(kept)), level=LEVEL / self.family)

    def keep(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """The same rows with their ids, kept for the attachments."""
        kept = with_id(table, name)
        self.frames.append(kept)
        return kept


def records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """A row at a time, its values as Python's own."""
    columns = {str(name): column.tolist() for name, column in table.items()}
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def _by_wave(table: pd.DataFrame) -> ByWave:
    found: dict[str, tuple[Reading, ...]] = {}
    for each in map(rows.reading, records(table)):
        found[each.wave] = (*found.get(each.wave, ()), each)
    return found


def _answers(wave: str, answered: ByWave, apart: ByWave, together: Mapping[str, ByWave]) -> Answers:
    beside = {each.code: each for each in apart.get(wave, ())}
    netted = {net: by_wave[wave][0] for net, by_wave in together.items()}
    return Answers(wave, answered[wave], beside.get(DONT_KNOW), beside.get(REFUSED), netted)


def _with_asked(data: SurveyData, names: Sequence[str]) -> SurveyData:
    """The data with a column per variable that says who answered, who did not know, who refused."""
    labels: dict[int, Text] = {ANSWERED: {}, DONT_KNOW: {}, REFUSED: {}}
    helpers = {name: f"{name}_{ASKED}" for name in names}
    columns = {helpers[name]: _substance(data.frame[name]) for name in names}
    variables = [Variable(helper, {}, Level.NOMINAL, codes=labels) for helper in helpers.values()]
    codebook = replace(data.codebook, variables=(*data.codebook.variables, *variables))
    return data.with_columns(codebook, **columns)


def _substance(column: pd.Series) -> pd.Series:
    return column.where(column < 0, 0).map(_SUBSTANCE).fillna(int(Missing.NOT_APPLICABLE)).astype(int)


def waves_asking(data: SurveyData, variable: str) -> tuple[str, ...]:
    having = set(data.frame.loc[data.valid(variable), "wave"].astype(str))
    return tuple(wave for wave in data.waves if wave in having)


def with_id(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Ids to cite: `VB1.4@2025`, of a net `VB1.agree@2025`; `VB1.4@2022-2025` a change, `…/year` a slope."""
    frame = pd.DataFrame(table).copy()
    apart = [f"_{ASKED}" if str(each).endswith(f"_{ASKED}") else "" for each in frame["variable"].tolist()]
    coded = ["" if pd.isna(code) else f".{int(code)}" for code in frame["code"].tolist()]
    if "wave_from" in frame:
        per_year = "/year" if "decides" in frame else ""
        ends = zip(frame["wave_from"].tolist(), frame["wave_to"].tolist(), strict=True)
        waves = [f"{start}-{end}{per_year}" for start, end in ends]
    else:
        waves = [str(wave) for wave in frame["wave"].tolist()]
    parts = zip(apart, coded, waves, strict=True)
    frame.insert(0, "id", [f"{name}{suffix}{code}@{wave}" for suffix, code, wave in parts])
    return frame


def published(table: pd.DataFrame) -> pd.DataFrame:
    """The same rows without the numbers that may not be printed."""
    numbers = ["estimate", "se", "low", "high", "weighted_base", "n_eff", "deff", "p", "p_adjusted", "mdc"]
    hidden = table["publish"] == rows.SUPPRESS
    numbers += [str(name) for name in table if str(name).endswith("_waves")]
    numbers += ["tau2", "departure_f", "departure_p"]
    present = [name for name in numbers if name in table]
    return table.assign(**{name: table[name].mask(hidden) for name in present})
