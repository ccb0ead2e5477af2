"""Which lines a question draws: wave estimates come in, one `Line` per group and code goes out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, EstimateTable
from analysis.trends.line import Line

LEAST_WAVES = 3
LINKS = ("identity", "logit")


def refuse_link(link: str) -> None:
    """EstimationError for a link that no trend has."""
    if link not in LINKS:
        raise EstimationError(f"link {link!r} is unknown here: type identity or logit")


def refuse_logit(estimates: Estimates, link: str) -> None:
    """EstimationError for log odds of what is no share."""
    if link == "logit" and estimates.statistic != "proportion":
        raise EstimationError(
            Said(
                setting("link", "logit"),
                " needs a proportion: name a code, or type ",
                setting("link", "identity"),
            )
        )


def lines_of(
    estimates: Estimates, by: Sequence[str], times: Mapping[str, float], least: int = LEAST_WAVES
) -> list[Line]:
    """Each group's and code's wave estimates with a base; EstimationError when none has `least`."""
    width = len(estimates.codes) // estimates.cells.count
    groups: dict[tuple[Any, ...], list[int]] = {}
    for cell, row in enumerate(estimates.cells.codes.to_dict("records")):
        groups.setdefault(tuple(row[name] for name in by), []).append(cell)
    lines = []
    for cells in groups.values():
        for offset in range(width):
            asked = [cell for cell in cells if estimates.base[cell * width + offset] > 0]
            asked.sort(key=lambda cell: times[estimates.cells.waves[cell]])
            waves = tuple(estimates.cells.waves[cell] for cell in asked)
            places = np.array(asked, int) * width + offset
            when = np.array([times[wave] for wave in waves])
            lines.append(Line(places, when, waves, estimates.codes[offset], estimates.cells.groups[cells[0]]))
    most = max((len(line.waves) for line in lines), default=0)
    if most < least:
        asked_in = sorted({wave for line in lines for wave in line.waves})
        raise EstimationError(
            f"a trend needs {least} waves and {estimates.variable!r} was asked in {len(asked_in)} "
            f"({', '.join(asked_in)}): {'use change for two waves' if least == LEAST_WAVES else 'add waves'}"
        )
    return lines


def strictest(part: EstimateTable) -> dict[str, str]:
    """The strictest ruling on a wave's figure, with all reasons."""
    order = ["show", "flag", "suppress"]
    worst = max((order.index(word) for word in part["publish"]), default=2)
    reasons = dict.fromkeys(r for text in part["reason"] for r in text.split(";") if r)
    return {"publish": order[worst], "reason": ";".join(reasons)}


def obstacle_of(estimates: Estimates, line: Line, least: int = LEAST_WAVES) -> str:
    """The verdict that stands in place of a slope, if any."""
    data = estimates.data
    if len(line.waves) < least:
        return "too_few"
    if any(
        b.variable == estimates.variable and {b.wave_from, b.wave_to} <= set(line.waves) for b in data.breaks
    ):
        return "not_comparable"
    if not all(data.wave_meta(wave).infers for wave in line.waves):
        return "not_inferable"
    return ""
