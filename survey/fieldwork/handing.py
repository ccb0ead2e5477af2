"""Codes and places in, what is handed to people out: rows of links, addresses, the sizes of batches."""

import secrets
from collections.abc import Iterable

from sqlalchemy.orm import Session

from instruments import harmless
from survey.fieldwork.inviting import Place
from survey.refusal import Reason, Refused, Said
from survey.store import invitations
from survey.store.models import Wave

GROUP = 4
LINK_COLUMNS = ("code", "link", "batch")


def in_groups(token: str) -> str:
    """A code as it is easily copied by hand: groups of four; hyphens do not matter when it is typed."""
    return "-".join(token[start : start + GROUP] for start in range(0, len(token), GROUP))


def link_rows(base: str, tokens: Iterable[str], batch: str = "") -> list[tuple[str, str, str]]:
    """One row a code: code, link and batch, in random order."""
    rows = [(in_groups(token), f"{base}{token}", harmless(batch)) for token in tokens]
    secrets.SystemRandom().shuffle(rows)
    return rows


def place_of(base: str, wave: Wave, word: str | None = None) -> Place:
    """The wave's address below the server's, or that of one of its sites."""
    return Place(base, f"/s/{wave.alias}/" + (f"p/{word}" if word else ""))


def site_word(session: Session, wave: Wave, site: str) -> str:
    """The word of a site that was named by word or by name. Raises Refused listing the sites there are."""
    listed = [batch for batch in invitations.batches(session, wave) if batch.word]
    for batch in listed:
        if site in (batch.word, batch.name):
            return str(batch.word)
    known = ", ".join(f"{batch.word} ({batch.name})" for batch in listed) or "none: tolqyn wave site"
    raise Refused(Reason("a site of this wave", repr(site), f"sites: {known}", "--site", "site"))


def refuse_useless(wave: Wave) -> None:
    """Raises Refused for a poster of a wave into which only personal codes lead: it would let nobody in."""
    if wave.access != "open":
        hint = f"tolqyn wave letters {wave.study}/{wave.name}   (a code for each person)"
        expected = Said(
            "a wave with an open link: this one is by personal code, a poster would let nobody in"
        )
        raise Refused(Reason(expected, wave.access, hint, path=f"{wave.study}/{wave.name}", rule="access"))


def sizes_of(session: Session, wave: Wave, named: Iterable[str]) -> dict[str, int]:
    """How many codes each batch has. Raises Refused listing the batches there are."""
    sizes = {batch.name: batch.size for batch in invitations.batches(session, wave) if batch.size}
    for name in named:
        if name not in sizes:
            known = ", ".join(sizes) or "none: tolqyn wave invite"
            raise Refused(Reason("a batch of codes", repr(name), f"batches: {known}", "--batch", "batch"))
    return {name: sizes[name] for name in named}
