"""What we ask: questionnaires as data. May do no web, no database, no data frames."""

from instruments.codebook import Codebook, Comparison, Group, Indicator, Level, Role, Text, Variable
from instruments.missing import Missing, is_missing

__all__ = [
    "Codebook",
    "Comparison",
    "Group",
    "Indicator",
    "Level",
    "Missing",
    "Role",
    "Text",
    "Variable",
    "is_missing",
]
