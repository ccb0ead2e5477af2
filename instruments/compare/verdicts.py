"""What a comparison of two versions says: one `ItemChange` per item, place and language, gathered by item."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from instruments.codebook import Comparison, Text
from instruments.problem import FileProblem


class Verdict(StrEnum):
    """How an item of the later version stands to the earlier one, the gravest last."""

    IDENTICAL = "identical"
    REORDERED = "reordered"
    EDITORIAL = "editorial"
    REROUTED = "rerouted"
    RESCALED = "rescaled"
    RECOMPUTED = "recomputed"
    REWORDED = "reworded"
    NEW = "new"
    DROPPED = "dropped"
    RETYPED = "retyped"
    RECODED = "recoded"


GRAVITY = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class ItemChange:
    """One difference. `language` is empty where no words differ."""

    item: str
    verdict: Verdict
    place: str
    """Dotted place below the item: `text`, `options.3`, `show_if`."""
    before: str = ""
    after: str = ""
    language: str = ""
    share: float = 0.0
    """Share of the words that changed, of a change of words."""
    quiet: bool = False
    """Reported only: no declaration is asked for."""
    fatal: bool = False
    """No declaration helps: the item needs a new id."""
    editorial: bool = False
    """Whether `kind: editorial` can cover it (of words: by measure)."""


@dataclass(frozen=True)
class ItemDifference:
    """Everything that differs in one item, and what the later version declares about it."""

    item: str
    path: str
    module: str
    changes: tuple[ItemChange, ...]
    wording: tuple[int | None, int | None]
    """Wording number before and now; None: not asked."""
    declared: Comparison | None = None
    sha: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Language -> `text_sha` before and now."""
    replaces: str = ""

    @property
    def verdict(self) -> Verdict:
        """The gravest of its changes."""
        found = [change.verdict for change in self.changes]
        return max(found, key=GRAVITY.__getitem__, default=Verdict.IDENTICAL)

    @property
    def told(self) -> tuple[ItemChange, ...]:
        """The changes that must be declared."""
        return tuple(change for change in self.changes if not change.quiet)

    @property
    def fatal(self) -> bool:
        """Whether only a new id helps."""
        return any(change.fatal for change in self.changes)

    @property
    def to_write(self) -> str:
        """What the later version's file must say; empty when nothing is missing."""
        earlier, later = self.wording
        if {change.place.partition(".")[0] for change in self.changes if change.fatal} == {"nets"}:
            return "another name for the net"
        if self.fatal:
            return f"a new id (such as {self.item}_2) with replaces: {self.item}"
        if earlier is None or later is None or not self.told:
            return ""
        measured = all(change.editorial for change in self.told)
        if later > earlier and self.declared and (measured or self.declared.kind != "editorial"):
            return ""
        kinds = {change.verdict for change in self.told}
        kind = "editorial" if measured else "broken"
        kind = "identical" if kinds <= {Verdict.REROUTED, Verdict.REORDERED} else kind
        return f'wording: {max(later, earlier + 1)}, compare: {{{earlier}: {{kind: {kind}, reason: "..."}}}}'


@dataclass(frozen=True)
class PeriodChange:
    """A reference period that is longer or shorter now, or said otherwise. No change of wording."""

    name: str
    months: tuple[int, int]
    before: Text
    after: Text
    items: tuple[str, ...]
    """Items whose words use it."""

    def reworded(self) -> Iterator[tuple[str, str, str]]:
        """Language, words before and words now, for each language that says it otherwise."""
        for language in dict.fromkeys((*self.before, *self.after)):
            old, new = self.before.get(language, ""), self.after.get(language, "")
            if old != new:
                yield language, old, new


@dataclass(frozen=True)
class TextChange:
    """A text besides the questions (notes, end pages) in one language."""

    name: str
    language: str
    before: str
    after: str


@dataclass(frozen=True)
class VersionDifference:
    """Two versions compared: `before` and `after` are (instrument, version, SHA-256)."""

    before: tuple[str, str, str]
    after: tuple[str, str, str]
    items: tuple[ItemDifference, ...]
    """Every item of either version, in the later one's order, dropped ones last."""
    periods: tuple[PeriodChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    languages: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Languages added and dropped."""
    notes: tuple[str, ...] = ()
    """What is odd and not refused."""
    problems: tuple[FileProblem, ...] = ()
    """Why the later version may not follow the earlier one; () lets it pass."""

    @cached_property
    def changed(self) -> tuple[ItemDifference, ...]:
        """The items that differ at all."""
        return tuple(item for item in self.items if item.verdict is not Verdict.IDENTICAL)

    def counts(self) -> dict[str, int]:
        """How many items have each verdict."""
        counted = [item.verdict for item in self.items]
        return {verdict.value: counted.count(verdict) for verdict in Verdict if verdict in counted}

    def as_data(self) -> dict[str, Any]:
        """JSON-ready: versions, counts, items with verdict, hashes, changes, declaration; problems."""
        return {
            "before": dict(zip(("instrument", "version", "sha256"), self.before, strict=True)),
            "after": dict(zip(("instrument", "version", "sha256"), self.after, strict=True)),
            "counts": self.counts(),
            "items": [_item_data(item) for item in self.items],
            "periods": [asdict(period) for period in self.periods],
            "texts": [asdict(text) for text in self.texts],
            "languages": {"added": list(self.languages[0]), "dropped": list(self.languages[1])},
            "notes": list(self.notes),
            "problems": [problem.as_json() for problem in self.problems],
        }


def _item_data(item: ItemDifference) -> dict[str, Any]:
    return {
        "item": item.item,
        "verdict": item.verdict.value,
        "wording": list(item.wording),
        "replaces": item.replaces,
        "declared": asdict(item.declared) if item.declared else None,
        "to_write": item.to_write,
        "text_sha": {language: list(pair) for language, pair in item.sha.items()},
        "changes": [asdict(change) for change in item.changes],
    }
