"""Questions with their groups in; items, batteries, rules and pages of the draft out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from instruments.exchange.codes import Coded
from instruments.exchange.draft import Draft, Raw
from instruments.exchange.expressions import Unconvertible, parse_xpath
from instruments.exchange.names import Identifiers
from instruments.exchange.other import OTHER, free_code, with_other
from instruments.exchange.rules import Target, every, to_rule
from instruments.exchange.xlsform.batteries import battery_of
from instruments.exchange.xlsform.kinds import NO, WHY_NOT, cell_key, make_item
from instruments.exchange.xlsform.lists import row_key
from instruments.exchange.xlsform.survey import GroupRow, Question, Structure
from instruments.exchange.xlsform.words import Speaker
from instruments.exchange.xlsform.workbook import MARK

PAGES = ("field-list", "table-list")
LOUD = "EVERYBODY IS ASKED"


@dataclass
class Placing:
    """What is known while the questions are placed one after another."""

    draft: Draft
    structure: Structure
    codes: Mapping[str, Coded]
    scales: Mapping[str, str]
    speaker: Speaker
    names: Identifiers
    ids: dict[int, str] = field(default_factory=dict)
    """Row of the survey sheet -> item."""
    targets: dict[str, list[Target]] = field(default_factory=dict)
    rules: dict[int, Raw | None] = field(default_factory=dict)
    """Row of a group -> its rule."""


def place_items(
    draft: Draft,
    structure: Structure,
    codes: Mapping[str, Coded],
    scales: Mapping[str, str],
    speaker: Speaker,
    names: Identifiers,
) -> None:
    """Put every question of the form into the draft."""
    placing = Placing(draft, structure, codes, scales, speaker, names)
    _name_all(placing)
    for top, questions in groupby(structure.questions, key=lambda q: q.path[0].row.number if q.path else 0):
        _module(placing, top, tuple(questions))
    for question in structure.questions:
        _leftovers(placing, question)
    for group in structure.groups:
        _group_cells(placing, group)


def _name_all(placing: Placing) -> None:
    for question in placing.structure.questions:
        given = placing.codes.get(question.list)

        def columns(made: str, question: Question = question, given: Coded | None = given) -> Iterator[str]:
            if question.other:
                yield f"{made}_OTHER"
            if given is not None and question.kind == "several":
                yield from (f"{made}_{code}" for code, _ in given.options)
                if question.other:
                    yield f"{made}_{free_code({str(code): '' for code, _ in given.options})}"

        within = question.path[-1].name if question.path else ""
        placing.ids[question.row.number] = placing.names.give(question.name, columns, within)


def _module(placing: Placing, top: int, questions: tuple[Question, ...]) -> None:
    draft = placing.draft
    if top:
        group = questions[0].path[0]
        title = placing.speaker.said(group.row, "label")
        draft.module(group.name if group.name.isidentifier() and group.name.isascii() else "G", title)
    else:
        draft.module("PART", dict(draft.title))
    shown: set[int] = set()
    for chunk in _chunks(questions):
        for group in chunk[0].path[1:]:
            if group.row.number not in shown and len(chunk) == 1:
                _heading(placing, group, chunk[0])
                shown.add(group.row.number)
        if len(chunk) > 1:
            _battery(placing, chunk)
            shown.add(chunk[0].path[-1].row.number)
        else:
            _one(placing, chunk[0])


def _chunks(questions: tuple[Question, ...]) -> Iterator[tuple[Question, ...]]:
    """Questions one by one, those of a battery together."""
    for _, inside in groupby(questions, key=lambda q: q.path[-1].row.number if q.path else 0):
        together = tuple(inside)
        if battery_of(together) is not None:
            yield together
        else:
            yield from ((question,) for question in together)


def _mark(question: Question) -> object:
    """What the question's page stands for: a group shown together, or else the group it is in."""
    for group in question.path:
        if any(word in group.appearance for word in PAGES):
            return ("page", group.row.number)
    return tuple(group.row.number for group in question.path)


