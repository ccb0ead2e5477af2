"""A battery in, one of its rows as a question of its own out."""

from collections.abc import Mapping
from typing import Any

OF_THE_WHOLE = frozenset(
    ("kind", "text", "label", "rows", "random_rows", "per_page", "last", "headline", "higher")
)
"""What a battery says about itself, not about its rows."""
OPPOSITE = {"harmful": "protective", "protective": "harmful"}


def found_row(items: Mapping[str, Any], name: str) -> str | None:
    """The battery that holds a row of that name."""
    return next((battery for battery, item in items.items() if name in item.get("rows", {})), None)


def alone(battery: Mapping[str, Any], name: str, stem: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The row as a single choice with its id, scale, codes, key and attitude.

    A row keyed the other way means the opposite attitude, as it does in its battery. The question is the
    stem; without one it is the row's own words. A fragment's short name is that of its battery and its words.
    """
    row = battery["rows"][name]
    label = _named(battery.get("label", {}), row["text"]) if stem else row["text"]
    shared = {key: value for key, value in battery.items() if key not in OF_THE_WHOLE}
    own = {key: value for key, value in row.items() if key != "between"}
    higher = row.get("higher") or battery.get("higher")
    if row.get("key", 0) < 0:
        higher = OPPOSITE.get(str(higher), higher)
    if row.get("attention"):
        shared.pop("construct", None)
        higher = None
    attitude = {"higher": higher} if higher else {}
    question = {"text": dict(stem)} if stem else {}
    return {"kind": "single", **shared, "label": label, **own, **question, **attitude}


def _named(battery: Mapping[str, str], row: Mapping[str, str]) -> dict[str, str]:
    return {
        language: f"{battery[language]}: {words}" if language in battery else words
        for language, words in row.items()
    }
