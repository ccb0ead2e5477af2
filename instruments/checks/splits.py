"""Split ballots: forms that ask different items, each in one split, and nobody's consent or age left out."""

from collections import Counter
from collections.abc import Iterator

from instruments.checks.finding import Finding, declared
from instruments.questionnaire import Content, Split, forms_of
from instruments.tree import nearest, said


def check_splits(content: Content) -> Iterator[Finding]:
    """Findings about splits."""
    times: Counter[str] = Counter()
    for name, split in content.splits.items():
        path = f"splits.{name}.forms"
        forms = forms_of(content, split)
        if len(forms) < 2:
            hint = "Write forms: {a: [ITEM], b: [OTHER]}."
            yield Finding(path, "split", "at least two forms", str(len(forms)), hint)
        yield from _members(content, split, path)
        everyone = frozenset.intersection(*forms.values()) if forms else frozenset()
        for item in sorted(everyone):
            hint = "Leave it out: what no form names is asked of everybody."
            yield Finding(path, "split", "an item that some form leaves out", item, hint)
        times.update({item for items in forms.values() for item in items})
    for item, count in times.items():
        if count > 1:
            hint = "Make one split with more forms."
            yield Finding("splits", "split", "an item in one split", f"{item} in {count}", hint)
    yield from _asked_together(content)


def _members(content: Content, split: Split, path: str) -> Iterator[Finding]:
    known = declared(content)
    for form, entries in split.forms.items():
        for entry in entries:
            item = content.items.get(entry)
            if entry not in known:
                hint = nearest(entry, tuple(sorted(known)))
                expected = "an item of this instrument"
                yield Finding(f"{path}.{form}", "unknown_item", expected, said(entry), hint)
            elif item is not None and (item.role or item.exits):
                hint = "Consent, age and exits concern everybody."
                yield Finding(f"{path}.{form}", "split", "an item that need not be asked", entry, hint)


def _asked_together(content: Content) -> Iterator[Finding]:
    """A rule that reads only items that are never asked together with its own item."""
    for split in content.splits.values():
        forms = forms_of(content, split)
        asked = {name: {form for form, items in forms.items() if name in items} for name in content.items}
        for item in content.items.values():
            for other in item.show_if.items() if item.show_if is not None and asked[item.id] else ():
                if asked.get(other) and asked[item.id].isdisjoint(asked[other]):
                    expected = f"an item asked in the same form as {item.id}"
                    hint = "Nobody is asked both; correct the rule."
                    owner = f"{item.battery}.rows.{item.id}" if item.battery else item.id
                    yield Finding(f"items.{owner}.show_if", "split", expected, other, hint)
