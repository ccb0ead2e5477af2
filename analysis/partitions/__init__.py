"""Surveys larger than memory: folders of Parquet partitions. May compute no estimate of its own."""

from analysis.partitions.partitioned import (
    PartitionedData,
    pool_partitions,
    read_partitioned_releases,
    read_partitions,
)

__all__ = ["PartitionedData", "pool_partitions", "read_partitioned_releases", "read_partitions"]
