"""Another study's releases beside the public's in; both figures of shared questions, shares by role, out.

Those who answer such a study are no random sample of their trades: no interval, no verdict. A role stands in
print from 30 answers on, and never by part of the country.
"""

from dataclasses import dataclass

import pandas as pd

from analysis import SurveyData, crossed, mean, proportion
from instruments import Indicator, Text, Variable
from reports import rows
from reports.evidence import records
from reports.grouping import complemented
from reports.rows import Reading


@dataclass(frozen=True)
class Shared:
    """One question both studies asked in the same words."""

    variable: Variable
    statistic: str
    public: Reading
    professionals: Reading


@dataclass(frozen=True)
class ByRole:
    """One indicator of the professionals: the figure of all, then of each role (None: nobody answered)."""

    indicator: Indicator
    whole: Reading
    roles: tuple[Reading | None, ...]


@dataclass(frozen=True)
class Beside:
    """The professionals' latest wave beside the public's."""

    title: Text
    study: str
    wave: str
    release: str
    fingerprint: str
    interviews: int
    synthetic: bool
    roles: tuple[Text, ...]
    shared: tuple[Shared, ...]
    indicators: tuple[ByRole, ...]


def beside(public: SurveyData, other: SurveyData, role: str) -> tuple[Beside, list[pd.DataFrame]]:
    """Both studies' latest waves; EstimationError for a role the other study does not have."""
    column = other.variable(role)
    wave = other.waves[-1]
    where = {"wave": [wave]}
    frames: list[pd.DataFrame] = []
    codes = [code for code in column.codes if (other.frame[role] == code).any()]
    found = []
    for indicator in other.codebook.indicators:
        if not indicator.headline or crossed(other.codebook, (indicator.variable, role)):
            continue
        whole = _one(other, indicator.variable, indicator.statistic, indicator.code, wave)
        parts = _by_role(other, indicator, role, where)
        parts.insert(0, "id", f"{other.meta.study}:{indicator.name}@{wave}|" + parts["group"].astype(str))
        whole = _named(whole, f"{other.meta.study}:{indicator.name}@{wave}")
        frames += [whole, _roles(parts)]
        reading = {code: rows.reading(row) for code, row in zip(parts["of"], records(parts), strict=True)}
        found.append(ByRole(indicator, _reading(whole), tuple(reading.get(code) for code in codes)))
    shared = [_shared(public, other, name, frames) for name in _same_questions(public, other)]
    meta = other.wave_meta(wave)
    interviews = int((other.frame["wave"].astype(str) == wave).sum())
    made = Beside(
        title=other.codebook.title,
        study=meta.study,
        wave=wave,
        release=f"{meta.study} {wave}/{meta.release}",
        fingerprint=meta.fingerprint,
        interviews=interviews,
        synthetic=meta.synthetic,
        roles=tuple(column.codes[code] for code in codes),
        shared=tuple(shared),
        indicators=tuple(found),
    )
    return made, frames


def _one(data: SurveyData, variable: str, statistic: str, code: int | None, wave: str) -> pd.DataFrame:
    where = {"wave": [wave]}
    if statistic == "mean":
        return pd.DataFrame(mean(data, variable, where=where))
    return pd.DataFrame(proportion(data, variable, code=code, where=where))


def _by_role(data: SurveyData, indicator: Indicator, role: str, where: dict[str, list[str]]) -> pd.DataFrame:
    if indicator.statistic == "mean":
        table = pd.DataFrame(mean(data, indicator.variable, by=role, where=where))
    else:
        table = pd.DataFrame(proportion(data, indicator.variable, code=indicator.code, by=role, where=where))
    return complemented(table.assign(of=table["group"].str.rpartition("=")[2].astype(int)))


def _roles(parts: pd.DataFrame) -> pd.DataFrame:
    """The rows that may be printed: the base of a hidden one would tell how few of a trade answered."""
    return parts[parts["publish"] != rows.SUPPRESS].drop(columns="of")


def _named(table: pd.DataFrame, name: str) -> pd.DataFrame:
    shown = table.copy()
    shown.insert(0, "id", name)
    return shown


def _reading(table: pd.DataFrame) -> Reading:
    return rows.reading(next(records(table)))


def _same_questions(public: SurveyData, other: SurveyData) -> list[str]:
    """Names both codebooks have, asked in the same words with the same answers and made by nothing."""
    found = []
    for variable in other.codebook.variables:
        if variable.name not in public.codebook or variable.rule is not None or not variable.question:
            continue
        own = public.variable(variable.name)
        if own.question == variable.question and own.codes == variable.codes and own.higher != "neutral":
            latest = public.frame["wave"].astype(str) == public.waves[-1]
            if (public.valid(variable.name) & latest).any() and other.valid(variable.name).any():
                found.append(variable.name)
    return found


def _shared(public: SurveyData, other: SurveyData, name: str, frames: list[pd.DataFrame]) -> Shared:
    variable = public.variable(name)
    statistic = "mean"
    pair = []
    for data in (public, other):
        wave = data.waves[-1]
        table = _named(_one(data, name, statistic, None, wave), f"{data.meta.study}:{name}@{wave}")
        frames.append(table)
        pair.append(_reading(table))
    return Shared(variable, statistic, *pair)
