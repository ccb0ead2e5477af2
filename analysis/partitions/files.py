"""A folder of Parquet partitions comes in, its checked chunks go out; nothing but metadata is read.

A chunk is one row group of one file: what one task reads, in batches, whatever the size of the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.data import Meta
from analysis.design import Design, PooledDesign
from analysis.designs import AnyDesign
from analysis.errors import DataError, unknown_name
from analysis.grouped import SUMS, key_columns, weight_columns
from instruments import Codebook

_NUMBER, _TEXT, _EMPTY = "numbers", "text", "nothing"


@dataclass(frozen=True)
class Chunk:
    """One row group of a file."""

    path: Path
    group: int
    start: int
    """Rows of the file before it."""


@dataclass(frozen=True)
class Partitions:
    """Interviews in files, and what is needed to read them as one SurveyData; `columns`: each file's."""

    chunks: tuple[Chunk, ...]
    columns: tuple[str, ...]
    rows: int
    codebook: Codebook
    design: AnyDesign
    meta: Meta

    def designs(self) -> tuple[Design, ...]:
        return designs_of(self.design)

    def keys(self) -> tuple[str, ...]:
        """The columns whose values all interviews of a compressed row share, whatever is estimated."""
        modes = [name for name in ("mode",) if name in self.columns]
        found = ["wave", *modes, *(name for design in self.designs() for name in key_columns(design))]
        return tuple(dict.fromkeys(found))

    def weights(self) -> tuple[str, ...]:
        """The columns that are summed."""
        return tuple(dict.fromkeys(name for design in self.designs() for name in weight_columns(design)))


def designs_of(design: AnyDesign) -> tuple[Any, ...]:
    """The design of each wave, or the one of all."""
    return tuple(part for _, part in design.parts) if isinstance(design, PooledDesign) else (design,)


def find_partitions(paths: Sequence[Path], codebook: Codebook, design: AnyDesign, meta: Meta) -> Partitions:
    """Checks the schema of every file; DataError lists all that is wrong with any of them.

    Each must have every variable of the codebook and every column of the design, with values of the same kind
    as in the other files. A column `wave` may be absent from all: every row is then of `meta.wave`.
    """
    refused = list(_bad_design(design))
    if refused:
        raise DataError(refused)
    schemas: dict[Path, _Schema] = {}
    problems: list[str] = []
    for path in paths:
        try:
            schemas[path] = _Schema(path)
        except (OSError, pa.ArrowException) as error:
            problems.append(f"{path.name}: no Parquet file ({str(error).splitlines()[0]}); write it anew")
    problems += _schema_problems(schemas, codebook, design)
    rows = sum(schema.rows for schema in schemas.values())
    if not problems and rows == 0:
        problems.append("the partitions hold no rows")
    if problems:
        raise DataError(problems)
    first = next(iter(schemas.values()))
    chunks = tuple(chunk for schema in schemas.values() for chunk in schema.chunks)
    return Partitions(chunks, tuple(first.kinds), rows, codebook, design, meta)


class _Schema:
    """What a file's metadata says: the kind of each column, its chunks and its rows."""

    def __init__(self, path: Path) -> None:
        with pq.ParquetFile(path) as file:
            self.kinds = {field.name: _kind(field.type) for field in file.schema_arrow}
            sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        self.rows = sum(sizes)
        self.chunks = [Chunk(path, group, sum(sizes[:group])) for group, size in enumerate(sizes) if size > 0]


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return _NUMBER
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _TEXT
    return _EMPTY if pa.types.is_null(kind) else str(kind)


def _schema_problems(schemas: dict[Path, _Schema], codebook: Codebook, design: AnyDesign) -> Iterator[str]:
    variables = [variable.name for variable in codebook.variables]
    wanted = list(
        dict.fromkeys([*variables, *(name for part in designs_of(design) for name in part.columns())])
    )
    if any("wave" in schema.kinds for schema in schemas.values()):
        wanted.append("wave")
    numbers = {*variables, *(name for part in designs_of(design) for name in weight_columns(part))}
    first: dict[str, tuple[str, str]] = {}
    for path, schema in schemas.items():
        for name in wanted:
            kind = schema.kinds.get(name)
            if kind is None:
                yield f"{path.name}: {unknown_name('column', name, list(schema.kinds))}; every file needs it"
            elif name in numbers and kind not in (_NUMBER, _EMPTY):
                yield f"{path.name}: column {name!r} holds {kind}, not numbers: write its codes as numbers"
            elif kind != _EMPTY:
                known, where = first.setdefault(name, (kind, path.name))
                if known != kind:
                    yield (
                        f"{path.name}: column {name!r} holds {kind}, in {where} {known}: "
                        "write the same type in every file"
                    )
        for name in sorted(set(SUMS) & set(schema.kinds)):
            yield f"{path.name}: column {name!r} is a sum of a compressed survey: give the interviews"


def _bad_design(design: AnyDesign) -> Iterator[str]:
    for part in designs_of(design):
        if not isinstance(part, Design):
            yield (
                "replicate weights are not summed over interviews: name strata and clusters in a Design, "
                "or read a part of the data that fits in memory"
            )
            continue
        if part.person:
            yield (
                f"people followed over waves ({part.person!r}) are single interviews, which do not compress: "
                "leave person out, or read a part of the data that fits in memory"
            )
        both = sorted(set(key_columns(part)) & set(weight_columns(part)))
        if both:
            yield f"{', '.join(both)} is a weight and something else in the design: copy it under two names"
        if part.weight is None and part.calibration and part.calibration.adjusted:
            yield "a design whose weights were trimmed since names no weight: name the column of the weights"
