"""`tolqyn analyse scale`: releases and items in, reliability, item statistics or factors out."""

from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.batteries import Battery, battery, compared
from survey.cli.analyse.crossing import jointly, words_of
from survey.cli.analyse.options import Asked, asked, at_95
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import groups, in_shell, read

if TYPE_CHECKING:
    from analysis import FactorFit, SurveyData

RELIABILITY = (
    *("statistic", "group", "wave", "items", "estimate", "se", "low", "high"),
    *("feldt_low", "feldt_high", "base", "df"),
)
ITEMS = ("wave", "item", "key", "base", "missing", "mean", "se", "sd", "item_rest", "alpha_if_dropped")
PARAMETERS = ("group", "parameter", "estimate", "se", "z", "p", "standardised")
SHOWN = ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr")
CORRELATIONS = ("pearson", "polychoric")


@click.command()
@asked
@battery
@click.option("--missing", default="pairwise", show_default=True, type=click.Choice(["pairwise", "complete"]))
@click.option("--factor", "factors", type=click.IntRange(min=1), help="Explore this number of factors.")
@click.option("--cfa", "model", help="Fit a factor model: 'f =~ A + B + C; g =~ D + E + F'.")
@click.option(
    "--rotation", default="oblimin", show_default=True, type=click.Choice(["oblimin", "varimax", "none"])
)
@click.option("--correlation", default="pearson", show_default=True, type=click.Choice(CORRELATIONS))
@click.option("--estimator", default="ml", show_default=True, type=click.Choice(["ml", "wlsmv"]))
def scale(  # noqa: PLR0917
    asked: Asked,
    items: Battery | None,
    missing: str,
    factors: int | None,
    model: str | None,
    rotation: str,
    correlation: str,
    estimator: str,
) -> None:
    """Reliability of a battery and what each item adds to it: alpha, omega, item statistics.

    `--factor` explores factors by least squares, `--cfa` fits a model of factors (estimator wlsmv: of ordered
    items). Items that run backwards are turned by the codebook's keys, or `--key`. JSON holds every table.

    \b
    Example:  tolqyn analyse scale demo/releases/kz-attitudes/2026/1 --battery VB
    """
    if factors and model:
        raise click.UsageError("give --factor or --cfa, not both")
    if model and items and items.scale:
        raise click.UsageError("--cfa names its items: leave --battery and --variable out")
    if model:
        _confirm(asked, model, estimator)
        return
    if items is None:
        raise click.UsageError("a scale needs items: type --battery NAME, or --variable for each")
    data = read(asked, items.names, crossing=jointly)
    if factors:
        _explore(data, asked, items, factors, rotation=rotation, correlation=correlation)
    else:
        _describe(data, asked, items, missing)


def _describe(data: "SurveyData", asked: Asked, items: Battery, missing: str) -> None:
    import pandas as pd

    from analysis import AnalysisError, alpha, omega, scale_items

    found = scale_items(data, items.scale, keys=items.keys, where=asked.where)
    common: dict[str, Any] = {"keys": items.keys, "by": groups(asked, data) or None, "where": asked.where}
    one = alpha(data, items.scale, missing=missing, level=asked.level, **common).table
    tables = [one.assign(method=f"{data.sample.method}, {missing} rows")]
    tables[0].insert(0, "statistic", "alpha")
    notes = [f"{item} has key 0 in the codebook and is left out" for item in found.left_out]
    try:
        other = omega(data, items.scale, level=asked.level, **common).table
    except AnalysisError as error:
        notes += [f"no omega: {in_shell(problem)}" for problem in error.problems]
    else:
        notes += [note for note in other["notes"] if note]
        other.insert(0, "statistic", "omega")
        tables.append(other.assign(method=f"{data.sample.method}, one factor by ml, complete rows"))
    parts = (
        Part("reliability", pd.concat(tables, ignore_index=True), RELIABILITY),
        Part("items", _items(data, asked, items, missing), ITEMS),
    )
    echo_parts(parts, asked, {"note": notes})


def _items(data: "SurveyData", asked: Asked, items: Battery, missing: str) -> Any:
    """Item statistics of each wave."""
    import pandas as pd

    from analysis import item_statistics

    tables = []
    for place, wave in enumerate(data.waves):
        here = data.domain(asked.where) & (data.wave_place == place)
        table = item_statistics(
            data, items.scale, keys=items.keys, where=here, missing=missing, level=asked.level
        )
        tables.append(table.rename_axis("item").reset_index().assign(wave=wave))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["wave", *whole.columns.drop("wave")]]


def _explore(
    data: "SurveyData", asked: Asked, items: Battery, factors: int, *, rotation: str, correlation: str
) -> None:
    from analysis import eigenvalues, factor_analysis, kmo

    common: dict[str, Any] = {"keys": items.keys, "where": asked.where, "correlation": correlation}
    found = factor_analysis(data, items.scale, factors, rotation=rotation, **common)
    names = list(found.loadings.columns)
    loadings = found.loadings.assign(communality=found.communalities, uniqueness=found.uniquenesses)
    values = eigenvalues(data, items.scale, **common).figures.table(asked.level)
    parts = (
        Part(
            "loadings",
            loadings.rename_axis("item").reset_index(),
            ("item", *names, "communality", "uniqueness"),
        ),
        Part("factors", found.factors.rename_axis("factor").reset_index(), ("factor", *names)),
        Part(
            "eigenvalues",
            values.rename_axis("eigenvalue").reset_index(),
            ("eigenvalue", "estimate", "se", "low", "high"),
        ),
    )
    fit = {name: getattr(found, name) for name in ("n", "chisq", "df", "p", "rmsea", "tli")}
    adequacy = kmo(data, items.scale, **common).overall
    echo_parts(parts, asked, {"fit": fit, "kmo": adequacy, "note": list(found.notes)})


def _confirm(asked: Asked, model: str, estimator: str) -> None:
    from analysis import cfa

    at_95(asked, "latent means")
    data = read(asked, words_of(model), crossing=jointly)
    fit = cfa(data, model, by=compared(asked, data.waves), where=asked.where, estimator=estimator)
    parts = (
        Part("estimates", fit.estimates, PARAMETERS),
        Part("latent_means", fit.latent_means, ("group", "factor", "estimate", "se", "low", "high", "p")),
    )
    echo_parts(parts, asked, facts_of(fit, screen=not asked.as_json))


def facts_of(fit: "FactorFit", *, screen: bool) -> dict[str, Any]:
    """Size, estimator, fit measures (the robust or scaled ones too) and what is wrong with the fit."""
    known = {
        name: float(value)
        for name, value in fit.measures.items()
        if not screen or name.split("_")[0] in SHOWN
    }
    about = {"n": fit.n, "estimator": fit.estimator, "errors": fit.errors}
    return {**about, "measures": known, "note": list(fit.notes)}
