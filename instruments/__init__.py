"""What we ask: questionnaires as data. May do no web, no database, no data frames."""

from instruments.assignment import Draw, Plan
from instruments.checks import check
from instruments.codebook import Codebook, Comparison, Group, Indicator, Level, Review, Role, Text, Variable
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
from instruments.questionnaire import Battery, Module, Page, Phone, Questionnaire, Reuse
from instruments.routing import Rule
from instruments.translation import Change, Exported, Imported, export_sheet, import_sheet, write_wording
from instruments.wording import fill, placeholders

__all__ = [
    "KINDS",
    "Battery",
    "Cell",
    "Change",
    "Codebook",
    "Comparison",
    "Digits",
    "Draw",
    "Exit",
    "Exported",
    "Factor",
    "FileProblem",
    "Group",
    "Imported",
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
    "Reuse",
    "Review",
    "Role",
    "Rule",
    "Scale",
    "SeveralOf",
    "SingleChoice",
    "Text",
    "Variable",
    "Vignette",
    "check",
    "export_sheet",
    "fielded",
    "fill",
    "import_sheet",
    "is_missing",
    "library_path",
    "load",
    "load_library",
    "placeholders",
    "write_wording",
]
