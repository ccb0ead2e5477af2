"""What was declared beforehand: comparisons, families, directions, and the day they were declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis.errors import EstimationError, unknown_name

KINDS = ("change", "adjacent", "trend", "any_change", "groups")


@dataclass(frozen=True)
class Indicator:
    """A figure: the share of a code or net, or the mean, of a variable, in a domain."""

    name: str
    variable: str
    code: int | str | None = None
    statistic: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """Comparisons whose p values are adjusted together."""

    name: str
    adjustment: str
    title: str = ""


@dataclass(frozen=True)
class Comparison:
    """One comparison. `kind`: one of KINDS; `direction`: rise, fall or any; `declared`: its own day."""

    name: str
    indicator: str
    kind: str
    family: str
    declared: date
    wave_from: str | None = None
    wave_to: str | None = None
    by: tuple[str, ...] = ()
    against: str | None = None
    link: str = "identity"
    direction: str = "any"


@dataclass(frozen=True)
class TrackingPlan:
    """A plan as read; `fingerprint`: SHA-256 of the file, to be kept where its date can be proved."""

    study: str
    declared: date
    level: float
    families: Mapping[str, Family]
    indicators: Mapping[str, Indicator]
    comparisons: tuple[Comparison, ...]
    fingerprint: str
    title: str = ""
    content: bytes = field(default=b"", repr=False)
    """The file itself, which a report made with the plan carries."""

    def indicator(self, name: str) -> Indicator:
        """The indicator of that name; EstimationError lists those near it."""
        if name not in self.indicators:
            raise EstimationError(unknown_name("indicator of the plan", name, list(self.indicators)))
        return self.indicators[name]

    def together(self) -> tuple[tuple[str, ...], ...]:
        """The columns that each comparison uses together: what is compared, its domain, its groups."""
        about = [(self.indicators[each.indicator], each.by) for each in self.comparisons]
        return tuple((figure.variable, *figure.where, *by) for figure, by in about)

    def declares(
        self,
        variable: str,
        *,
        kind: str,
        code: int | str | None = None,
        wave_from: str | None = None,
        wave_to: str | None = None,
        by: Sequence[str] = (),
    ) -> Comparison | None:
        """The comparison of the plan that is this one, in the whole population; None where none is."""
        for each in self.comparisons:
            figure = self.indicators[each.indicator]
            same = (figure.variable, figure.code, each.kind, each.by) == (variable, code, kind, tuple(by))
            ends = each.kind != "change" or (each.wave_from, each.wave_to) == (wave_from, wave_to)
            if same and ends and not figure.where:
                return each
        return None
