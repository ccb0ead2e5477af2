"""How often a network may try: a request's address in, whether it is too much out; nothing is kept of it.

An address becomes one of a million buckets under a random key that lives in memory and changes every hour: it
tells no more than that somebody of a large group was here. Limits are sized for a village behind one address.
"""

import hashlib
import ipaddress
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

KEY_SECONDS = 3600
BUCKET_BITS = 20
SHARED = 10
"""Times a network's limit that all who come from this machine have together, where others come that way."""
HERE = "here"
"""The bucket of those."""
PREFIX = {4: 24, 6: 48}
"""Bits of an address that count: a household or an office has more than one."""


@dataclass
class Limiter:
    """Counts per bucket in fixed windows, in this process's memory only."""

    most: int
    """Tries in a window."""
    seconds: int
    shared: int = 0
    """Times `most` for all together who come from this machine or without an address; 0: no limit, because
    nobody but this machine comes so."""
    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _key_made: float = 0.0
    _window: int = -1
    _counts: Counter[int] = field(default_factory=Counter, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._key_made = self.clock()

    def allows(self, address: str | None) -> bool:
        """Whether one more try is within the limit; it is counted."""
        network = _network(address) or HERE
        most = self._most(network)
        if most is None:
            return True
        with self._lock:
            self._renew()
            bucket = self._bucket(network)
            self._counts[bucket] += 1
            return self._counts[bucket] <= most

    def exhausted(self, address: str | None) -> bool:
        """Whether the limit was reached; counts nothing."""
        network = _network(address) or HERE
        most = self._most(network)
        if most is None:
            return False
        with self._lock:
            self._renew()
            return self._counts[self._bucket(network)] >= most

    def _most(self, network: str) -> int | None:
        """Tries of a network in a window; None for as many as it likes."""
        if network != HERE:
            return self.most
        return self.most * self.shared if self.shared else None

    def _renew(self) -> None:
        now = self.clock()
        if now - self._key_made >= KEY_SECONDS:
            self._key, self._key_made = os.urandom(32), now
            self._counts.clear()
        if (window := int(now // self.seconds)) != self._window:
            self._window = window
            self._counts.clear()

    def _bucket(self, network: str) -> int:
        digest = hashlib.blake2b(network.encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest) >> (64 - BUCKET_BITS)


def _network(address: str | None) -> str | None:
    """The part of an address that counts; None for this machine and for what is no address."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if found.is_loopback:
        return None
    return str(ipaddress.ip_network((found, PREFIX[found.version]), strict=False))
