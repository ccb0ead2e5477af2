"""What we ask: questionnaires as data. May do no web, no database, no data frames."""

from instruments.assignment import Draw, Plan
from instruments.checks import FRESH_DAYS, UNVERIFIED, check
from instruments.codebook import Codebook, Comparison, Group, Indicator, Level, Net, Role, Text, Variable
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
from instruments.loader import Source, fielded, library_path, load, load_library, read_source
from instruments.missing import Missing, is_missing
from instruments.problem import FileProblem, InstrumentError, Problem
from instruments.questionnaire import Battery, Module, Page, Phone, Questionnaire, universe_of
from instruments.routing import Rule
from instruments.schema import instrument_schema, wording_schema
from instruments.walks import Arm, Burden, WalkReport, passing_answers, walk_randomly
from instruments.wording import fill, placeholders

__all__ = [
    "FRESH_DAYS",
    "KINDS",
    "UNVERIFIED",
    "Arm",
    "Battery",
    "Burden",
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
    "Net",
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
    "Source",
    "Text",
    "Variable",
    "Vignette",
    "WalkReport",
    "check",
    "export_xlsform",
    "fielded",
    "fill",
    "import_form",
    "instrument_schema",
    "is_missing",
    "library_path",
    "load",
    "load_library",
    "passing_answers",
    "placeholders",
    "read_source",
    "report_in_words",
    "universe_of",
    "walk_randomly",
    "wording_schema",
]
