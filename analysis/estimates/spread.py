"""Population variances: SurveyData and a variable come in, an EstimateTable goes out."""

from analysis.data import SurveyData, Where
from analysis.estimates.cells import By
from analysis.estimates.influence import Estimates, by_cell, one_a_cell, over, sums
from analysis.estimates.mean import base_of, refuse_nominal, simple_variance
from analysis.estimates.table import EstimateTable, to_table


def variance(
    data: SurveyData, variable: str, *, by: By = None, where: Where = None, level: float = 0.95
) -> EstimateTable:
    """Variances of a variable in the population, n / (n - 1) times the weighted mean square about the mean.

    n: the base. R: svyvar. `statistic` is "variance".
    """
    return to_table(variance_estimates(data, variable, by=by, where=where), interval="mean", level=level)


def variance_estimates(data: SurveyData, variable: str, *, by: By = None, where: Where = None) -> Estimates:
    """Influence w (n / (n - 1) (y - mean)^2 - variance) / sum of w, inside the cell; the mean's own error
    does not enter, its derivative being 0 (nor do replicates move the mean).
    """
    refuse_nominal(data, variable)
    cells, index, y = base_of(data, variable, by, where)
    weights = data.sample.weights
    size = sums(index, weights, cells.count)
    n = sums(index, index >= 0, cells.count)
    mean = over(sums(index, weights * y, cells.count), size)
    squares = (y - mean[index]) ** 2 * over(n, n - 1.0)[index]
    values = over(sums(index, weights * squares, cells.count), size)
    share = over(weights, size[index])
    residual = squares - values[index]
    return one_a_cell(
        "variance",
        variable,
        data,
        cells,
        index=index,
        values=values,
        influence=by_cell(index, share * residual, cells.count),
        spread=simple_variance(index, weights, residual, cells.count),
        denominator=share,
    )
