"""`tolqyn analyse invariance`: releases and a factor model in, whether groups may be compared on it out."""

from collections.abc import Sequence
from typing import Any

import click

from survey.cli.analyse.batteries import Battery, battery, compared
from survey.cli.analyse.crossing import jointly, words_of
from survey.cli.analyse.options import Asked, asked, at_95
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import read

LEVELS = (
    *("level", "partial", "chisq", "df", "cfi", "rmsea", "srmr", "p_diff"),
    *("cfi_change", "rmsea_change", "verdict"),
)
MEANS = ("group", "factor", "estimate", "se", "low", "high", "p")
CANDIDATES = ("parameter", "chisq_drop", "df", "cfi", "rmsea", "p")


@click.command()
@asked
@battery
@click.option("--model", help="Several factors: 'f =~ A + B + C; g =~ D + E + F'; else one of all items.")
@click.option("--estimator", default="ml", show_default=True, type=click.Choice(["ml", "wlsmv"]))
@click.option(
    "--partial", multiple=True, help="Left free in every group: f=~B, B~1, B~~B or B|t2; repeatable."
)
@click.option("--candidates", metavar="STEP", help="What freeing each parameter of this step would gain.")
def invariance(  # noqa: PLR0917
    asked: Asked,
    items: Battery | None,
    model: str | None,
    estimator: str,
    partial: Sequence[str],
    candidates: str | None,
) -> None:
    """Whether a scale measures the same over waves, languages or groups, step by step, with a verdict.

    Groups are those of --by (`language` too), or the waves. Means compare where the scalar step holds:
    `means_comparable`. Estimator wlsmv treats items as ordered. JSON holds every table.

    \b
    Example:  tolqyn analyse invariance demo/releases/kz-attitudes/*/1 --battery VB
    """
    from analysis import invariance as invariance_of
    from analysis import partial_candidates

    at_95(asked, "latent means")
    if (model is None) == (items is None):
        raise click.UsageError("type --battery NAME, --variable for each item, or --model; one of them")
    data = read(asked, items.names if items else words_of(model), crossing=jointly)
    by = compared(asked, data.waves)
    if by is None:
        raise click.UsageError("invariance compares groups: give releases of two waves, or --by COLUMN")
    asked_for: Any = model if items is None else items.scale
    common: dict[str, Any] = {
        "by": by,
        "where": asked.where,
        "keys": items.keys if items and items.keys else None,
        "estimator": estimator,
    }
    found = invariance_of(data, asked_for, partial=partial, **common)
    parts = [Part("levels", found.table, LEVELS), Part("latent_means", found.latent_means, MEANS)]
    if candidates:
        freed = partial_candidates(data, asked_for, level=candidates, partial=partial, **common)
        parts.append(Part("candidates", freed, CANDIDATES))
    size = next(iter(found.fits.values()))
    facts = {
        "n": size.n,
        "estimator": size.estimator,
        "reached": found.reached or "none",
        "means_comparable": found.means_comparable,
        "note": list(found.notes),
    }
    echo_parts(parts, asked, facts)
