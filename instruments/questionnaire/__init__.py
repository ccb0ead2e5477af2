"""The questionnaire: items on pages, routes, columns. May know nothing of files or the web."""

from instruments.questionnaire.blocks import drawn_apart
from instruments.questionnaire.columns import codebook_of, universe_of
from instruments.questionnaire.computed import columns_reading, computed_rule_problems, uses
from instruments.questionnaire.model import Questionnaire
from instruments.questionnaire.paging import shown_after, shown_before
from instruments.questionnaire.reading import read_content
from instruments.questionnaire.recalls import plural_categories, recalls_in, recalls_of
from instruments.questionnaire.reused import REUSED, REVIEWS, Request, read_request
from instruments.questionnaire.splits import fewest_rows, forms_of, members
from instruments.questionnaire.structure import (
    Battery,
    Block,
    Computed,
    Content,
    Module,
    Page,
    Phone,
    Recall,
    Reuse,
    Split,
)

__all__ = [
    "REUSED",
    "REVIEWS",
    "Battery",
    "Block",
    "Computed",
    "Content",
    "Module",
    "Page",
    "Phone",
    "Questionnaire",
    "Recall",
    "Request",
    "Reuse",
    "Split",
    "codebook_of",
    "columns_reading",
    "computed_rule_problems",
    "drawn_apart",
    "fewest_rows",
    "forms_of",
    "members",
    "plural_categories",
    "read_content",
    "read_request",
    "recalls_in",
    "recalls_of",
    "shown_after",
    "shown_before",
    "universe_of",
    "uses",
]
