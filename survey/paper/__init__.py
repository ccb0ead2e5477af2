"""Paper questionnaires typed by two clerks: files in, mismatches, problems and entries to store out."""

from survey.paper.cells import Column
from survey.paper.columns import columns_of
from survey.paper.comparing import Agreed, Comparison, Entering, Mismatch, compare, entry_of, merge
from survey.paper.corrections import read_corrections, write_list
from survey.paper.judging import Judged, Terms, judge
from survey.paper.reading import Sheet, read_sheet
from survey.paper.template import write_template

__all__ = [
    "Agreed",
    "Column",
    "Comparison",
    "Entering",
    "Judged",
    "Mismatch",
    "Sheet",
    "Terms",
    "columns_of",
    "compare",
    "entry_of",
    "judge",
    "merge",
    "read_corrections",
    "read_sheet",
    "write_list",
    "write_template",
]
