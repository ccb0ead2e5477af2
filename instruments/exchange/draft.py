"""The parts of an imported form in, one merged document out that the loader could have read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.exchange.ledger import Ledger
from instruments.tree import IDENTIFIER
from instruments.wording import is_words, placeholders

Raw = dict[str, Any]
Text = dict[str, str]
MOST_ON_PAGE = 5
LARGEST_NUMBER = 999_999
QUESTIONS_PER_MINUTE = 4
NEUTRAL = {
    "en": "Opinion survey",
    "ru": "Опрос общественного мнения",
    "kk": "Қоғамдық пікір сауалнамасы",
    "uz": "Ijtimoiy fikr soʻrovi",
}


@dataclass
class DraftModule:
    """A part of the questionnaire being built."""

    id: str
    title: Text
    pages: list[list[str]] = field(default_factory=list)
    page_of: list[object] = field(default_factory=list)
    """What each page stands for in the form: items of another mark begin a new page."""


@dataclass
class Draft:
    """An instrument being built."""

    name: str
    version: str
    languages: list[str]
    source: str
    ledger: Ledger
    title: Text = field(default_factory=dict)
    modules: list[DraftModule] = field(default_factory=list)
    scales: dict[str, Raw] = field(default_factory=dict)
    blocks: dict[str, Raw] = field(default_factory=dict)
    items: dict[str, Raw] = field(default_factory=dict)
    texts: dict[str, Text] = field(default_factory=dict)
    missing_labels: dict[str, Text] = field(default_factory=dict)
    split_pages: int = 0
    unruled: dict[str, list[str]] = field(default_factory=dict)
    """Items kept without a condition of the form, with the condition."""

    def module(self, wanted: str, title: Text) -> DraftModule:
        """A new module at the end."""
        taken = {module.id for module in self.modules}
        made, number = wanted[:28], 2
        while made in taken:
            made, number = f"{wanted[:28]}_{number}", number + 1
        self.modules.append(DraftModule(made, title))
        return self.modules[-1]

    def place(self, name: str, mark: object) -> None:
        """Put an item on the last module's last page, or on a new one where it cannot stand there.

        A new page begins with another `mark`, with a battery, after five items, and where the item's rule
        looks at an item of the page: rules look back to earlier pages only.
        """
        module = self.modules[-1]
        page = module.pages[-1] if module.pages else None
        same = page is not None and module.page_of[-1] == mark
        if page is not None and same and not self._crowded(page, name):
            page.append(name)
            return
        if same and mark is not None:
            self.split_pages += 1
        module.pages.append([name])
        module.page_of.append(mark)

    def _crowded(self, page: list[str], name: str) -> bool:
        asked = set(hangs_on(self.items[name]))
        batteries = any(self.items[entry]["kind"] == "battery" for entry in (*page, name))
        return batteries or len(page) >= MOST_ON_PAGE or bool(set(page) & asked)

    def offer(self, kind: str, label: Mapping[str, str]) -> bool:
        """Take the form's words for don't know or refused; False when other words stand already."""
        words = self.missing_labels.setdefault(kind, dict(label))
        for language, said in label.items():
            words.setdefault(language, said)
        return all(words.get(language) == said for language, said in label.items())


def unruled_of(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Item and condition, of those that lost one."""
    return tuple((name, said) for name, conditions in draft.unruled.items() for said in conditions)


def rule_items(raw: Raw) -> Iterator[str]:
    """Items that the rule of an item looks at."""

    def leaves(rule: Any) -> Iterator[str]:
        if isinstance(rule, dict):
            if "item" in rule:
                yield rule["item"]
            for part in rule.values():
                yield from leaves(part)
        elif isinstance(rule, list):
            for part in rule:
                yield from leaves(part)

    yield from leaves(raw.get("show_if"))


def hangs_on(raw: Raw) -> Iterator[str]:
    """Items that the rule of an item looks at, and those beside whose options the words it looks at stand."""
    for name in rule_items(raw):
        yield name
        yield name.removesuffix("_OTHER")


def from_zero(low: int, high: int) -> tuple[int, int, list[str]]:
    """A range without negative numbers, and what is said of those left out."""
    if low >= 0:
        return low, high, []
    said = f"NO NUMBERS BELOW 0, in the form from {low}: here they stand for missing answers"
    return 0, high if high > 0 else LARGEST_NUMBER, [said]


