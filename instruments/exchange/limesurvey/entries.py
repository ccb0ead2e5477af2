"""Questions with typed answers in: numbers, words, dates, and a question for each cell of a table out."""

import datetime
import re

from instruments.exchange.codes import Choice, coded
from instruments.exchange.draft import LARGEST_NUMBER, Raw, from_zero, options_of
from instruments.exchange.leaves import Target
from instruments.exchange.limesurvey.choices import code_rows
from instruments.exchange.limesurvey.made import Made, Workshop, settle, stem
from instruments.exchange.limesurvey.survey import Question, Sub
from instruments.exchange.plain import plain

LONGEST_TEXT = 2000
MOST_CELLS = 200
FIRST_DAY, LAST_DAY = "1900-01-01", "2100-12-31"
CUTS = {"year": 4, "month": 7, "day": 10}
ENDS = ("date_min", "date_max", "dropdown_dates_year_min", "dropdown_dates_year_max")
WHOLE = re.compile(r"-?\d+(?:\.0+)?")


def info(workshop: Workshop, question: Question) -> Made | None:
    """X: words to read."""
    words = stem(workshop, question)
    if not words:
        return None
    name = workshop.names.give(question.title, within=f"Q{question.qid}")
    made = Made(name, {name: {"kind": "info", "text": words}}, main=name)
    made.targets[""] = Target(name, "info")
    return made


def text(workshop: Workshop, question: Question) -> Made:
    """S, T, U: free words; a number where only numbers are taken."""
    if question.attribute("numbers_only") == "1":
        made = number(workshop, question)
        made.changes.append("numbers only: a question for a number")
        return made
    name = workshop.names.give(question.title, within=f"Q{question.qid}")
    raw: Raw = {"kind": "text", "max_len": longest(question), "text": stem(workshop, question)}
    made = Made(name, {name: raw}, main=name)
    made.targets[""] = Target(name, "text")
    return made


def longest(question: Question) -> int:
    """How many characters may be written."""
    said = question.attribute("maximum_chars")
    return min(max(int(said), 1), LONGEST_TEXT) if said.isdigit() else LONGEST_TEXT


def number(workshop: Workshop, question: Question) -> Made:
    """N: a number."""
    name = workshop.names.give(question.title, within=f"Q{question.qid}")
    made = Made(name, main=name)
    raw = _number(question, "min_num_value_n", "max_num_value_n", made)
    unit = plain(question.attribute("suffix"), own_fills=False)
    if unit.text and not unit.filled:
        raw["unit"] = workshop.speaker.every(unit.text)
        for attribute in question.attributes:
            if attribute.name == "suffix":
                workshop.ledger.mapped((attribute.row.table, attribute.row.number))
    if question.type == "N" and question.attribute("num_value_int_only") != "1":
        made.changes.append("whole numbers only")
    raw["text"] = stem(workshop, question)
    made.items[name] = raw
    made.targets[""] = Target(name, "number")
    return made


def _number(question: Question, low: str, high: str, made: Made) -> Raw:
    said = [question.attribute(low), question.attribute(high)]
    bounds = [int(float(word)) if WHOLE.fullmatch(word) else None for word in said]
    least = bounds[0] if bounds[0] is not None else 0
    most = bounds[1] if bounds[1] is not None else LARGEST_NUMBER
    if None in bounds:
        made.changes.append(f"from {least} to {most}, because the form names no bound")
    least, most, lost = from_zero(min(least, most), max(least, most))
    made.changes += lost
    return {"kind": "number", "min": least, "max": most}


def date(workshop: Workshop, question: Question) -> Made:
    """D: a day, a month or a year, as its format says; words that compute a first or last day are lost."""
    name = workshop.names.give(
        question.title, lambda made: (f"{made}_{part}" for part in "YMD"), within=f"Q{question.qid}"
    )
    made = Made(name, main=name)
    precision = _precision(question, made)
    cut = CUTS[precision]
    ends = {"min": FIRST_DAY[:cut], "max": LAST_DAY[:cut]}
    for attribute in question.attributes:
        key = (attribute.row.table, attribute.row.number)
        end, value = attribute.name.rpartition("_")[2], attribute.value.strip()
        if attribute.name == "date_format":
            workshop.ledger.mapped(key)
        elif attribute.name in ENDS and (said := _day(value, end)):
            ends[end] = said[:cut]
            workshop.ledger.mapped(key)
        elif attribute.name in ENDS:
            workshop.ledger.lost(key, "its first or last day is computed")
    if ends["min"] > ends["max"]:
        ends["min"], ends["max"] = ends["max"], ends["min"]
    if ends["max"] == LAST_DAY[:cut]:
        made.changes.append(f"from {ends['min']} to {ends['max']}: write the last day under max")
    made.items[name] = {"kind": "date", "precision": precision, **ends, "text": stem(workshop, question)}
    made.targets[""] = Target(name, "year" if precision == "year" else "date")
    return made


