"""One form's cells and its draws in, what the web would have stored of the same answers out, and all faults.

The way through the questions is the interview's own (`Questionnaire.items_on`, `exit_for`): the printed skips
are tested against the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from instruments import Draw, Item, Problem, Questionnaire
from survey.paper.cells import Column
from survey.paper.columns import DAY, LANGUAGE, STOPPED, drawn_columns
from survey.paper.kinds import ENTERED, UnfitError
from survey.paper.reading import Cell

SPOILT = object()
"""Stands for an answer that cannot be read."""
EXPECTED = {
    "too_small": "at least {min}",
    "too_large": "at most {max}",
    "too_many": "at most {max} boxes",
    "exclusive": "an option that stands alone without others",
    "no_such_date": "a day of the calendar",
    "date_too_early": "{min} or later",
    "date_too_late": "{max} or earlier",
    "ranking": "each place from 1 to {max} once",
}
"""Of answers whose cells each may stand there."""
BLANK_IT = "leave it blank, as the form's instructions say"
KEEP_NOTHING = "delete the row in both files and destroy the paper: nothing of it may be kept"


@dataclass(frozen=True)
class Terms:
    """What a form is judged by."""

    form: int
    questionnaire: Questionnaire
    ballot: str
    opens: date
    today: date

    @property
    def draw(self) -> Draw:
        """What chance decided for this form."""
        return self.questionnaire.draw(self.ballot)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one column of a form."""

    column: str
    expected: str
    found: str
    hint: str = ""
    rule: str = "answer"


