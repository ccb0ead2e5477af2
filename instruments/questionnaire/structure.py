"""The parts of a questionnaire besides its items: modules, batteries, pages, phones, computed columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.codebook import Indicator, Review, Text, Variable, Withheld
from instruments.items import Item, Scale
from instruments.missing import Missing


@dataclass(frozen=True)
class Module:
    """A part of the questionnaire. `before` and `after` name texts on its first and last page."""

    id: str
    title: Text
    sensitive: bool = False
    before: str | None = None
    after: str | None = None
    pages: tuple[tuple[str, ...], ...] = ()
    """Ids that stand together; a battery's id stands for its rows, which may fill several pages."""


@dataclass(frozen=True)
class Battery:
    """Rows that share one question and one scale, shown item by item, at most `per_page` on a page."""

    id: str
    text: Text
    label: Text
    module: str
    rows: tuple[str, ...]
    per_page: int
    random: bool = False
    last: tuple[str, ...] = ()
    headline: bool = False


@dataclass(frozen=True)
class Page:
    """What one page may show. `items` may hold the id of `battery`, for rows `slice[0]:slice[1]` as drawn."""

    number: int
    module: str
    items: tuple[str, ...]
    battery: str | None = None
    slice: tuple[int, int] | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Phone:
    """A help line. `verified_on`: the day (ISO) on which the number was last checked, empty if never."""

    id: str
    number: str
    display: str
    what: Text
    verified_on: str = ""
    source: str = ""


@dataclass(frozen=True)
class Reuse:
    """Where the items that were taken over word for word come from."""

    instrument: str
    version: str
    sha256: str
    """Fingerprint of that version."""
    items: tuple[str, ...]
    stems: tuple[str, ...] = ()
    """Rows of a battery that are asked alone, with a question of their own."""


@dataclass(frozen=True)
class Split:
    """A split ballot. `forms`: the ids (of items or batteries) that each form asks, in file order."""

    name: str
    title: Text
    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Block:
    """Adjacent modules whose order is drawn; those in `last` stay at the end."""

    name: str
    modules: tuple[str, ...]
    last: tuple[str, ...] = ()

    @property
    def loose(self) -> tuple[str, ...]:
        """The modules without a fixed place."""
        return tuple(name for name in self.modules if name not in self.last)


@dataclass(frozen=True)
class Recall:
    """An earlier answer said again. `forms`: words by plural category and language, `{n}` for the number."""

    name: str
    item: str
    forms: Mapping[str, Text]
    missing: Text
    """The words where there is no answer to say again."""


@dataclass(frozen=True)
class Computed:
    """A column computed from others, and the published figure made of it, if any."""

    variable: Variable
    indicator: Indicator | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything a questionnaire holds."""

    name: str
    version: str
    title: Text
    public_title: Text
    """What a respondent's browser shows: names no topic."""
    population: Text
    minutes: int
    languages: tuple[str, ...]
    source_language: str
    status: Text
    """Review status of the wording, by language."""
    missing_labels: Mapping[Missing, Text]
    modules: Mapping[str, Module]
    scales: Mapping[str, Scale]
    items: Mapping[str, Item]
    """Every item by id, rows of batteries among them, in file order."""
    batteries: Mapping[str, Battery]
    pages: tuple[Page, ...]
    texts: Mapping[str, Text]
    phones: Mapping[str, Phone]
    computed: tuple[Computed, ...]
    fills: tuple[str, ...]
    """Placeholders that whoever shows the text must fill."""
    access: str = ""
    """The only `access` a wave with it may have: `open` (one link, no personal codes) or `invited`."""
    reuse: Reuse | None = None
    reviews: Mapping[str, Review] = field(default_factory=dict)
    """How far the words of each language were reviewed."""
    never_ask: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Rule -> language -> beginnings of words and phrases, besides those the linter knows."""
    splits: Mapping[str, Split] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    recalls: Mapping[str, Recall] = field(default_factory=dict)
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    """What the column of an item may not tell of few people."""
    document: Mapping[str, Any] = field(repr=False)
    """The merged files as plain data: what `to_json` writes."""
    origin: Mapping[str, tuple[str, int]] = field(default_factory=dict, repr=False, compare=False)
    """File and line of each dotted path (`path@language` for words of a language file)."""