def _precision(question: Question, made: Made) -> str:
    """What the format asks for: `d` days, `m` months, `yy` years; `H` and `M` are hours and minutes."""
    shape = question.attribute("date_format")
    if re.search("[HM]", shape):
        made.changes.append("the time of day is not asked for")
    if not shape or "d" in shape:
        return "day"
    return "month" if "m" in shape else "year"


def _day(value: str, end: str) -> str:
    """A day, or the first or last one of a year; empty when the value says neither."""
    if re.fullmatch(r"\d{4}", value):
        return f"{value}-01-01" if end == "min" else f"{value}-12-31"
    try:
        return datetime.date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return ""


def listed(workshop: Workshop, question: Question) -> Made | None:
    """Q, K: a question for each line of a list, words or numbers."""
    subs = question.rows()
    if not subs or len(subs) > MOST_CELLS:
        return None
    words = stem(workshop, question)
    made = Made(workshop.names.give(question.title, within=f"Q{question.qid}"))
    numbers = question.type == "K" or question.attribute("numbers_only") == "1"
    for sub in subs:
        name = workshop.names.give(f"{made.base}_{sub.title}")
        label = workshop.speaker.say(sub.words)
        if numbers:
            bounds = ("slider_min", "slider_max") if question.attribute("slider_layout") == "1" else ("", "")
            raw = _number(question, *bounds, made)
        else:
            raw = {"kind": "text", "max_len": longest(question)}
        made.items[name] = {**raw, "text": workshop.speaker.joined(words, label)}
        made.targets[sub.title] = Target(name, "number" if numbers else "text")
        made.main = made.main or name
    settle(workshop, subs, lambda _: "")
    made.changes = list(dict.fromkeys(made.changes))
    made.changes.append(f"{len(subs)} questions, one for each of its lines")
    made.targets[""] = Target(made.base, "none")
    return made


def table(workshop: Workshop, question: Question) -> Made | None:
    """: and ; (arrays of numbers or words): a question a cell; boxes to tick: a several-of question a row."""
    rows, columns = question.rows(0), question.rows(1)
    if not rows or not columns or len(rows) * len(columns) > MOST_CELLS:
        return None
    speaker = workshop.speaker
    words = stem(workshop, question)
    made = Made(workshop.names.give(question.title, within=f"Q{question.qid}"))
    heads = {column.qid: speaker.say(column.words) or speaker.every(column.title) for column in columns}
    ticks = question.type == ":" and question.attribute("multiflexible_checkbox") == "1"
    for row in rows:
        label = speaker.joined(words, speaker.say(row.words) or speaker.every(row.title))
        if ticks:
            _ticked(workshop, made, row, label, [(column.title, heads[column.qid]) for column in columns])
            continue
        for column in columns:
            name = workshop.names.give(f"{made.base}_{row.title}_{column.title}")
            raw = _cell(question, made)
            made.items[name] = {**raw, "text": speaker.joined(label, heads[column.qid])}
            made.targets[f"{row.title}_{column.title}"] = Target(name, str(raw["kind"]))
            made.main = made.main or name
    settle(workshop, rows, lambda _: "")
    settle(workshop, columns, lambda _: "")
    made.changes = list(dict.fromkeys(made.changes))
    made.changes.append(
        f"{len(made.items)} questions, one for each {'row' if ticks else 'cell'} of its table"
    )
    made.targets[""] = Target(made.base, "none")
    return made


def _cell(question: Question, made: Made) -> Raw:
    if question.type == ";":
        return {"kind": "text", "max_len": longest(question)}
    raw = _number(question, "multiflexible_min", "multiflexible_max", made)
    if question.attribute("multiflexible_step") not in ("", "1"):
        made.changes.append("any whole number, not in steps")
    return raw


def _ticked(
    workshop: Workshop, made: Made, row: Sub, label: dict[str, str], heads: list[tuple[str, dict[str, str]]]
) -> None:
    given = coded([Choice(title, words) for title, words in heads], numbered_names=True)
    columns = [code for code, _ in given.options]
    name = workshop.names.give(
        f"{made.base}_{row.title}", lambda made: (f"{made}_{code}" for code in columns)
    )
    made.items[name] = {"kind": "several", "text": label, "options": options_of(given.options)}
    made.main = made.main or name
    for title, code in given.codes.items():
        made.targets[f"{row.title}_{title}"] = Target(name, "several", given.codes, tick=code)
    code_rows(made, workshop, given, name)
