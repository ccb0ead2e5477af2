"""Blocks of modules in random order: a document in, its blocks out; the order in which pages are visited."""

from instruments.assignment import Draw, Order
from instruments.questionnaire.structure import Block, Content
from instruments.tree import Node


def read_blocks(root: Node) -> dict[str, Block]:
    """Blocks written as `blocks: {NAME: {modules: [B, C, D], last: [D]}}`."""
    blocks = {}
    for name, node in root.children("blocks"):
        blocks[name] = Block(name, node.strings("modules"), node.strings("last"))
        node.finish()
    return blocks


def order_of(content: Content, block: Block) -> Order:
    """The draw of a block: its modules, pinned ones at the end; the place of each loose one is kept."""
    modules = tuple(name for name in content.modules if name in block.modules)
    loose = [name for name in modules if name not in block.last]
    # A slash stands in no id, so a block and a battery of one name draw apart.
    return Order(
        f"block/{block.name}",
        modules,
        tuple(name for name in modules if name in block.last),
        stored={name: f"{name}_POS" for name in loose},
    )


def in_drawn_order(content: Content, draw: Draw) -> tuple[int, ...]:
    """The numbers of all pages in the order in which this respondent visits them."""
    modules = list(content.modules)
    for block in content.blocks.values():
        order = draw.order(f"block/{block.name}")
        places = [place for place, name in enumerate(content.modules) if name in order]
        for place, name in zip(places, order, strict=True):
            modules[place] = name
    numbers: dict[str, list[int]] = {}
    for page in content.pages:
        numbers.setdefault(page.module, []).append(page.number)
    return tuple(number for name in modules for number in numbers.get(name, ()))


def drawn_apart(content: Content, one: str, other: str) -> bool:
    """Whether chance decides which of two modules comes first."""
    return one != other and any(
        one in block.loose and other in block.loose for block in content.blocks.values()
    )
