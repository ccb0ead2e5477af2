"""A node in, the number of its wording and what is declared about the earlier ones out."""

from instruments.codebook import Comparison
from instruments.tree import Node, said

MOST_WORDINGS = 99


def read_wording(node: Node) -> int:
    """The number of the wording; each earlier one is walked through, so it has a bound."""
    number = node.integer("wording", 1)
    if 1 <= number <= MOST_WORDINGS:
        return number
    hint = "Count the wordings the item has had; a new item has 1."
    node.problem("range", f"1 to {MOST_WORDINGS}", said(number), hint, "wording")
    return 1


def read_compare(node: Node) -> dict[int, Comparison]:
    """What is declared about earlier `wording` numbers."""
    compared = {}
    for number, entry in node.children("compare", identifiers=False):
        kind = entry.choice("kind", ("identical", "editorial", "broken"), "broken")
        reason = entry.text("reason", required=True)
        entry.finish()
        if number.isdigit():
            compared[int(number)] = Comparison(kind, reason)
        else:
            entry.problem(
                "code", "an earlier wording number", repr(number), "Write 1: {kind: ..., reason: ...}."
            )
    return compared
