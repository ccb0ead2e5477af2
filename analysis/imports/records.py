"""An imported wave and its map come in, the release's records of instrument, weights and fieldwork go out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.data import SurveyData
from analysis.imports.spec import DesignSpec, ImportMap, ReplicatesSpec


def instrument_record(built: ImportMap, version: str) -> dict[str, Any]:
    """The map itself stands where a collected wave has its questionnaire."""
    return {
        "kind": "import-map",
        "name": built.instrument,
        "version": version,
        "file": built.path,
        "sha256": built.sha256,
        "map": built.raw,
    }


def weights_record(data: SurveyData, spec: DesignSpec) -> dict[str, Any]:
    """Where the weight comes from and how uneven it is; how it was made is for the disclosure record to say.

    Kish's design effect is n sum(w^2) / sum(w)^2.

    Source: Kish, L. (1965). Survey Sampling. Wiley, section 11.7.
    """
    weights = data.frame["weight"].to_numpy(float)
    effect = len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
    return {
        "imported": {
            "weight": f"column {spec.weight}" if spec.weight else "1 for every row",
            "base_weight": f"column {spec.base_weight}" if spec.base_weight else None,
            "replicates": _replicates(spec.replicates),
        },
        "targets": None,
        "summary": {
            "rows": len(weights),
            "sum": float(weights.sum()),
            "mean": float(weights.mean()),
            "min": float(weights.min()),
            "max": float(weights.max()),
            "kish_deff": effect,
            "n_eff": len(weights) / effect,
        },
    }


def _replicates(spec: ReplicatesSpec | None) -> str | None:
    if spec is None:
        return None
    return f"{len(spec.columns)} columns of kind {spec.kind}, {spec.columns[0]} to {spec.columns[-1]}"


def fieldwork_record(
    data: SurveyData, built: ImportMap, source: Mapping[str, Any], excluded: tuple[tuple[int, int], ...]
) -> dict[str, Any]:
    """Dates, modes, rows left out with their reasons, and the file all of it came from."""
    first, last = data.meta.dates or ("", "")
    return {
        "first_day": first,
        "last_day": last,
        "interviews": len(data.frame),
        "modes": _counts(data, "mode"),
        "languages": _counts(data, "language"),
        "exclusions": [
            {"where": built.exclude[place].where, "reason": dict(built.exclude[place].reason), "rows": rows}
            for place, rows in excluded
        ],
        "source": dict(source),
    }


def _counts(data: SurveyData, column: str) -> dict[str, int]:
    if column not in data.frame:
        return {}
    values, counts = np.unique(data.frame[column].to_numpy(str), return_counts=True)
    return {str(value): int(count) for value, count in zip(values, counts, strict=True)}
