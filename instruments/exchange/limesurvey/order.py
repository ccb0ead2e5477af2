"""Groups that a survey shows in random order in, blocks of modules out; or why their order stays."""

from instruments.exchange.draft import Draft, DraftModule, hangs_on
from instruments.exchange.limesurvey.survey import Group
from instruments.exchange.names import Identifiers


def place_blocks(draft: Draft, placed: list[tuple[Group, DraftModule]], names: Identifiers) -> None:
    """A block for each `randomization_group` whose groups stand side by side, free of each other."""
    named: dict[str, list[tuple[Group, DraftModule]]] = {}
    for group, module in placed:
        if group.row.get("randomization_group"):
            named.setdefault(group.row.get("randomization_group"), []).append((group, module))
    for name, members in named.items():
        why = _why_not(draft, [module for _, module in members])
        for group, _ in members:
            key = (group.row.table, group.row.number, "randomization_group")
            draft.ledger.lost(key, why) if why else draft.ledger.mapped(key)
        if not why:
            draft.blocks[names.give(f"BLOCK_{name}")] = {"modules": [module.id for _, module in members]}


def _why_not(draft: Draft, modules: list[DraftModule]) -> str:
    if len(modules) < 2:
        return "it is the only group of its name: there is no order to draw"
    places = [draft.modules.index(module) for module in modules]
    if places[-1] - places[0] >= len(places) or not all(module.pages for module in modules):
        return "its groups keep their order: only modules side by side change places"
    owner = {item: module.id for module in modules for page in module.pages for item in page}
    owner |= {row: owner[name] for name in tuple(owner) for row in draft.items[name].get("rows", ())}
    for item, module in owner.items():
        asked = {owner.get(name) for name in hangs_on(draft.items.get(item, {}))}
        if asked - {None, module}:
            return f"its groups keep their order: {item} hangs on an answer of another of them"
    return ""