def _heading(placing: Placing, group: GroupRow, first: Question) -> None:
    """The label of a group inside a group is words to read on its first page."""
    words = placing.speaker.said(group.row, "label")
    if not words:
        return
    name = placing.names.give(group.name, within="group")
    raw: Raw = {"kind": "info"}
    _set_rule(raw, _group_rule(placing, group.path, first), _group_rule(placing, (group,), first))
    raw["text"] = words
    placing.draft.items[name] = raw
    placing.draft.place(name, _mark(first))
    placing.draft.ledger.changed(row_key(group.row), "its label is words to read before its first question")


def _one(placing: Placing, question: Question) -> None:
    draft, row = placing.draft, question.row
    given = placing.codes.get(question.list)
    made = make_item(question, given, placing.speaker.source, draft.ledger)
    name = placing.ids[row.number]
    if made is None:
        placing.targets.setdefault(question.name, []).append(Target(name, "none", place=row.number))
        return
    raw, changes = made.raw, made.changes
    text = placing.speaker.said(row, "label")
    if not text:
        changes.append("no label; its name stands there")
    hint = placing.speaker.said(row, "hint")
    _set_rule(raw, _group_rule(placing, question.path, question), _own_rule(placing, question))
    _allow(placing, raw, given)
    extra: dict[str, Raw] = {}
    if question.other and "options" in raw:
        own = any(code_label.get("en", "").lower() == "other" for _, code_label in given.options) if given else False
        raw, extra, _ = with_other(name, raw, placing.speaker.languages)
        changes.append(f"other answers: the words '{OTHER['en']}' and what follows are Tolqyn's own" + (" (the list has an answer Other already)" if own else ""))
    elif placing.scales.get(question.list) and raw["kind"] == "single":
        del raw["options"]
        raw["scale"] = placing.scales[question.list]
    if any(group.repeat for group in question.path):
        changes.append("ASKED ONCE: in the form it is repeated")
    raw["text"] = text
    if hint:
        raw["hint"] = hint
    for item, described in {name: raw, **extra}.items():
        draft.items[item] = described
        draft.place(item, _mark(question))
    for how in changes:
        draft.ledger.changed(row_key(row), how)
    draft.ledger.mapped(row_key(row))
    _aim(placing, question, raw, given)


def _aim(placing: Placing, question: Question, raw: Raw, given: Coded | None) -> None:
    codes = dict(given.codes) if given else {"OK": 1}
    if question.other:
        codes["other"] = max(int(code) for code in raw["options"])
    target = Target(
        placing.ids[question.row.number],
        raw["kind"],
        codes,
        numeric=given.numeric if given else False,
        place=question.row.number,
    )
    placing.targets.setdefault(question.name, []).append(target)


def _allow(placing: Placing, raw: Raw, given: Coded | None) -> None:
    if given is None or not given.allow:
        return
    raw["allow"] = [kind for kind in ("dont_know", "refused") if kind in given.allow]
    for kind, label in given.allow.items():
        if not placing.draft.offer(kind, label):
            said = f"missing_labels.{kind}: the form has further words for it: {next(iter(label.values()), '')}"
            if said not in placing.draft.ledger.added:
                placing.draft.ledger.added.append(said)


def _battery(placing: Placing, chunk: tuple[Question, ...]) -> None:
    draft, first = placing.draft, chunk[0]
    found = battery_of(chunk)
    group = first.path[-1]
    if found is None:
        return
    given = placing.codes[first.list]
    raw: Raw = {"kind": "battery"}
    if placing.scales.get(first.list):
        raw["scale"] = placing.scales[first.list]
    else:
        raw["options"] = {str(code): dict(label) for code, label in given.options}
    _allow(placing, raw, given)
    _set_rule(raw, _group_rule(placing, first.path, first), None)
    if found.required:
        raw["required"] = True
    stem = placing.speaker.said(group.row, "label")
    if found.header is not None:
        stem = placing.speaker.said(found.header.row, "label") or stem
        draft.ledger.changed(row_key(found.header.row), "the heading of the rows below it")
        placing.targets.setdefault(found.header.name, []).append(Target(found.header.name, "none", place=0))
    raw["text"] = stem
    raw["rows"] = {}
    for question in found.rows:
        name = placing.ids[question.row.number]
        raw["rows"][name] = {"text": placing.speaker.said(question.row, "label")}
        draft.ledger.mapped(row_key(question.row), cell_key(question.row, "required"))
        draft.ledger.mapped(cell_key(question.row, "appearance"))
        target = Target(name, "single", given.codes, given.numeric, place=question.row.number)
        placing.targets.setdefault(question.name, []).append(target)
    name = placing.names.give(group.name, within="group")
    draft.items[name] = raw
    draft.place(name, _mark(first))
    draft.ledger.changed(row_key(group.row), "a battery: its rows share one question and one scale, item by item")
    draft.ledger.changed(cell_key(group.row, "appearance"), "item by item, never as a grid")


