"""Colours stay apart for every kind of colour vision (Machado, Oliveira and Fernandes 2009, severity 1)."""

from itertools import combinations

import numpy as np
import pytest

from reports.charts import style

VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
APART, LONG_SCALE = 0.15, 0.08
"""Least OKLab distances of any two answers: of up to five answers, and of six or seven or undirected ones."""


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def seen(colour: str, vision: str) -> np.ndarray:
    """Where a colour lies in OKLab for somebody with that vision."""
    light = np.clip(VISIONS[vision] @ linear(colour), 0, 1)
    return TO_LAB @ np.cbrt(TO_CONES @ light)


def distance(one: str, other: str, vision: str) -> float:
    return float(np.linalg.norm(seen(one, vision) - seen(other, vision)))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("higher", ["harmful", "protective", "neutral"])
def test_no_two_answers_look_alike_to_anybody(vision: str, size: int, higher: str) -> None:
    colours = style.scale_colours(size, higher)
    least = LONG_SCALE if size > 5 or higher == "neutral" else APART
    assert min(distance(a, b, vision) for a, b in combinations(colours, 2)) >= least


@pytest.mark.parametrize("vision", VISIONS)
def test_harmful_protective_and_undecided_marks_are_told_apart_by_everybody(vision: str) -> None:
    colours = (style.HARMFUL[0], style.PROTECTIVE[0], style.QUIET)
    assert min(distance(a, b, vision) for a, b in combinations(colours, 2)) >= LONG_SCALE


def test_the_simulation_shows_red_and_green_close_to_people_who_lack_a_cone() -> None:
    red, green = "#c8281e", "#5a9632"
    assert distance(red, green, "normal") > 0.25
    assert distance(red, green, "deutan") < distance(red, green, "normal") / 2
