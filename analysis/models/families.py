"""Names of families and links come in, statsmodels families go out."""

from collections.abc import Mapping
from typing import Any

import statsmodels.api as sm

from analysis.errors import EstimationError

FAMILIES: Mapping[str, Any] = {
    "gaussian": sm.families.Gaussian,
    "binomial": sm.families.Binomial,
    "poisson": sm.families.Poisson,
    "gamma": sm.families.Gamma,
    "inverse_gaussian": sm.families.InverseGaussian,
    "negative_binomial": sm.families.NegativeBinomial,
    "tweedie": sm.families.Tweedie,
}
LINKS: Mapping[str, Any] = {
    "identity": sm.families.links.Identity,
    "log": sm.families.links.Log,
    "logit": sm.families.links.Logit,
    "probit": sm.families.links.Probit,
    "cloglog": sm.families.links.CLogLog,
    "loglog": sm.families.links.LogLog,
    "cauchy": sm.families.links.Cauchy,
    "inverse": sm.families.links.InversePower,
    "inverse_squared": sm.families.links.InverseSquared,
    "sqrt": sm.families.links.Sqrt,
}


def family_of(family: str | Any, link: str | Any = None) -> Any:
    """A statsmodels family with its link; EstimationError for an unknown name."""
    if not isinstance(family, str):
        return family
    if family not in FAMILIES:
        raise EstimationError(f"family {family!r} is unknown: type one of {', '.join(FAMILIES)}")
    if isinstance(link, str) and link not in LINKS:
        raise EstimationError(f"link {link!r} is unknown: type one of {', '.join(LINKS)}")
    chosen = LINKS[link]() if isinstance(link, str) else link
    try:
        return FAMILIES[family](link=chosen) if chosen is not None else FAMILIES[family]()
    except (ValueError, TypeError) as error:
        raise EstimationError(f"family {family!r} does not take link {link!r}: {error}") from error
