"""What we ask: questionnaires as data. May do no web, no database, no data frames."""

from instruments.assignment import Draw, Plan
from instruments.checks import check
from instruments.codebook import Codebook, Comparison, Group, Indicator, Level, Role, Text, Variable
from instruments.exchange import Report, export_xlsform, import_form
from instruments.exchange import in_words as report_in_words
from instruments.items import (
    KINDS,
    Cell,
    Digits,
    Exit,
    Factor,
    Info,
    Item,
    ListExperiment,
    Number,
    OpenText,
    Option,
    Scale,
    SeveralOf,
    SingleChoice,
    Vignette,
)
from instruments.loader import fielded, library_path, load, load_library
from instruments.missing import Missing, is_missing
from instruments.problem import FileProblem, InstrumentError, Problem
from instruments.questionnaire import Battery, Module, Page, Phone, Questionnaire
from instruments.routing import Rule
from instruments.wording import fill, placeholders

__all__ = [
    "KINDS",
    "Battery",
    "Cell",
    "Codebook",
    "Comparison",
    "Digits",
    "Draw",
    "Exit",
    "Factor",
    "FileProblem",
    "Group",
    "Indicator",
    "Info",
    "InstrumentError",
    "Item",
    "Level",
    "ListExperiment",
    "Missing",
    "Module",
    "Number",
    "OpenText",
    "Option",
    "Page",
    "Phone",
    "Plan",
    "Problem",
    "Questionnaire",
    "Report",
    "Role",
    "Rule",
    "Scale",
    "SeveralOf",
    "SingleChoice",
    "Text",
    "Variable",
    "Vignette",
    "check",
    "export_xlsform",
    "fielded",
    "fill",
    "import_form",
    "is_missing",
    "library_path",
    "load",
    "load_library",
    "placeholders",
    "report_in_words",
]
