"""Weights, places and a secret in; weights in groups, random groups of places, another order of rows out."""

import hashlib
import hmac

import numpy as np
import pandas as pd

from analysis.public.suppressing import classes

LEAST_UNITS, MOST_UNITS = 8, 40
PLACES_A_UNIT, ROWS_A_UNIT = 3, 20
"""A random group holds at least so many places and, on average, so many rows."""
DIGITS = 6


def grouped_weights(weights: np.ndarray, keys: np.ndarray, k: int) -> np.ndarray:
    """n weights, each the mean of k or more neighbours in size within its class of equal keys.

    Raked weights are products of one factor a margin: whoever knows the method reads withheld keys off them.
    After this, keys and weight together still are shared by k rows, and every class keeps its sum.
    """
    number, _ = classes(keys)
    out = np.empty(len(weights))
    for each in range(int(number.max()) + 1):
        rows = np.flatnonzero(number == each)
        rows = rows[np.lexsort((rows, weights[rows]))]
        for part in np.array_split(rows, max(len(rows) // k, 1)):
            out[part] = round(float(weights[part].mean()), DIGITS)
    return out


def random_groups(strata: np.ndarray, places: np.ndarray, secret: bytes) -> np.ndarray | None:
    """n group numbers from 1 on: whole places, dealt stratum by stratum; None where there are too few.

    A stratum or a place would tell region and settlement of rows whose keys are withheld, and who lives near
    whom. Each random group holds places of all strata (Wolter 2007, ch. 2), so the spread between groups
    still is the design's, and a group says nothing about where.
    """
    names = pd.factorize(places)[1]
    units = min(len(names) // PLACES_A_UNIT, len(places) // ROWS_A_UNIT, MOST_UNITS)
    if units < LEAST_UNITS:
        return None
    stratum = pd.DataFrame({"place": places, "stratum": strata}).groupby("place")["stratum"].first()
    order = sorted(
        names, key=lambda place: (_drawn(secret, "stratum", stratum[place]), _drawn(secret, "place", place))
    )
    back = [*range(1, units + 1), *range(units, 0, -1)]
    dealt = {place: back[at % len(back)] for at, place in enumerate(order)}
    return np.array([dealt[place] for place in places])


def shuffled(rows: int, secret: bytes) -> np.ndarray:
    """A new order of the rows, which nobody without the secret can undo."""
    return np.array(sorted(range(rows), key=lambda at: _drawn(secret, "row", at)), int)


def secret_of(rows: bytes) -> bytes:
    """A secret that whoever holds the release's rows makes again, and nobody else: it hangs on every answer.

    Their plain SHA-256 stands in the release's manifest, which somebody may publish.
    """
    return hmac.new(b"tolqyn public-use file", rows, hashlib.sha256).digest()


def _drawn(secret: bytes, what: str, name: object) -> bytes:
    return hmac.new(secret, f"{what}:{name}".encode(), hashlib.sha256).digest()
