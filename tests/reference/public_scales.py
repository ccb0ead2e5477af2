"""Personality items and school tests: R's reliabilities and factor models, computed by `analysis.scales`."""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from r_shapes import Results

from analysis import (
    Design,
    FactorFit,
    SurveyData,
    alpha,
    cfa,
    difference_test,
    eigenvalues,
    factor_analysis,
    from_frame,
    item_statistics,
    kmo,
    moments,
    omega,
    polychoric,
    polychoric_pair,
    scale_items,
)

AGREEABLE = ("A1", "A2", "A3", "A4", "A5")
TURNED: dict[str, Any] = {"keys": {"A1": -1}}
THREE = "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"
LEVELS = ("configural", "metric", "scalar", "strict")
INDEXES = ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "aic", "bic", "logl")
NAMES = {"rmsea.ci.lower": "rmsea_low", "rmsea.ci.upper": "rmsea_high", "df.scaled": "df"}


@lru_cache
def personality(folder: Path) -> SurveyData:
    return from_frame(pd.read_csv(folder / "bfi.csv"), Design(weight=None))


@lru_cache
def pupils(folder: Path) -> SurveyData:
    """The schools as codes in the order R meets them."""
    frame = pd.read_csv(folder / "HolzingerSwineford1939.csv")
    places = {"Pasteur": 1, "Grant-White": 2}
    coded = frame.assign(school=frame["school"].map(places))
    return from_frame(
        coded, Design(weight=None), codes={"school": {code: name for name, code in places.items()}}
    )


def scales(folder: Path) -> Results:
    return {**reliability(folder), **exploratory(folder), **confirmatory(folder), **groups(folder)}


def reliability(folder: Path) -> Results:
    data = personality(folder)
    row = alpha(data, AGREEABLE, **TURNED).table.iloc[0]
    items = item_statistics(data, AGREEABLE, **TURNED)
    names = ["A1-", *AGREEABLE[1:]]
    complete = alpha(data, AGREEABLE, missing="complete", **TURNED).table.iloc[0]
    model = omega(data, AGREEABLE, **TURNED).table.iloc[0]
    found = polychoric(data, AGREEABLE, **TURNED)
    whole = data.frame[list(AGREEABLE)].notna().all(axis=1).to_numpy()
    pair = polychoric_pair(data, "A2", "A3", where=whole)
    cuts = {
        f"{name}|t{k + 1}": cut
        for name, some in zip(AGREEABLE, found.thresholds, strict=True)
        for k, cut in enumerate(some)
    }
    return {
        "bfi_A.alpha": {
            "raw": row["estimate"],
            "std": row["standardised"],
            "G6": row["g6"],
            "avg_r": row["average_r"],
            "ase": row["se_normal"],
            "item_drop": dict(zip(names, items["alpha_if_dropped"], strict=True)),
            "r_drop": dict(zip(names, items["item_rest"], strict=True)),
            "n": row["base"],
        },
        "bfi_A.alpha_complete": {"raw": complete["estimate"], "n": complete["base"]},
        "bfi_A.cov": moments(scale_items(data, AGREEABLE, **TURNED), "complete").covariance,
        "bfi_A.omega_cfa": {"omega": model["estimate"], "omega_obs": model["observed"]},
        "bfi_A.omega_psych": {
            "omega_tot": omega(data, AGREEABLE, method="minres", **TURNED).table.iloc[0]["estimate"]
        },
        "bfi_A.polychoric_psych": {"rho": found.correlations, "tau": found.thresholds},
        "bfi_A.polychor_ml_A2A3": {"rho": pair.figures.values[0], "var": pair.model_covariance[0, 0]},
        "bfi_A.polychoric_lavaan": found.correlations,
        "bfi_A.thresholds_lavaan": cuts,
    }


