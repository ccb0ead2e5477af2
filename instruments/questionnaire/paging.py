"""Modules and batteries in, the numbered pages out; pages in, the items in their order out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from instruments.items import Item
from instruments.questionnaire.structure import Battery, Content, Module, Page


def pages_of(
    modules: Mapping[str, Module], batteries: Mapping[str, Battery], items: Mapping[str, Item]
) -> tuple[Page, ...]:
    """Every page, numbered from 1; a module's texts stand before its first and after its last page.

    An item's companions stand directly under it, without being listed.
    """
    brought = {name: tuple(item.id for item in owner.companions()) for name, owner in items.items()}
    pages = (page for module in modules.values() for page in _of_module(module, batteries, brought))
    return tuple(replace(page, number=number) for number, page in enumerate(pages, start=1))


def _of_module(
    module: Module, batteries: Mapping[str, Battery], brought: Mapping[str, tuple[str, ...]]
) -> Iterator[Page]:
    listed = [
        tuple(name for entry in entries for name in (entry, *brought.get(entry, ())))
        for entries in module.pages
    ]
    pages = [page for entries in listed for page in _split(module.id, entries, batteries)]
    for place, page in enumerate(pages):
        before = module.before if place == 0 else None
        after = module.after if place == len(pages) - 1 else None
        yield replace(page, before=before, after=after)


def _split(module: str, entries: tuple[str, ...], batteries: Mapping[str, Battery]) -> Iterator[Page]:
    """The pages one list of ids fills: k rows of a battery go on ceil(k / per_page) of them.

    What stands before the battery goes on the first of these pages, what stands after it on the last.
    """
    battery = next((batteries[entry] for entry in entries if entry in batteries), None)
    if battery is None:
        yield Page(0, module, entries)
        return
    place, step, rows = entries.index(battery.id), max(1, battery.per_page), len(battery.rows)
    for start in range(0, max(1, rows), step):
        before = entries[:place] if start == 0 else ()
        after = entries[place + 1 :] if start + step >= rows else ()
        part = (start, min(start + step, rows))
        yield Page(0, module, (*before, battery.id, *after), battery.id, part)


def ordered_items(content: Content) -> Iterator[Item]:
    """The items in page order, rows of a battery in their written order, each once."""
    listed = (entry for page in content.pages for entry in page.items)
    for entry in dict.fromkeys(listed):
        battery = content.batteries.get(entry)
        names = battery.rows if battery else (entry,)
        yield from (content.items[name] for name in names if name in content.items)


def shown_after(sequence: Sequence[int], number: int, shows: Callable[[int], object]) -> int | None:
    """The first page of a sequence after this one (0: the start) that shows anything; None at the end."""
    numbers = sequence[sequence.index(number) + 1 :] if number else sequence
    return next((each for each in numbers if shows(each)), None)


def shown_before(sequence: Sequence[int], number: int, shows: Callable[[int], object]) -> int | None:
    """The last page of a sequence before this one that shows anything; None at the start."""
    return next((each for each in reversed(sequence[: sequence.index(number)]) if shows(each)), None)
