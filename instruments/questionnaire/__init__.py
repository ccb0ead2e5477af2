"""The questionnaire: items on pages, routes, columns. May know nothing of files or the web."""

from instruments.questionnaire.columns import codebook_of
from instruments.questionnaire.computed import uses
from instruments.questionnaire.model import Questionnaire
from instruments.questionnaire.reading import read_content
from instruments.questionnaire.structure import Battery, Computed, Content, Module, Page, Phone, Reuse

__all__ = [
    "Battery",
    "Computed",
    "Content",
    "Module",
    "Page",
    "Phone",
    "Questionnaire",
    "Reuse",
    "codebook_of",
    "read_content",
    "uses",
]
