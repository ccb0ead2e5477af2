"""Interviews in Parquet partitions come in, the estimates of SurveyData go out, without holding the rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from analysis import estimates, models, tables, trends, waves
from analysis.data import Break, Meta, SurveyData
from analysis.designs import AnyDesign
from analysis.errors import DataError, EstimationError, unknown_name
from analysis.estimates.cells import By, columns_of
from analysis.grammar import BY_OTHER_ROWS, read_grammar
from analysis.grouped import SUMS, grouped
from analysis.partitions.files import Partitions, find_partitions
from analysis.partitions.reducing import Request
from analysis.partitions.running import run
from analysis.release import release_parts
from analysis.waves.pooling import breaks_between, in_time_order, refuse_clashes
from instruments import Codebook

Domain: TypeAlias = Mapping[str, Any] | None
"""{column: code or list of codes}; a function of the frame could look beyond a partition's own rows."""


def read_partitions(
    folder: Path | str,
    codebook: Codebook,
    design: AnyDesign,
    meta: Meta,
    *,
    scheduler: str | None = None,
    breaks: Sequence[Break] = (),
) -> "PartitionedData":
    """The Parquet files of a folder and the folders in it as one survey; only their metadata are read.

    `scheduler`: address of a Dask scheduler (tcp://host:8786), whose workers see the same files; None
    computes in threads of this process. DataError lists what is wrong with any file.
    """
    paths = sorted(Path(folder).rglob("*.parquet"))
    if not paths:
        raise DataError(f"{folder} holds no file *.parquet: give the folder of the partitions")
    named = sorted({part for path in paths for part in path.relative_to(folder).parts[:-1] if "=" in part})
    if named:
        raise DataError(
            f"the folders {', '.join(named[:5])} name a column that the files lack: write it into the files "
            "too, under its name"
        )
    return PartitionedData((find_partitions(paths, codebook, design, meta),), scheduler, tuple(breaks))


def read_partitioned_releases(
    folders: Sequence[Path],
    *,
    rows: Sequence[Path] = (),
    redesign: Callable[[AnyDesign], AnyDesign] | None = None,
    scheduler: str | None = None,
) -> "PartitionedData":
    """Releases, one of each wave, as `pool([read_release(folder), ...])` has them.

    Each is verified first; its row groups are the partitions, or, with `rows`, the Parquet files of a folder
    each in their place. `redesign`: another design for a release's own. ReleaseError as in `read_release`,
    EstimationError as in `pool` and for another number of `rows` than of releases.
    """
    if rows and len(rows) != len(folders):
        raise EstimationError(
            f"{len(rows)} folders of rows for {len(folders)} releases: give one to each, in the same order"
        )
    found = [release_parts(folder) for folder in folders]
    designs = [redesign(part.design) if redesign else part.design for part in found]
    if rows:
        parts = [
            read_partitions(folder, part.codebook, design, part.meta, scheduler=scheduler)
            for folder, part, design in zip(rows, found, designs, strict=True)
        ]
    else:
        parts = [
            PartitionedData((find_partitions([part.data], part.codebook, design, part.meta),), scheduler)
            for part, design in zip(found, designs, strict=True)
        ]
    return pool_partitions(parts)


def pool_partitions(data: Sequence["PartitionedData"]) -> "PartitionedData":
    """Several waves as one survey, as `pool` does; the first one's scheduler computes."""
    if not data:
        raise EstimationError("no waves to pool: give at least one")
    parts = in_time_order([part for each in data for part in each.parts])
    if len(parts) == 1:
        return data[0]
    refuse_clashes(parts)
    return PartitionedData(tuple(parts), data[0].scheduler, breaks_between(parts))


