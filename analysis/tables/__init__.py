"""Tables of survey answers: crosstabs, banners and tests. May not weight or read data."""

from analysis.tables.association import STATISTICS, TestResult, association, goodness_of_fit
from analysis.tables.banner import ADJUSTMENTS, BANNER_COLUMNS, COMPARISON_COLUMNS, FAMILIES, Banner, banner
from analysis.tables.comparisons import rank_test, t_test
from analysis.tables.crosstab import PERCENTS, TABLE_COLUMNS, crosstab
from analysis.tables.pairs import PAIR_COLUMNS, compare_groups
from analysis.tables.shares import TwoWay, two_way
from analysis.tables.suppression import suppress_complements

__all__ = [
    "ADJUSTMENTS",
    "BANNER_COLUMNS",
    "COMPARISON_COLUMNS",
    "FAMILIES",
    "PAIR_COLUMNS",
    "PERCENTS",
    "STATISTICS",
    "TABLE_COLUMNS",
    "Banner",
    "TestResult",
    "TwoWay",
    "association",
    "banner",
    "compare_groups",
    "crosstab",
    "goodness_of_fit",
    "rank_test",
    "suppress_complements",
    "t_test",
    "two_way",
]
