"""Names of families and links come in, statsmodels families go out."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from statsmodels.genmod import families

from analysis.errors import EstimationError

FAMILIES: Mapping[str, Any] = {
    "gaussian": families.Gaussian,
    "binomial": families.Binomial,
    "poisson": families.Poisson,
    "gamma": families.Gamma,
    "inverse_gaussian": families.InverseGaussian,
    "negative_binomial": families.NegativeBinomial,
    "tweedie": families.Tweedie,
}
LINKS: Mapping[str, Any] = {
    "identity": families.links.Identity,
    "log": families.links.Log,
    "logit": families.links.Logit,
    "probit": families.links.Probit,
    "cloglog": families.links.CLogLog,
    "loglog": families.links.LogLog,
    "cauchy": families.links.Cauchy,
    "inverse": families.links.InversePower,
    "inverse_squared": families.links.InverseSquared,
    "sqrt": families.links.Sqrt,
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
        with warnings.catch_warnings():
            # a link that may leave the family's domain is the caller's choice; the fit refuses to leave it
            warnings.simplefilter("ignore")
            return FAMILIES[family](link=chosen) if chosen is not None else FAMILIES[family]()
    except (ValueError, TypeError) as error:
        raise EstimationError(f"family {family!r} does not take link {link!r}: {error}") from error


def refuse_response(y: np.ndarray, family: Any) -> None:
    """EstimationError for a response that the family cannot have, or that is the same for everybody."""
    if not np.isfinite(y).all():
        raise EstimationError(
            "the response is not a finite number in some row: leave those rows out by where"
        )
    if y.min() == y.max():
        raise EstimationError(
            f"everybody in the base has the response {y[0]:g}: there is nothing to explain; widen the domain"
        )
    name = type(family).__name__
    if isinstance(family, families.Binomial):
        if y.min() < 0 or y.max() > 1:
            raise EstimationError(
                f"the response of a binomial model is 0 or 1, or a share between, and {_shown(y)} was found: "
                "write I(name == code) on the left side"
            )
    elif isinstance(family, _ABOVE_ZERO) and y.min() <= 0:
        raise EstimationError(f"the response of a {name} model lies above 0, and {_shown(y)} was found")
    elif isinstance(family, _NOT_BELOW_ZERO) and y.min() < 0:
        raise EstimationError(f"the response of a {name} model is not below 0, and {_shown(y)} was found")


_ABOVE_ZERO = (families.Gamma, families.InverseGaussian)
_NOT_BELOW_ZERO = (families.Poisson, families.NegativeBinomial, families.Tweedie)


def _shown(y: np.ndarray) -> str:
    return f"{y.min():g} to {y.max():g}"
