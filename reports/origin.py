"""Material in, what a file that leaves alone says of itself out: the line under each figure, and a mark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.evidence import Evidence
from reports.i18n import Words
from reports.sections import Material, Record, method_text

COLUMNS = ("source", "synthetic")
"""The last columns of a list of figures or rows: a line torn out of it still says where it comes from."""


@dataclass(frozen=True)
class Origin:
    """Who asked whom, when, how, and how many, in one line; `mark`: of invented answers, else empty."""

    line: str
    mark: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Both, a line each, the mark first."""
        return (self.mark, self.line) if self.mark else (self.line,)

    @property
    def cells(self) -> tuple[str, str]:
        """What stands in COLUMNS."""
        return self.line, self.mark


def origin_of(material: Material) -> Origin:
    """The line of the report's pages, over all waves, in the material's language."""
    spoken = material.words
    return Origin(method_text(material), spoken.say("SYNTHETIC DATA") if material.synthetic else "")


def origin_of_wave(evidence: Evidence, records: Mapping[str, Record], wave: str, spoken: Words) -> Origin:
    """The same of one wave: its public rows say nothing of the others."""
    own = replace(evidence, waves=tuple(each for each in evidence.waves if each.name == wave))
    return origin_of(Material(own, spoken, records, code_version=""))
