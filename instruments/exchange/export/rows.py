"""Items of a questionnaire in, rows of the survey and choices sheets out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.codebook import Text
from instruments.exchange.export.relevant import to_xpath
from instruments.exchange.expressions import Unconvertible
from instruments.exchange.ledger import Ledger
from instruments.items import (
    Digits,
    Info,
    Item,
    ListExperiment,
    Number,
    OpenText,
    SeveralOf,
    SingleChoice,
    Vignette,
)
from instruments.missing import Missing
from instruments.questionnaire import Battery, Questionnaire

Row = dict[str, Any]
RECALL = re.compile(r"\{recall:([a-z0-9_]+)\}")
SHORT = {Missing.DONT_KNOW: "dk", Missing.REFUSED: "rf"}
MARKS = {Missing.DONT_KNOW: "dont_know", Missing.REFUSED: "refused"}
PRECISION = {"year": "year", "month": "month-year", "day": ""}


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

    def list_of(self, item: SingleChoice | SeveralOf) -> str:
        """The name of the item's list of answers; the list is written once."""
        scale = item.scale if isinstance(item, SingleChoice) else None
        name = "_".join([scale or item.id, *(SHORT[kind] for kind in item.allow if kind in SHORT)])
        if name not in self.choices:
            rows: list[Row] = [{"name": str(option.code), "label": option.label} for option in item.options]
            labels = self.questionnaire.missing_labels
            rows += [
                {"name": str(kind.value), "label": labels.get(kind, {}), "tolqyn": MARKS[kind]}
                for kind in item.allow
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


def add_item(sheets: Sheets, item: Item) -> None:
    """Write one item; one without a counterpart is listed."""
    maker = next((make for kind, make in MAKERS.items() if isinstance(item, kind)), None)
    if item.kind == "date":
        maker = _date
    if maker is None:
        sheets.ledger.lost(("item", item.id), f"XLSForm has no counterpart of the kind {item.kind}")
        return
    common: Row = {"label": sheets.words(item, item.text), "hint": sheets.words(item, item.hint)}
    common |= sheets.relevant(item)
    if item.required:
        common["required"] = "yes"
    rows = maker(sheets, item, common)
    sheets.survey += [
        {key: value for key, value in row.items() if value not in ("", {}, None)} for row in rows
    ]
    sheets.ledger.mapped(("item", item.id))
    if any(row.get("name") == item.id and row["type"] != "note" for row in rows):
        sheets.written[item.id] = item


def _single(sheets: Sheets, item: SingleChoice, common: Row) -> list[Row]:
    row: Row = {"type": f"select_one {sheets.list_of(item)}", "name": item.id, **common}
    if item.display == "dropdown":
        row["appearance"] = "minimal"
    if item.random_options:
        row["parameters"] = "randomize=true"
    return [row]


def _several(sheets: Sheets, item: SeveralOf, common: Row) -> list[Row]:
    row: Row = {"type": f"select_multiple {sheets.list_of(item)}", "name": item.id, **common}
    alone = [*item.exclusive, *(kind.value for kind in item.allow)]
    limits = [f"count-selected(.) <= {item.max}"] if item.max else []
    limits += [f"not(selected(., '{code}') and count-selected(.) > 1)" for code in alone]
    row["constraint"] = " and ".join(limits)
    if item.random_options:
        row["parameters"] = "randomize=true"
    return [row]


def _number(sheets: Sheets, item: Number, common: Row) -> list[Row]:
    if item.allow:
        sheets.ledger.lost(("allow", item.id), "a number has no answer don't know in XLSForm")
    if item.unit:
        sheets.ledger.changed(("unit", item.id), "the unit stands in the hint")
        joined = {lang: f"{item.hint.get(lang, '')} ({unit})".strip() for lang, unit in item.unit.items()}
        common = {**common, "hint": joined}
    limits = f". >= {item.min} and . <= {item.max}"
    return [{"type": "integer", "name": item.id, **common, "constraint": limits}]


def _digits(sheets: Sheets, item: Digits, common: Row) -> list[Row]:
    if item.allow:
        sheets.ledger.lost(("allow", item.id), "a text has no answer don't know in XLSForm")
    sheets.ledger.changed(("item", item.id), "a text of digits; which number it is, nobody recognises")
    pattern = f"regex(., '^[0-9]{{1,{item.max_len}}}$')"
    return [{"type": "text", "name": item.id, **common, "appearance": "numbers", "constraint": pattern}]


def _text(sheets: Sheets, item: OpenText, common: Row) -> list[Row]:
    sheets.ledger.changed(("item", item.id), "the words are not sealed in the other program")
    limits = f"string-length(.) <= {item.max_len}"
    return [{"type": "text", "name": item.id, **common, "constraint": limits}]


def _info(sheets: Sheets, item: Item, common: Row) -> list[Row]:
    return [{"type": "note", "name": item.id, **common}]


def _vignette(sheets: Sheets, item: Vignette, common: Row) -> list[Row]:
    """The cell is drawn in the other program: a number once, and a note for each cell."""
    drawn = f"{item.id}_DRAW"
    sheets.ledger.changed(
        ("item", item.id), f"drawn in the other program and kept in {drawn}, from 1 in this order"
    )
    rows: list[Row] = [_draw(drawn, len(item.cells))]
    for number, cell in enumerate(item.cells.values(), start=1):
        condition = f"${{{drawn}}} = {number}"
        both = f"({common['relevant']}) and {condition}" if "relevant" in common else condition
        rows.append({"type": "note", "name": f"{item.id}_{number}", "label": cell.text, "relevant": both})
    return rows


def _list_experiment(sheets: Sheets, item: ListExperiment, common: Row) -> list[Row]:
    """Two questions for a number, one for each list; which one is drawn in the other program."""
    group = item.group_variable
    how = f"two questions, {item.id}_1 and {item.id}_2, drawn by {group}; the lists keep their order"
    sheets.ledger.changed(("item", item.id), how)
    if item.allow:
        sheets.ledger.lost(("allow", item.id), "a number has no answer don't know in XLSForm")
    rows: list[Row] = [_draw(group, 2)]
    lists = {1: [*item.control.values()], 2: [*item.control.values(), item.sensitive_item]}
    for number, statements in lists.items():
        label = {
            language: "\n".join([words, *(f"- {said[language]}" for said in statements if language in said)])
            for language, words in item.text.items()
        }
        condition = f"${{{group}}} = {number}"
        both = f"({common['relevant']}) and {condition}" if "relevant" in common else condition
        limits = f". >= 0 and . <= {len(statements)}"
        name = f"{item.id}_{number}"
        rows.append(
            {
                **common,
                "type": "integer",
                "name": name,
                "label": label,
                "relevant": both,
                "constraint": limits,
            }
        )
    return rows


def _draw(name: str, count: int) -> Row:
    return {"type": "calculate", "name": name, "calculation": f"once(int(random() * {count}) + 1)"}


def _date(sheets: Sheets, item: Item, common: Row) -> list[Row]:
    look = PRECISION.get(str(getattr(item, "precision", "day")), "")
    sheets.ledger.changed(("item", item.id), "its first and last day are not checked")
    return [{"type": "date", "name": item.id, **common, "appearance": look}]


def add_splits(sheets: Sheets) -> None:
    """Forms of split ballots are drawn in the other program: a number once, and a condition at each item."""
    for name, split in sheets.questionnaire.document.get("splits", {}).items():
        forms = split.get("forms", {})
        drawn = f"{name}_DRAW"
        sheets.survey.append(_draw(drawn, len(forms)))
        how = f"drawn in the other program and kept in {drawn}, from 1 in this order"
        sheets.ledger.note(("split", name), "setting", f"splits.{name}", ", ".join(forms))
        sheets.ledger.changed(("split", name), how)
        for number, members in enumerate(forms.values(), start=1):
            sheets.forms |= dict.fromkeys(members, f"${{{drawn}}} = {number}")


def add_companion(sheets: Sheets, owner: Item) -> None:
    """The words for other answers, where the item has such an answer: a text asked when it is chosen."""
    other = getattr(owner, "other", None)
    if other is None or owner.id not in sheets.written:
        return
    name = f"{owner.id}_OTHER"
    asked = to_xpath({"item": owner.id, "eq": other.code}, sheets.written)
    limits = f"string-length(.) <= {other.max_len}"
    row: Row = {"type": "text", "name": name, "label": other.text, "relevant": asked, "constraint": limits}
    sheets.survey.append({**row, "tolqyn": "other"})
    if (companion := sheets.questionnaire.items.get(name)) is not None:
        sheets.written[name] = companion


Maker = Callable[[Sheets, Any, Row], list[Row]]
MAKERS: Mapping[type[Item], Maker] = {
    SingleChoice: _single,
    SeveralOf: _several,
    Number: _number,
    Digits: _digits,
    OpenText: _text,
    Info: _info,
    Vignette: _vignette,
    ListExperiment: _list_experiment,
}


def add_battery(sheets: Sheets, battery: Battery) -> None:
    """A battery is a group of single questions under its words, never a grid; a mark says what it is."""
    rows = [sheets.questionnaire.items[row] for row in battery.rows]
    head: Row = {"type": "begin_group", "name": battery.id, "label": battery.text, "appearance": "field-list"}
    head["tolqyn"] = "battery"
    ruled = [row for row in rows if row.id not in sheets.forms]
    shared = sheets.relevant(ruled[0]) if ruled else {}
    sheets.survey.append(head | shared)
    for row in rows:
        plain: Row = {"label": sheets.words(row, row.text)}
        if row.id in sheets.forms:
            plain["relevant"] = sheets.forms[row.id]
        if row.required:
            plain["required"] = "yes"
        sheets.survey += MAKERS[SingleChoice](sheets, row, plain)
        sheets.ledger.mapped(("item", row.id))
        sheets.written[row.id] = row
    sheets.survey.append({"type": "end_group"})
    sheets.ledger.mapped(("item", battery.id))