def exploratory(folder: Path) -> Results:
    data = personality(folder)
    names = list(data.frame.columns[:25])
    likely = factor_analysis(data, names, 5, method="ml", rotation="none")
    least = factor_analysis(data, names, 5)
    return {
        "bfi25.fa_ml": {
            "n": likely.n,
            "communality": dict(likely.communalities),
            "chisq": likely.chisq,
            "dof": likely.df,
            "RMSEA": likely.rmsea,
            "TLI": likely.tli,
            "uniq": dict(likely.uniquenesses),
        },
        "bfi25.fa_minres_oblimin": {
            "communality": dict(least.communalities),
            "Phi": least.factors.to_numpy(),
        },
        "bfi25.KMO": kmo(data, names).overall,
        "bfi25.eigen": eigenvalues(data, names).values,
    }


def confirmatory(folder: Path) -> Results:
    data, tests = personality(folder), pupils(folder)
    options = {"identify": "variance", **TURNED}
    likely = cfa(data, {"A": AGREEABLE}, errors="information", **options)
    ordered = cfa(data, {"A": AGREEABLE}, errors="sandwich", estimator="wlsmv", **options)
    three = cfa(tests, THREE, errors="information")
    robust = cfa(tests, THREE, errors="sandwich")
    ends = ("rmsea.ci.lower", "rmsea.ci.upper")
    ordinal = ("chisq", "df", "chisq.scaled", "df.scaled", "pvalue.scaled", "cfi", "cfi.scaled")
    return {
        "bfi_A.cfa_ml": {"est": estimates(likely), "fit": measures(likely, (*INDEXES, *ends))},
        "bfi_A.cfa_wlsmv": {
            "est": estimates(ordered, lavaan_rows=True),
            "fit": measures(ordered, (*ordinal, "tli.scaled", "rmsea", "rmsea.scaled", "srmr")),
        },
        "hs.cfa": {"fit": measures(three, INDEXES), "est": estimates(three)},
        "hs.mlr": measures(robust, ("chisq.scaled", "df.scaled", "cfi.robust", "rmsea.robust", "cfi.scaled")),
    }


def groups(folder: Path) -> Results:
    data = pupils(folder)
    fits = [cfa(data, THREE, by="school", level=level, errors="information") for level in LEVELS]
    free = ("x3~1", "x7~1")
    partial = cfa(data, THREE, by="school", level="scalar", partial=free, errors="information")
    steps = [difference_test(later, earlier) for earlier, later in pairwise(fits)]
    means = fits[2].latent_means
    return {
        **{f"hs.mg.{level}": measures(fit, INDEXES) for level, fit in zip(LEVELS, fits, strict=True)},
        "hs.mg.lrt": {
            "chisq_diff": [None, *(step.chisq for step in steps)],
            "df_diff": [None, *(step.df for step in steps)],
            "p": [None, *(step.p for step in steps)],
        },
        "hs.mg.scalar_latent_means": [
            {"group": 1 + (row.group == "school=2"), "est": row.estimate, "se": row.se}
            for row in means.itertuples()
        ],
        "hs.mg.partial_scalar": measures(partial, INDEXES),
    }


def measures(fit: FactorFit, names: tuple[str, ...]) -> Results:
    return {name: fit.measures[NAMES.get(name, name.replace(".", "_"))] for name in names}


def estimates(fit: FactorFit, *, lavaan_rows: bool = False) -> list[Results]:
    """lavaan's rows; of ordered items it prints scales of 1 and means of 0 too, which nobody estimates."""
    rows = [{"est": row.estimate, "se": row.se} for row in fit.estimates.itertuples() if row.kind != "mean"]
    if not lavaan_rows:
        return rows
    p = len(fit.items.names)
    loadings, cuts = rows[:p], rows[2 * p + 1 :]
    fixed = [{"est": 1.0, "se": 0.0}] * p, [{"est": 0.0, "se": 0.0}] * (p + 1)
    return [*loadings, *cuts, *rows[p : 2 * p + 1], *fixed[0], *fixed[1]]
