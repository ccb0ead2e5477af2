"""Chance that repeats: names in, a number out, the same on every machine, in every process, in any order."""

from collections.abc import Mapping
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

K = TypeVar("K")
STANDARD_NORMAL = NormalDist()


def uniform(*names: object) -> float:
    """A number strictly between 0 and 1 that depends on the names only."""
    text = "\x1f".join(map(str, names)).encode()
    return (int.from_bytes(blake2b(text, digest_size=7).digest()) + 0.5) / 2**56


def normal(*names: object) -> float:
    """A standard normal number that depends on the names only."""
    return STANDARD_NORMAL.inv_cdf(uniform(*names))


def pick(shares: Mapping[K, float], u: float) -> K:
    """The key at position `u` (0..1) of the shares, whatever they add up to."""
    rest = u * sum(shares.values())
    for key, share in shares.items():
        rest -= share
        if rest < 0:
            return key
    return next(reversed(list(shares)))
