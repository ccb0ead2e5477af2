"""One item in, its rows of the survey sheet out."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from typing import Any

from instruments.codebook import Text
from instruments.exchange.export.sheets import Row, Sheets
from instruments.items import (
    Crosswise,
    Date,
    Digits,
    Info,
    Item,
    ListExperiment,
    Number,
    OpenText,
    Ranking,
    SeveralOf,
    SingleChoice,
    Vignette,
)

LOOKS = {"year": "year", "month": "month-year", "day": ""}


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
    _no_missing(sheets, item, "a number")
    if item.unit:
        sheets.ledger.changed(("unit", item.id), "the unit stands in the hint")
        joined = {lang: f"{item.hint.get(lang, '')} ({unit})".strip() for lang, unit in item.unit.items()}
        common = {**common, "hint": joined}
    limits = f". >= {item.min} and . <= {item.max}"
    return [{"type": "integer", "name": item.id, **common, "constraint": limits}]


def _digits(sheets: Sheets, item: Digits, common: Row) -> list[Row]:
    _no_missing(sheets, item, "a text")
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
    rows: list[Row] = [draw(drawn, len(item.cells))]
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
    _no_missing(sheets, item, "a number")
    rows: list[Row] = [draw(group, 2)]
    lists = {1: [*item.control.values()], 2: [*item.control.values(), item.sensitive_item]}
    for number, statements in lists.items():
        label = _listed(item.text, statements)
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


def draw(name: str, count: int) -> Row:
    """A number from 1 that is drawn once."""
    return {"type": "calculate", "name": name, "calculation": f"once(int(random() * {count}) + 1)"}


def _date(sheets: Sheets, item: Date, common: Row) -> list[Row]:
    _no_missing(sheets, item, "a date")
    first, last = item.min + "0000-01-01"[len(item.min) :], _last_day(item.max)
    limits = f". >= date('{first}') and . <= date('{last}')"
    return [
        {"type": "date", "name": item.id, **common, "appearance": LOOKS[item.precision], "constraint": limits}
    ]


def _last_day(cut: str) -> str:
    """The last day of a year, of a month, or the day itself."""
    parts = [int(part) for part in cut.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}"


def _ranking(sheets: Sheets, item: Ranking, common: Row) -> list[Row]:
    _no_missing(sheets, item, "an order")
    row: Row = {"type": f"rank {sheets.list_of(item)}", "name": item.id, **common}
    if item.places < len(item.options):
        how = f"all options are put in order; the first {item.places} places are those asked for"
        sheets.ledger.changed(("item", item.id), how)
        row["tolqyn"] = f"first {item.places}"
    if item.random_options:
        row["parameters"] = "randomize=true"
    return [row]


def _crosswise(sheets: Sheets, item: Crosswise, common: Row) -> list[Row]:
    """One question with both statements in its words and two answers."""
    share = f"{item.prevalence:g}"
    how = f"a question with both statements in one order; {share} of people agree with the innocuous one"
    sheets.ledger.changed(("item", item.id), how)
    label = _listed(item.text, [item.innocuous, item.sensitive_item])
    return [{**common, "type": f"select_one {sheets.list_of(item)}", "name": item.id, "label": label}]


def _no_missing(sheets: Sheets, item: Item, what: str) -> None:
    if item.allow:
        sheets.ledger.lost(("allow", item.id), f"{what} has no answer don't know in XLSForm")


def _listed(words: Text, statements: list[Text]) -> dict[str, str]:
    """Words with statements below them."""
    return {
        language: "\n".join([said, *(f"- {one[language]}" for one in statements if language in one)])
        for language, said in words.items()
    }


Maker = Callable[[Sheets, Any, Row], list[Row]]
MAKERS: Mapping[type[Item], Maker] = {
    SingleChoice: _single,
    SeveralOf: _several,
    Number: _number,
    Digits: _digits,
    OpenText: _text,
    Info: _info,
    Date: _date,
    Ranking: _ranking,
    Crosswise: _crosswise,
    Vignette: _vignette,
    ListExperiment: _list_experiment,
}
