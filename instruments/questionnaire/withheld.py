"""Columns a release may have to leave out: a document in, what each may not tell of few people out."""

from instruments.codebook import Withheld
from instruments.tree import Node


def read_withheld(root: Node) -> dict[str, Withheld]:
    """Columns written as `withhold: {ITEM: {within: ITEM, under: 10}}`."""
    withheld = {}
    for name, node in root.children("withhold"):
        within = node.string("within", required=True)
        withheld[name] = Withheld(within, node.integer("under", required=True))
        node.finish()
    return withheld
