"""How fieldwork went: counts of final dispositions in, outcome rates out. May read no files."""

from analysis.outcomes.codes import CATEGORIES, Dispositions, dispositions_of
from analysis.outcomes.panels import PANEL_COLUMNS, panel_rates
from analysis.outcomes.rates import RATE_COLUMNS, eligibility, outcome_rates

__all__ = [
    "CATEGORIES",
    "PANEL_COLUMNS",
    "RATE_COLUMNS",
    "Dispositions",
    "dispositions_of",
    "eligibility",
    "outcome_rates",
    "panel_rates",
]