@dataclass
class Judged:
    """One form: pages as the web stores them, its words apart, how it ended, what is wrong."""

    state: str = "complete"
    pages: dict[int, dict[str, Any]] = field(default_factory=dict)
    words: dict[int, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def judge(terms: Terms, cells: Mapping[str, Cell], columns: Mapping[str, Column]) -> Judged:
    """Walk the form's questions with what was typed."""
    judged = Judged()
    judged.faults += _cell_faults(cells, columns)
    judged.faults += _frame_faults(terms, cells)
    unfit = {fault.column for fault in judged.faults}
    typed = _Typed(cells, columns)
    values = _values(terms.questionnaire, typed, unfit, judged.faults)
    _walk(terms, values, typed, judged)
    return judged


@dataclass(frozen=True)
class _Typed:
    """The filled cells of a form, and the columns they stand in."""

    cells: Mapping[str, Cell]
    columns: Mapping[str, Column]

    def first(self, item: str) -> str:
        """The first filled column of an item, else its first column."""
        own = [name for name, column in self.columns.items() if column.item == item]
        return next((name for name in own if name in self.cells), own[0])

    def shown(self, name: str) -> str:
        """What stands in a column, without a respondent's words."""
        return self.columns[name].shown(self.cells[name].text) if name in self.cells else "nothing"

    @property
    def last(self) -> str:
        """The question after which the interview was stopped; empty: it was not."""
        cell = self.cells.get(STOPPED)
        return cell.text if cell is not None and not cell.unfit else ""


def _cell_faults(cells: Mapping[str, Cell], columns: Mapping[str, Column]) -> Iterator[Fault]:
    for name, cell in cells.items():
        if cell.unfit:
            yield Fault(name, cell.unfit, columns[name].shown(cell.found), rule="cell")


def _frame_faults(terms: Terms, cells: Mapping[str, Cell]) -> Iterator[Fault]:
    """The day, the language and the codes on the first page."""
    day = cells.get(DAY)
    if day is None:
        yield Fault(DAY, "the day of the interview", "nothing", "it stands on the form's first page", "frame")
    elif not day.unfit and not terms.opens <= date.fromisoformat(day.text) <= terms.today:
        expected = f"a day from {terms.opens} to {terms.today}"
        yield Fault(DAY, expected, day.text, "type the day on which the person was asked", "frame")
    if LANGUAGE not in cells:
        yield Fault(LANGUAGE, "the language of the interview", "nothing", "", "frame")
    drawn = terms.draw.variables()
    for column in drawn_columns(terms.questionnaire):
        cell, own = cells.get(column.name), drawn[column.name]
        if cell is None:
            hint = "type the codes that stand on the form's first page"
            yield Fault(column.name, f"the code on form {terms.form}", "nothing", hint, "code")
        elif not cell.unfit and cell.text != str(own):
            hint = "is it another form? Look at number and wave on its first page"
            yield Fault(column.name, f"{own}, the code of form {terms.form}", cell.text, hint, "code")


def _values(
    questionnaire: Questionnaire, typed: _Typed, unfit: set[str], faults: list[Fault]
) -> dict[str, Any]:
    """Item -> its answer; SPOILT where a cell may not stand there, of which nothing more is said."""
    given: dict[str, dict[str, str]] = {}
    for name, cell in typed.cells.items():
        if item := typed.columns[name].item:
            given.setdefault(item, {})[typed.columns[name].part] = cell.text
    values: dict[str, Any] = {typed.columns[name].item: SPOILT for name in unfit if typed.columns[name].item}
    for name, parts in given.items():
        if name in values:
            continue
        try:
            values[name] = ENTERED[questionnaire.items[name].kind].value(questionnaire.items[name], parts)
        except UnfitError as error:
            found = ", ".join(f"{part or name}: {text}" for part, text in parts.items())
            faults.append(Fault(typed.first(name), str(error), found))
            values[name] = SPOILT
    return values


def _walk(terms: Terms, values: Mapping[str, Any], typed: _Typed, judged: Judged) -> None:
    questionnaire, draw = terms.questionnaire, terms.draw
    answers: dict[str, Any] = {}
    met: set[str] = set()
    for number in questionnaire.sequence(draw):
        shown = _asked(questionnaire.items_on(number, answers, draw), typed.last)
        if not shown:
            continue
        page = {item.id: values.get(item.id) for item in shown if item.stores}
        met |= page.keys()
        answers |= {
            name: value for name, value in _stored(questionnaire, page).items() if value is not SPOILT
        }
        judged.faults += _answer_faults(draw, shown, page, answers, typed)
        _store(judged, number, shown, page, answers)
        way_out = questionnaire.exit_for(answers)
        if way_out is not None:
            judged.state = "screenout"
            if not way_out.keep:
                decided = next(name for name in way_out.rule.items() if name in answers)
                expected = f"no form that ends with {way_out.to}"
                judged.faults.append(Fault(typed.first(decided), expected, "one", KEEP_NOTHING, "exit"))
                return
            break
        if typed.last in page:
            judged.state = "stopped"
            break
    if typed.last and judged.state == "complete":
        expected = "a question that this form leads to"
        judged.faults.append(Fault(STOPPED, expected, typed.last, "look at the form again", "stopped"))
    judged.faults += _left_over(values, met, judged.state, typed, draw)


def _stored(questionnaire: Questionnaire, page: Mapping[str, Any]) -> dict[str, Any]:
    """A blank as the store keeps it: rules tell it from a question that was not asked yet."""
    kinds = {name: ENTERED[questionnaire.items[name].kind] for name in page}
    return {name: kinds[name].blank if value is None else value for name, value in page.items()}


def _asked(shown: tuple[Item, ...], last: str) -> tuple[Item, ...]:
    """The items of a page as far as the interview came; words beside the last question belong to it."""
    ids = [item.id for item in shown]
    if last not in ids:
        return shown
    end = ids.index(last) + 1
    return (*shown[:end], *(item for item in shown[end:] if item.beside == last))


def _answer_faults(
    draw: Draw, shown: tuple[Item, ...], page: Mapping[str, Any], answers: Mapping[str, Any], typed: _Typed
) -> Iterator[Fault]:
    for item in shown:
        value = page.get(item.id)
        if item.id not in page or value is SPOILT:
            continue
        first = typed.first(item.id)
        if value is not None and not item.counts(answers):
            expected = f"nothing, unless its box is ticked at {item.beside}"
            yield Fault(first, expected, typed.shown(first), BLANK_IT, "routed_past")
            continue
        for problem in item.problems(value, draw):
            yield _fault_of(problem, first, typed)


def _fault_of(problem: Problem, name: str, typed: _Typed) -> Fault:
    found = typed.shown(name)
    if problem.code == "required":
        hint = f"if the interview ended before, type in {STOPPED} the last question that was asked"
        return Fault(name, "an answer", found, hint, "required")
    return Fault(name, EXPECTED.get(problem.code, "an answer that fits").format(**problem.params), found)


def _store(
    judged: Judged, number: int, shown: tuple[Item, ...], page: Mapping[str, Any], answers: Mapping[str, Any]
) -> None:
    judged.pages[number], judged.words[number] = {}, {}
    for item in shown:
        if not item.stores:
            continue
        value = page[item.id]
        if value in (None, SPOILT) or not item.counts(answers):
            value = ENTERED[item.kind].blank
        elif isinstance(value, str) and item.kind == "text":
            judged.words[number][item.id] = value
        judged.pages[number][item.id] = value


def _left_over(
    values: Mapping[str, Any], met: set[str], state: str, typed: _Typed, draw: Draw
) -> Iterator[Fault]:
    """Answers to questions that this form does not lead to."""
    for name, value in values.items():
        if name in met or value in (None, SPOILT):
            continue
        first = typed.first(name)
        found = typed.shown(first)
        if name in draw.unasked:
            yield Fault(first, "nothing: this form does not hold the question", found, BLANK_IT, "not_asked")
        elif state == "stopped":
            hint = f"correct it, or {STOPPED}"
            yield Fault(first, f"nothing after {typed.last}", found, hint, "stopped")
        elif state == "screenout":
            yield Fault(first, "nothing after the answer that ends the interview", found, BLANK_IT, "exit")
        else:
            expected = "nothing: the answers before lead past the question"
            yield Fault(first, expected, found, BLANK_IT, "routed_past")
