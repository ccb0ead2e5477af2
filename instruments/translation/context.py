"""A text's path in, where respondents or readers meet it in words out."""

from collections.abc import Callable

from instruments.items import SeveralOf, SingleChoice
from instruments.questionnaire import Content
from instruments.translation.words import say

LONGEST = 160


class Context:
    """Describes the texts of an instrument in the translator's language; it quotes those in `shown`."""

    def __init__(self, content: Content, language: str, shown: str) -> None:
        self.content, self.language, self.shown = content, language, shown
        self.pages = {
            row: page.number for page in content.pages for entry in page.items for row in self._rows(entry)
        }

    def of(self, path: str) -> str:
        """The context of one text, lines by line feeds."""
        group, *rest = path.split(".")
        describe: Callable[[list[str]], str] | None = getattr(self, f"_in_{group}", None)
        if not rest:
            known = group in ("title", "public_title", "population")
            return self._say(group) if known else self._say("other", id=path)
        return describe(rest) if describe is not None else self._say("other", id=path)

    def _say(self, name: str, **fills: object) -> str:
        return say(name, self.language, **fills)

    def _quote(self, words: dict[str, str] | object) -> str:
        text = words.get(self.shown, "") if isinstance(words, dict) else ""
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    def _rows(self, entry: str) -> tuple[str, ...]:
        battery = self.content.batteries.get(entry)
        return (entry, *battery.rows) if battery else (entry,)

    def _in_items(self, rest: list[str]) -> str:
        name, *inner = rest
        if inner and inner[0] == "rows" and len(inner) > 1:
            name, *inner = inner[1:]
        key, last = (inner[0], inner[-1]) if inner else ("", "")
        if key == "text":
            return self._question(name)
        if key == "factors":
            return self._in_derived(inner[1:])
        quoted = self._quote(self._text(name))
        named = {"label": "label", "hint": "hint", "cells": "cell", "options": "answer"}
        named |= {"control": "list_entry", "sensitive_item": "list_entry", "unit": "unit"}
        code = inner[1] if key == "cells" else last
        return self._say(named.get(key, "other"), id=name, code=code, text=quoted)

    def _in_reuse(self, rest: list[str]) -> str:
        return self._question(rest[-1])

    def _in_scales(self, rest: list[str]) -> str:
        name, *inner = rest
        users = [
            item.battery or item.id
            for item in self.content.items.values()
            if isinstance(item, SingleChoice) and item.scale == name
        ]
        items = ", ".join(dict.fromkeys(users)) or "–"
        return self._say("scale", code=inner[-1], items=items)

    def _in_modules(self, rest: list[str]) -> str:
        return self._say("module_title")

    def _in_texts(self, rest: list[str]) -> str:
        name = rest[0]
        lines = [self._say("text", id=name)]
        for key in ("before", "after"):
            titles = [
                self._quote(module.title)
                for module in self.content.modules.values()
                if getattr(module, key) == name
            ]
            lines += [self._say(f"text_{key}", items="; ".join(titles))] if titles else []
        return "\n".join(lines)

    def _in_periods(self, rest: list[str]) -> str:
        mark = f"{{period:{rest[0]}}}"
        document = self.content.document
        users = [name for name, item in document.get("items", {}).items() if mark in str(item)]
        users += [name for name, words in document.get("texts", {}).items() if mark in str(words)]
        return self._say("period", id=rest[0], items=", ".join(users) or "–")

    def _in_phones(self, rest: list[str]) -> str:
        return self._say("phone", id=rest[0])

    def _in_missing_labels(self, rest: list[str]) -> str:
        return self._say("missing")

    def _in_derived(self, rest: list[str]) -> str:
        if rest[-1].isdigit():
            return self._say("code", code=rest[-1], id=rest[0])
        return self._say("label", id=rest[0])

    def _in_indicators(self, rest: list[str]) -> str:
        return self._say("finding", id=rest[0]) if rest[-1] == "finding" else self._in_derived(rest)

    def _text(self, name: str) -> object:
        battery = self.content.batteries.get(name)
        if battery is not None:
            return battery.text
        item = self.content.items.get(name)
        return item.text if item is not None else {}

    def _question(self, name: str) -> str:
        """Which question it is, in which part and on which page, its answers, and what follows."""
        item = self.content.items.get(name)
        battery = self.content.batteries.get(item.battery if item is not None and item.battery else name)
        module = item.module if item is not None else battery.module if battery is not None else ""
        if item is not None and item.battery and battery is not None:
            first = self._say("statement", id=name, stem=self._quote(battery.text))
        else:
            first = self._say("question", id=name)
        title = self._quote(self.content.modules[module].title) if module in self.content.modules else ""
        place = f"{self._say('module')} “{title}”"
        if name in self.pages:
            place += f", {self._say('page', n=self.pages[name])}"
        return "\n".join([first, place, *self._answers(name), *self._route(name), *self._following(name)])

    def _answers(self, name: str) -> list[str]:
        battery = self.content.batteries.get(name)
        item = self.content.items.get(battery.rows[0] if battery is not None and battery.rows else name)
        if not isinstance(item, SingleChoice | SeveralOf):
            return []
        labels = " / ".join(self._quote(option.label) for option in item.options)
        return [
            f"{self._say('answers')}: {labels if len(labels) <= 3 * LONGEST else labels[: 3 * LONGEST] + '…'}"
        ]

    def _route(self, name: str) -> list[str]:
        item = self.content.items.get(name)
        if item is None or item.show_if is None:
            return []
        return [self._say("asked_if", items=", ".join(dict.fromkeys(item.show_if.items())))]

    def _following(self, name: str) -> list[str]:
        entries = [entry for page in self.content.pages for entry in dict.fromkeys(page.items)]
        order = list(dict.fromkeys(entries))
        if name not in order or order.index(name) + 1 == len(order):
            return []
        after = order[order.index(name) + 1]
        return [f"{self._say('next')}: {self._quote(self._text(after))}"]
