"""A public file and a language in, its columns with labels, values and kinds of missing answers out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis import VARIANCE_UNIT, WITHHELD, PublicFile
from instruments import Level, Missing, Variable
from reports.i18n import Words

DESIGN = ("weight", VARIANCE_UNIT)
"""Columns for estimating, which nobody answered."""

LEAST_COUNT = 5
"""Descriptions stand in catalogues without the data beside them: no count below k's usual 5 is in them."""


@dataclass(frozen=True)
class Column:
    """One column. `missing`: the codes below 0 it has or may have, most negative last."""

    variable: Variable
    label: str
    codes: Mapping[int, str]
    missing: Mapping[int, str]
    values: np.ndarray
    """n floats; NaN only in numbers."""

    @property
    def name(self) -> str:
        return self.variable.name

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        known = self.values[~np.isnan(self.values)]
        return bool((known == np.round(known)).all()) and self.name != "weight"

    @property
    def valid(self) -> np.ndarray:
        """n booleans: a value, and no kind of missing answer."""
        return ~np.isnan(self.values) & ~np.isin(self.values, list(self.missing))


def columns(public: PublicFile, words: Words) -> tuple[Column, ...]:
    """Every column in the file's order. ReportError where a label lacks the language."""
    return tuple(_column(variable, public, words) for variable in public.codebook.variables)


def _column(variable: Variable, public: PublicFile, words: Words) -> Column:
    name = variable.name
    codes = {
        code: words.pick(text, f"code {code} of {name}") for code, text in sorted(variable.codes.items())
    }
    values = public.frame[name].to_numpy(float)
    kinds = missing_words(words)
    missing = {code: kinds[code] for code in _missing(variable, values)}
    return Column(variable, words.pick(variable.label, f"label of {name}"), codes, missing, values)


def _missing(variable: Variable, values: np.ndarray) -> list[int]:
    """The missing codes a column may hold: those declared, and those of coded or computed columns found."""
    if variable.name in DESIGN:
        return []
    every = [*sorted(map(int, Missing), reverse=True), WITHHELD]
    declared = {int(code) for code in variable.missing}
    strict = variable.level is Level.INTERVAL and variable.rule is None
    found = set() if strict else {code for code in every if (values == code).any()}
    return [code for code in every if code in declared | found]


def missing_words(words: Words) -> dict[int, str]:
    """What each code below 0 means."""
    return {
        int(Missing.DONT_KNOW): words.say("Don’t know"),
        int(Missing.REFUSED): words.say("refused"),
        int(Missing.NOT_APPLICABLE): words.say("not applicable: the question was rightly passed over"),
        int(Missing.NOT_ASKED): words.say("not asked of this person"),
        int(Missing.NO_ANSWER): words.say("no answer: seen and left blank"),
        int(Missing.NOT_REACHED): words.say("not reached: the interview ended before"),
        WITHHELD: words.say("not published: withheld to protect people, or never given"),
    }


def shown_counts(column: Column) -> dict[int, int]:
    """Frequencies by code: none below LEAST_COUNT, and none left out that the others would tell."""
    every = {code: int((column.values == code).sum()) for code in (*column.codes, *column.missing)}
    hidden = [code for code, count in every.items() if 0 < count < LEAST_COUNT]
    shown = {code: count for code, count in every.items() if code not in hidden}
    if hidden and sum(every[code] for code in hidden) < LEAST_COUNT:
        above = [code for code in shown if shown[code] > 0]
        if above:
            shown.pop(min(above, key=lambda code: (shown[code], code)))
    return shown
