"""Two versions of a questionnaire in, their difference and the gate's verdict out. May open no file."""

from instruments.compare.asked import text_sha
from instruments.compare.comparing import compare_versions
from instruments.compare.gate import beyond_editorial
from instruments.compare.normal import normalised, word_changes
from instruments.compare.page import html_page
from instruments.compare.verdicts import (
    ItemChange,
    ItemDifference,
    PeriodChange,
    TextChange,
    Verdict,
    VersionDifference,
)

__all__ = [
    "ItemChange",
    "ItemDifference",
    "PeriodChange",
    "TextChange",
    "Verdict",
    "VersionDifference",
    "beyond_editorial",
    "compare_versions",
    "html_page",
    "normalised",
    "text_sha",
    "word_changes",
]
