"""Whether a scale measures the same in all waves or languages: model and groups come in, a verdict goes out.

Levels are nested (Meredith 1993); one holds when CFI falls by at most .010 and RMSEA rises by at most .015
from the level before (Chen 2007). Scaled difference tests: Satorra and Bentler (2001).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.multiplicity import adjust
from analysis.scales.cfa.fitting import cfa
from analysis.scales.cfa.measures import Test
from analysis.scales.cfa.result import FactorFit
from analysis.scales.cfa.spec import ModelText
from analysis.scales.cfa.structure import EQUAL, EQUAL_ORDINAL
from analysis.scales.figures import NO_TEST
from analysis.scales.items import Keys

INVARIANCE_COLUMNS = (
    "level", "partial", "chisq", "df", "p", "cfi", "tli", "rmsea", "srmr", "chisq_diff", "df_diff", "p_diff",
    "cfi_change", "rmsea_change", "srmr_change", "verdict",
)  # fmt: skip
HOLDS, FAILS, FITS, POOR, NONE = "holds", "fails", "fits", "poor_fit", "not_inferable"


@dataclass(frozen=True)
class Cutoffs:
    """What a level may cost: `cfi` fall, `rmsea` rise (Chen 2007); what the configural model must reach."""

    cfi: float = 0.010
    rmsea: float = 0.015
    least_cfi: float = 0.90
    most_rmsea: float = 0.10


@dataclass(frozen=True)
class InvarianceResult:
    """`table`: INVARIANCE_COLUMNS, a row per level in order; `fits` by level; `latent_means` of the highest
    level at which means can be compared; `reached`: the highest level that holds with all before it, or "";
    `means_comparable`: whether that is scalar or above; `notes`: what is inadmissible in any fit.
    """

    table: pd.DataFrame
    fits: Mapping[str, FactorFit]
    latent_means: pd.DataFrame
    reached: str
    means_comparable: bool
    cutoffs: Cutoffs
    notes: tuple[str, ...]


def invariance(
    data: SurveyData,
    model: ModelText,
    *,
    by: By,
    keys: Keys = None,
    where: Where = None,
    levels: Sequence[str] | None = None,
    partial: Sequence[str] = (),
    estimator: str = "ml",
    identify: str = "marker",
    errors: str = "design",
    cutoffs: Cutoffs | None = None,
) -> InvarianceResult:
    """Nested models of equal loadings, intercepts and residuals over the groups of `by` ("wave", "language").

    `levels`: with estimator "ml" of configural, metric, scalar, strict; with "wlsmv" (ordered items) of
    configural, thresholds, scalar, strict; `partial`: parameters left free in every group at the levels that
    would equate them. With errors "design" or "sandwich" the test is scaled, CFI, TLI and RMSEA are robust
    (WLSMV: scaled). A non-probability sample has fit measures, no test and the verdict not_inferable.
    EstimationError for levels out of order, an unknown name, a model that does not converge.
    """
    known = tuple(EQUAL_ORDINAL if estimator == "wlsmv" else EQUAL)
    wanted = tuple(levels or known)
    if [known.index(level) if level in known else -1 for level in wanted] != sorted(
        {known.index(level) for level in wanted if level in known}
    ):
        raise EstimationError(f"levels {', '.join(wanted)}: type some of {', '.join(known)}, in this order")
    if by is None:
        raise EstimationError("invariance compares groups: type by='wave', by='language' or a coded variable")

    def fit(level: str, free: Sequence[str]) -> FactorFit:
        return cfa(
            data, model, by=by, keys=keys, where=where, level=level, partial=tuple(free),
            estimator=estimator, identify=identify, errors=errors,
        )  # fmt: skip

    fits = {level: fit(level, partial) for level in wanted}
    limits = cutoffs or Cutoffs()
    table = _table(fits, tuple(partial), limits)
    reached = _reached(table)
    top = next((level for level in reversed(wanted) if level in ("scalar", "strict")), "")
    shown = reached if reached in ("scalar", "strict") else top if top != "strict" else "scalar"
    means = fits[shown].latent_means if shown in fits else pd.DataFrame()
    notes = tuple(dict.fromkeys(f"{level}: {note}" for level, one in fits.items() for note in one.notes))
    return InvarianceResult(table, fits, means, reached, reached in ("scalar", "strict"), limits, notes)


def _table(fits: Mapping[str, FactorFit], partial: tuple[str, ...], cutoffs: Cutoffs) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    before: FactorFit | None = None
    for level, fit in fits.items():
        row = {"level": level, "partial": " ".join(_freed(fit, partial)), **_figures(fit)}
        row |= _compared(fit, before) if before is not None else {}
        row["verdict"] = _verdict(row, before is None, cutoffs) if fit.infers else NONE
        rows.append(row)
        before = fit
    return pd.DataFrame(rows, columns=list(INVARIANCE_COLUMNS))


def _freed(fit: FactorFit, partial: tuple[str, ...]) -> list[str]:
    equal = (EQUAL_ORDINAL if fit.structure.categories else EQUAL)[fit.structure.level]
    kinds = {q.name: q.kind for q in fit.structure.parameters}
    return [name for name in partial if kinds.get(name) in equal]


def _figures(fit: FactorFit) -> dict[str, float]:
    """The measures the verdict rests on: robust ones under a scaled test."""
    m = fit.measures
    ending = "_scaled" if fit.estimator == "wlsmv" else "_robust"
    ending = ending if f"cfi{ending}" in m else ""
    scaled = "_scaled" if ending else ""
    found = {"chisq": m[f"chisq{scaled}"], "df": m["df"], "p": m[f"pvalue{scaled}"]}
    return found | {name: m[f"{name}{ending}"] for name in ("cfi", "tli", "rmsea")} | {"srmr": m["srmr"]}


def _compared(fit: FactorFit, before: FactorFit) -> dict[str, float]:
    now, then = _figures(fit), _figures(before)
    changes = {f"{name}_change": now[name] - then[name] for name in ("cfi", "rmsea", "srmr")}
    if not fit.infers:
        return changes
    difference = difference_test(fit, before)
    p = difference.p if np.isnan(difference.scaled) else difference.p_scaled
    chisq = difference.chisq if np.isnan(difference.scaled) else difference.scaled
    return {"chisq_diff": chisq, "df_diff": difference.df, "p_diff": p} | changes


def difference_test(fit: FactorFit, before: FactorFit) -> Test:
    """The test of a nested model against a freer one; `scaled` after Satorra and Bentler (2001).

    `scaled` is NaN with errors="information", and where the correction turns negative (too small a sample
    for it): then the changes of CFI and RMSEA alone decide.
    """
    df = fit.test.df - before.test.df
    if df <= 0:
        raise EstimationError("the two models are not nested: the second must have fewer free parameters")
    chisq = fit.test.chisq - before.test.chisq
    if np.isnan(fit.test.scaled) or np.isnan(before.test.scaled):
        return Test(chisq, df)
    scaling = (fit.test.df * fit.test.scaling - before.test.df * before.test.scaling) / df
    return Test(chisq, df, scaling, chisq / scaling if scaling > 0 else np.nan)


def _verdict(row: Mapping[str, object], first: bool, cutoffs: Cutoffs) -> str:
    if first:
        fits = float(str(row["cfi"])) >= cutoffs.least_cfi and float(str(row["rmsea"])) <= cutoffs.most_rmsea
        return FITS if fits else POOR
    fall, rise = -float(str(row["cfi_change"])), float(str(row["rmsea_change"]))
    return HOLDS if fall <= cutoffs.cfi and rise <= cutoffs.rmsea else FAILS


def _reached(table: pd.DataFrame) -> str:
    reached = ""
    for row in table.to_dict("records"):
        if row["verdict"] not in (FITS, HOLDS):
            break
        reached = str(row["level"])
    return reached


def partial_candidates(
    data: SurveyData, model: ModelText, *, by: By, level: str, partial: Sequence[str] = (), **options: object
) -> pd.DataFrame:
    """What freeing one more equal parameter would gain: `parameter chisq_drop df cfi rmsea p`, best first.

    Each parameter that `level` equates is freed in turn and the model fitted again; `p` is adjusted for the
    number tried (Holm 1979). A partial model chosen so is exploratory: say so where it is reported.
    """
    fit: Callable[[Sequence[str]], FactorFit] = lambda free: cfa(  # noqa: E731
        data,
        model,
        by=by,
        level=level,
        partial=tuple(free),
        **options,  # type: ignore[arg-type]
    )
    base = fit(partial)
    if not base.infers:
        raise EstimationError(
            f"{NO_TEST}, which is what partial candidates are chosen by: read the changes of CFI in the "
            "table of levels, or declare the model under which it may be treated as random (Meta.model)"
        )
    equal = (EQUAL_ORDINAL if base.structure.categories else EQUAL)[level]
    shared = [
        q for q in base.structure.of_group(0) if q.index >= 0 and q.kind in equal and q.name not in partial
    ]
    names = [q.name for q in shared if not (q.kind == "residual" and q.row != q.column)]
    if not names:
        raise EstimationError(f"level {level!r} equates nothing that could be freed: type a higher level")
    rows = []
    for name in dict.fromkeys(names):
        freed = fit([*partial, name])
        gain = difference_test(base, freed)
        figures = _figures(freed)
        p = gain.p if np.isnan(gain.scaled) else gain.p_scaled
        drop = gain.chisq if np.isnan(gain.scaled) else gain.scaled
        rows.append((name, drop, gain.df, figures["cfi"], figures["rmsea"], p))
    table = pd.DataFrame(rows, columns=["parameter", "chisq_drop", "df", "cfi", "rmsea", "p"])
    return table.assign(p=adjust(table["p"].to_numpy(float), "holm")).sort_values(
        "chisq_drop", ascending=False, ignore_index=True
    )
