"""Periods and help lines in, a document with their words in every text out; long words multiply nothing."""

from collections.abc import Mapping
from typing import Any

from instruments.questionnaire.structure import Phone
from instruments.tree import Node, said
from instruments.wording import fill_known

LONGEST = {"periods": 80, "phones": 40}
"""Letters of what is filled into other texts. A comparison tells a period's words and does not judge them,
so they are to be no question of their own; and a long text filled in a thousand times fills memory."""
SHOWN = (("periods", "text"), ("phones", "display"))


def expanded(document: Mapping[str, Any]) -> Any:
    """The document with `{minutes}`, `{period:ID}` and `{phone:ID}` replaced in every text."""
    known: dict[str, dict[str, str]] = {}
    languages = document.get("languages")
    spoken = [entry for entry in languages if isinstance(entry, str)] if isinstance(languages, list) else []
    for language in spoken:
        values = {"minutes": str(document.get("minutes", ""))}
        for group, key in SHOWN:
            entries = document.get(group)
            for name, entry in entries.items() if isinstance(entries, Mapping) else ():
                words = entry.get(key, "") if isinstance(entry, Mapping) else ""
                found = words.get(language) if isinstance(words, Mapping) else words
                if found and not _unfit(group, str(found)):
                    values[f"{group[:-1]}:{name}"] = str(found)
        known[language] = values
    return _replaced(document, known, "")


def _replaced(value: Any, known: Mapping[str, Mapping[str, str]], key: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(child, known, name) for name, child in value.items()}
    if isinstance(value, str) and key in known:
        return fill_known(value, known[key])
    return value


def _unfit(group: str, words: str) -> str:
    """Why words may not be filled into others; empty when they may."""
    if len(words) > LONGEST[group]:
        return f"{len(words):,} letters"
    return said(words) if "{" in words or "}" in words else ""


def read_periods(root: Node) -> None:
    """A period has a length, so that versions can be compared; its words are filled into texts."""
    for _, node in root.children("periods"):
        for language, words in node.text("text", required=True).items():
            _judge(node, "periods", "text", words, language)
        if node.integer("months", required=True) < 1 and node.has("months"):
            node.problem(
                "range", "a length of at least 1 month", said(node.raw("months")), "Correct it.", "months"
            )
        node.finish()


def read_phone(node: Node, name: str) -> Phone:
    """A help line."""
    phone = Phone(
        name,
        node.string("number", required=True),
        node.string("display", required=True),
        node.text("what", required=True),
        node.string("verified_on"),
        node.string("source"),
    )
    if _unfit("phones", phone.display):
        _judge(node, "phones", "display", phone.display)
    elif phone.display and not any(sign.isdigit() for sign in phone.display):
        hint = "Write the number as people read it; what it is stands under what."
        node.problem("fill", "a telephone number", said(phone.display), hint, "display")
    node.finish()
    return phone


def _judge(node: Node, group: str, key: str, words: str, language: str = "") -> None:
    if found := _unfit(group, words):
        expected = f"at most {LONGEST[group]} letters without braces"
        hint = "They are filled into other texts; write the rest there."
        node.problem("fill", expected, f"{found}{language and f' in {language}'}", hint, key)
