"""Split ballots: SurveyData and the column of the forms come in, differences between the forms go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, joint_covariance, mean_estimates, proportion_estimates
from analysis.experiments.balance import Balance, balance
from analysis.experiments.figures import figures, make_one, one_survey, table_of, wald, with_p
from instruments import Level, Missing, Role

Items = Mapping[int, str]
"""The variable that each form's code asked."""


@dataclass(frozen=True)
class SplitBallot:
    """`table`: the later form's figure minus the first's, COLUMNS, p, form_from, form_to, variable_to;
    `forms`: each form's figures; `tests`: Wald F that the forms give one distribution; `balance`: sizes and
    composition of the forms' groups; `estimates`: the differences with influence values, in that order.
    """

    table: pd.DataFrame
    forms: pd.DataFrame
    tests: pd.DataFrame
    balance: Balance
    estimates: tuple[Estimates, ...]


def split_ballot(
    data: SurveyData | Sequence[SurveyData],
    split: str,
    items: str | Sequence[str | Items] | None = None,
    *,
    code: int | str | None = None,
    where: Where = None,
    covariates: Sequence[str] | None = None,
    level: float = 0.95,
) -> SplitBallot:
    """Differences between the forms of a split ballot, with a test each.

    `items`: variables that every form asked (as when a form changes what stands before them), or mappings
    {code of the form: variable}; by default those of the forms, paired in the order of the file. Of coded
    variables the share of each code (or of `code`, or the net of that name) is compared, of others the mean.
    The forms' groups are domains of one sample: the covariance of the two figures is in the error.
    EstimationError where the forms' items cannot be paired.
    """
    data = one_survey(data)
    variable = data.variable(split)
    domain = data.domain(where) & data.valid(split)
    codes = [c for c in sorted(variable.codes) if (domain & (data.frame[split] == c)).any()]
    if len(codes) < 2:
        raise EstimationError(f"{split!r} divides nobody: {len(codes)} of its forms occur in the domain")
    pairs = _given(items, codes) if items is not None else paired_items(data, split)
    tables, forms, tests, differences = [], [], [], []
    for asked in pairs:
        arms = {form: domain & (data.frame[split] == form).to_numpy() for form in codes}
        found = _compared(data, asked, code, arms)
        for form, part in zip(codes, found, strict=True):
            forms.append(table_of(part, level, interval=_interval(part)).assign(form=form))
        for form, part in zip(codes[1:], found[1:], strict=True):
            difference = _difference(data, found[0], part)
            differences.append(difference)
            table = with_p(table_of(difference, level))
            tables.append(table.assign(form_from=codes[0], form_to=form, variable_to=asked[form]))
        tests.append(_test(data, codes, asked, found))
    return SplitBallot(
        pd.concat(tables, ignore_index=True),
        pd.concat(forms, ignore_index=True),
        pd.DataFrame(tests, columns=["variable", "variable_to", "f", "df", "ddf", "p"]),
        balance(data, split, covariates=covariates, where=domain),
        tuple(differences),
    )


def paired_items(data: SurveyData, split: str) -> list[Items]:
    """The variables of the forms, first with first and so on, as far as their codes agree.

    From the codebook where it lists the forms' items, else from who was asked what: a form's own variables
    are "not asked" (-4) of everybody else. EstimationError where nothing pairs.
    """
    forms = _listed(data, split) or _found(data, split)
    lists = [names for names in forms.values() if names]
    problem = ""
    if len(lists) < len(forms) or len(lists) < 2:
        problem = "a form asks nothing of its own"
    else:
        pairs: list[Items] = [dict(zip(forms, names, strict=True)) for names in zip(*lists, strict=False)]
        pairs = [pair for pair in pairs if _alike(data, list(pair.values()))]
        if pairs:
            return pairs
        problem = "the forms' items have different answers"
    said = "; ".join(f"{code}: {', '.join(names) or 'nothing'}" for code, names in forms.items())
    raise EstimationError(
        Said(
            f"the items of the forms of {split!r} cannot be paired ({problem}; {said}): type ",
            setting("items", "NAME"),
            " for a variable that every form asked, or ",
            setting("items", [{1: "NAME", 2: "OTHER"}], of="pairs"),
        )
    )


