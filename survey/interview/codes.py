"""Codes: a ballot in, the respondent's own code as it is shown out; a typed code in, its plain form out.

Crockford's base 32 (no I, L, O, U): 12 letters are 60 bits. The code follows from the wave's key, so it is
kept nowhere and can be shown again; its HMAC is stored, and both end when the key is destroyed.
"""

import hashlib
import hmac

from survey.keys import WaveKey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
TYPED_ALIKE = str.maketrans("OILАВЕКМНОРСТУХІ", "011ABEKMH0PCTYX1")
"""Letters no code has, and what a Kazakh or Russian keyboard types for those that look the same."""
INVITED_ALIKE = str.maketrans("018АВЕЗКМНОРСТУХІ", "OIBABE3KMHOPCTYXI")
"""The same for the base 32 of invitations (RFC 4648), which has letters and the digits 2 to 7."""


def code_of(key: WaveKey, ballot: str) -> str:
    """The code of a ballot in groups of four."""
    number = int.from_bytes(hmac.digest(key.secret, f"withdrawal:{ballot}".encode(), hashlib.sha256))
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_mac(key: WaveKey, code: str) -> str:
    """What the store keeps of a code, however it was typed."""
    return key.code(read(code))


def read(typed: str) -> str:
    """The code as it was shown: letters that look alike, case, spaces and hyphens do not matter."""
    return "".join(sign for sign in typed.upper().translate(TYPED_ALIKE) if sign.isalnum())


def read_invitation(typed: str) -> str:
    """The invitation code as it was made, however it was typed."""
    return "".join(sign for sign in typed.upper().translate(INVITED_ALIKE) if sign.isalnum())
