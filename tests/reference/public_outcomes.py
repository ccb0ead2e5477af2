"""Outcome rates and planned errors as R computed them, by the functions of `analysis`."""

import math

from r_shapes import Results

from analysis import (
    Dispositions,
    crosswise_error,
    n_for_change,
    n_for_indirect,
    outcome_rates,
    smallest_change,
)


def aapor() -> Results:
    found = Dispositions(I=800, P=60, R=500, NC=300, O=40, UH=250, UO=50)
    table = outcome_rates(found, e=0.6)
    return {
        "aapor": dict(table.loc[table["kind"] != "eligibility", ["rate", "estimate"]].to_numpy().tolist())
    }


def planned() -> Results:
    return {
        "power.prop_0.40_0.45_n": n_for_change(0.40, 0.45).exact,
        "power.mde_n1000_p40": smallest_change(1000, 0.40),
        "power.mde_n1000_deff1.8_p40": smallest_change(1000, 0.40, deff=1.8),
    }


def indirect() -> Results:
    """rr takes the first size whose power is within 0.01 of the one asked for: 0.79 for 0.8."""
    share = (0.72 + 0.25 - 1) / (2 * 0.25 - 1)
    size = n_for_indirect("forced", share_null=0.05, share_true=0.1, power=0.79, p=2 / 3, forced_yes=1 / 6)
    return {
        "crosswise.lam0.72_n1000_p0.25": {"est": share, "se": crosswise_error(1000, 0.25, p=share)},
        "crosswise.mirror_rr_power": {"n": math.ceil(size.exact)},
    }
