"""What each data column means: variables, groups and indicators, as analysis and reports read them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from instruments.missing import Missing

Text = Mapping[str, str]
"""Words by language code."""


class Level(StrEnum):
    """Measurement level of a column. INTERVAL has no codes; TEXT never carries a respondent's words."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    TEXT = "text"


class Role(StrEnum):
    """Where a column comes from."""

    ANSWER = "answer"
    ASSIGNMENT = "assignment"
    PARADATA = "paradata"
    DERIVED = "derived"
    INDICATOR = "indicator"


@dataclass(frozen=True)
class Comparison:
    """How a variable's present wording compares with an earlier wording number."""

    kind: str
    """`identical`, `editorial` or `broken`."""
    reason: Text


@dataclass(frozen=True)
class Net:
    """Codes reported together under one name: *agree* = 4, 5."""

    label: Text
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Withheld:
    """Fewer than `under` people with one answer to this column and one to `within` may not be told of."""

    within: str
    under: int


@dataclass(frozen=True)
class Variable:
    """One data column."""

    name: str
    label: Text
    level: Level
    codes: Mapping[int, Text] = field(default_factory=dict)
    question: Text = field(default_factory=dict)
    item: str = ""
    group: str | None = None
    universe: Text = field(default_factory=dict)
    """Who was asked, in words; empty: everybody."""
    role: Role = Role.ANSWER
    key: int = 0
    """+1 when a high code means more of the construct, -1 when less, 0 when not part of one."""
    construct: str = ""
    higher: str = "neutral"
    """Which attitude a high code means: `harmful`, `protective` or `neutral`."""
    wording: int = 1
    compare: Mapping[int, Comparison] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    module: str = ""
    rule: Mapping[str, Any] | None = None
    """How a DERIVED or INDICATOR column is computed from the others."""
    nets: Mapping[str, Net] = field(default_factory=dict)
    """Codes reported together, by name; in a release in the order of the names."""
    design: Mapping[str, Any] = field(default_factory=dict)
    """What an estimate must know of how it was asked, by kind: `{crosswise: {prevalence:, source:}}`."""
    withhold: Withheld | None = None
    """What this column may not tell of few people: a release leaves it out where it would."""


@dataclass(frozen=True)
class Group:
    """Variables that belong together: the rows of a battery or the options of a several-of item."""

    name: str
    label: Text
    question: Text
    variables: tuple[str, ...]
    kind: str
    """`battery` or `multi`."""
    headline: bool = False


@dataclass(frozen=True)
class Indicator:
    """One published figure per wave: a share or a mean of one variable."""

    name: str
    variable: str
    statistic: str
    """`proportion` or `mean`."""
    label: Text
    finding: Text
    """Subject of a findings sentence: a noun phrase, *the share of people who …* (docs/house.md §4)."""
    code: int | None = None
    higher: str = "neutral"
    headline: bool = False


@dataclass(frozen=True)
class Review:
    """How far a language has been reviewed: `done` of `of` texts, by whom, the last on which day (ISO)."""

    done: int
    of: int
    by: tuple[str, ...]
    last: str


@dataclass(frozen=True)
class Codebook:
    """Every column of a release, with the groups and indicators built on them."""

    instrument: str
    version: str
    title: Text
    population: Text
    languages: tuple[str, ...]
    source_language: str
    variables: tuple[Variable, ...]
    groups: tuple[Group, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    status: Text = field(default_factory=dict)
    """Review status of the wording, by language."""
    reviews: Mapping[str, Review] = field(default_factory=dict)
    """Languages of which single texts were reviewed."""

    @cached_property
    def _named(self) -> Mapping[str, Variable]:
        return {variable.name: variable for variable in reversed(self.variables)}

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def variable(self, name: str) -> Variable:
        """The variable of that name."""
        if name not in self._named:
            raise KeyError(f"no variable {name!r} in {self.instrument} {self.version}")
        return self._named[name]

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, two spaces, UTF-8 text kept."""
        raw = asdict(self)
        for variable in raw["variables"]:
            for key in ("nets", "design", "withhold"):
                if not variable[key]:
                    # A codebook without these is written as it was before there were any: the same release
                    # has the same sum.
                    del variable[key]
        return json.dumps(raw, ensure_ascii=False, indent=2, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Codebook":
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        raw["variables"] = tuple(_variable(v) for v in raw["variables"])
        raw["groups"] = tuple(Group(**{**g, "variables": tuple(g["variables"])}) for g in raw["groups"])
        raw["indicators"] = tuple(Indicator(**i) for i in raw["indicators"])
        raw["languages"] = tuple(raw["languages"])
        raw["reviews"] = {
            language: Review(**{**review, "by": tuple(review["by"])})
            for language, review in raw.get("reviews", {}).items()
        }
        return cls(**raw)


def _variable(raw: dict[str, Any]) -> Variable:
    return Variable(
        **{
            **raw,
            "level": Level(raw["level"]),
            "role": Role(raw["role"]),
            "codes": {int(code): text for code, text in raw["codes"].items()},
            "compare": {int(number): Comparison(**c) for number, c in raw["compare"].items()},
            "missing": tuple(Missing(code) for code in raw["missing"]),
            "withhold": Withheld(**raw["withhold"]) if raw.get("withhold") else None,
            "nets": {
                name: Net(net["label"], tuple(net["codes"])) for name, net in raw.get("nets", {}).items()
            },
        }
    )
