"""A wave's design and its batches in, every stratum out that only one of the two names, and what to type."""

from difflib import get_close_matches

from sqlalchemy.orm import Session

from survey.fieldwork.design import design_of
from survey.refusal import Said
from survey.store.invitations import batches
from survey.store.models import Batch, Wave


def strata_notes(session: Session, wave: Wave) -> list[Said]:
    """What is to be told; nothing before the first batch and the first stratum are there to be compared."""
    named, made = _both(session, wave)
    drawn = sorted({batch.stratum for batch in made if batch.stratum})
    alone = [name for name in named if name not in drawn]
    where = f"{wave.study}/{wave.name}"
    return [_unknown(where, batch, named, alone) for batch in _outside(made, named)] + [
        Said(
            "no batch names stratum {name}: batches name {known}; "
            "tolqyn wave invite {wave} --stratum {typed} …",
            name=name,
            known=drawn or Said("none"),
            wave=where,
            typed=name if name.isalnum() else f'"{name}"',
        )
        for name in alone
        if made
    ]


def unknown_stratum(session: Session, wave: Wave, batch: str) -> list[Said]:
    """That a batch stands in no stratum of the design; empty where it does, or where there are none."""
    named, made = _both(session, wave)
    where = f"{wave.study}/{wave.name}"
    return [_unknown(where, each, named, named) for each in _outside(made, named) if each.name == batch]


def _both(session: Session, wave: Wave) -> tuple[list[str], list[Batch]]:
    """The design's strata, and the batches of the sample itself."""
    named = sorted(stratum.name for stratum in design_of(wave.design).strata)
    return named, [batch for batch in batches(session, wave) if not batch.pilot]


def _outside(made: list[Batch], named: list[str]) -> list[Batch]:
    return [batch for batch in made if named and batch.stratum and batch.stratum not in named]


def _unknown(where: str, batch: Batch, named: list[str], near: list[str]) -> Said:
    """With the stratum that is spelled nearly so, or that one more is to be written."""
    by_fold = {name.casefold(): name for name in near}
    found = str(batch.stratum)
    hint = Said("add it under strata: tolqyn wave design {wave} FILE", wave=where)
    if close := get_close_matches(found.casefold(), by_fold, n=1):
        hint = Said(
            "if {near} is meant, write {found} there instead: tolqyn wave design {wave} FILE",
            near=by_fold[close[0]],
            found=found,
            wave=where,
        )
    return Said(
        "batch {name} names stratum {found}, which the design has not: it has {known}; {hint}",
        name=batch.name,
        found=found,
        known=named,
        hint=hint,
    )
