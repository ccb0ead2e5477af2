"""Indicators and columns that part people in; each group's latest and previous figure, and a test, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis import COLUMNS, AnalysisError, SurveyData, adjust, association
from instruments import Indicator, Level, Text, Variable
from reports import rows
from reports.counts import FEWEST
from reports.evidence import records
from reports.grouping import Grouped
from reports.i18n import LANGUAGES, own_name, words
from reports.rows import Reading
from reports.spec import LANGUAGE
from reports.unstated import NOT_STATED, group_name, is_joint, joint_label, own_code

ALPHA = 0.05
NAMED_LATER = ("variable", "code", "label", "wave")
"""Columns of an estimate table that a cell of a crosstab is given when it is kept."""


@dataclass(frozen=True)
class GroupLine:
    """One group's figures; its base stands in print rounded to five. Where a figure is of those who did not
    say too, the label says so."""

    code: int
    label: Text
    latest: Reading | None
    previous: Reading | None
    earlier: tuple[Reading, ...] = ()
    """In the waves before these two, of the language of the interview alone."""
    joint: bool = False
    """Whether a figure is of those who did not say too."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Of every wave that is known, in their order."""
        return (*self.earlier, *(each for each in (self.previous, self.latest) if each is not None))


@dataclass(frozen=True)
class Cut:
    """One indicator by one column. `p`: that groups differ by chance alone, adjusted for all cuts shown."""

    indicator: Indicator
    column: Variable
    lines: tuple[GroupLine, ...]
    p: float

    @property
    def differs(self) -> bool:
        return self.p < ALPHA

    @property
    def tested(self) -> bool:
        return bool(np.isfinite(self.p))


def with_language(data: SurveyData) -> SurveyData:
    """The data with the language of the interview as a coded column; as they are where it is not known."""
    if "language" not in data.frame or LANGUAGE in data.codebook:
        return data
    spoken = data.frame["language"].astype(str)
    found = [name for name in LANGUAGES if (spoken == name).any()]
    if len(found) < 2:
        return data
    codes = {name: code for code, name in enumerate(found, start=1)}
    label = {language: words(language).say("Language of the interview") for language in LANGUAGES}
    column = Variable(
        LANGUAGE,
        label,
        Level.NOMINAL,
        codes={code: dict.fromkeys(LANGUAGES, own_name(name)) for name, code in codes.items()},
    )
    values = spoken.map(codes).fillna(-1).astype(int)
    codebook = replace(data.codebook, variables=(*data.codebook.variables, column))
    return data.with_columns(codebook, **{LANGUAGE: values})


def cuts(
    data: SurveyData, indicators: Sequence[Indicator], columns: Sequence[str]
) -> tuple[tuple[Cut, ...], list[pd.DataFrame]]:
    """Every indicator by every column that has answers, with Holm-adjusted tests; rows of the table."""
    frames: list[pd.DataFrame] = []
    found = []
    for indicator in indicators:
        for column in columns:
            if indicator.variable == column or column not in data.codebook:
                continue
            lines = _lines(data, indicator, column, frames)
            if sum(line.latest is not None for line in lines) > 1:
                found.append(Cut(indicator, data.variable(column), lines, _test(data, indicator, column)))
    return _adjusted(found), frames


