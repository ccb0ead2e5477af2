"""A public file in, the bytes of its CSV and of its Parquet file out."""

import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from instruments import harmless
from reports.bundle.columns import Column


def to_csv(columns: Sequence[Column], facts: Mapping[str, str]) -> bytes:
    """One row an interview, codes as numbers, UTF-8 with a mark for spreadsheets.

    `facts`: the last columns, the same in every row: where it comes from.
    """
    frame = pd.DataFrame({column.name: _numbers(column) for column in columns})
    frame = frame.assign(**{name: harmless(text) for name, text in facts.items()})
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def to_parquet(columns: Mapping[str, Sequence[Column]], facts: Mapping[str, str]) -> bytes:
    """The same rows; labels of every language (`columns` by language) in each field's metadata."""
    first = next(iter(columns.values()))
    arrays = [pa.array(_numbers(column), from_pandas=True) for column in first]
    fields = []
    for place, array in enumerate(arrays):
        told = {language: each[place] for language, each in columns.items()}
        metadata = {
            "level": str(first[place].variable.level),
            **{f"label.{language}": column.label for language, column in told.items()},
            **{
                f"codes.{language}": json.dumps({**column.codes, **column.missing}, ensure_ascii=False)
                for language, column in told.items()
                if column.codes or column.missing
            },
            "missing": json.dumps(list(first[place].missing)),
        }
        fields.append(pa.field(first[place].name, array.type, metadata=metadata))
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=dict(facts)))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", version="2.6")
    return sink.getvalue()


def _numbers(column: Column) -> pd.Series:
    if column.whole and not np.isnan(column.values).any():
        return pd.Series(column.values.astype(np.int32))
    return pd.Series(column.values)
