"""Routes: rules that name what exists, stands earlier and can come true; pages that can be reached."""

from collections import Counter
from collections.abc import Iterator

from instruments.checks.finding import Finding, declared, item_path
from instruments.checks.places import Places, places_of
from instruments.checks.reach import Reach, Reader
from instruments.items import Item
from instruments.questionnaire import Content, Module, Page, drawn_apart
from instruments.routing import Comparison, Rule
from instruments.tree import nearest, said

MOST_ITEMS = 5


def check_routes(content: Content) -> Iterator[Finding]:
    """Findings about pages and rules."""
    places = places_of(content)
    reach = Reach(content, places)
    yield from _pages(content, places)
    never: set[str] = set()
    seen: set[str] = set()
    for item in content.items.values():
        # Rows share their battery's rule, companions their owner's: say it once, where it is written.
        path = f"items.{item.battery or item.beside or item.id}.show_if"
        if item.show_if is not None and path not in seen:
            seen.add(path)
            start = places.first.get(item.id, 0)
            for finding in _rule(reach, item.show_if, Reader(item, start, start), path):
                never |= {path} if finding.rule == "never_true" else set()
                yield finding
        never |= {item.id} if path in never else set()
        for number, exit_ in enumerate(item.exits):
            place = f"{item_path(content, item.id)}.exits.{number}.when"
            end = places.last.get(item.id, 0)
            yield from _rule(reach, exit_.rule, Reader(item, end, end + 1), place)
    yield from _unreachable(content, never)


def _outcomes(reach: Reach, rule: Rule, reader: Reader, path: str) -> Iterator[Finding]:
    """Whether nobody or everybody who comes so far meets the rule."""
    results = reach.results(rule, reader)
    if True not in results:
        hint = "Correct the rule, or remove the item; look at earlier exits and at what its items hang on."
        yield Finding(path, "never_true", "a rule that can hold", "one that never does", hint)
    elif False not in results:
        hint = "Leave the rule out, or correct it."
        yield Finding(path, "always_true", "a rule that can fail", "one that never does", hint)


def _pages(content: Content, places: Places) -> Iterator[Finding]:
    known = declared(content)
    in_order = tuple(sorted(known))
    by_module: dict[str, list[Page]] = {}
    for page in content.pages:
        by_module.setdefault(page.module, []).append(page)
    for name, module in content.modules.items():
        for entry in (entry for page in module.pages for entry in page if entry not in known):
            hint = nearest(entry, in_order)
            expected = "an item of this instrument"
            yield Finding(f"modules.{name}.pages", "unknown_item", expected, said(entry), hint)
        yield from _page_sizes(content, module, by_module.get(name, []))
    everywhere = [entry for page in content.pages for entry in page.items if entry != page.battery]
    everywhere += [
        page.battery for page in content.pages if page.slice and page.slice[0] == 0 and page.battery
    ]
    for name in (entry for entry, times in Counter(everywhere).items() if times > 1):
        yield Finding(f"items.{name}", "page_twice", "a place on one page", "two", "Remove one.")
    for name in content.items:
        if name not in places.last and not content.items[name].beside:
            hint = "List it under pages of a module, or remove it."
            yield Finding(item_path(content, name), "no_page", "a place on a page", "none", hint)


def is_beside(content: Content, name: str) -> bool:
    """Whether that id is an item that belongs to the one above it."""
    return name in content.items and bool(content.items[name].beside)


def _page_sizes(content: Content, module: Module, pages: list[Page]) -> Iterator[Finding]:
    path = f"modules.{module.id}.pages"
    for listed in module.pages:
        batteries = [entry for entry in listed if entry in content.batteries]
        if len(batteries) > 1:
            yield Finding(
                path, "page_size", "one battery a page", ", ".join(batteries), "Give each its own page."
            )
    for page in pages:
        rows = page.slice[1] - page.slice[0] - 1 if page.slice else 0
        size = sum(not is_beside(content, entry) for entry in page.items) + rows
        if not 1 <= size <= MOST_ITEMS:
            hint = "Split the page, or lower per_page of the battery."
            expected = f"1 to {MOST_ITEMS} items on page {page.number}"
            yield Finding(path, "page_size", expected, str(size), hint)


def _rule(reach: Reach, rule: Rule, reader: Reader, path: str) -> Iterator[Finding]:
    """Findings about one rule of an item; it may read only pages before `reader.end` (0: there are none)."""
    content, places = reach.content, reach.places
    for leaf in rule.comparisons():
        item = content.items.get(leaf.item)
        if item is None:
            if leaf.item not in reach.declared or leaf.item in content.batteries:
                hint = nearest(leaf.item, tuple(content.items))
                yield Finding(path, "unknown_item", "an item of this instrument", said(leaf.item), hint)
            continue
        if not item.stores:
            yield Finding(
                path, "unknown_item", "an item that takes an answer", leaf.item, "Use another item."
            )
        elif places.last.get(leaf.item, 0) >= reader.end > 0:
            found = f"{leaf.item} on page {places.last[leaf.item]}"
            hint = "A rule may only look back; move one of the two items."
            yield Finding(path, "forward_reference", "an item of an earlier page", found, hint)
        elif drawn_apart(content, item.module, reader.item.module):
            found = f"{leaf.item} in module {item.module}, which may come later"
            hint = "A rule may only look back; pin one of the modules or take it out of the block."
            yield Finding(path, "forward_reference", "an item of an earlier page", found, hint)
        yield from _codes(item, leaf, path)
    yield from _outcomes(reach, rule, reader, path)


def _codes(item: Item, leaf: Comparison, path: str) -> Iterator[Finding]:
    if leaf.operator == "answered":
        return
    for value in leaf.value if leaf.operator == "in" else [leaf.value]:
        if not item.accepts(value):
            expected = f"a possible answer to {item.id}"
            yield Finding(path, "unknown_code", expected, said(value), item.known_answers())


def _unreachable(content: Content, never: set[str]) -> Iterator[Finding]:
    for page in content.pages:
        battery = content.batteries.get(page.battery or "")
        rows = battery.rows if battery else ()
        names = [name for name in (*page.items, *rows) if name in content.items]
        if names and all(name in never for name in names):
            path = f"modules.{page.module}.pages"
            hint = "No answers lead there; correct the rules of its items."
            yield Finding(path, "unreachable_page", "a page that can be reached", f"page {page.number}", hint)
