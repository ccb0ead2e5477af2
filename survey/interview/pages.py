"""HTML: what a page shows in, its text out. Blank items are compiled once per version and language.

Not those that say an earlier answer again: nothing of a respondent stays in the process.
"""

import base64
import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from instruments import Draw, Item, Questionnaire
from survey.i18n import Translator
from survey.interview.fields import FIELD_BUILDERS, Raw, Wording
from survey.interview.messages import Message

LARGEST_CACHE = 10_000
"""Blank items kept compiled; the core questionnaire needs about 700 in four languages."""
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b5f6e'/%3E"
    "%3Cpath d='M4 8.5 7 11l5-6' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E"
)


RARE = ("carried", "kiosk", "field")
FRAMED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "question": (
        ("token", "mark", "items"),
        ("notice", "sure", "summary", "replaced", "held", "hidden", *RARE),
    ),
    "landing": ((), ("hidden", "typed", *RARE)),
}
"""Pages of which all is kept but what stands in every one and is a respondent's own; and what makes a page
one respondent's, or rare, so that it is made anew. The core questionnaire has about 250 others."""
LARGEST_FRAMES = 1000
NO_CARDS: Mapping[str, Markup] = {}


@dataclass(frozen=True)
class Shown:
    """One item as it stands on a page."""

    item: Item
    raw: Raw = field(default_factory=dict)
    message: Message | None = None


@dataclass(frozen=True)
class Leaf:
    """What all items of a page share."""

    questionnaire: Questionnaire
    draw: Draw
    words: Wording
    say: Translator


