"""Population variances: SurveyData and a variable come in, a table with linearised errors goes out."""

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.estimates.influence import Estimates, by_cell, one_a_cell, over, sums
from analysis.estimates.mean import mean_estimates
from analysis.estimates.table import EstimateTable, to_table


def variance(
    data: SurveyData, variable: str, *, by: By = None, where: Where = None, level: float = 0.95
) -> EstimateTable:
    """The variable's variance in the population, in its unit squared; a row per cell."""
    estimates = variance_estimates(data, variable, by=by, where=where)
    return to_table(estimates, interval="mean", level=level)


def variance_estimates(data: SurveyData, variable: str, *, by: By = None, where: Where = None) -> Estimates:
    """Weighted mean of squared deviations times n / (n - 1), as R survey's svyvar.

    The deviations' mean is 0, so the estimated mean adds nothing to the linearised error. EstimationError
    for a base of one row.
    """
    base = mean_estimates(data, variable, by=by, where=where)
    if (base.base < 2).all():
        raise EstimationError(f"one answer to {variable!r} has no variance: widen the domain")
    index, count, weights = base.base_index, base.cells.count, data.sample.weights
    correction = over(base.base.astype(float), base.base - 1.0)
    deviation = data.values(variable) - base.values[index]
    squared = deviation**2 * correction[index]
    squared[index < 0] = 0.0
    size = sums(index, weights, count)
    values = over(sums(index, weights * squared, count), size)
    residual = squared - values[index]
    influence = by_cell(index, over(weights, size[index]) * residual, count)
    spread = over(over(sums(index, weights * residual**2, count), size), base.base - 1.0)
    return one_a_cell(
        "variance",
        variable,
        data,
        base.cells,
        index=index,
        values=values,
        influence=influence,
        spread=spread,
        denominator=over(weights, size[index]),
    )
