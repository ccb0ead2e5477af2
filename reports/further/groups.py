"""Indicators and columns that part people in; each group's latest and previous figure, and a test, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis import COLUMNS, AnalysisError, SurveyData, adjust, association, crosstab, mean
from instruments import Indicator, Level, Text, Variable
from reports import rows
from reports.evidence import records
from reports.further.hiding import complemented
from reports.i18n import LANGUAGES, own_name, words
from reports.rows import Reading
from reports.spec import LANGUAGE

ALPHA = 0.05
NAMED_LATER = ("variable", "code", "label", "wave")
"""Columns of an estimate table that a cell of a crosstab is given when it is kept."""


@dataclass(frozen=True)
class GroupLine:
    """One group's figures; its base stands in print rounded to five."""

    code: int
    label: Text
    latest: Reading | None
    previous: Reading | None


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
    return data.with_frame(data.frame.assign(**{LANGUAGE: values}), codebook=codebook)


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
    return tuple(
        GroupLine(code, label, latest.get(code), previous.get(code))
        for code, label in data.variable(column).codes.items()
        if code in latest
    )


def _readings(
    data: SurveyData, indicator: Indicator, column: str, wave: str, frames: list[pd.DataFrame]
) -> dict[int, Reading]:
    """Figures of one wave by group; the gate of tables hides small cells and what would give them away."""
    where = {"wave": [wave]}
    try:
        table = _table(data, indicator, column, where)
    except AnalysisError:
        return {}
    table = table[table["of"].notna()].assign(wave=wave)
    coded = "" if indicator.code is None else f".{indicator.code}"
    name = f"{indicator.name}{coded}@{wave}"
    ids = [f"{name}|{column}={int(code)}" for code in table["of"]]
    shown = table.drop(columns="of").assign(variable=indicator.variable, code=indicator.code)
    shown.insert(0, "id", ids)
    frames.append(shown.assign(base=_to_five(shown["base"])))
    codes = [int(code) for code in table["of"]]
    return {
        code: replace(rows.reading(row), wave=wave) for code, row in zip(codes, records(shown), strict=True)
    }


def _table(data: SurveyData, indicator: Indicator, column: str, where: dict[str, list[str]]) -> pd.DataFrame:
    if indicator.statistic == "mean":
        table = pd.DataFrame(mean(data, indicator.variable, by=column, where=where))
        return complemented(table.assign(of=table["group"].str.partition("=")[2].astype(int)))
    table = crosstab(data, indicator.variable, column, where=where)
    kept = table[table["row_code"] == indicator.code]
    group = [f"{column}={code}" for code in kept["column_code"]]
    kept = kept.assign(of=pd.to_numeric(kept["column_code"]), group=group)
    return kept[[*(name for name in COLUMNS if name not in NAMED_LATER), "of"]]


def _to_five(bases: pd.Series) -> pd.Series:
    return (bases.astype(float) / 5).round().astype(int) * 5


def _test(data: SurveyData, indicator: Indicator, column: str) -> float:
    if indicator.statistic == "mean":
        return np.nan
    try:
        return float(association(data, indicator.variable, column, where={"wave": [data.waves[-1]]}).p)
    except AnalysisError:
        return np.nan


def _adjusted(found: Sequence[Cut]) -> tuple[Cut, ...]:
    tested = [cut for cut in found if cut.tested]
    if not tested:
        return tuple(found)
    adjusted = iter(adjust(np.array([cut.p for cut in tested]), "holm"))
    return tuple(replace(cut, p=float(next(adjusted))) if cut.tested else cut for cut in found)
