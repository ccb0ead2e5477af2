"""Chunks and what is wanted of them come in, Dask reduces them in a tree, the compressed frames go out."""

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Any

from analysis.errors import DataError, EstimationError
from analysis.partitions.files import Chunk
from analysis.partitions.reducing import MOST_PROBLEMS, Reduced, Request, merge, reduce_chunk

_MERGED_AT_ONCE = 4


def run(chunks: Sequence[Chunk], request: Request, scheduler: str | None) -> Reduced:
    """The compressed frames of all chunks.

    `scheduler`: address of a Dask scheduler such as tcp://host:8786; None for threads of this process.

    DataError lists what is wrong with any partition's rows; EstimationError where Dask is not installed or
    no scheduler answers.
    """
    dask = _imported("dask")
    reduced, merged = partial(reduce_chunk, request=request), partial(merge, request=request)
    level = [dask.delayed(reduced)(chunk) for chunk in chunks]
    while len(level) > 1:
        groups = [level[start : start + _MERGED_AT_ONCE] for start in range(0, len(level), _MERGED_AT_ONCE)]
        level = [dask.delayed(merged)(group) for group in groups]
    found: Reduced = _computed(dask, level[0], scheduler)
    if found.problems:
        more = len(found.problems) - MOST_PROBLEMS
        rest = [f"and {more} more problems in other rows"] if more > 0 else []
        raise DataError([*found.problems[:MOST_PROBLEMS], *rest])
    return found


def _computed(dask: Any, task: Any, scheduler: str | None) -> Any:
    if scheduler is None:
        return dask.compute(task, scheduler="threads")[0]
    distributed = _imported("distributed")
    try:
        client = distributed.Client(scheduler, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EstimationError(
            f"no Dask scheduler answers at {scheduler!r} ({error}): start one with dask scheduler, and "
            "workers that see the same files, or leave the address out"
        ) from error
    with client:
        return client.compute(task).result()


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise EstimationError(
            f"data in partitions need the library {name}: "
            "type .venv/bin/pip install -e '.[big]' in the program's folder"
        ) from error
