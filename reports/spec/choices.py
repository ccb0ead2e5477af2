"""A specification in, what of it says which changes are judged together out: the names it chooses."""

import json

from reports.spec.model import ReportSpec

_KEYS = ("indicators", "batteries", "questions", "exposure")


def choices(spec: ReportSpec | None) -> bytes:
    """A specification that chooses the same and says nothing else, as a file; empty without a file.

    Indicators, rows and answers that are printed side by side share a family, so their choice decides which
    of them are said to have moved.
    """
    if spec is None or spec.source is None:
        return b""
    data = spec.source.data
    chosen = {"format": 1, **{key: data[key] for key in _KEYS if key in data}}
    if spotlight := data.get("spotlight"):
        chosen["spotlight"] = {key: spotlight[key] for key in ("title", "variables")}
    return (json.dumps(chosen, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