@dataclass(frozen=True)
class PartitionedData:
    """One survey in files: `parts`, one or one a wave. Estimates are those of SurveyData of the same rows.

    Each method takes what the function of its name takes, but `where` names columns: {column: codes}.
    """

    parts: tuple[Partitions, ...]
    scheduler: str | None = None
    breaks: tuple[Break, ...] = ()

    @property
    def rows(self) -> int:
        """Number of interviews."""
        return sum(part.rows for part in self.parts)

    def compressed(self, names: Sequence[str], by: By = None, where: Domain = None) -> SurveyData:
        """The survey with a row per combination of the named columns, those of `by`, `where` and the design.

        Its estimates, errors, degrees of freedom and bases are those of the interviews; what needs the single
        interviews refuses it. DataError lists what is wrong with the rows; EstimationError for an unknown
        column and for more combinations than fit.
        """
        return self._each([tuple(names)], by, where)[0]

    def compressed_each(self, names: Sequence[str], by: By = None, where: Domain = None) -> list[SurveyData]:
        """As `compressed`, a survey for each name alone, from one pass over the files."""
        return self._each([(name,) for name in names], by, where)

    def proportion(
        self, variable: str, *, by: By = None, where: Domain = None, **options: Any
    ) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return estimates.proportion(data, variable, by=by, where=where, **options)

    def proportions(
        self,
        variables: Sequence[str],
        *,
        by: By = None,
        where: Domain = None,
        code: Any = None,
        **options: Any,
    ) -> pd.DataFrame:
        """All in one pass over the files."""
        if isinstance(variables, str) or not variables:
            raise EstimationError(f"variables={variables!r}: give a list of one or more names")
        found = self._each([(name,) for name in variables], by, where)
        made = [
            estimates.proportions(data, [name], by=by, where=where, code=code, **options)
            for name, data in zip(variables, found, strict=True)
        ]
        return pd.concat(made, ignore_index=True)

    def distribution(
        self, variable: str, *, by: By = None, where: Domain = None, **options: Any
    ) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return estimates.distribution(data, variable, by=by, where=where, **options)

    def mean(
        self, variable: str, *, by: By = None, where: Domain = None, level: float = 0.95
    ) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return estimates.mean(data, variable, by=by, where=where, level=level)

    def total(self, variable: str, *, by: By = None, where: Domain = None, **options: Any) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return estimates.total(data, variable, by=by, where=where, **options)

    def ratio(
        self, variable: str, denominator: str, *, by: By = None, where: Domain = None, level: float = 0.95
    ) -> pd.DataFrame:
        data = self.compressed([variable, denominator], by, where)
        return estimates.ratio(data, variable, denominator, by=by, where=where, level=level)

    def quantile(self, variable: str, *, by: By = None, where: Domain = None, **options: Any) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return estimates.quantile(data, variable, by=by, where=where, **options)

    def crosstab(self, row: str, column: str, *, where: Domain = None, **options: Any) -> pd.DataFrame:
        names = [name for name in (row, column) if name != "wave"]
        return tables.crosstab(self.compressed(names, None, where), row, column, where=where, **options)

    def change(self, variable: str, *, by: By = None, where: Domain = None, **options: Any) -> pd.DataFrame:
        data = self.compressed([variable], by, where)
        return waves.change(data, variable, by=by, where=where, **options)

    def trend(
        self, variable: str, *, by: By = None, where: Domain = None, **options: Any
    ) -> trends.TrendResult:
        data = self.compressed([variable], by, where)
        return trends.trend(data, variable, by=by, where=where, **options)

    def svyglm(self, formula: str, *, where: Domain = None, **options: Any) -> models.ModelResult:
        """Its rows are combinations: `.influence` and `.rows` have one value for each."""
        data = self.compressed(self._named_in(formula), None, where)
        return models.svyglm(formula, data, where=where, **options)

    def _named_in(self, formula: str) -> tuple[str, ...]:
        columns = {name for part in self.parts for name in (*part.columns, "wave")}
        read = read_grammar(formula, sorted(columns))
        by_rows = [word for word in BY_OTHER_ROWS if re.search(rf"\b{word}\s*\(", formula)]
        if by_rows:
            raise EstimationError(
                f"{', '.join(by_rows)} in {formula!r} is computed from all rows, which are not held: "
                "subtract or divide by a number, such as I(age - 45)"
            )
        return read.names

    def _each(self, own: Sequence[tuple[str, ...]], by: By, where: Domain) -> list[SurveyData]:
        """A compressed survey for each list of columns, from one pass over the files."""
        shared = self._shared(by, where)
        self._refuse_unknown([*shared, *(name for names in own for name in names)])
        found = [self._of_part(part, own, shared) for part in self.parts]
        return [self._pooled(each) for each in zip(*found, strict=True)]

    def _shared(self, by: By, where: Domain) -> list[str]:
        if where is not None and not isinstance(where, Mapping):
            raise EstimationError(
                "where must name columns, as {column: code or codes}: a function or one boolean a row cannot "
                "be applied to partitions one by one"
            )
        names = columns_of(by)
        return [*names, *(where or {})]

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        known = {name: None for part in self.parts for name in ("wave", *part.columns)}
        weights = {name for part in self.parts for name in part.weights()}
        for name in names:
            if name not in known:
                raise EstimationError(unknown_name("column", name, list(known)))
            if name in weights:
                raise EstimationError(
                    f"{name!r} is a weight of the design, which is summed over interviews: copy it under "
                    "another name to estimate something of it"
                )

    def _of_part(
        self, part: Partitions, own: Sequence[tuple[str, ...]], shared: Sequence[str]
    ) -> list[SurveyData]:
        here = {"wave", *part.columns}
        keys = tuple(dict.fromkeys([*part.keys(), *(name for name in shared if name in here)]))
        named = tuple(tuple(name for name in names if name in here) for names in own)
        request = Request(replace(part, chunks=()), keys, named)
        return [self._survey(part, frame) for frame in run(part.chunks, request, self.scheduler).frames]

    def _survey(self, part: Partitions, frame: pd.DataFrame) -> SurveyData:
        kept = tuple(variable for variable in part.codebook.variables if variable.name in frame)
        keys = [str(name) for name in frame if name not in (*SUMS, *part.weights())]
        ordered = frame.sort_values(keys, ignore_index=True)
        codebook = replace(part.codebook, variables=kept)
        return SurveyData(ordered, codebook, grouped(part.design), part.meta, self.breaks)

    def _pooled(self, data: Sequence[SurveyData]) -> SurveyData:
        return data[0] if len(data) == 1 else replace(waves.pool(data), breaks=self.breaks)
