"""One question of an XLSForm in, an item as the format writes it out, or why there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.exchange.codes import Coded
from instruments.exchange.draft import LARGEST_NUMBER, Raw, from_zero, options_of
from instruments.exchange.expressions import Unconvertible
from instruments.exchange.ledger import Ledger
from instruments.exchange.xlsform.cells import FALSE, MARK, TRUE, Column, Row
from instruments.exchange.xlsform.constraints import LONGEST_TEXT, Limits, read_constraint
from instruments.exchange.xlsform.lists import row_key
from instruments.exchange.xlsform.survey import Question

FIRST_DAY, LAST_DAY = "1900-01-01", "2100-12-31"
FIRST_PLACES = re.compile(r"first (\d{1,3})")
"""A mark of Tolqyn's own export: how many places of an order are asked for."""
Languages = tuple[str, ...]
"""Of the form, its own first."""
DROPDOWN = re.compile(r"\b(minimal|autocomplete|search|dropdown|quick)\b")
LIMITS = re.compile(r"(\w+)\s*=\s*(\S+)")
YES = TRUE
NO = FALSE | {""}
NO_KIND: Mapping[str, str] = {
    "calculate": "Tolqyn computes columns after collecting; write it under derived",
    "from file": "its answers are in another file",
    "from answers": "its answers are those of another question",
    "rank": "its list has no answers",
    "datetime": "Tolqyn asks for days, not for times",
    "time": "Tolqyn asks for days, not for times",
    "geopoint": "Tolqyn asks for no places on a map",
    "geotrace": "Tolqyn asks for no places on a map",
    "geoshape": "Tolqyn asks for no places on a map",
    "map": "Tolqyn asks for no places on a map",
    "barcode": "Tolqyn reads no codes by camera",
    "image": "Tolqyn takes no files",
    "photo": "Tolqyn takes no files",
    "audio": "Tolqyn takes no files",
    "video": "Tolqyn takes no files",
    "file": "Tolqyn takes no files",
    "csv-external": "Tolqyn reads no other files",
    "xml-external": "Tolqyn reads no other files",
    "entity": "Tolqyn keeps no list of persons or places",
    "include": "it stands for the questions of another file",
}
PERSONAL = [
    "start",
    "end",
    "today",
    "deviceid",
    "device",
    "id",
    "username",
    "email",
    "phonenumber",
    "simserial",
    "subscriberid",
    "imei",
    "audit",
    "start-geopoint",
    "background-audio",
    "background-geopoint",
]
WHY_NOT: Mapping[str, str] = {
    "default": "Tolqyn fills in no answers",
    "read_only": "Tolqyn has no locked questions",
    "guidance_hint": "it is for interviewers",
    "constraint_message": "Tolqyn says itself what is wrong with an answer, in every language",
    "required_message": "Tolqyn says itself that an answer is missing, in every language",
    "choice_filter": "all answers of the list are shown",
    "calculation": NO_KIND["calculate"],
    "trigger": NO_KIND["calculate"],
    "repeat_count": "Tolqyn asks no question more than once",
    "image": "Tolqyn shows no media",
    "big_image": "Tolqyn shows no media",
    "audio": "Tolqyn shows no media",
    "video": "Tolqyn shows no media",
    "autoplay": "Tolqyn shows no media",
}


@dataclass
class Made:
    """An item, what changed on the way, and which cells it used."""

    raw: Raw
    changes: list[str] = field(default_factory=list)


def why_not(question: Question) -> str:
    """Why a kind of question has no counterpart."""
    plain = question.kind.replace("_", " ")
    if plain in PERSONAL or question.kind in PERSONAL:
        return "Tolqyn keeps nothing about device, person or exact time"
    known = NO_KIND.get(question.kind) or NO_KIND.get(question.kind.replace(" ", ""))
    return known or f"Tolqyn has no questions of the type {question.kind}"


def make_item(question: Question, given: Coded | None, languages: Languages, ledger: Ledger) -> Made | None:
    """The item without words, rule and name; None when no kind fits (the ledger says why)."""
    row = question.row
    made = _MAKERS[question.kind](row, given, languages) if question.kind in _MAKERS else None
    if made is None:
        ledger.lost(row_key(row), why_not(question))
        return None
    if made.raw["kind"] != "info":
        _required(row, made, ledger)
    _constraint(row, made, given, ledger)
    _parameters(row, made, ledger)
    _appearance(row, made, ledger)
    return made


def _info(row: Row, given: Coded | None, languages: Languages) -> Made:
    return Made({"kind": "info"})


def _text(row: Row, given: Coded | None, languages: Languages) -> Made:
    changes = ["a phone number is taken as free text"] if "phone" in question_type(row) else []
    return Made({"kind": "text", "max_len": LONGEST_TEXT}, changes)


def _integer(row: Row, given: Coded | None, languages: Languages) -> Made:
    return Made({"kind": "number", "min": 0, "max": LARGEST_NUMBER})


def _decimal(row: Row, given: Coded | None, languages: Languages) -> Made:
    return Made({"kind": "number", "min": 0, "max": LARGEST_NUMBER}, ["whole numbers only"])


