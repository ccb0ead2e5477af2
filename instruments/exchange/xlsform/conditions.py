"""Conditions of questions and groups in, rules out; and what of a row no item took, with the reason."""

from instruments.exchange.draft import Raw
from instruments.exchange.expressions import Unconvertible, parse_xpath
from instruments.exchange.leaves import Target
from instruments.exchange.rules import every, to_rule
from instruments.exchange.xlsform.cells import FALSE, MARK, TRUE
from instruments.exchange.xlsform.kinds import NO, WHY_NOT, cell_key
from instruments.exchange.xlsform.lists import row_key
from instruments.exchange.xlsform.placed import Placing
from instruments.exchange.xlsform.survey import GroupRow, Question

PAGES = ("field-list", "table-list")
LOUD = "EVERYBODY IS ASKED"


def set_rule(raw: Raw, *rules: Raw | None) -> None:
    """Give an item all of these rules at once."""
    rule = every(*rules)
    if rule is not None:
        raw["show_if"] = rule


def group_rule(placing: Placing, groups: tuple[GroupRow, ...], first: Question) -> Raw | None:
    """The rules of groups, each converted once; `first`: the question they come before."""
    for group in groups:
        if group.row.number not in placing.rules:
            rule = _convert(
                placing, group.row.get("relevant"), cell_key(group.row, "relevant"), first, group.path
            )
            placing.rules[group.row.number] = rule
    return every(*(placing.rules[group.row.number] for group in groups))


def own_rule(placing: Placing, question: Question) -> Raw | None:
    """The question's own rule."""
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
        if name in (".", ".."):
            raise Unconvertible("it names a question by its path; only ${name} is read")
        known = any(question.name == name for question in placing.structure.questions)
        if len(targets) > 1:
            raise Unconvertible(f"several questions are named {name}")
        raise Unconvertible(f"{name} comes later" if known else f"no question is named {name}")

    try:
        said = text.strip().lower()
        plain = "true()" if said in TRUE else "false()" if said in FALSE else text
        rule, notes = to_rule(parse_xpath(plain), find)
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


def leftovers(placing: Placing, question: Question) -> None:
    """Cells that no item took: why not."""
    row, ledger = question.row, placing.draft.ledger
    for cell in row.cells:
        key = (row.sheet, row.number, cell)
        if not ledger.open(key):
            continue
        if cell.name == MARK:
            ledger.mapped(key)
        elif placing.ids[row.number] not in placing.draft.items and cell.name not in WHY_NOT:
            ledger.lost(key, "its question is not carried")
        elif cell.name == "required" and row.cells[cell].strip().lower() in NO:
            ledger.mapped(key)
        elif cell.name == "required":
            ledger.lost(key, "words to read take no answer")
        elif cell.name in WHY_NOT:
            ledger.lost(key, WHY_NOT[cell.name])
            if cell.name == "choice_filter":
                said = f"choice_filter {row.cells[cell]} ({WHY_NOT[cell.name]})"
                placing.draft.unruled.setdefault(placing.ids[row.number], []).append(said)


def group_cells(placing: Placing, group: GroupRow) -> None:
    """What became of a group's row and of its cells."""
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
        if (
            cell.name == "appearance" and any(word in group.appearance for word in PAGES)
        ) or cell.name == MARK:
            ledger.mapped(key)
        elif cell.name == "appearance":
            ledger.lost(key, "Tolqyn lays out its pages itself")
        elif cell.name in WHY_NOT:
            ledger.lost(key, WHY_NOT[cell.name])
        elif cell.name == "relevant" and used:
            ledger.lost(key, "none of its questions is carried")
        elif not used:
            ledger.lost(key, "its group holds no question")
