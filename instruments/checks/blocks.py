"""Blocks in random order: adjacent modules, each in one block, two or more loose, pinned ones last."""

from collections import Counter
from collections.abc import Iterator

from instruments.checks.finding import Finding
from instruments.questionnaire import Block, Content
from instruments.tree import nearest, said


def check_blocks(content: Content) -> Iterator[Finding]:
    """Findings about blocks."""
    times = Counter(name for block in content.blocks.values() for name in block.modules)
    for name, count in times.items():
        if count > 1:
            hint = "List each module once, in one block."
            yield Finding("blocks", "block", "a module named once", f"{name} {count} times", hint)
    for block in content.blocks.values():
        yield from _block(content, block, f"blocks.{block.name}")


def _block(content: Content, block: Block, path: str) -> Iterator[Finding]:
    written = tuple(content.modules)
    for key, known in (("modules", written), ("last", block.modules)):
        for name in getattr(block, key):
            if name not in known:
                expected = "a module of this instrument" if key == "modules" else "a module of the block"
                yield Finding(f"{path}.{key}", "unknown_module", expected, said(name), nearest(name, known))
    if len(block.loose) < 2:
        hint = "With one there is no order to draw."
        yield Finding(f"{path}.modules", "block", "two modules or more in random order", "fewer", hint)
    places = sorted(written.index(name) for name in set(block.modules) if name in written)
    if places and places[-1] - places[0] >= len(places):
        between = [name for name in written[places[0] : places[-1]] if name not in block.modules]
        hint = "Modules keep the places their block takes; put them side by side."
        yield Finding(f"{path}.modules", "block", "adjacent modules", f"{', '.join(between)} between", hint)
    pinned = [written.index(name) for name in block.last if name in written]
    loose = [written.index(name) for name in block.loose if name in written]
    if pinned and loose and min(pinned) < max(loose):
        hint = "Write pinned modules after the others under modules."
        yield Finding(f"{path}.last", "block", "modules at the end of the block", "an earlier one", hint)
    yield from _openings(content, block, path)


def _openings(content: Content, block: Block, path: str) -> Iterator[Finding]:
    """Consent and age come before everything, so their module has a fixed place."""
    for item in content.items.values():
        if item.role and item.module in block.loose:
            hint = "Put it into a module before the block."
            yield Finding(f"{path}.modules", "block", f"{item.id} at a fixed place", "a drawn one", hint)
