"""What an import map says, as frozen types: the border between reading the map and reading the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from instruments import Comparison, Group, Indicator, Level, Missing, Role, Text

Cell: TypeAlias = int | float | str
"""A value as the file holds it: a number where it reads as one, else text. A blank cell is None."""
T = TypeVar("T")


@dataclass(frozen=True)
class ByWave(Generic[T]):
    """One value for all waves, or one a wave."""

    default: T | None = None
    waves: Mapping[str, T] = field(default_factory=dict)

    def of(self, wave: str) -> T | None:
        """The wave's own value, else the one for all."""
        return self.waves.get(wave, self.default)


@dataclass(frozen=True)
class FileSpec:
    """How the data file is to be read."""

    format: str
    encoding: str | None = None
    """None: UTF-8 for CSV; what the file itself says for SPSS and Stata."""
    delimiter: str = ","
    decimal: str = "."
    sheet: str | None = None


@dataclass(frozen=True)
class WaveSpec:
    """Which rows are which wave, and how and when each was asked."""

    column: str | None
    value: str | None
    names: Mapping[Cell, str]
    dates: ByWave[tuple[str, str]]
    mode: ByWave[str]
    mode_column: str | None
    mode_recode: Mapping[Cell, str]
    sample: ByWave[str]
    language: ByWave[str]

    @property
    def known(self) -> tuple[str, ...]:
        """The waves the map speaks of; () when it names none."""
        if self.value is not None:
            return (self.value,)
        named = [
            *self.names.values(),
            *self.dates.waves,
            *self.mode.waves,
            *self.sample.waves,
            *self.language.waves,
        ]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class ReplicatesSpec:
    """Columns of replicate weights, and how they were made: as the fields of `ReplicateDesign`."""

    columns: tuple[str, ...]
    kind: str
    combined: bool = True
    scale: float | None = None
    rscales: tuple[float, ...] | None = None
    fay_rho: float = 0.0
    mse: bool = False
    df: int | None = None


@dataclass(frozen=True)
class DesignSpec:
    """Columns of the sample design; `weight` None: every row counts the same; `person`: who was asked."""

    weight: str | None
    base_weight: str | None = None
    strata: str | None = None
    cluster: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    lonely_psu: str = "fail"
    replicates: ReplicatesSpec | None = None
    person: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that the design reads."""
        named = [self.weight, self.base_weight, self.strata, *self.cluster, *self.fpc, self.person]
        copies = self.replicates.columns if self.replicates else ()
        return (*(name for name in named if name), *copies)


@dataclass(frozen=True)
class Coding:
    """How one variable's cells become codes in one wave."""

    source: str | None
    """None: not asked in this wave."""
    recode: Mapping[Cell, float]
    missing: Mapping[Cell, Missing]
    blank: Missing | None
    question: Text
    wording: int
    compare: Mapping[int, Comparison]


@dataclass(frozen=True)
class VariableSpec:
    """One variable of the map. `codes` None: take the labels of the file; `label` empty: likewise."""

    name: str
    label: Text
    level: Level | None
    codes: Mapping[int, Text] | None
    universe: Text
    role: Role
    item: str
    module: str
    construct: str
    key: int
    higher: str
    low: float | None
    high: float | None
    rule: Mapping[str, Any] | None
    coding: Coding
    waves: Mapping[str, Coding]

    def coding_of(self, wave: str) -> Coding:
        """The wave's own coding, else the one for all."""
        return self.waves.get(wave, self.coding)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column this variable reads in some wave."""
        named = [coding.source for coding in (self.coding, *self.waves.values())]
        return tuple(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True)
class Exclusion:
    """Rows left out: those the rule holds for, with the reason that is printed."""

    where: Mapping[str, Any]
    reason: Text


@dataclass(frozen=True)
class ImportMap:
    """A whole map; `raw` is its plain data, kept with the release as its instrument."""

    study: str
    instrument: str
    version: str | None
    title: Text
    population: Text
    languages: tuple[str, ...]
    source_language: str
    status: Text
    synthetic: bool
    file: FileSpec
    wave: WaveSpec
    design: DesignSpec
    design_waves: Mapping[str, DesignSpec]
    exclude: tuple[Exclusion, ...]
    ignore: tuple[str, ...]
    variables: tuple[VariableSpec, ...]
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    disclosure: Mapping[str, Text | str]
    raw: Mapping[str, Any]
    line: Callable[[tuple[str, ...]], int]
    """The line of a part of the map, or of the nearest part above it."""
    path: str
    sha256: str

    def design_of(self, wave: str) -> DesignSpec:
        """The wave's own design, else the one for all."""
        return self.design_waves.get(wave, self.design)
