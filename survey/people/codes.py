"""One-time codes of a telephone and recovery codes: a seed and a code in, the step it belongs to out."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from survey.keys import normalise

STEP = 30
NEVER = -1
"""A step before all others: its code was used."""
AROUND = 1
"""Steps before and after the present one that are taken too: clocks differ."""
HOW_MANY = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
UNKEYED = "r1"
"""Begins what is stored of a recovery code; no HMAC of before begins so."""
LENGTH = 28
"""Letters of a recovery code: nobody guesses it, so a fast hash of it tells a thief nothing."""


@dataclass(frozen=True)
class Sealer:
    """Keeps seeds from whoever has the database alone."""

    key: bytes

    def seal(self, owner: str, seed: str) -> str:
        """The seed, closed for that owner."""
        return base64.b64encode(SecretBox(self.key).encrypt(f"{owner}:{seed}".encode())).decode()

    def open(self, owner: str, sealed: str) -> str | None:
        """The seed; None when it was closed under another key or for somebody else."""
        try:
            whose, _, seed = SecretBox(self.key).decrypt(base64.b64decode(sealed)).decode().partition(":")
        except (CryptoError, ValueError):
            return None
        return seed if whose == owner else None

    def former_mac(self, owner: str, code: str) -> str:
        """What was stored of the short recovery codes of before; they end with the key."""
        return self.keyed(f"recovery:{owner}:{normalise(code)}")

    def keyed(self, text: str) -> str:
        """A value that tells the text to nobody who lacks the key."""
        return hmac.new(self.key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def stored_of(owner: str, code: str) -> str:
    """What is stored of a recovery code; no key is needed, since nobody guesses one."""
    digest = hashlib.sha256(f"recovery:{owner}:{normalise(code)}".encode("utf-8", "replace")).hexdigest()
    return UNKEYED + digest[: 64 - len(UNKEYED)]


def new_seed() -> str:
    """160 random bits, as authenticator apps take them."""
    return pyotp.random_base32()


def address(seed: str, name: str, issuer: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=issuer)


def step_of(seed: str, code: str, now: int) -> int | None:
    """The step whose code it is; None for a wrong one. Every candidate is compared, in constant time."""
    typed = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    totp, found = pyotp.TOTP(seed), None
    for step in range(now // STEP - AROUND, now // STEP + AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """138 random bits each, in groups of four."""
    drawn = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    return ["-".join(code[i : i + 4] for i in range(0, LENGTH, 4)) for code in drawn]