def scale_of(options: tuple[tuple[int, Mapping[str, str]], ...], level: str = "nominal") -> Raw:
    """A scale as the format writes it."""
    return {"level": level, "options": options_of(options)}


def options_of(options: tuple[tuple[int, Mapping[str, str]], ...]) -> Raw:
    """Options as the format writes them."""
    return {str(code): dict(label) for code, label in options}


def document_of(draft: Draft) -> Raw:
    """The merged document: every text is words by language, keys in the order the library has them."""
    draft.modules = [module for module in draft.modules if module.pages]
    added = draft.ledger.added
    asked = sum(len(raw.get("rows", "x")) for raw in draft.items.values() if raw["kind"] not in ("info",))
    minutes = max(1, round(asked / QUESTIONS_PER_MINUTE))
    added.append(f"minutes: {minutes}, at {QUESTIONS_PER_MINUTE} questions a minute: measure it")
    added.append("public_title: neutral words; the form's own title names its topic only inside")
    added.append("population: left empty; the form does not say who is asked")
    added.append("consent: no form marks its consent or age question; give one role: consent, one role: age")
    public = {language: NEUTRAL[language] for language in draft.languages if language in NEUTRAL}
    document: Raw = {
        "instrument": draft.name,
        "version": draft.version,
        "title": draft.title or {draft.source: draft.name},
        "public_title": public | ({} if draft.source in public else {draft.source: NEUTRAL["en"]}),
        "population": {draft.source: ""},
        "minutes": minutes,
        "languages": draft.languages,
        "source_language": draft.source,
        "status": dict.fromkeys(draft.languages, "imported, needs review"),
    }
    optional = {
        "missing_labels": draft.missing_labels,
        "fills": sorted(_fills_used(draft)),
        "texts": draft.texts,
        "scales": draft.scales,
        "blocks": draft.blocks,
    }
    document |= {key: value for key, value in optional.items() if value}
    document["modules"] = {
        module.id: {"title": module.title, "pages": module.pages} for module in draft.modules
    }
    _tell_levels(draft)
    document["items"] = {name: _ordered(raw) for name, raw in draft.items.items()}
    _fill_source(document, draft, "", "", "")
    return document


def _tell_levels(draft: Draft) -> None:
    """No form says whether its answers have an order: every list that stands as nominal is named."""
    lists = [f"scale {name}" for name, scale in draft.scales.items() if scale["level"] == "nominal"]
    lists += [
        name
        for name, raw in draft.items.items()
        if raw["kind"] in ("single", "battery") and "scale" not in raw and "level" not in raw
        if len(raw["options"]) > 2
    ]
    if lists:
        draft.ledger.added.append(
            f"level: nominal for {', '.join(lists)}; write ordinal where the answers have an order"
        )


def _ordered(raw: Raw) -> Raw:
    """Keys of an item as the library orders them: what it is, who is asked, the words, the answers."""
    last = [key for key in ("text", "hint", "options", "other", "rows") if key in raw]
    first = [key for key in ("kind", "show_if", "required", "allow") if key in raw]
    between = [key for key in raw if key not in (*first, *last)]
    return {key: raw[key] for key in (*first, *between, *last)}


def _fills_used(draft: Draft) -> set[str]:
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.update(placeholders(value))
        elif isinstance(value, Mapping):
            for child in value.values():
                walk(child)

    walk(draft.items)
    walk(draft.texts)
    return found - {"minutes"}


def _fill_source(value: Any, draft: Draft, path: str, key: str, parent: str) -> None:
    """No text may lack its source words: the file would not load. Names stand in for them, and are listed."""
    if not isinstance(value, dict):
        return
    if is_words(key, parent) and all(isinstance(words, str) for words in value.values()):
        if path != "population" and not value.get(draft.source, "").strip():
            known = next(iter(value.items()), None)
            parts = [
                part for part in path.split(".") if IDENTIFIER.fullmatch(part) and not is_words(part, "")
            ]
            owner = parts[-1] if parts else draft.name
            value[draft.source] = known[1] if known else owner
            said = f"the words in {known[0]} stand" if known else f"'{owner}' stands"
            draft.ledger.added.append(f"{path}: no words in {draft.source}; {said} there")
        return
    for name, child in value.items():
        _fill_source(child, draft, f"{path}.{name}" if path else name, name, key)
