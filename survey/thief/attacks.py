"""Loot from two tables, or from one and what the thief saw himself, in; the score of every attack out."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from survey.keys import KEY_BYTES, normalise
from survey.thief.loot import PER_WRITE, Loot, Order
from survey.thief.scoring import Score, Truth, score, score_order


def trials(people: Loot, secrets: Loot, truth: Truth) -> list[Score]:
    """Every order of people beside every order of secrets, and every stamp that both carry.

    `people`: what leads to persons, from a table of tokens or from what the thief watched. Only people in the
    truth count; the loot may hold more.
    """
    return [*_aligned(people, secrets, truth), *joined(people, secrets, truth)]


def within(
    people: Loot, secrets: Loot, truth: Truth, groups: Sequence[tuple[Collection[str], Collection[str]]]
) -> list[Score]:
    """The same trials inside each group, added up: an interviewer's respondents and their interviews.

    `groups`: persons and secrets that both show the same mark. An order that was kept inside groups only
    shows in no alignment over all.
    """
    found: dict[str, Score] = {}
    persons, names = [group[0] for group in groups], [group[1] for group in groups]
    for known, mine, theirs in zip(persons, people.split(persons), secrets.split(names), strict=True):
        own = {person: truth[person] for person in known if person in truth}
        for inside in trials(mine, theirs, own):
            name = f"{inside.attack}, within groups"
            found[name] = found[name] + inside if name in found else replace(inside, attack=name)
    return list(found.values())


def joined(people: Loot, secrets: Loot, truth: Truth) -> Iterator[Score]:
    """JOIN over a stamp: rows that one transaction wrote, or that have the same rank in both tables."""
    for source in people.stamps.keys() & secrets.stamps.keys():
        mine, theirs = people.stamps[source], secrets.stamps[source]
        at: dict[object, list[str]] = {}
        for secret, stamp in theirs.items():
            at.setdefault(stamp, []).append(secret)
        guess = {person: at[stamp][0] for person, stamp in mine.items() if len(at.get(stamp, ())) == 1}
        yield score(f"join on {source}", guess, truth, len(theirs))


def watched(posts: Sequence[str], known: Sequence[str] = ()) -> Loot:
    """What a thief knows who saw who sent when: one entry a post. `known`: tokens in the order of a list."""
    arrivals = tuple(dict.fromkeys(posts))
    orders: dict[str, Order] = {"arrivals": arrivals, PER_WRITE: tuple(posts)} if posts else {}
    return Loot({**orders, "list": tuple(known)} if known else orders)


def rederived(tokens: Iterable[str], ballots: Iterable[str], material: bytes) -> int:
    """Tokens whose ballot follows from any 32 bytes of the material as key, or from none.

    The whole of the material is tried with the first token, then what opened it with the others.
    """
    known, asked = set(ballots), [normalise(token).encode() for token in tokens]
    windows = {material[n : n + KEY_BYTES] for n in range(max(0, len(material) - KEY_BYTES + 1))}
    opening = [key for key in {b"", *windows} if asked and _mac(key, asked[0]) in known]
    plain = (hashlib.sha256(token).hexdigest() in known for token in asked)
    keyed = (any(_mac(key, token) in known for key in opening) for token in asked)
    return sum(a or b for a, b in zip(plain, keyed, strict=True))


def _aligned(people: Loot, secrets: Loot, truth: Truth) -> Iterator[Score]:
    for theirs, secret_order in secrets.orders.items():
        for mine, order in people.orders.items():
            # An entry for each write is laid beside entries for each write, and names beside names.
            if (PER_WRITE in (mine, theirs) and mine != theirs) or not secret_order or not order:
                continue
            yield score_order(f"{mine} beside {theirs}", _side_by_side(order, secret_order), truth)


def _side_by_side(people: Order, secrets: Order) -> list[tuple[str | None, str | None]]:
    """The last with the last: what is missing was overwritten, and that begins with the oldest."""
    length = min(len(people), len(secrets))
    return list(zip(people[-length:], secrets[-length:], strict=True))


def _mac(key: bytes, token: bytes) -> str:
    return hmac.new(key, token, hashlib.sha256).hexdigest()
