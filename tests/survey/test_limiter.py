"""Ten thousand requests of three networks: each gets its limit, and who lives beside a flood finishes."""

import ipaddress
import pickle

from survey.interview.limits import Limits
from survey.limiter import BUCKET_BITS, KEY_SECONDS, Limiter

FLOOD = ("203.0.113.9", "198.51.100.77", "2001:db8:7::1")
NEIGHBOUR, STRANGER = "203.0.113.200", "192.0.2.5"
"""In the first network of the flood, and in none of them."""
EACH, MINUTES = 10_000, 3
AROUND = 0.05


def flooded(limiter: Limiter, now: list[float]) -> tuple[dict[str, int], list[bool], list[bool]]:
    """How many of each were let through, and what became of a neighbour's and a stranger's pages."""
    passed, beside, elsewhere = dict.fromkeys(FLOOD, 0), [], []
    for number in range(EACH):
        now[0] = 60 * MINUTES * number / EACH
        for address in FLOOD:
            passed[address] += limiter.allows(address)
        if number % 50 == 0:  # somebody who sends a page, and sends it again where it was told to wait
            beside.append(limiter.allows(NEIGHBOUR))
            elsewhere.append(limiter.allows(STRANGER))
    return passed, beside, elsewhere


def test_a_flood_gets_its_limit_a_neighbour_behind_it_finishes_and_a_stranger_feels_nothing() -> None:
    now = [0.0]
    posts = Limits.sized().posts
    limiter = Limiter(posts.most, posts.seconds, clock=lambda: now[0])
    passed, beside, elsewhere = flooded(limiter, now)
    allowed = posts.most * 60 * MINUTES / posts.seconds
    for address, count in passed.items():
        assert abs(count - allowed) <= AROUND * allowed, address
    assert all(elsewhere)
    assert sum(beside) >= 25, "an interview of 25 pages was finished meanwhile"


def test_what_is_counted_is_in_memory_alone_and_names_nobody_and_the_key_changes() -> None:
    now = [0.0]
    limiter = Limiter(1200, 60, clock=lambda: now[0])
    flooded(limiter, now)
    kept = pickle.dumps((limiter._key, limiter._counts, limiter._window, limiter.most))
    for address in (*FLOOD, NEIGHBOUR, STRANGER):
        assert address.encode() not in kept
        assert ipaddress.ip_address(address).packed not in kept
    key, buckets = limiter._key, set(limiter._counts)
    now[0] += KEY_SECONDS
    for address in FLOOD:
        limiter.allows(address)
    assert limiter._key != key
    assert not buckets & set(limiter._counts), "the same networks lie elsewhere"


def test_a_limiter_that_is_printed_shows_neither_key_nor_counts() -> None:
    limiter = Limiter(10, 60)
    limiter.allows(FLOOD[0])
    for secret in (repr(limiter._key), repr(dict(limiter._counts)), "_key=", "_counts", "Counter"):
        assert secret not in repr(limiter)


def test_networks_lie_in_as_many_buckets_as_are_said_and_in_no_more() -> None:
    limiter = Limiter(10, 60)
    for number in range(4000):
        limiter.allows(f"10.{number // 250}.{number % 250}.1")
    highest = max(limiter._counts)
    assert 2 ** (BUCKET_BITS - 1) < highest < 2**BUCKET_BITS
    assert len(limiter._counts) > 3900
