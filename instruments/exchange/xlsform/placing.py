"""Questions with their groups in; items, batteries, rules and pages of the draft out."""

from collections.abc import Iterator
from itertools import groupby

from instruments.exchange.codes import Coded
from instruments.exchange.draft import Raw
from instruments.exchange.leaves import Target
from instruments.exchange.other import OTHER, SUFFIX, free_code, with_other
from instruments.exchange.xlsform.batteries import battery_of
from instruments.exchange.xlsform.cells import MARK
from instruments.exchange.xlsform.conditions import (
    PAGES,
    group_cells,
    group_rule,
    leftovers,
    own_rule,
    set_rule,
)
from instruments.exchange.xlsform.kinds import cell_key, make_item
from instruments.exchange.xlsform.lists import row_key
from instruments.exchange.xlsform.placed import Placing
from instruments.exchange.xlsform.survey import GroupRow, Question


def place_items(placing: Placing) -> None:
    """Put every question of the form into the draft."""
    _name_all(placing)
    structure = placing.structure
    for top, questions in groupby(structure.questions, key=lambda q: q.path[0].row.number if q.path else 0):
        _module(placing, top, tuple(questions))
    for question in structure.questions:
        leftovers(placing, question)
    for group in structure.groups:
        group_cells(placing, group)


def _name_all(placing: Placing) -> None:
    for question in placing.structure.questions:
        given = placing.codes.get(question.list)

        def columns(made: str, question: Question = question, given: Coded | None = given) -> Iterator[str]:
            return columns_of(made, question, given)

        within = question.path[-1].name if question.path else ""
        placing.ids[question.row.number] = placing.names.give(question.name, columns, within)


def columns_of(made: str, question: Question, given: Coded | None) -> Iterator[str]:
    """Further columns, beside its own name, that a question makes."""
    codes = [code for code, _ in given.options] if given else []
    if question.other:
        yield f"{made}_OTHER"
        codes.append(free_code({str(code): "" for code in codes}))
    if question.kind in ("several", "rank"):
        yield from (f"{made}_{code}" for code in codes)
    if question.kind == "date":
        yield from (f"{made}_{part}" for part in "YMD")
    if "randomize" in question.row.get("parameters"):
        yield from (f"{made}_POS_{code}" for code in codes)


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
    set_rule(raw, group_rule(placing, group.path, first), group_rule(placing, (group,), first))
    raw["text"] = words
    placing.draft.items[name] = raw
    placing.draft.place(name, _mark(first))
    placing.draft.ledger.changed(row_key(group.row), "its label is words to read before its first question")


def _companion(placing: Placing, question: Question) -> bool:
    """Words for other answers that Tolqyn's own export marks: a key of their item again, not a question."""
    row, draft = question.row, placing.draft
    owner = draft.items.get(question.name.removesuffix(SUFFIX))
    made = make_item(question, None, placing.speaker.languages, draft.ledger)
    if (
        owner is None
        or made is None
        or row.get(MARK) != "other"
        or owner["kind"] not in ("single", "several")
    ):
        return False
    rule = own_rule(placing, question)
    if rule is None or set(rule) != {"item", "eq"}:
        return False
    words = placing.speaker.said(row, "label")
    owner["other"] = {"code": rule["eq"], "text": words, "max_len": made.raw["max_len"]}
    draft.ledger.mapped(row_key(row))
    return True


def _one(placing: Placing, question: Question) -> None:
    draft, row = placing.draft, question.row
    if question.name.endswith(SUFFIX) and row.get(MARK) and _companion(placing, question):
        return
    given = placing.codes.get(question.list)
    made = make_item(question, given, placing.speaker.languages, draft.ledger)
    name = placing.ids[row.number]
    if made is None:
        gone = Target(name, "none", place=row.number, why=f"{question.name} is not carried")
        placing.targets.setdefault(question.name, []).append(gone)
        return
    raw, changes = made.raw, made.changes
    text = placing.speaker.said(row, "label")
    if not text:
        changes.append("no label; its name stands there")
    hint = placing.speaker.said(row, "hint")
    set_rule(raw, group_rule(placing, question.path, question), own_rule(placing, question))
    _allow(placing, raw, given)
    if question.other and "options" in raw:
        own = (
            any(code_label.get("en", "").lower() == "other" for _, code_label in given.options)
            if given
            else False
        )
        raw, _ = with_other(raw, placing.speaker.languages)
        changes.append(
            f"other answers: the words '{OTHER['en']}' and what follows are Tolqyn's own"
            + (" (the list has an answer Other already)" if own else "")
        )
    elif placing.scales.get(question.list) and raw["kind"] == "single":
        del raw["options"]
        raw["scale"] = placing.scales[question.list]
    if any(group.repeat for group in question.path):
        changes.append("ASKED ONCE: in the form it is repeated")
    raw["text"] = text
    if hint:
        raw["hint"] = hint
    draft.items[name] = raw
    draft.place(name, _mark(question))
    for how in changes:
        draft.ledger.changed(row_key(row), how)
    draft.ledger.mapped(row_key(row))
    _aim(placing, question, raw, given)


def _aim(placing: Placing, question: Question, raw: Raw, given: Coded | None) -> None:
    codes = dict(given.codes) if given else {"OK": 1} if question.kind == "acknowledge" else {}
    if question.other:
        codes["other"] = max(int(code) for code in raw["options"])
    year = raw.get("precision") == "year"
    target = Target(
        placing.ids[question.row.number],
        "year" if year else raw["kind"],
        codes,
        numeric=given.numeric if given else False,
        place=question.row.number,
        places=_places(raw),
    )
    placing.targets.setdefault(question.name, []).append(target)
    if question.other:
        # The name under which the other program keeps the words.
        beside = Target(f"{target.item}{SUFFIX}", "text", place=target.place)
        placing.targets.setdefault(f"{question.name}_other", []).append(beside)


def _places(raw: Raw) -> int:
    """How many places a ranking gives out."""
    return raw.get("max") or len(raw["options"]) if raw["kind"] == "ranking" else 0


def _allow(placing: Placing, raw: Raw, given: Coded | None) -> None:
    if given is None or not given.allow:
        return
    raw["allow"] = [kind for kind in ("dont_know", "refused") if kind in given.allow]
    for kind, label in given.allow.items():
        if not placing.draft.offer(kind, label):
            said = (
                f"missing_labels.{kind}: the form has further words for it: {next(iter(label.values()), '')}"
            )
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
    set_rule(raw, group_rule(placing, first.path, first), None)
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
    draft.ledger.changed(
        row_key(group.row), "a battery: its rows share one question and one scale, item by item"
    )
    draft.ledger.changed(cell_key(group.row, "appearance"), "item by item, never as a grid")