class Press:
    """Prints pages; one per process."""

    def __init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("survey"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        style, field_style = (
            _in_one_line(self._source(f"interview/{name}.css")) for name in ("style", "field")
        )
        self.environment.globals.update(
            css=Markup(style),  # noqa: S704  our own file
            field_css=Markup(field_style),  # noqa: S704  our own file
            icon=ICON,
        )
        self.style_source = f"{_hashed(style)} {_hashed(field_style)}"
        self.idle = self._source("interview/idle.js")
        self.script = self._source("interview/leave.js").encode()
        self.script_path = f"/a/{hashlib.sha256(self.script).hexdigest()[:16]}.js"
        self._blank: dict[Hashable, Markup] = {}
        self._frames: dict[Hashable, list[str]] = {}
        self._options: dict[Hashable, tuple[str, dict[str, str], str]] = {}

    def page(self, template: str, say: Translator, **values: Any) -> str:
        """A whole page."""
        holes, own = FRAMED.get(template, ((), ()))
        if template not in FRAMED or any(values[name] for name in own):
            return self._page(template, say, values)
        shared = [(name, str(value)) for name, value in values.items() if name not in holes]
        key = (template, say.language, *shared)
        frame = self._frames.get(key)
        if frame is None:
            if len(self._frames) >= LARGEST_FRAMES:
                self._frames.clear()
            marks = {name: Markup(f"\0{name}\0") for name in holes}  # noqa: S704  our own mark
            frame = self._frames[key] = self._page(template, say, {**values, **marks}).split("\0")
        return "".join([escape(values[part]) if part in holes else part for part in frame])

    def _page(self, template: str, say: Translator, values: Mapping[str, Any]) -> str:
        return self.environment.get_template(f"interview/{template}.html").render(
            lang=say.language, _=say.gettext, _n=say.ngettext, **values
        )

    def part(self, template: str, say: Translator, **values: Any) -> Markup:
        """A part of a page."""
        html = self.environment.get_template(f"interview/{template}.html").render(_=say.gettext, **values)
        return Markup(html)  # noqa: S704  escaped by the template

    def items(self, leaf: Leaf, shown: Iterable[Shown], cards: Mapping[str, Markup] = NO_CARDS) -> Markup:
        """The items one below the other; a battery's question stands once, above its rows.

        `cards`: item -> what stands before it for an interviewer.
        """
        parts = []
        stem = ""
        for entry in shown:
            battery = leaf.questionnaire.batteries.get(entry.item.battery or "")
            words = leaf.words.say(battery.text) if battery else ""
            if words and words != stem:
                parts.append(Markup('<p class="stem">{}</p>').format(words))
            stem = words
            parts.append(cards.get(entry.item.id, Markup("")))
            parts.append(self._item(leaf, entry, stem))
        return Markup("").join(parts)

    def _source(self, name: str) -> str:
        return self.environment.loader.get_source(self.environment, name)[0]  # type: ignore[union-attr]

    def _item(self, leaf: Leaf, shown: Shown, stem: str) -> Markup:
        kind = FIELD_BUILDERS[shown.item.kind]
        variant = kind.variant(shown.item, leaf.draw)
        own = shown.item.id in leaf.questionnaire.recalling
        if own or shown.raw or shown.message or (variant is None and not kind.box):
            return self._compiled(leaf, shown, stem)
        key = (leaf.questionnaire.fingerprint, shown.item.id, leaf.words.language, leaf.words.fills, variant)
        if variant is None:
            return self._shuffled(leaf, shown, stem, key)
        blank = self._blank.get(key)
        if blank is None:
            if len(self._blank) >= LARGEST_CACHE:
                self._blank.clear()
            blank = self._blank[key] = self._compiled(leaf, shown, stem)
        return blank

    def _shuffled(self, leaf: Leaf, shown: Shown, stem: str, key: Hashable) -> Markup:
        """A blank item whose options stand in a drawn order: each option is kept, and what is around them."""
        kept = self._options.get(key)
        if kept is None:
            kind = FIELD_BUILDERS[shown.item.kind]
            choices = kind.parts(shown.item, leaf.words, leaf.draw, {})["choices"]
            one = self.environment.get_template("items/parts.html").module.options  # type: ignore[attr-defined]
            options = {choice[0]: str(one(kind.box, shown.item.id, [choice])) for choice in choices}
            whole = self._compiled(leaf, shown, stem)
            head, found, tail = str(whole).partition("".join(options.values()))
            if not found:  # a drop-down
                return whole
            if len(self._options) >= LARGEST_CACHE:
                self._options.clear()
            kept = self._options[key] = (head, options, tail)
        before, options, after = kept
        drawn = [options[str(option.code)] for option in shown.item.shown_options(leaf.draw)]  # type: ignore[attr-defined]
        return Markup("".join((before, *drawn, after)))  # noqa: S704  escaped by the templates

    def _compiled(self, leaf: Leaf, shown: Shown, stem: str) -> Markup:
        item, words = shown.item, leaf.words
        kind = FIELD_BUILDERS[item.kind]
        html = self.environment.get_template(kind.template).render(
            _=leaf.say.gettext,
            _n=leaf.say.ngettext,
            id=item.id,
            role=item.role,
            stem=stem,
            text=words.say(item.text),
            hint=words.say(item.hint),
            error=shown.message,
            **kind.parts(item, words, leaf.draw, shown.raw),
        )
        return Markup(html)  # noqa: S704  escaped by the template


def _in_one_line(style: str) -> str:
    return "".join(line.strip() for line in style.splitlines())


def _hashed(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def echo(
    items: Sequence[Item],
    stored: Mapping[str, Any],
    messages: Mapping[str, Message],
    *,
    echoes: bool,
) -> list[Shown]:
    """The items with their stored answers; of those that must not be shown, only that a text is stored."""
    shown = []
    for item in items:
        kind = FIELD_BUILDERS[item.kind]
        known = item.stores and item.id in stored and (echoes or not kind.echoes)
        raw = kind.raw(item, stored[item.id]) if known else {}
        shown.append(Shown(item, raw, messages.get(item.id)))
    return shown


def again(
    items: Sequence[Item], posted: Raw, stored: Mapping[str, Any], messages: Mapping[str, Message]
) -> list[Shown]:
    """The items as they were posted, with what is wrong."""
    shown = []
    for entry in echo(items, stored, messages, echoes=False):
        names = [name for name in posted if name == entry.item.id or name.startswith(f"{entry.item.id}__")]
        raw = {**entry.raw, **{name: posted[name] for name in names}}
        shown.append(Shown(entry.item, raw, entry.message))
    return shown
