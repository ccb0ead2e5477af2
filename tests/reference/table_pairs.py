"""R's tests on tables, ranks, t tests, variances and contrasts of the studies in, ours beside them out."""

from collections.abc import Callable, Iterator
from typing import Any

from analysis import (
    SurveyData,
    association,
    goodness_of_fit,
    mean_estimates,
    proportion,
    quotient,
    rank_test,
    t_test,
    variance,
)

KINDS = ("chisq", "rank", "ranks", "ttest", "variance", "quotient", "fit", "likelihood")
Pairs = Iterator[tuple[str, Any, Any]]


def table_pairs(survey: Callable[..., SurveyData], design: str, parts: list[str], theirs: Any) -> Pairs:
    """Field, R's value and ours; `survey` declares a design with coded columns."""
    kind, *names = parts
    if kind == "chisq":
        yield from chisq(survey(design, *names[:2]), names, theirs)
    elif kind in ("rank", "ranks"):
        yield from ranks(survey(design, names[1]), names, theirs)
    elif kind == "ttest":
        made = t_test(survey(design, names[1]), *names)
        ours = {"statistic": made.statistic, "df": made.df, "p": made.p, "estimate": made.estimate}
        yield from ((field, value, ours[field]) for field, value in theirs.items())
    elif kind == "variance":
        row = variance(survey(design), names[0]).iloc[0]
        yield from ((field, value, row[field]) for field, value in theirs.items())
    elif kind == "quotient":
        data = survey(design, names[1])
        codes = sorted(data.variable(names[1]).codes)
        parts_of = [mean_estimates(data, names[0], where={names[1]: code}) for code in codes]
        row = quotient(*parts_of).table().iloc[0]
        yield from ((field, value, row[field]) for field, value in theirs.items())
    elif kind == "fit":
        yield from fit(survey(design, names[0]), names[0], theirs)
    else:
        row = proportion(survey(design, names[0]), names[0], code=int(names[1]), interval="likelihood").iloc[
            0
        ]
        yield "ends", theirs, [row["low"], row["high"]]


def chisq(data: SurveyData, names: list[str], theirs: Any) -> Pairs:
    made = association(data, *names[:2], statistic=names[2])
    yield "statistic", theirs["stat"], made.statistic
    yield "p", theirs["p"], made.p
    degrees = theirs["par"] if isinstance(theirs["par"], list) else [theirs["par"]]
    if degrees:
        yield "degrees", degrees, [made.df, made.ddf][: len(degrees)]


def ranks(data: SurveyData, names: list[str], theirs: Any) -> Pairs:
    made = rank_test(data, names[0], names[1], scores=names[2])
    ours = {"statistic": made.statistic, "df": made.df, "ddf": made.ddf, "p": made.p}
    ours |= {"estimate": made.estimate, "chisq": made.statistic * made.df}
    yield from ((field, value, ours[field]) for field, value in theirs.items())


def fit(data: SurveyData, variable: str, theirs: Any) -> Pairs:
    shares = {code: place for place, code in enumerate(sorted(data.variable(variable).codes), start=1)}
    made = goodness_of_fit(data, variable, shares)
    ours = {"statistic": made.statistic, "df": made.df, "p": made.p}
    yield from ((field, value, ours[field]) for field, value in theirs.items())