def _listed(data: SurveyData, split: str) -> dict[int, list[str]]:
    said = data.variable(split).design.get("split", {}).get("forms", {})
    variables = [v for v in data.codebook.variables if v.role is Role.ANSWER and v.level is not Level.TEXT]
    return {
        int(code): [v.name for item in items for v in variables if item in (v.name, v.item)]
        for code, items in said.items()
    }


def _found(data: SurveyData, split: str) -> dict[int, list[str]]:
    form = data.frame[split].to_numpy()
    codes = [code for code in sorted(data.variable(split).codes) if (form == code).any()]
    result: dict[int, list[str]] = {code: [] for code in codes}
    for variable in data.codebook.variables:
        if variable.role is not Role.ANSWER or variable.level is Level.TEXT:
            continue
        column = data.frame[variable.name].to_numpy()
        asked = (column != int(Missing.NOT_ASKED)) & ~pd.isna(column)
        having = [code for code in codes if asked[form == code].any()]
        if len(having) == 1:
            result[having[0]].append(variable.name)
    return result


def _alike(data: SurveyData, names: Sequence[str]) -> bool:
    variables = [data.variable(name) for name in names]
    return all(
        set(v.codes) == set(variables[0].codes) and v.level is variables[0].level for v in variables[1:]
    )


def _given(items: str | Sequence[str | Items], codes: Sequence[int]) -> list[Items]:
    several = [items] if isinstance(items, str | Mapping) else list(items)
    pairs: list[Items] = [
        dict.fromkeys(codes, each) if isinstance(each, str) else dict(each) for each in several
    ]
    for pair in pairs:
        absent = [code for code in codes if code not in pair]
        if absent:
            raise EstimationError(
                f"items= names no variable for form {absent[0]}: give one for each of {codes}"
            )
    return pairs


def _compared(
    data: SurveyData, asked: Items, code: int | str | None, arms: Mapping[int, np.ndarray]
) -> list[Estimates]:
    names = [asked[form] for form in arms]
    if not _alike(data, names):
        raise EstimationError(
            f"{' and '.join(dict.fromkeys(names))} have different answers: they do not compare"
        )
    parts = []
    for inside, name in zip(arms.values(), names, strict=True):
        make_one(data, name, inside)
        shares = bool(data.variable(name).codes)
        parts.append(
            proportion_estimates(data, name, code=code, where=inside)
            if shares
            else mean_estimates(data, name, where=inside)
        )
    return parts


def _interval(part: Estimates) -> str:
    return "logit" if part.statistic == "proportion" else "mean"


def _difference(data: SurveyData, first: Estimates, other: Estimates) -> Estimates:
    base = np.where(first.domain | other.domain, 0, -1)
    cells = make_one(data, first.variable, base >= 0)
    return figures(
        f"{first.statistic}_difference",
        first.variable,
        data,
        cells,
        index=base,
        cell=np.zeros(len(first.values), int),
        values=other.values - first.values,
        influence=other.influence - first.influence,
        codes=first.codes,
    )


def _test(
    data: SurveyData, codes: Sequence[int], asked: Items, parts: Sequence[Estimates]
) -> tuple[object, ...]:
    width = len(parts[0].values)
    others = len(parts) - 1
    contrast = np.hstack([-np.tile(np.eye(width), (others, 1)), np.eye(width * others)])
    V = contrast @ joint_covariance(parts) @ contrast.T
    values = np.concatenate([part.values - parts[0].values for part in parts[1:]])
    inside = np.logical_or.reduce([part.domain for part in parts])
    infers = all(data.wave_meta(wave).infers for wave in data.waves)
    test = wald(asked[codes[0]], values, V if infers else V * np.nan, data.sample.df(inside))
    return (asked[codes[0]], asked[codes[-1]], test.f, test.df, test.ddf, test.p)
