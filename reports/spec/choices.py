"""A specification in, what of it says which changes are judged together out: the names it chooses.

Indicators, scores, rows and answers that are printed side by side share a family, so their choice decides
which of them are said to have moved. In which order they stand, and under what heading, decides nothing.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from instruments import Codebook
from reports.spec.choosing import chosen_batteries, chosen_questions, chosen_scales
from reports.spec.model import ReportSpec, Source
from reports.spec.standing import spec_for

_LISTS = ("indicators", "batteries", "scales", "questions", "exposure")
CARDS = ("factsheet", "tiles")
"""Publications that print indicators alone."""


def choices(spec: ReportSpec | None) -> bytes:
    """A specification that chooses the same and says nothing else, as a file; empty without a file.

    One that chooses nothing is a file too: it leaves the choice to the codebook, where none at all takes what
    the package has for the instrument.
    """
    if spec is None or spec.source is None:
        return b""
    chosen = {"format": 1, **_chosen(spec.source.data)}
    written = json.dumps(chosen, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{written}\n".encode()


def together(spec: ReportSpec | None, codebook: Codebook, kind: str) -> Mapping[str, list[str]]:
    """The names each family of a publication is made of, sorted: what a specification, or none, comes to.

    Names that the codebook lacks count for nothing.
    """
    held = within(spec, codebook) if spec is not None else None
    read = held if held is not None else spec_for(codebook)
    indicators = read.indicators
    if indicators is None:
        indicators = tuple(each.name for each in codebook.indicators if each.headline)
    found: Mapping[str, Collection[str]] = {
        "indicators": indicators,
        "batteries": [group.name for group in chosen_batteries(codebook, read)],
        "scales": {each.name for each in chosen_scales(codebook, read)} - set(indicators),
        "questions": [group.name for group in chosen_questions(codebook, read)],
        "exposure": read.exposure or (),
        "spotlight": read.spotlight.variables if read.spotlight else (),
    }
    return {key: sorted(names) for key, names in found.items() if kind not in CARDS or key == "indicators"}


def within(spec: ReportSpec, codebook: Codebook) -> ReportSpec:
    """The specification without the chosen names that a codebook lacks, as that of fewer waves may."""
    groups = {group.name for group in codebook.groups}
    answers = groups | {variable.name for variable in codebook.variables}
    known: Mapping[str, Collection[str]] = {
        "indicators": {each.name for each in codebook.indicators},
        "batteries": groups,
        "scales": {each.name for each in codebook.indicators if each.statistic == "mean"},
        "questions": groups,
        "exposure": answers,
    }
    left = {
        key: tuple(name for name in names if name in known[key])
        for key in _LISTS
        if (names := getattr(spec, key)) is not None
    }
    spotlight = spec.spotlight
    if spotlight is not None:
        asked = tuple(name for name in spotlight.variables if name in answers)
        spotlight = replace(spotlight, variables=asked) if asked else None
    if not left.get("indicators", True):
        left.pop("indicators")
        spec = replace(spec, indicators=None)
    held = replace(spec, **left, spotlight=spotlight)  # type: ignore[arg-type]
    return held if held == spec else replace(held, source=_source(spec, held))


def _source(spec: ReportSpec, held: ReportSpec) -> Source | None:
    """The file as it would be without those names."""
    if spec.source is None:
        return None
    data = {key: value for key, value in spec.source.data.items() if key not in (*_LISTS, "spotlight")}
    data |= {key: list(names) for key in _LISTS if (names := getattr(held, key)) is not None}
    if held.spotlight is not None:
        data["spotlight"] = {**spec.source.data["spotlight"], "variables": list(held.spotlight.variables)}
    return replace(spec.source, data=data)


def _chosen(data: Mapping[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {key: data[key] for key in _LISTS if key in data}
    if spotlight := data.get("spotlight"):
        chosen["spotlight"] = {key: spotlight[key] for key in ("title", "variables")}
    return chosen
