"""Questions of one group in, whether they are rows on one scale out."""

from dataclasses import dataclass

from instruments.exchange.xlsform.cells import MARK
from instruments.exchange.xlsform.kinds import NO, YES
from instruments.exchange.xlsform.survey import Question

BATTERY = "battery"


@dataclass(frozen=True)
class Rows:
    """The rows of a battery. `header`: a question that only shows the answers above them."""

    rows: tuple[Question, ...]
    header: Question | None
    required: bool


def battery_of(questions: tuple[Question, ...]) -> Rows | None:
    """The battery that all questions of a group make; None when they are single questions.

    The form says so by the layout: `table-list` at the group, `label` and `list-nolabel` at its
    questions, or the mark of Tolqyn's own export.
    """
    if not questions or not questions[0].path:
        return None
    group = questions[0].path[-1]
    looks = [question.row.get("appearance").lower() for question in questions]
    header = questions[0] if looks[0] == "label" else None
    rows = questions[1:] if header else questions
    marked = "table-list" in group.appearance or group.row.get(MARK) == BATTERY
    listed = all("list-nolabel" in look for look in looks[1:]) and header is not None
    if not (marked or listed) or len(rows) < 2 or not (group.row.words("label") or header):
        return None
    if any(not _alike(question, rows[0]) for question in questions):
        return None
    required = {_required(question) for question in rows}
    if len(required) > 1 or None in required:
        return None
    return Rows(rows, header, required == {True})


def _alike(question: Question, first: Question) -> bool:
    own = ("relevant", "constraint", "parameters", "calculation")
    same = question.kind == "single" and question.list == first.list and not question.other
    return same and not any(question.row.get(name) for name in own) and not question.row.words("hint")


def _required(question: Question) -> bool | None:
    said = question.row.get("required").lower()
    return True if said in YES else False if said in NO else None
