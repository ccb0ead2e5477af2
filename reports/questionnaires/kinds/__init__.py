"""Kinds in print: one module and one line a kind. May know nothing of pages, routes or templates."""

from typing import Any

from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.kinds.crosswise import PrintedCrosswise
from reports.questionnaires.kinds.date import PrintedDate
from reports.questionnaires.kinds.digits import PrintedDigits
from reports.questionnaires.kinds.info import PrintedInfo
from reports.questionnaires.kinds.list_experiment import PrintedListExperiment
from reports.questionnaires.kinds.number import PrintedNumber
from reports.questionnaires.kinds.ranking import PrintedRanking
from reports.questionnaires.kinds.several import PrintedSeveral
from reports.questionnaires.kinds.single import PrintedSingle
from reports.questionnaires.kinds.text import PrintedText
from reports.questionnaires.kinds.vignette import PrintedVignette

PRINTED: dict[str, Printed[Any]] = {
    "single": PrintedSingle(),
    "several": PrintedSeveral(),
    "number": PrintedNumber(),
    "digits": PrintedDigits(),
    "text": PrintedText(),
    "info": PrintedInfo(),
    "vignette": PrintedVignette(),
    "list_experiment": PrintedListExperiment(),
    "date": PrintedDate(),
    "crosswise": PrintedCrosswise(),
    "ranking": PrintedRanking(),
}

_UNKNOWN: Printed[Any] = Printed()


def printed(kind: str) -> Printed[Any]:
    """How a kind is printed; one without an entry is printed as lines (a test finds it)."""
    return PRINTED.get(kind, _UNKNOWN)


__all__ = ["PRINTED", "Printed", "printed"]
