"""What a command was asked for and a codebook in; a refusal out where it would print cells of few people."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from survey.cli.analyse.options import Asked
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from instruments import Codebook

_WORD = re.compile(r"[^\W\d]\w*")


def words_of(*formulas: str | None) -> tuple[str, ...]:
    """The names that formulas hold: those of columns, and of functions, which no column has."""
    return tuple(dict.fromkeys(word for formula in formulas if formula for word in _WORD.findall(formula)))


def one_by_one(asked: Asked, variables: Sequence[str]) -> list[tuple[str, ...]]:
    """What a command uses together that prints figures of one variable at a time, by groups in a domain."""
    return [(*asked.where, *asked.by, name) for name in variables] or [(*asked.where, *asked.by)]


def jointly(asked: Asked, variables: Sequence[str]) -> list[tuple[str, ...]]:
    """What a command uses together that fits something to all of its variables."""
    return [(*asked.where, *asked.by, *variables)]


def tabled(asked: Asked, variables: Sequence[str]) -> list[tuple[str, ...]]:
    """The same of a table of each variable by each column, which hides small cells: its domain with each."""
    return [(*asked.where, name) for name in (*variables, *asked.by)]


Crossing = Callable[[Asked, Sequence[str]], list[tuple[str, ...]]]


def refuse_crossed(codebooks: "Sequence[Codebook]", together: Iterable[Sequence[str]]) -> None:
    """Raises Refused where a column that is withheld (see the codebook) is crossed with its groups.

    Shares and bases of single groups are cells of that table, and nothing hides the small ones; what is
    fitted to both gives them as well. The name of a battery stands for its columns.
    """
    from analysis import crossed

    for names in together:
        for codebook in codebooks:
            found = crossed(codebook, [column for name in names for column in _columns(codebook, name)])
            if found:
                expected = (
                    f"{found.column} and {found.groups} in one table, which hides cells under {found.under}"
                )
                typed = f"tolqyn analyse crosstab RELEASE --variable {found.column} --by {found.groups}"
                hint = f"{typed}   (without --where of either, and with the rules `tables`)"
                if found.column == found.groups:
                    expected, hint = "a column computed from one question", f"leave {found.column} out"
                raise Refused(Reason(expected, "figures of single cells", hint, rule="crossed"))


def refuse_several(codebooks: "Sequence[Codebook]", variables: Sequence[str], by: Sequence[str]) -> None:
    """Raises Refused for two tables of a withheld column by its groups: one gives what the other hides."""
    from analysis import crossed

    pairs = [(name, column) for name in variables for column in by]
    for codebook in codebooks:
        told = [pair for pair in pairs if crossed(codebook, pair)]
        if len(told) > 1:
            expected = "one table of a withheld column by its groups"
            found = ", ".join(f"{name} by {column}" for name, column in told)
            hint = "choose one of them, once: what one hides follows from the other"
            raise Refused(Reason(expected, found, hint, rule="crossed"))


def _columns(codebook: "Codebook", name: str) -> tuple[str, ...]:
    return next((group.variables for group in codebook.groups if group.name == name), (name,))


def refuse_left_out(codebooks: "Sequence[Codebook]", asked: Asked, variables: Sequence[str]) -> None:
    """Raises Refused for a column that no release has, because one left it out to protect people."""
    from analysis import withheld_of

    gone = [name for name in (*variables, *asked.by, *asked.where) if not any(name in b for b in codebooks)]
    for folder in asked.releases if gone else ():
        for name in withheld_of(folder).intersection(gone):
            expected = "a column of the release"
            found = f"{name}, left out because it would tell of few people"
            hint = f"leave {name} out; docs/guide/fieldwork.md, Professionals, says when it is there"
            raise Refused(Reason(expected, found, hint, path=str(folder), rule="withheld"))
