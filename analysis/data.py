"""Survey data: a frame, its codebook and its design come in; bases, domains and the bound sample go out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.designs import AnyDesign, AnySample
from analysis.errors import DataError, EstimationError, unknown_name
from analysis.grouped import INTERVIEWS, is_grouped
from analysis.lookup import UNKNOWN, nobody_in, places, surely_known, value_problems
from analysis.sample import Sample
from analysis.stages import build_stages
from instruments import Codebook, Level, Missing, Text, Variable

RESERVED = ("wave", "weight", "base_weight", "stratum", "psu", "fpc", "mode", "language")
SAMPLE_TYPES = ("probability", "nonprobability")
NO_ERROR = "non-probability sample: no sampling error"  # in place of a margin of error or a test
Where: TypeAlias = "Mapping[str, Any] | Callable[[pd.DataFrame], Any] | np.ndarray | pd.Series | None"
"""A domain: {column: code or list of codes}, a function of the frame, or one boolean a row."""


@dataclass(frozen=True)
class Meta:
    """Which wave the rows are, and how they came about. `dates`: first and last day, in ISO form."""

    study: str
    wave: str
    release: int = 1
    title: Text = field(default_factory=dict)
    dates: tuple[str, str] | None = None
    sample_type: str = "probability"
    model: str = ""
    """The written reason for treating a non-probability sample as if drawn at random; empty: none."""
    synthetic: bool = False
    disclosure: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    parts: tuple["Meta", ...] = ()
    """The waves of pooled data, in time order; empty for one wave."""

    @property
    def infers(self) -> bool:
        """Whether sampling error is defined: a probability sample, or a declared model."""
        return self.sample_type == "probability" or bool(self.model)


@dataclass(frozen=True)
class Break:
    """Why one variable of `wave_to` is not comparable with the same variable of `wave_from`."""

    variable: str
    wave_from: str
    wave_to: str
    reason: Text


@dataclass(frozen=True)
class SurveyData:
    """One row per interview, one column per variable of the codebook plus reserved columns.

    DataError lists every absent column, every unknown code and every bad weight.
    """

    frame: pd.DataFrame
    codebook: Codebook
    design: AnyDesign
    meta: Meta
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        problems = [*self._absent(), *self._unknown(), *self._bad_meta()]
        if "wave" in self.frame:
            problems += self.design.problems(self.frame)
        if len(self.frame) == 0:
            problems.append("the data hold no rows")
        if problems:
            raise DataError(problems)

    def __repr__(self) -> str:
        """What it is, in a line: the rows are in `frame`."""
        waves = f"{'waves' if len(self.waves) > 1 else 'wave'} {', '.join(self.waves)}"
        what = f"{self.meta.study or 'no study'}, {waves}"
        size = f"{len(self.frame)} rows, {len(self.codebook.variables)} variables"
        return f"SurveyData({what}: {size}, {type(self.design).__name__})"

    def _absent(self) -> list[str]:
        names = [v.name for v in self.codebook.variables] + ["wave"]
        return [
            f"column {name!r} of the codebook is not in the data" for name in names if name not in self.frame
        ]

    def _unknown(self, names: Collection[str] | None = None) -> list[str]:
        return [
            problem
            for variable in self.codebook.variables
            if variable.name in self.frame and (names is None or variable.name in names)
            if not self._all_known(variable)
            for problem in value_problems(self.frame[variable.name], variable)
        ]

    def _all_known(self, variable: Variable) -> bool:
        """Whether each value of a coded variable is a code; others are looked at value by value."""
        name = variable.name
        if variable.codes and surely_known(self.frame[name], tuple(variable.codes)):
            self._sure.add(name)
            return True
        return bool(variable.codes) and bool((self.places(name) > UNKNOWN).all())

    def _bad_meta(self) -> list[str]:
        kinds = {part.sample_type for part in (self.meta.parts or (self.meta,))} - set(SAMPLE_TYPES)
        return [
            f"sample type {kind!r} is unknown: write {' or '.join(SAMPLE_TYPES)}" for kind in sorted(kinds)
        ]

    @cached_property
    def sample(self) -> AnySample:
        """The design bound to the rows."""
        return self.design.bind(self.frame)

    @property
    def grouped(self) -> bool:
        """Whether a row stands for several interviews, as `PartitionedData.compressed` makes them."""
        return is_grouped(self.design)

    @property
    def counts(self) -> np.ndarray:
        """n numbers of interviews that the rows stand for."""
        return self.frame[INTERVIEWS].to_numpy(float) if self.grouped else np.ones(len(self.frame))

    def interviews(self, rows: np.ndarray) -> int:
        """How many interviews the rows (n booleans) stand for."""
        return round(float(self.counts[rows].sum())) if self.grouped else int(rows.sum())

    def refuse_grouped(self, what: str) -> None:
        """EstimationError where rows stand for several interviews and `what` needs each of them."""
        if self.grouped:
            raise EstimationError(
                f"{what} needs the single interviews, and a row of these data stands for several: read the "
                "waves with read_release, or take a part of them that fits in memory"
            )

    def reweighted(self, weights: np.ndarray) -> "SurveyData":
        """The same rows under other weights (n, 0 or more), to estimate again: no design stands behind them.

        Nothing is checked or copied; every row counts as its own PSU.
        """
        other = copy(self)
        other.__dict__["sample"] = replace(self._rows_alone, weights=weights)
        return other

    @cached_property
    def _rows_alone(self) -> Sample:
        frame = pd.DataFrame(index=self.frame.index)
        return Sample(np.zeros(len(frame)), build_stages(frame, None, (), ()))

    @cached_property
    def wave_place(self) -> np.ndarray:
        """n positions in `waves`; -1 for a wave that is not among them."""
        codes, found = self._wave_names
        return pd.Index(self.waves).get_indexer(pd.Index(found))[codes]

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves, in time order."""
        if self.meta.parts:
            return tuple(part.wave for part in self.meta.parts)
        return tuple(sorted(set(self._wave_names[1])))

    @cached_property
    def _wave_names(self) -> tuple[np.ndarray, list[str]]:
        """n positions among the waves' names, and those names."""
        codes, found = pd.factorize(self.frame["wave"], use_na_sentinel=False)
        return codes, [str(name) for name in found]

    def wave_meta(self, wave: str) -> Meta:
        """The Meta of one wave."""
        return next((part for part in self.meta.parts if part.wave == wave), self.meta)

    def infers(self, rows: np.ndarray) -> bool:
        """Whether every wave among the rows (n booleans) has a sampling error: see `Meta.infers`."""
        return all(self.wave_meta(self.waves[place]).infers for place in np.unique(self.wave_place[rows]))

    def variable(self, name: str) -> Variable:
        """The variable of that name; EstimationError lists the names near it."""
        if name not in self.codebook:
            raise EstimationError(unknown_name("variable", name, [v.name for v in self.codebook.variables]))
        return self.codebook.variable(name)

    def codes_of(self, name: str, code: int | str) -> tuple[int, ...]:
        """The codes that a code, or the name of a net, stands for; EstimationError lists what there is."""
        variable = self.variable(name)
        if not variable.codes:
            raise EstimationError(
                f"{name!r} has no codes, so no code {code}: leave the code out for its mean"
            )
        if isinstance(code, str):
            if not variable.nets:
                raise EstimationError(f"{name!r} has no nets: type one of its codes {sorted(variable.codes)}")
            if code not in variable.nets:
                raise EstimationError(unknown_name(f"net of {name}", code, list(variable.nets)))
            return variable.nets[code].codes
        if code not in variable.codes:
            raise EstimationError(f"{name!r} has no code {code}: type one of {sorted(variable.codes)}")
        return (code,)

    def valid(self, name: str) -> np.ndarray:
        """n booleans: whose answer is a value. A missing code leaves; a real negative number stays.

        An interval variable's missing codes are those its codebook lists; a computed one may hold any.
        """
        variable = self.variable(name)
        column = self.frame[name]
        if variable.level is Level.INTERVAL:
            codes = Missing if variable.rule is not None else variable.missing
            return (column.notna() & ~column.isin([int(code) for code in codes])).to_numpy()
        return self.places(name) >= 0

    def places(self, name: str) -> np.ndarray:
        """n int16 positions of the answers among a coded variable's sorted codes; below 0 no valid answer."""
        if name not in self._places:
            codes, sure = sorted(self.variable(name).codes), name in self._sure
            self._places[name] = places(self.frame[name], codes, known_already=sure)
        return self._places[name]

    @cached_property
    def _sure(self) -> set[str]:
        """Columns whose values are known to be codes, and whose places nobody asked for so far."""
        return set()

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        return {}

    def values(self, name: str) -> np.ndarray:
        """n floats, NaN where not valid."""
        return np.where(self.valid(name), self.frame[name].to_numpy(float), np.nan)

    def domain(self, where: Where) -> np.ndarray:
        """n booleans for `where`; EstimationError when nobody is in it."""
        mask = self._domain(where)
        if not mask.any():
            raise EstimationError(nobody_in(where, self.frame, self.codebook))
        return mask

    def _domain(self, where: Where) -> np.ndarray:
        if where is None:
            return np.ones(len(self.frame), bool)
        if isinstance(where, Mapping):
            masks = [self._matches(name, wanted) for name, wanted in where.items()]
            return np.logical_and.reduce(masks) if masks else np.ones(len(self.frame), bool)
        mask = np.asarray(where(self.frame) if callable(where) else where)
        if mask.dtype != bool or mask.shape != (len(self.frame),):
            raise EstimationError(
                f"a domain must be one True or False for each of the {len(self.frame)} rows"
            )
        return mask

    def _matches(self, name: str, wanted: Any) -> np.ndarray:
        if name not in self.frame:
            raise EstimationError(unknown_name("column", name, list(self.frame.columns)))
        several = isinstance(wanted, Sequence | set | frozenset) and not isinstance(wanted, str)
        return self.frame[name].isin(list(wanted) if several else [wanted]).to_numpy()

    def with_frame(self, frame: pd.DataFrame, **changes: Any) -> "SurveyData":
        """The same data on another frame of the same rows; `changes` replaces further fields."""
        self.refuse_grouped("a new column")
        return replace(self, frame=frame, **changes)

    def with_columns(self, codebook: Codebook, **columns: Any) -> "SurveyData":
        """The same rows with columns added or replaced, and the codebook that names them.

        What was checked of the other columns is not checked again, and the design stays bound unless it reads
        a replaced one. DataError as for new data.
        """
        if "wave" in columns:
            return self.with_frame(self.frame.assign(**columns), codebook=codebook)
        self.refuse_grouped("a new column")
        other = _replaced(self, columns, frame=self.frame.assign(**columns), codebook=codebook)
        read = set(columns) & set(self.design.columns())
        problems = [*other._absent(), *other._unknown(set(columns))]
        problems += other.design.problems(other.frame) if read else ()
        if problems:
            raise DataError(problems)
        if "sample" in self.__dict__ and not read:
            other.__dict__["sample"] = self.sample
        return other

    def with_weights(self, design: AnyDesign, **columns: np.ndarray) -> "SurveyData":
        """The same data with columns of weights added or replaced, and the design that reads them.

        What was checked of the other columns is not checked again. DataError as for new data.
        """
        self.refuse_grouped("weighting")
        other = _replaced(self, columns, frame=self.frame.assign(**columns), design=design)
        problems = design.problems(other.frame)
        if problems:
            raise DataError(problems)
        return other


def _replaced(data: SurveyData, columns: Mapping[str, Any], **changes: Any) -> SurveyData:
    """The data with fields replaced, and what is known of all but the named columns kept."""
    other = object.__new__(SurveyData)
    known = {name: found for name, found in data._places.items() if name not in columns}
    old = {part.name: getattr(data, part.name) for part in fields(data)}
    waves = {name: data.__dict__[name] for name in ("_wave_names",) if name in data.__dict__}
    other.__dict__.update(old | waves | {"_places": known, "_sure": data._sure - set(columns)} | changes)
    return other
