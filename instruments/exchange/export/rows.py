"""Items of a questionnaire in, rows of the survey and choices sheets out."""

from instruments.exchange.export.entries import MAKERS, draw
from instruments.exchange.export.relevant import to_xpath
from instruments.exchange.export.sheets import Row, Sheets
from instruments.items import Item, SingleChoice
from instruments.questionnaire import Battery


def add_item(sheets: Sheets, item: Item) -> None:
    """Write one item."""
    maker = next(make for kind, make in MAKERS.items() if isinstance(item, kind))
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


def add_splits(sheets: Sheets) -> None:
    """Forms of split ballots are drawn in the other program: a number once, and a condition at each item."""
    for name, split in sheets.questionnaire.document.get("splits", {}).items():
        forms = split.get("forms", {})
        drawn = f"{name}_DRAW"
        sheets.survey.append(draw(drawn, len(forms)))
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
