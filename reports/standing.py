"""Judged sentences with their standing under a tracking plan in, the same sentences that say it out."""

from dataclasses import dataclass, field
from enum import StrEnum

from reports.declared import CONFIRMATORY
from reports.i18n import Words


class Standing(StrEnum):
    """Whether a comparison was chosen before the data were seen, or by looking at them."""

    CONFIRMATORY = "Declared before the data were seen."
    EXPLORATORY = "Exploratory: not declared before the data were seen; to be confirmed by new data."


ABOVE = frozenset({Standing.EXPLORATORY})
"""Where the head of a chapter says it of every comparison that no plan declared."""
AGAIN = {Standing.CONFIRMATORY: "Declared beforehand too.", Standing.EXPLORATORY: "Exploratory."}
"""The same in few words, where it was said in full of a sentence before."""


@dataclass
class Standings:
    """What was said already of the sentences of one finding; `above`: what the chapter says of all."""

    words: Words
    above: frozenset[Standing] = frozenset()
    told: set[Standing] = field(default_factory=set)

    def after(self, sentence: str, standing: str) -> str:
        """The sentence of a comparison that was judged, with its standing; empty: no plan was given."""
        if not standing:
            return sentence
        found = Standing.CONFIRMATORY if standing == CONFIRMATORY else Standing.EXPLORATORY
        if found in self.above:
            return sentence
        said = AGAIN[found] if found in self.told else str(found)
        self.told.add(found)
        return f"{sentence} {self.words.say(said)}"
