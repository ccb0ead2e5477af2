"""A frame to the bytes of a Parquet file and back; the same frame always gives the same bytes."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.data import RESERVED


def to_parquet(frame: pd.DataFrame, variables: tuple[str, ...]) -> bytes:
    """Reserved columns, the codebook's variables, the rest by name; rows as they stand, no index.

    No pandas or Arrow schema is embedded, because both carry library versions that are no part of the data.
    """
    first = [name for name in dict.fromkeys((*RESERVED, *variables)) if name in frame.columns]
    rest = sorted(set(frame.columns) - set(first))
    table = pa.Table.from_pandas(frame[[*first, *rest]], preserve_index=False).replace_schema_metadata(None)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=3, version="2.6", store_schema=False)
    return sink.getvalue()


def from_parquet(content: bytes) -> pd.DataFrame:
    """The frame that was written, with a fresh index from 0."""
    # One file, read without what data sets of many files need, which takes longer to load than this takes.
    return pq.ParquetFile(io.BytesIO(content)).read().to_pandas()
