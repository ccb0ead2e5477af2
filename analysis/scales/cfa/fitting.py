"""Confirmatory factor analysis: data and a model come in, a fit goes out."""

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.scales.cfa.continuous import fit_continuous
from analysis.scales.cfa.ordinal import fit_ordinal, ordinal_samples
from analysis.scales.cfa.result import FactorFit, as_inferred
from analysis.scales.cfa.samples import group_samples
from analysis.scales.cfa.spec import ModelText, read_model
from analysis.scales.cfa.structure import Wanted, make_structure
from analysis.scales.groups import make_groups
from analysis.scales.items import Keys, scale_items

ESTIMATORS = ("ml", "wlsmv")


def cfa(
    data: SurveyData,
    model: ModelText,
    *,
    by: By = None,
    keys: Keys = None,
    where: Where = None,
    level: str = "configural",
    partial: tuple[str, ...] = (),
    identify: str = "marker",
    estimator: str = "ml",
    errors: str = "design",
    means: bool | None = None,
) -> FactorFit:
    """A factor model of one sample or of groups, on complete rows.

    `estimator`: ml (pseudo-maximum likelihood of continuous items) or wlsmv (ordered items).

    `model`: see `read_model`; `level`: equality over groups, configural, metric, scalar or strict (wlsmv:
    configural, thresholds, scalar, strict), `partial` names what stays free; `errors`: design (strata,
    clusters, weights), sandwich (independent rows, lavaan's MLR) or information (normal answers, lavaan's
    ML); `means`: whether means are modelled (default: with groups). EstimationError for a model that is not
    identified or reaches no maximum.
    """
    read = read_model(data, model)
    items = scale_items(data, read.items, keys=keys, where=where)
    groups = make_groups(data, by, items.domain)
    if estimator not in ESTIMATORS:
        raise EstimationError(f"estimator={estimator!r} is unknown: type {' or '.join(ESTIMATORS)}")
    if estimator == "wlsmv":
        ordinal = ordinal_samples(items, groups)
        counts = tuple(len(cuts) + 1 for cuts in ordinal[0].thresholds)
        of = Wanted(groups.count, level, tuple(partial), identify, True, counts, groups.count == 1)
        return as_inferred(fit_ordinal(make_structure(read, of), ordinal, items, errors))
    samples = group_samples(items, groups)
    with_means = groups.count > 1 if means is None else means
    if groups.count > 1 and not with_means and level in ("scalar", "strict"):
        raise EstimationError(f"level {level!r} compares intercepts: leave means out, or type means=True")
    wanted = Wanted(groups.count, level, tuple(partial), identify, with_means)
    return as_inferred(fit_continuous(make_structure(read, wanted), samples, items, errors))
