"""Any design: what `to_dict` wrote comes in, the design goes out."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from analysis.design import Design, PooledDesign, single_from_dict
from analysis.replicates import ReplicateDesign, ReplicateSample, from_dict
from analysis.sample import PooledSample, Sample

AnyDesign: TypeAlias = Design | PooledDesign | ReplicateDesign
AnySample: TypeAlias = Sample | PooledSample | ReplicateSample


def design_from_dict(raw: Mapping[str, Any]) -> AnyDesign:
    """Read what `to_dict` wrote."""
    if "pooled" in raw:
        return PooledDesign(tuple((wave, design_from_dict(part)) for wave, part in raw["pooled"]))
    if "replicate_design" in raw:
        return from_dict(raw, design_from_dict)
    return single_from_dict(raw)
