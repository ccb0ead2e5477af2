"""Any design: what `to_dict` wrote comes in, the design goes out."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from analysis.design import Calibration, Design, PooledDesign
from analysis.errors import DataError, Said, setting, unknown_name
from analysis.replicates import ReplicateDesign, ReplicateSample
from analysis.sample import PooledSample, Sample

AnyDesign: TypeAlias = Design | PooledDesign | ReplicateDesign
AnySample: TypeAlias = Sample | PooledSample | ReplicateSample


def design_from_dict(raw: Mapping[str, Any]) -> AnyDesign:
    """Read what `to_dict` wrote. DataError says what is no design."""
    if not isinstance(raw, Mapping):
        raise DataError(f"a design is an object of keys and values, found {raw!r}")
    if "pooled" in raw:
        return PooledDesign(tuple((wave, design_from_dict(part)) for wave, part in raw["pooled"]))
    if "replicate_design" in raw:
        return _replicates(raw)
    return _single(raw)


def _single(raw: Mapping[str, Any]) -> Design:
    _refuse_keys("a design", raw, Design)
    calibration = raw.get("calibration")
    if calibration is not None:
        _refuse_keys("a calibration", calibration, Calibration)
        margins = [_names("margins", margin) for margin in _list("margins", calibration.get("margins", ()))]
        numeric = _names("numeric", calibration.get("numeric", ()))
        calibration = Calibration(**{**calibration, "margins": tuple(margins), "numeric": numeric})
    listed = {key: _names(key, raw[key]) for key in ("cluster", "fpc") if key in raw}
    for key in ("strata", "weight", "person"):
        if not isinstance(raw.get(key), (str, type(None))):
            raise DataError(Said(setting(key, raw[key]), ": type the name of a column"))
    return Design(**{**raw, **listed, "calibration": calibration})


def _refuse_keys(what: str, raw: Any, kind: Any) -> None:
    """DataError with every key that is no field of `kind`, where raw is no mapping at all too."""
    if not isinstance(raw, Mapping):
        raise DataError(f"{what} is an object of keys and values, found {raw!r}")
    known = list(kind.__dataclass_fields__)
    strange = [str(key) for key in raw if key not in known]
    if strange:
        raise DataError(unknown_name(f"key of {what}", key, known) for key in strange)


def _list(key: str, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return value
    raise DataError(Said(setting(key, value), ": type a list of columns"))


def _names(key: str, value: Any) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else tuple(_list(key, value))
    if any(not isinstance(name, str) for name in found):
        raise DataError(Said(setting(key, value), ": type names of columns"))
    return found


def _replicates(raw: Mapping[str, Any]) -> ReplicateDesign:
    own = raw["replicate_design"]
    _refuse_keys("a replicate design", own, ReplicateDesign)
    absent = [name for name, there in (("kind", own), ("base", raw)) if name not in there]
    if absent:
        raise DataError(f"a replicate design needs its {' and '.join(absent)}")
    return ReplicateDesign(**{**own, "base": design_from_dict(raw["base"])})
