"""Ways in without a personal code: a site's poster or a panel's addresses in, what is stored of them out."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused, Said
from survey.store.field import AnyWave
from survey.store.invitations import over_reasons, too_long
from survey.store.models import Batch, Wave
from survey.store.waves import hold

PLACE = "{id}"
"""Where a panel's addresses take the respondent's mark."""
WORD = re.compile(r"[a-z0-9]{2,20}")
NEW = {"name": Said("a new name"), "word": Said("a new word")}


def add_site(session: Session, wave: Wave, name: str, word: str) -> Batch:
    """A site whose poster leads into the wave by a word in the address. Raises Refused with every reason."""
    wave = hold(session, wave)
    where = f"{wave.study}/{wave.name}"
    reasons = []
    if wave.access != "open":
        reasons.append(
            Reason(
                Said("a wave by open link"),
                Said("a wave by personal code"),
                "make the wave with --access open: posters let anybody in",
                path=where,
            )
        )
    reasons += over_reasons(wave)
    if not WORD.fullmatch(word):
        reasons.append(
            Reason(
                Said("2 to 20 small Latin letters and digits"), repr(word), "--word clinic3", path="--word"
            )
        )
    reasons += too_long({"name": name}, where)
    for column, given in ((Batch.name, name), (Batch.word, word)):
        if session.scalar(select(Batch.id).where(Batch.wave == wave.id, column == given)) is not None:
            reasons.append(Reason(NEW[column.key], given, f"choose another --{column.key}", path=where))
    if reasons:
        raise Refused(*reasons)
    site = Batch(wave=wave.id, name=name, size=0, base_weight=1.0, word=word)
    session.add(site)
    session.flush()
    return site


def find_site(session: Session, wave: AnyWave, word: str) -> Batch | None:
    """The site whose poster says the word, however it was typed."""
    if not WORD.fullmatch(word.lower()):
        return None
    return session.scalar(select(Batch).where(Batch.wave == wave.id, Batch.word == word.lower()))


def set_panel(session: Session, wave: Wave, addresses: Mapping[str, str]) -> None:
    """Where an access panel's respondents go back to. Raises Refused with every reason."""
    wave = hold(session, wave)
    reasons = [
        Reason(
            "an https address with {id} where the respondent's mark goes",
            repr(address),
            path=f"--{outcome}",
        )
        for outcome, address in addresses.items()
        if not _is_return_address(address)
    ]
    reasons += over_reasons(wave)
    if reasons:
        raise Refused(*reasons)
    wave.panel = dict(addresses)
    session.flush()


def _is_return_address(address: str) -> bool:
    parts = urlsplit(address)
    safe = not re.search(r"[\s\"'<>]", address) and "#" not in address
    return (
        parts.scheme == "https"
        and bool(parts.netloc)
        and "{id}" not in parts.netloc
        and "{id}" in address
        and safe
    )
