"""Routes: rules that name what exists, stands earlier and can come true; pages that can be reached."""

import itertools
from collections.abc import Iterator
from typing import Any

from instruments.checks.finding import Finding, declared, item_path
from instruments.items import Item, Number, SeveralOf, SingleChoice
from instruments.missing import Missing
from instruments.questionnaire import Content, Module, drawn_apart
from instruments.routing import Comparison, Rule
from instruments.tree import nearest, said

MOST_ITEMS = 5
MOST_CASES = 20_000


def check_routes(content: Content) -> Iterator[Finding]:
    """Findings about pages and rules."""
    places, starts = last_places(content), first_places(content)
    yield from _pages(content, places)
    never: set[str] = set()
    for item in content.items.values():
        path = item_path(content, item.id)
        if item.show_if is not None:
            # Rows share their battery's rule: say it once, where it is written.
            shared = f"items.{item.battery}" if item.battery else path
            yield from _rule(content, item, item.show_if, f"{shared}.show_if", starts.get(item.id, 0))
            if not can_fail(content, item.show_if):
                hint = "Leave the rule out, or correct it."
                yield Finding(
                    f"{shared}.show_if", "always_true", "a rule that can fail", "one that never does", hint
                )
            if not can_hold(content, item.show_if):
                never.add(item.id)
                hint = "Correct the rule, or remove the item."
                yield Finding(
                    f"{shared}.show_if", "never_true", "a rule that can hold", "one that never does", hint
                )
        for number, exit_ in enumerate(item.exits):
            place = f"{path}.exits.{number}.when"
            yield from _rule(content, item, exit_.rule, place, places.get(item.id, 0) + 1)
    yield from _unreachable(content, never)


def last_places(content: Content) -> dict[str, int]:
    """Item id -> number of the last page on which it may stand."""
    return {item: number for number, item in _standing(content)}


def first_places(content: Content) -> dict[str, int]:
    """Item id -> number of the first page on which it may stand."""
    return {item: number for number, item in reversed(_standing(content))}


def _standing(content: Content) -> list[tuple[int, str]]:
    """Page number and item, in page order; a battery's rows may stand on any of its pages."""
    return [
        (page.number, item)
        for page in content.pages
        for entry in page.items
        for item in (content.batteries[entry].rows if entry in content.batteries else (entry,))
    ]


def _pages(content: Content, places: dict[str, int]) -> Iterator[Finding]:
    known = declared(content)
    for name, module in content.modules.items():
        for entry in (entry for page in module.pages for entry in page if entry not in known):
            hint = nearest(entry, tuple(sorted(known)))
            expected = "an item of this instrument"
            yield Finding(f"modules.{name}.pages", "unknown_item", expected, said(entry), hint)
        yield from _page_sizes(content, module)
    everywhere = [entry for page in content.pages for entry in page.items if entry != page.battery]
    everywhere += [
        page.battery for page in content.pages if page.slice and page.slice[0] == 0 and page.battery
    ]
    for name in {entry for entry in everywhere if everywhere.count(entry) > 1}:
        yield Finding(f"items.{name}", "page_twice", "a place on one page", "two", "Remove one.")
    for name in content.items:
        if name not in places:
            hint = "List it under pages of a module, or remove it."
            yield Finding(item_path(content, name), "no_page", "a place on a page", "none", hint)


def _page_sizes(content: Content, module: Module) -> Iterator[Finding]:
    path = f"modules.{module.id}.pages"
    for listed in module.pages:
        batteries = [entry for entry in listed if entry in content.batteries]
        if len(batteries) > 1:
            yield Finding(
                path, "page_size", "one battery a page", ", ".join(batteries), "Give each its own page."
            )
    for page in content.pages:
        if page.module == module.id:
            rows = page.slice[1] - page.slice[0] - 1 if page.slice else 0
            size = len(page.items) + rows
            if not 1 <= size <= MOST_ITEMS:
                hint = "Split the page, or lower per_page of the battery."
                yield Finding(
                    path, "page_size", f"1 to {MOST_ITEMS} items on page {page.number}", str(size), hint
                )