def _lines(
    data: SurveyData, indicator: Indicator, column: str, frames: list[pd.DataFrame]
) -> tuple[GroupLine, ...]:
    latest = _readings(data, indicator, column, data.waves[-1], frames)
    previous = _readings(data, indicator, column, data.waves[-2], frames) if len(data.waves) > 1 else {}
    past = data.waves[:-2] if column == LANGUAGE else ()
    earlier = [_readings(data, indicator, column, wave, frames) for wave in past]
    found = []
    for code, label in data.variable(column).codes.items():
        if code not in latest:
            continue
        told = [wave[code] for wave in (*earlier, previous, latest) if code in wave]
        joint = any(each.joint for each in told)
        found.append(
            GroupLine(
                code,
                joint_label(label) if joint else label,
                latest[code].reading,
                previous[code].reading if code in previous else None,
                tuple(wave[code].reading for wave in earlier if code in wave),
                joint,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class _Told:
    """One group in one wave; `joint`: those who did not say are in it."""

    reading: Reading
    joint: bool


def _readings(
    data: SurveyData, indicator: Indicator, column: str, wave: str, frames: list[pd.DataFrame]
) -> dict[int, _Told]:
    """Figures of one wave by group; the gate of tables hides small cells and what would give them away."""
    try:
        table = _table(data, indicator, column, wave)
    except AnalysisError:
        return {}
    table = table.assign(wave=wave)
    coded = "" if indicator.code is None else f".{indicator.code}"
    name = f"{indicator.name}{coded}@{wave}"
    groups = [int(code) for code in table["of"]]
    ids = [f"{name}|{group_name(column, group)}" for group in groups]
    shown = table.drop(columns="of").assign(variable=indicator.variable, code=indicator.code)
    shown.insert(0, "id", ids)
    shown = _roughly(shown)
    frames.append(shown)
    return {
        own_code(group): _Told(replace(rows.reading(row), wave=wave), is_joint(group))
        for group, row in zip(groups, records(shown), strict=True)
    }


def _table(data: SurveyData, indicator: Indicator, column: str, wave: str) -> pd.DataFrame:
    """A row a group, its code in `of`; those who did not say are counted with a group, or protected with the
    others and left out."""
    parted = Grouped(data, (data.variable(column),))
    group = parted.groups[0]
    if indicator.statistic == "mean":
        kept = parted.means(indicator.variable, group, wave)
    else:
        table = parted.gated(indicator.variable, group, wave)
        kept = table[table["row_code"] == indicator.code].assign(of=lambda t: t["column_code"].astype(int))
    kept = kept[kept["of"] != NOT_STATED]
    kept = kept.assign(group=[group_name(column, int(code)) for code in kept["of"]])
    return kept[[*(name for name in COLUMNS if name not in NAMED_LATER and name in kept), "of"]]


def _roughly(shown: pd.DataFrame) -> pd.DataFrame:
    """Bases to the nearest five, and nothing beside them from which the number of people follows.

    The design effect times the effective size is the base, and share and error give the effective size to
    the last digit: so that is whole, and the effect is what the rounded base makes it.
    """
    base = _to_five(shown["base"])
    size = shown["n_eff"].astype(float).round()
    effect = (base / size.where(size > 0)).round(2)
    return shown.assign(base=base, n_eff=size, deff=effect.where(shown["deff"].notna()))


def _to_five(bases: pd.Series) -> pd.Series:
    """To the nearest five, but on the side of the gate's limits on which a base is; 5 for any of 1 to 9."""
    found = (bases.astype(float) / 5).round().astype(int) * 5
    found = found.mask((bases > 0) & (bases < FEWEST), FEWEST // 2)
    for limit in (rows.LEAST_BASE, rows.SMALL_BASE):
        found = found.mask(bases < limit, found.clip(upper=limit - 5))
    return found


def _test(data: SurveyData, indicator: Indicator, column: str) -> float:
    if indicator.statistic == "mean":
        return np.nan
    wave, grouped = data.waves[-1], Grouped(data, (data.variable(column),))
    if grouped.host(indicator.variable, data.variable(column), wave) is not None:
        data, column = grouped.ready, grouped.column(indicator.variable, data.variable(column), wave)
    try:
        return float(association(data, indicator.variable, column, where={"wave": [wave]}).p)
    except AnalysisError:
        return np.nan


def _adjusted(found: Sequence[Cut]) -> tuple[Cut, ...]:
    tested = [cut for cut in found if cut.tested]
    if not tested:
        return tuple(found)
    adjusted = iter(adjust(np.array([cut.p for cut in tested]), "holm"))
    return tuple(replace(cut, p=float(next(adjusted))) if cut.tested else cut for cut in found)
