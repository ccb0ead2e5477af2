"""The questionnaire: items on pages, routes, columns. May know nothing of files or the web."""

from instruments.questionnaire.columns import codebook_of
from instruments.questionnaire.computed import uses
from instruments.questionnaire.model import Questionnaire
from instruments.questionnaire.reading import read_content
from instruments.questionnaire.reused import REUSED, REVIEWS, Request, read_request
from instruments.questionnaire.structure import Battery, Computed, Content, Module, Page, Phone, Reuse

__all__ = [
    "REUSED",
    "REVIEWS",
    "Battery",
    "Computed",
    "Content",
    "Module",
    "Page",
    "Phone",
    "Questionnaire",
    "Request",
    "Reuse",
    "codebook_of",
    "read_content",
    "read_request",
    "uses",
]