def _rule(content: Content, owner: Item, rule: Rule, path: str, limit: int) -> Iterator[Finding]:
    """Findings about one rule of an item; it may read only pages before `limit` (0: the item has none)."""
    places = last_places(content)
    for leaf in rule.comparisons():
        item = content.items.get(leaf.item)
        if item is None:
            if leaf.item not in declared(content) or leaf.item in content.batteries:
                hint = nearest(leaf.item, tuple(content.items))
                yield Finding(path, "unknown_item", "an item of this instrument", said(leaf.item), hint)
            continue
        if not item.stores:
            yield Finding(
                path, "unknown_item", "an item that takes an answer", leaf.item, "Use another item."
            )
        elif places.get(leaf.item, 0) >= limit > 0:
            found = f"{leaf.item} on page {places[leaf.item]}"
            hint = "A rule may only look back; move one of the two items."
            yield Finding(path, "forward_reference", "an item of an earlier page", found, hint)
        elif drawn_apart(content, item.module, owner.module):
            found = f"{leaf.item} in module {item.module}, which may come later"
            hint = "A rule may only look back; pin one of the modules or take it out of the block."
            yield Finding(path, "forward_reference", "an item of an earlier page", found, hint)
        yield from _codes(item, leaf, path)


def _codes(item: Item, leaf: Comparison, path: str) -> Iterator[Finding]:
    if leaf.operator == "answered":
        return
    for value in leaf.value if leaf.operator == "in" else [leaf.value]:
        if not item.accepts(value):
            hint = _known_codes(item)
            yield Finding(path, "unknown_code", f"a possible answer to {item.id}", said(value), hint)


def _known_codes(item: Item) -> str:
    if isinstance(item, SingleChoice | SeveralOf):
        return f"{item.id} has the codes {', '.join(str(option.code) for option in item.options)}."
    if isinstance(item, Number):
        return f"{item.id} goes from {item.min} to {item.max}."
    return f"See what {item.id} takes."


def can_hold(content: Content, rule: Rule) -> bool:
    """Whether some answers make the rule true. Rules over too many answers to try are taken to hold."""
    return _can_be(content, rule, True)


def can_fail(content: Content, rule: Rule) -> bool:
    """Whether some answers make the rule false. Rules over too many answers to try are taken to fail."""
    return _can_be(content, rule, False)


def _can_be(content: Content, rule: Rule, wanted: bool) -> bool:
    domains = {name: _domain(content, name, rule) for name in rule.items()}
    cases = 1
    for values in domains.values():
        cases *= len(values)
    if cases > MOST_CASES or not all(domains.values()):
        return True
    combinations = itertools.product(*domains.values())
    return any(rule.holds(dict(zip(domains, values, strict=True))) is wanted for values in combinations)


def _domain(content: Content, name: str, rule: Rule) -> list[Any]:
    """Answers worth trying: every option, or the numbers around those the rule names."""
    item = content.items.get(name)
    if item is None:
        return []
    named = [leaf.value for leaf in rule.comparisons() if leaf.item == name and leaf.operator != "answered"]
    flat = [code for value in named for code in (value if isinstance(value, list) else [value])]
    always_given = item.required and item.show_if is None
    missing: list[Any] = [*item.allow] if always_given else [None, Missing.NO_ANSWER, *item.allow]
    if isinstance(item, SingleChoice):
        return missing + [option.code for option in item.options]
    if isinstance(item, SeveralOf):
        codes = [option.code for option in item.options]
        return [*missing, codes, *([code] for code in codes)]
    if any(leaf.item == name and leaf.operator == "answered" for leaf in rule.comparisons()):
        return []  # there is no list of what may be typed
    near = [value + step for value in flat if type(value) is int for step in (-1, 0, 1)]
    return missing + [value for value in [*flat, *near] if not item.problems(value)]


def _unreachable(content: Content, never: set[str]) -> Iterator[Finding]:
    for page in content.pages:
        battery = content.batteries.get(page.battery or "")
        rows = battery.rows if battery else ()
        names = [name for name in (*page.items, *rows) if name in content.items]
        if names and all(name in never for name in names):
            path = f"modules.{page.module}.pages"
            hint = "No answers lead there; correct the rules of its items."
            yield Finding(path, "unreachable_page", "a page that can be reached", f"page {page.number}", hint)
