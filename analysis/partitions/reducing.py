"""Rows of a partition come in, one row per combination of the named columns with its sums goes out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.design import Design, PooledDesign
from analysis.designs import AnyDesign
from analysis.grouped import gathered, row_sums, sum_problems
from analysis.lookup import distinct, value_problems
from analysis.partitions.files import Chunk, Partitions

BATCH = 1 << 19
MOST_COMBINATIONS = 8_000_000
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Request:
    """What is read of each partition: a compressed frame for each list of `own` columns, `shared` in all."""

    partitions: Partitions
    shared: tuple[str, ...]
    own: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        names = [*self.shared, *(name for own in self.own for name in own), *self.partitions.weights()]
        return tuple(name for name in dict.fromkeys(names) if name in self.partitions.columns)


@dataclass(frozen=True)
class Reduced:
    """A compressed frame for each list of columns, and what is wrong with the rows behind them."""

    frames: tuple[pd.DataFrame, ...]
    problems: tuple[str, ...] = ()


def reduce_chunk(chunk: Chunk, request: Request) -> Reduced:
    """One row group, batch by batch; a file that cannot be read is a problem like any other."""
    nothing = tuple(pd.DataFrame() for _ in request.own)
    try:
        return _reduce_file(chunk, request)
    except (OSError, pa.ArrowException) as error:
        return Reduced(nothing, (f"{chunk.path.name}: cannot be read ({str(error).splitlines()[0]})",))


def _reduce_file(chunk: Chunk, request: Request) -> Reduced:
    found: list[Reduced] = []
    start = chunk.start
    with pq.ParquetFile(chunk.path) as file:
        batches = file.iter_batches(
            BATCH, row_groups=[chunk.group], columns=list(request.columns), use_threads=False
        )
        for batch in batches:
            frame = _frame(batch, request.partitions)
            where = f"{chunk.path.name}, rows {start} to {start + len(frame) - 1}"
            found = [merge([*found, _reduce_batch(frame, request, where)], request)]
            start += len(frame)
    return found[0]


def merge(parts: Sequence[Reduced], request: Request) -> Reduced:
    """The compressed frames of all parts as if they had been one."""
    problems = tuple(dict.fromkeys(problem for part in parts for problem in part.problems))
    if problems or len(parts) == 1:
        return Reduced(
            tuple(frame.iloc[:0] for frame in parts[0].frames) if problems else parts[0].frames, problems
        )
    frames = []
    for place, own in enumerate(request.own):
        keys = list(dict.fromkeys([*request.shared, *own]))
        whole = pd.concat([part.frames[place] for part in parts], ignore_index=True)
        sums = {name: whole[name].to_numpy() for name in whole.columns if name not in keys}
        frame = _grouped(whole[keys], combine(whole, keys), sums)
        if len(frame) > MOST_COMBINATIONS:
            return Reduced(tuple(part.iloc[:0] for part in parts[0].frames), (_too_many(frame, keys),))
        frames.append(frame)
    return Reduced(tuple(frames))


def combine(frame: pd.DataFrame, keys: Sequence[str], start: np.ndarray | None = None) -> np.ndarray:
    """n numbers from 0 up, one per different combination of the keys' values (and of `start`)."""
    code = np.zeros(len(frame), np.int64) if start is None else start
    for name in keys:
        inner = distinct(frame[name])[0].astype(np.int64) + 1
        code = distinct(code * (int(inner.max(initial=0)) + 1) + inner)[0]
    return code


def _reduce_batch(frame: pd.DataFrame, request: Request, where: str) -> Reduced:
    problems = tuple(f"{where}: {problem}" for problem in _problems(frame, request))
    if problems:
        return Reduced(tuple(frame.iloc[:0] for _ in request.own), problems)
    shared = combine(frame, request.shared)
    sums = _sums(frame, request.partitions.design)
    frames = []
    for own in request.own:
        keys = list(dict.fromkeys([*request.shared, *own]))
        frames.append(_grouped(frame[keys], combine(frame, own, shared), sums))
    return Reduced(tuple(frames))


def _grouped(keys: pd.DataFrame, code: np.ndarray, sums: dict[str, np.ndarray]) -> pd.DataFrame:
    count = int(code.max(initial=-1)) + 1
    first = np.zeros(count, np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    return keys.take(first).reset_index(drop=True).assign(**gathered(sums, code, count))


def _sums(frame: pd.DataFrame, design: AnyDesign) -> dict[str, np.ndarray]:
    if isinstance(design, Design):
        return row_sums(frame, design)
    if not isinstance(design, PooledDesign):
        raise TypeError(f"{type(design).__name__} has been refused before")
    waves = frame["wave"].astype(str).to_numpy()
    found: dict[str, np.ndarray] = {}
    for wave, part in design.parts:
        rows = np.flatnonzero(waves == wave)
        for name, values in row_sums(frame.iloc[rows], part).items():
            found.setdefault(name, np.zeros(len(frame)))[rows] = values
    return found


def _problems(frame: pd.DataFrame, request: Request) -> tuple[str, ...]:
    partitions = request.partitions
    named = dict.fromkeys([*request.shared, *(name for own in request.own for name in own)])
    found = [
        problem
        for name in named
        if name in partitions.codebook
        for problem in value_problems(frame[name], partitions.codebook.variable(name))
    ]
    found += partitions.design.problems(frame)
    for part in partitions.designs():
        found += sum_problems(frame, part)
    return tuple(found)


def _frame(batch: pa.RecordBatch, partitions: Partitions) -> pd.DataFrame:
    """Plain columns: words instead of dictionaries, a wave where the files have none."""
    columns = zip(batch.schema.names, batch.columns, strict=True)
    frame = pd.DataFrame({name: _plain(column).to_pandas() for name, column in columns})
    if "wave" not in frame:
        frame["wave"] = partitions.meta.wave
    return frame


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_null(column.type):
        return column.cast(pa.float64())
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _too_many(frame: pd.DataFrame, keys: Sequence[str]) -> str:
    sizes = {name: int(frame[name].nunique()) for name in keys}
    widest = max(sizes, key=lambda name: sizes[name])
    return (
        f"the columns {', '.join(keys)} have more than {MOST_COMBINATIONS} different combinations, too many "
        f"to hold: {widest!r} alone has {sizes[widest]} values or more. Cut it into classes or leave it out; "
        "where each interview is a sampling unit of its own, name no cluster for it"
    )
