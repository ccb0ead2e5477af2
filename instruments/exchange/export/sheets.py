"""A form being written: its rows, its lists of answers, and which items its rules may name."""

import re
from dataclasses import dataclass, field
from typing import Any

from instruments.codebook import Text
from instruments.exchange.export.relevant import to_xpath
from instruments.exchange.expressions import Unconvertible
from instruments.exchange.ledger import Ledger
from instruments.items import Crosswise, Item, Ranking, SeveralOf, SingleChoice
from instruments.missing import Missing
from instruments.questionnaire import Questionnaire

Row = dict[str, Any]
RECALL = re.compile(r"\{recall:([a-z0-9_]+)\}")
SHORT = {Missing.DONT_KNOW: "dk", Missing.REFUSED: "rf"}
MARKS = {Missing.DONT_KNOW: "dont_know", Missing.REFUSED: "refused"}


@dataclass
class Sheets:
    """The form being written."""

    questionnaire: Questionnaire
    ledger: Ledger
    survey: list[Row] = field(default_factory=list)
    choices: dict[str, list[Row]] = field(default_factory=dict)
    written: dict[str, Item] = field(default_factory=dict)
    """Items that are in the form under their own name: rules may name them."""
    unruled: list[tuple[str, str]] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)
    """Item of a split ballot -> the condition under which its form is drawn."""

    def list_of(self, item: SingleChoice | SeveralOf | Ranking | Crosswise) -> str:
        """The name of the item's list of answers; the list is written once."""
        scale = item.scale if isinstance(item, SingleChoice) else None
        # Whoever puts a list in order gives every answer of it a place: don't know cannot be one.
        allow = () if isinstance(item, Ranking) else item.allow
        name = "_".join([scale or item.id, *(SHORT[kind] for kind in allow if kind in SHORT)])
        if name not in self.choices:
            rows: list[Row] = [{"name": str(option.code), "label": option.label} for option in item.choices()]
            labels = self.questionnaire.missing_labels
            rows += [
                {"name": str(kind.value), "label": labels.get(kind, {}), "tolqyn": MARKS[kind]}
                for kind in allow
            ]
            self.choices[name] = rows
        return name

    def relevant(self, item: Item) -> dict[str, str]:
        """The cell of the item's rule and split; none where it has no counterpart (listed)."""
        conditions = [self.forms[item.id]] if item.id in self.forms else []
        if item.show_if is not None:
            key = ("rule", item.id)
            try:
                conditions.insert(0, to_xpath(item.show_if.data, self.written))
            except Unconvertible as reason:
                self.ledger.lost(key, f"EVERYBODY IS ASKED; {reason}")
                self.unruled.append((item.id, str(reason)))
            self.ledger.mapped(key)
        if not conditions:
            return {}
        condition = conditions[0] if len(conditions) == 1 else f"({conditions[0]}) and {conditions[1]}"
        return {"relevant": condition[1:-1] if _bracketed(condition) else condition}

    def words(self, item: Item, text: Text) -> dict[str, str]:
        """Words with the answers they recall, as the form refers to them."""
        spoken = {language: RECALL.sub(self._recalled, said) for language, said in text.items()}
        if spoken != dict(text):
            self.ledger.changed(("text", item.id), "it shows the earlier answer as it was given")
        return spoken

    def _recalled(self, match: re.Match[str]) -> str:
        named = self.questionnaire.document.get("recalls", {}).get(match[1], {}).get("item", "")
        return f"${{{named}}}" if named in self.written else "…"


def _bracketed(condition: str) -> bool:
    """Whether the first bracket closes at the very end."""
    if not condition.startswith("("):
        return False
    depth = 0
    for place, sign in enumerate(condition):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(condition) - 1
    return False