def _set_rule(raw: Raw, *rules: Raw | None) -> None:
    rule = every(*rules)
    if rule is not None:
        raw["show_if"] = rule


def _group_rule(placing: Placing, groups: tuple[GroupRow, ...], first: Question) -> Raw | None:
    for group in groups:
        if group.row.number not in placing.rules:
            rule = _convert(placing, group.row.get("relevant"), cell_key(group.row, "relevant"), first, group.path)
            placing.rules[group.row.number] = rule
    return every(*(placing.rules[group.row.number] for group in groups))


def _own_rule(placing: Placing, question: Question) -> Raw | None:
    key = cell_key(question.row, "relevant")
    return _convert(placing, question.row.get("relevant"), key, question, question.path)


def _convert(
    placing: Placing, text: str, key: tuple[str, int, object], asker: Question, path: tuple[GroupRow, ...]
) -> Raw | None:
    if not text:
        return None
    ledger = placing.draft.ledger

    def find(name: str) -> Target:
        targets = [target for target in placing.targets.get(name, []) if target.place < asker.row.number]
        if len(targets) == 1:
            return targets[0]
        known = any(question.name == name for question in placing.structure.questions)
        if len(targets) > 1:
            raise Unconvertible(f"several questions are named {name}")
        raise Unconvertible(f"{name} comes later" if known else f"no question is named {name}")

    try:
        rule, notes = to_rule(parse_xpath(text), find)
    except Unconvertible as reason:
        placing.draft.unruled.setdefault(placing.ids[asker.row.number], []).append(f"{text} ({reason})")
        ledger.lost(key, f"{LOUD}; {reason}")
        return None
    if rule is False:
        ledger.lost(key, f"{LOUD}; it never holds")
        return None
    for how in notes:
        ledger.changed(key, how)
    ledger.mapped(key)
    return None if rule is True else rule


def _leftovers(placing: Placing, question: Question) -> None:
    """Cells that no item took: why not."""
    row, ledger = question.row, placing.draft.ledger
    for cell in row.cells:
        key = (row.sheet, row.number, cell)
        if not ledger.open(key):
            continue
        if placing.ids[row.number] not in placing.draft.items and cell.name not in WHY_NOT:
            ledger.lost(key, "its question is not carried")
        elif cell.name == "required" and row.cells[cell].strip().lower() in NO:
            ledger.mapped(key)
        elif cell.name in WHY_NOT:
            ledger.lost(key, WHY_NOT[cell.name])
            if cell.name == "choice_filter":
                said = f"choice_filter {row.cells[cell]} ({WHY_NOT[cell.name]})"
                placing.draft.unruled.setdefault(placing.ids[row.number], []).append(said)


def _group_cells(placing: Placing, group: GroupRow) -> None:
    row, ledger = group.row, placing.draft.ledger
    if group.repeat:
        ledger.changed(row_key(row), "REPEATED IN THE FORM: its questions are asked once")
    used = any(group in question.path for question in placing.structure.questions)
    if used or group.repeat:
        ledger.mapped(row_key(row))
    else:
        ledger.lost(row_key(row), "it holds no question")
    for cell in row.cells:
        key = (row.sheet, row.number, cell)
        if not ledger.open(key):
            continue
        if cell.name == "appearance" and any(word in group.appearance for word in PAGES):
            ledger.mapped(key)
        elif cell.name == MARK:
            ledger.mapped(key)
        elif cell.name == "appearance":
            ledger.lost(key, "Tolqyn lays out its pages itself")
        elif cell.name in WHY_NOT:
            ledger.lost(key, WHY_NOT[cell.name])
        elif not used:
            ledger.lost(key, "its group holds no question")
