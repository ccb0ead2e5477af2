"""What a command was asked for and a codebook in; a refusal out where it would print cells of few people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from survey.cli.analyse.options import Asked
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from instruments import Codebook


def refuse_crossed(
    codebooks: "Sequence[Codebook]", asked: Asked, variables: Sequence[str], *, tabled: bool = False
) -> None:
    """Raises Refused where a column that is withheld (see the codebook) is crossed with its groups.

    Shares and bases of single groups are cells of that table, and nothing hides the small ones. `tabled`: the
    command prints a table of each variable by each column, which hides them; other crossings are refused.
    """
    from analysis import crossed

    by = [(*asked.where, name) for name in (*variables, *asked.by)] if tabled else []
    for codebook in codebooks:
        for names in by or [(*asked.where, *asked.by, *variables)]:
            found = crossed(codebook, names)
            if found:
                expected = (
                    f"{found.column} and {found.groups} in one table, which hides cells under {found.under}"
                )
                typed = f"tolqyn analyse crosstab RELEASE --variable {found.column} --by {found.groups}"
                hint = f"{typed}   (without --where of either, and with the rules `tables`)"
                raise Refused(Reason(expected, "figures of single cells", hint, rule="crossed"))


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
