"""A password in, its Argon2id hash or what is wrong with it out; two are computed at a time.

A hash costs 64 MiB and a tenth of a second on purpose. Two at once over all processes of the machine, so that
a flood of sign-ins takes neither the memory nor the processors from respondents.
"""

import fcntl
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

AT_ONCE = 2
PATIENCE = 10.0
"""Seconds for which a sign-in waits for its turn."""
SHORTEST, LONGEST = 12, 200
LOOKED_AT = 72
"""Letters that are searched for words: more cost too much time, and are strong by themselves."""
LEAST_WORD = 4
"""Letters of a known word that counts for nothing in a longer password."""
STRONG = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses, with 30,000 of the commonest leaked passwords known."""
KNOWN_HERE = (
    "tolqyn",
    "толқын",
    "пароль",
    "йцукен",
    "йцукенг",
    "құпиясөз",
    "қазақстан",
    "казахстан",
    "алматы",
    "астана",
    "шымкент",
    "привет",
    "любовь",
    "сәлем",
    "parol",
    "qwerty",
    "kazakhstan",
    "qazaqstan",
    "опрос",
    "волна",
    "сауалнама",
    "soʻrovnoma",
    "survey",
    "opinion",
    "директор",
    "аналитик",
    "интервьюер",
)
"""Words that leaked lists of English passwords lack, and those of the work (docs/guide/staff.md)."""


NOBODYS = "$argon2id$v=19$m=65536,t=2,p=1$tWHUeBnBL+GF3RF+EGqZ3Q$2gOBCvoQtPZ3f6VYgi4/Ms8Hu7J7WNiZi1dxQb3Cjv4"
"""The hash of random letters that nobody has: unknown names are checked against it, with the same work."""


class BusyError(RuntimeError):
    """Too many sign in at the same time."""


def weakness(password: str, *known: str) -> str:
    """`short`, `long` or `common`; empty for one that will do. `known`: what others know of its owner."""
    password = same(password)
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    looked_at = password[:LOOKED_AT]
    return "" if _strong(looked_at, known) and _strong(_without(looked_at, known), known) else "common"


def _strong(password: str, known: tuple[str, ...]) -> bool:
    if not password:
        return False
    return bool(zxcvbn(password, user_inputs=[*KNOWN_HERE, *known])["score"] >= STRONG)


def _without(password: str, known: tuple[str, ...]) -> str:
    """What is left when known words count for nothing: a sign between two of them would make them strong."""
    left = password.lower()
    for word in sorted({*KNOWN_HERE, *known}, key=len, reverse=True):
        if len(word) >= LEAST_WORD:
            left = left.replace(word.lower(), " ")
    return left.strip()


def same(password: str) -> str:
    """The same letters, however a keyboard composes them (NFKC)."""
    return unicodedata.normalize("NFKC", password)


@dataclass(frozen=True)
class Passwords:
    """Makes and checks hashes; the slots are files that all processes of the machine share."""

    folder: Path
    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=2, memory_cost=65536, parallelism=1)
    )

    def hash(self, password: str) -> str:
        """What is stored. Raises BusyError."""
        with self._turn():
            return self.hasher.hash(same(password))

    def right(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; without one stored, as much work for nothing. Raises BusyError."""
        with self._turn():
            try:
                self.hasher.verify(stored or NOBODYS, same(password)[: LONGEST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether it was made with less work than is asked for today."""
        return self.hasher.check_needs_rehash(stored)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        end = time.monotonic() + PATIENCE
        while True:
            for slot in range(AT_ONCE):
                with (self.folder / f"sign-in-{slot}.lock").open("w") as file:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        continue
                    yield
                    return
            if time.monotonic() > end:
                raise BusyError
            time.sleep(0.02)