def _range(row: Row, given: Coded | None, languages: Languages) -> Made:
    limits = dict(LIMITS.findall(row.get("parameters")))
    numbers = {
        key: _float(limits.get(key, ""), default) for key, default in (("start", 0), ("end", 10), ("step", 1))
    }
    low, high = sorted((numbers["start"], numbers["end"]))
    whole = all(number == int(number) for number in numbers.values())
    changes = (
        [] if whole and numbers["step"] == 1 else [f"whole numbers, not in steps of {numbers['step']:g}"]
    )
    least, most, lost = from_zero(int(low // 1), int(-(-high // 1)))
    return Made({"kind": "number", "min": least, "max": most}, [*changes, *lost])


def _float(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _single(row: Row, given: Coded | None, languages: Languages) -> Made | None:
    return None if given is None else Made({"kind": "single", "options": options_of(given.options)})


def _several(row: Row, given: Coded | None, languages: Languages) -> Made | None:
    return None if given is None else Made({"kind": "several", "options": options_of(given.options)})


def _acknowledge(row: Row, given: Coded | None, languages: Languages) -> Made:
    return Made(
        {"kind": "single", "options": {"1": dict.fromkeys(languages, "OK")}},
        ["a question with the one answer OK"],
    )


def _date(row: Row, given: Coded | None, languages: Languages) -> Made:
    precision = next((word for word in ("month", "year") if word in row.get("appearance").lower()), "day")
    low, high = FIRST_DAY, LAST_DAY
    cut = {"year": 4, "month": 7, "day": 10}[precision]
    return Made({"kind": "date", "precision": precision, "min": low[:cut], "max": high[:cut]})


def _rank(row: Row, given: Coded | None, languages: Languages) -> Made | None:
    if given is None:
        return None
    raw: Raw = {"kind": "ranking", "options": options_of(given.options)}
    first = FIRST_PLACES.fullmatch(row.get(MARK))
    if first and 0 < int(first[1]) < len(given.options):
        raw["max"] = int(first[1])
    return Made(raw)


_MAKERS = {
    "note": _info,
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "range": _range,
    "single": _single,
    "several": _several,
    "acknowledge": _acknowledge,
    "date": _date,
    "rank": _rank,
}


def cell_key(row: Row, name: str) -> tuple[str, int, Column]:
    """The inventory's key of an untranslated cell."""
    return (row.sheet, row.number, Column(name))


def _required(row: Row, made: Made, ledger: Ledger) -> None:
    said = row.get("required").lower()
    key = cell_key(row, "required")
    if said in YES:
        made.raw["required"] = True
        ledger.mapped(key)
    elif said in NO:
        ledger.mapped(key)
    else:
        ledger.lost(key, "required under a condition: the item may be skipped")


def _constraint(row: Row, made: Made, given: Coded | None, ledger: Ledger) -> None:
    text, key = row.get("constraint"), cell_key(row, "constraint")
    kind = made.raw["kind"]
    if text:
        try:
            limits = read_constraint(text, kind, given.codes if given else {})
        except Unconvertible as reason:
            ledger.lost(key, str(reason))
        else:
            _limit(made, limits, key, ledger)
    if kind == "date" and made.raw["max"] == LAST_DAY[: len(made.raw["max"])]:
        made.changes.append(f"from {made.raw['min']} to {made.raw['max']}: write the last day under max")
    bounded = "constraint" in {column.name for column in row.cells}
    if kind == "number" and question_type(row) != "range":
        low, high = made.raw["min"], made.raw["max"]
        if high == LARGEST_NUMBER or not bounded:
            made.changes.append(f"from {low} to {high}, because the form names no bound")


def question_type(row: Row) -> str:
    """The type as written, in small letters."""
    return row.get("type").lower()


def _limit(made: Made, limits: Limits, key: tuple[str, int, Column], ledger: Ledger) -> None:
    """Give the item the limits that leave it an answer."""
    found = made.raw | {name: value for name, value in limits.keys.items() if value != []}
    if "precision" in found:
        cut = len(made.raw["min"])
        found |= {"min": found["min"][:cut], "max": found["max"][:cut]}
    if "min" in found and found["min"] > found["max"]:
        ledger.lost(key, f"no answer lies between {found['min']} and {found['max']}")
        return
    if found["kind"] == "number":
        found["min"], found["max"], lost = from_zero(found["min"], found["max"])
        made.changes += lost
    made.raw = found
    for how in limits.notes:
        ledger.changed(key, how)
    if limits.left:
        ledger.changed(key, f"{limits.left} of its parts not carried")
    ledger.mapped(key)


def _parameters(row: Row, made: Made, ledger: Ledger) -> None:
    text, key = row.get("parameters"), cell_key(row, "parameters")
    if not text:
        return
    given = dict(LIMITS.findall(text))
    used = set()
    if "options" in made.raw and given.get("randomize", "").lower() in YES:
        made.raw["random_options"] = True
        used.add("randomize")
    if question_type(row) == "range":
        used |= {"start", "end", "step"}
    left = [f"{name}={value}" for name, value in given.items() if name not in used]
    if left and not used:
        ledger.lost(
            key, "the order is drawn anew for each respondent" if "seed" in given else "of the form's app"
        )
    elif left:
        ledger.changed(key, f"not carried: {' '.join(left)}")
    ledger.mapped(key)


def _appearance(row: Row, made: Made, ledger: Ledger) -> None:
    text, key = row.get("appearance").lower(), cell_key(row, "appearance")
    if not text:
        return
    if made.raw["kind"] == "single" and DROPDOWN.search(text):
        made.raw["display"] = "dropdown"
        ledger.mapped(key)
    elif made.raw["kind"] == "date" and text in ("year", "month-year"):
        ledger.mapped(key)
    else:
        ledger.lost(key, "Tolqyn lays out its pages itself")
