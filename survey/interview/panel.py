"""An access panel's respondents: the panel's signed mark in, a signed address to go back to out.

Both ends sign with HMAC-SHA-256 under a secret they share: the link that leads here over ALIAS/MARK, the link
that leads back over the whole address before `sig`. The mark travels in the browser only.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote

from survey.store.access import PLACE

MARK = re.compile(r"[A-Za-z0-9_-]{1,64}")


def sign(secret: bytes, message: str) -> str:
    """Hex HMAC-SHA-256."""
    return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()


def is_genuine(secret: bytes, alias: str, mark: str, signature: str) -> bool:
    """Whether the panel sent this respondent to this wave."""
    expected = sign(secret, f"{alias}/{mark}")
    return MARK.fullmatch(mark) is not None and hmac.compare_digest(expected.encode(), signature.encode())


def way_back(addresses: Mapping[str, str], secret: bytes, outcome: str, mark: str) -> str:
    """The panel's address for an outcome, with the mark in its place and signed."""
    address = addresses[outcome].replace(PLACE, quote(mark, safe=""))
    joined = "&" if "?" in address else "?"
    return f"{address}{joined}sig={sign(secret, address)}"
