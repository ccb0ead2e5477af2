"""A questionnaire in, every part of it noted in the ledger; what no form can say has its reason."""

from collections.abc import Mapping
from typing import Any

from instruments.exchange.ledger import Ledger
from instruments.items import Crosswise, Ranking, SeveralOf, SingleChoice, Vignette
from instruments.questionnaire import Questionnaire

SAID = frozenset(
    """kind text hint options scale show_if required allow min max max_len random_options exclusive rows unit
    cells factors control sensitive_item innocuous precision other""".split()  # noqa: SIM905
)
"""Keys of an item that the form says, or whose loss is told at the item."""
WHY: Mapping[str, str] = {
    "label": "the short name stands in the codebook only",
    "exits": "the other program ends no interview by itself",
    "random_rows": "a group keeps the order of its questions",
    "last": "the order of all answers is drawn",
    "sensitive": "a mark for Tolqyn's own checks",
    "display": "the other program lays out its pages itself",
    "level": "XLSForm knows no level of measurement",
    "wording": "XLSForm keeps no history of the words",
    "compare": "XLSForm keeps no history of the words",
    "known": "which number it is, nobody recognises",
    "attention": "it is asked, but nobody counts who passes",
    "between": "a group keeps the order of its questions",
    "prevalence": "an estimate needs it: keep it beside the data",
    "source": "an estimate needs it: keep it beside the data",
    "role": "a mark for Tolqyn's own checks",
}
ELSEWHERE: Mapping[str, str] = {
    "derived": "columns are computed after collecting",
    "indicators": "figures are computed after collecting",
    "periods": "filled into the words that use it",
    "phones": "filled into the words that use it",
}


def take_inventory(questionnaire: Questionnaire, ledger: Ledger) -> None:
    """Items, options, rules, words, and keys that only Tolqyn has."""
    for name, raw in questionnaire.document["items"].items():
        _item(name, raw, questionnaire, ledger)
    for name, scale in questionnaire.scales.items():
        if scale.reversible:
            ledger.note(("scale", name), "setting", f"scales.{name}", "reversible")
            ledger.lost(("scale", name), "answers are always shown in one direction")
    for name in questionnaire.texts:
        ledger.note(("text", name), "text", f"texts.{name}", name)
    for name in questionnaire.document.get("recalls", {}):
        ledger.note(("recall", name), "other", f"recalls.{name}", name)
        ledger.changed(
            ("recall", name), "the earlier answer is shown as it was given, without forms of words"
        )
    for group, why in ELSEWHERE.items():
        for name in questionnaire.document.get(group, {}):
            ledger.note((group, name), "other", f"{group}.{name}", name)
            if group in ("periods", "phones"):
                ledger.mapped((group, name))
            ledger.lost((group, name), why) if group in ("derived", "indicators") else None
    known = {"instrument", "version", "languages", "source_language", "status", "minutes", "fills", "texts"}
    known |= {"title", "splits", "recalls", "scales", "modules", "items", "missing_labels", *ELSEWHERE}
    for key in questionnaire.document:
        if key not in known:
            ledger.note(("key", key), "setting", key, key)
            ledger.lost(("key", key), "XLSForm has no such setting")


def _item(name: str, raw: Mapping[str, Any], questionnaire: Questionnaire, ledger: Ledger) -> None:
    place = f"items.{name}"
    rows: Mapping[str, Any] = raw.get("rows", {})
    ledger.note(("item", name), "group" if rows else "question", place, name)
    for row in rows:
        ledger.note(("item", row), "row", f"{place}.rows.{row}", row)
        _keys(rows[row], f"{place}.rows.{row}", ledger)
    if raw.get("show_if"):
        first = next(iter(rows), name)
        ledger.note(("rule", first), "rule", f"{place}.show_if", str(raw["show_if"]))
    for key in ("allow", "unit"):
        if raw.get(key):
            ledger.note((key, name), "setting", f"{place}.{key}", str(raw[key]))
            if key == "allow":
                ledger.mapped((key, name))
    for key in ("text", "hint"):
        if raw.get(key):
            ledger.note(
                (key, name), "text", f"{place}.{key}", raw[key].get(questionnaire.source_language, key)
            )
            ledger.mapped((key, name))
    item = questionnaire.items.get(name)
    if isinstance(item, SingleChoice | SeveralOf | Ranking | Crosswise):
        for option in item.choices():
            label = option.label.get(questionnaire.source_language, "")
            ledger.note(("option", name, option.code), "option", f"{place}.{option.code}", label)
            ledger.mapped(("option", name, option.code))
    if isinstance(item, Vignette):
        for cell in item.cells.values():
            ledger.note(("cell", name, cell.name), "text", f"{place}.cells.{cell.name}", cell.name)
            ledger.mapped(("cell", name, cell.name))
    _keys(raw, place, ledger)


def _keys(raw: Mapping[str, Any], place: str, ledger: Ledger) -> None:
    for key, value in raw.items():
        if key in SAID or value in ("radio", False) or (key == "display" and value == "dropdown"):
            continue
        ledger.note(("key", place, key), "setting", f"{place}.{key}", key)
        ledger.lost(("key", place, key), WHY.get(key, "XLSForm has no such setting"))
