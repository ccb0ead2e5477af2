"""What leaves through a browser and comes back: values in, HMAC-SHA-256 signatures out, and the values again.

What itsdangerous' default, HMAC-SHA-1, signed before an upgrade stays valid as long as it lives; nothing is
signed with it any more.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from itsdangerous import (
    BadSignature,
    SignatureExpired,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

SHA256: dict[str, Any] = {"digest_method": hashlib.sha256}
EARLIER: dict[str, Any] = {"digest_method": hashlib.sha1}


class Signer(TimestampSigner):
    """Signs by SHA-256. What was signed by a clock that has been put back since is new, not void."""

    default_digest_method = staticmethod(hashlib.sha256)

    def unsign(
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> Any:
        """Value and, where asked for, time of signing. Raises BadSignature, SignatureExpired."""
        try:
            value, signed = super().unsign(signed_value, return_timestamp=True)
        except BadSignature:
            earlier = TimestampSigner(list(self.secret_keys), salt=self.salt, **EARLIER)
            value, signed = earlier.unsign(signed_value, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - signed.timestamp() > max_age:
            raise SignatureExpired("too old", payload=value, date_signed=signed)
        return (value, signed) if return_timestamp else value


class TimedSerializer(URLSafeTimedSerializer):
    """The same for values of more parts than one."""

    default_signer = Signer


def lasting(keys: Sequence[bytes], salt: str) -> URLSafeSerializer:
    """Signs what has no end of its own."""
    return URLSafeSerializer(list(keys), salt=salt, signer_kwargs=SHA256, fallback_signers=[EARLIER])
