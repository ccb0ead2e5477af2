"""Passkeys (WebAuthn): what a browser is to sign in, whether it signed it out.

User verification is required, so a passkey is two factors: a device, and a fingerprint or the device's code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from survey.store.models import Passkey

LARGEST = 16_384
"""Letters of what a browser sends."""


class PasskeyError(ValueError):
    """What the browser sent is no passkey's signature of what was asked."""


@dataclass(frozen=True)
class Site:
    """The address for which passkeys are made; browsers use them on no other."""

    url: str

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def name(self) -> str:
        """The host alone."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Made:
    """A new passkey."""

    credential: str
    public_key: str
    uses: int


def to_make(site: Site, handle: str, name: str, known: Sequence[str]) -> tuple[str, bytes]:
    """Options for `navigator.credentials.create`, as JSON, and their challenge."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Tolqyn",
        user_name=name,
        user_id=bytes.fromhex(handle),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(each)) for each in known],
    )
    return options_to_json(options), options.challenge


def to_sign(site: Site, known: Sequence[str]) -> tuple[str, bytes]:
    """Options for `navigator.credentials.get`; with no `known` the browser offers what it has."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(each)) for each in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options), options.challenge


def challenge_in(sent: str) -> bytes:
    """The challenge that was signed, to be looked up. Raises PasskeyError."""
    try:
        if len(sent) > LARGEST:
            raise PasskeyError
        data = json.loads(sent)["response"]["clientDataJSON"]
        return parse_client_data_json(base64url_to_bytes(data)).challenge
    except (WebAuthnException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PasskeyError from error


def credential_in(sent: str) -> str:
    """Which passkey signed. Raises PasskeyError."""
    try:
        return bytes_to_base64url(parse_authentication_credential_json(sent).raw_id)
    except (WebAuthnException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PasskeyError from error


def made(site: Site, sent: str, challenge: bytes) -> Made:
    """The new passkey in what the browser sent. Raises PasskeyError."""
    try:
        found = webauthn.verify_registration_response(
            credential=parse_registration_credential_json(sent),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PasskeyError from error
    return Made(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
    )


def signed(site: Site, sent: str, challenge: bytes, key: Passkey, handle: str) -> int:
    """The device's new count. Raises PasskeyError, also for a count that fell and for another's passkey."""
    try:
        credential = parse_authentication_credential_json(sent)
        whose = credential.response.user_handle
        if whose is not None and whose != bytes.fromhex(handle):
            raise PasskeyError
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PasskeyError from error
    return found.new_sign_count
