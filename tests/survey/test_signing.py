"""Cookies and forms are signed by SHA-256; what was signed before is read, and nothing forged is."""

import hashlib
import re

import pytest
from itsdangerous import (
    BadSignature,
    SignatureExpired,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from survey.interview.state import CookieError, Seals, State
from survey.signing import Signer, TimedSerializer, lasting

KEYS = [b"k" * 32]
ALIAS = "opinion"
STATE = State("b" * 32, "kk", mine=3)


def before(value: object, salt: str) -> str:
    """As the version before signed it."""
    return str(URLSafeTimedSerializer(KEYS, salt=salt).dumps(value))


def test_a_signature_is_of_sha_256() -> None:
    signed = Signer(KEYS, salt="a").sign("form").decode()
    mine = TimestampSigner(KEYS, salt="a", digest_method=hashlib.sha256)
    assert mine.unsign(signed) == b"form"
    with pytest.raises(BadSignature):
        TimestampSigner(KEYS, salt="a").unsign(signed)
    assert len(signed.rpartition(".")[2]) == 43
    assert len(TimedSerializer(KEYS, salt="a").dumps(1).rpartition(".")[2]) == 43
    assert len(lasting(KEYS, "a").dumps(1).rpartition(".")[2]) == 43


def test_an_interview_begun_before_the_upgrade_goes_on() -> None:
    now = Seals(tuple(KEYS), ALIAS)
    kept = re.sub(r"\.[^.]+\.[^.]+$", "", now.cookie(STATE))
    old = before(URLSafeTimedSerializer(KEYS).load_payload(kept.encode()), f"interview:{ALIAS}")
    assert now.state(old) == STATE
    form = TimestampSigner(KEYS, salt=f"form:{ALIAS}:{STATE.ballot}:1").sign("0").decode()
    assert now.stay(STATE, "1", form)
    assert lasting(KEYS, "device").loads(URLSafeSerializer(KEYS, salt="device").dumps(["a", "b"])) == [
        "a",
        "b",
    ]


def test_what_no_key_of_ours_signed_is_refused_by_either() -> None:
    forged = URLSafeTimedSerializer([b"other" * 7], salt=f"interview:{ALIAS}").dumps(["x", "en"])
    with pytest.raises(CookieError):
        Seals(tuple(KEYS), ALIAS).state(forged)
    with pytest.raises(CookieError):
        Seals(tuple(KEYS), ALIAS).state(before(["x", "en"], "interview:elsewhere"))
    with pytest.raises(BadSignature):
        lasting(KEYS, "device").loads(URLSafeSerializer(KEYS, salt="other").dumps(1))


def test_an_old_signature_grows_old_too(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = TimestampSigner(KEYS, salt="a").sign("form")
    later = Signer(KEYS, salt="a").get_timestamp() + 100
    monkeypatch.setattr(Signer, "get_timestamp", lambda _: later)
    with pytest.raises(SignatureExpired):
        Signer(KEYS, salt="a").unsign(signed, max_age=50)


def test_a_secret_moved_aside_still_opens_and_signs_no_more() -> None:
    aside, present = b"a" * 32, b"p" * 32
    signed = Signer([aside], salt="a").sign("form")
    assert Signer([aside, present], salt="a").unsign(signed) == b"form"
    with pytest.raises(BadSignature):
        Signer([aside], salt="a").unsign(Signer([aside, present], salt="a").sign("form"))
