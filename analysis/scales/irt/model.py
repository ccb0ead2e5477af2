"""A fitted graded response model: its parameters come in; tables, scores, information go out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.scales.figures import Figures
from analysis.scales.groups import Groups
from analysis.scales.irt.likelihood import NODES, Layout, intercepts, logistic, posterior, scale_of
from analysis.scales.irt.patterns import Patterns
from analysis.scales.items import Items

GRM_COLUMNS = ("item", "group", "parameter", "estimate", "se", "low", "high")
LATENT_COLUMNS = ("group", "mean", "mean_se", "sd", "sd_se")


@dataclass(frozen=True)
class GradedModel:
    """A fitted graded response model.

    `figures`: its parameters as estimated (see `Layout`), with influence values (n x k); `log_likelihood`:
    weighted, weights summing to the number of rows; `notes`: what is wrong with an item.
    """

    items: Items
    groups: Groups
    anchors: tuple[str, ...]
    patterns: Patterns
    layout: Layout
    figures: Figures
    log_likelihood: float
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        return self.figures.base

    @cached_property
    def parameters(self) -> Figures:
        """Discrimination a and thresholds b = -d / a of every item and group, names "item a", "item b1"."""
        blocks = [(name, start, count) for name, _, start, count in self._blocks()]
        names = [f"{name} {part}" for name, _, count in blocks for part in _parts(count)]

        def of(theta: np.ndarray) -> np.ndarray:
            found = []
            for _, start, count in blocks:
                block = theta[start : start + count]
                found += [block[:1], -intercepts(block) / block[0]]
            return np.concatenate(found)

        return self.figures.transform(names, of)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per item parameter, GRM_COLUMNS; `group` is empty for parameters all groups share."""
        shown = self.parameters.table()
        keys = [
            (name.split(" [")[0], group, part)
            for name, group, _, count in self._blocks()
            for part in _parts(count)
        ]
        heads = pd.DataFrame(keys, columns=list(GRM_COLUMNS[:3]))
        return heads.join(shown[list(GRM_COLUMNS[3:])].reset_index(drop=True))

    @cached_property
    def latent(self) -> pd.DataFrame:
        """A row per group, LATENT_COLUMNS: latent mean and standard deviation beside 0 and 1 of the first."""
        rows: list[tuple[object, ...]] = []
        for g, name in enumerate(self.groups.names):
            place = self.layout.latent[g]
            mean, sd = scale_of(self.layout, self.figures.values, g)
            se = self.figures.se[place : place + 2] if place >= 0 else np.zeros(2)
            rows.append((name, float(mean), float(se[0]), float(sd), float(sd * se[1])))
        return pd.DataFrame(rows, columns=list(LATENT_COLUMNS))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """n rows `theta se`: expected a posteriori score and its error; NaN without any answer."""
        values = np.full((len(self.patterns.of_row), 2), np.nan)
        theta = self.figures.values
        by_pattern = np.zeros((len(self.patterns.weights), 2))
        for g in range(self.groups.count):
            places, _, r = posterior(self.patterns, self.layout, theta, g)
            mean, sd = scale_of(self.layout, theta, g)
            t = mean + sd * NODES
            centre = r @ t
            by_pattern[places] = np.column_stack([centre, np.sqrt(np.maximum(r @ t**2 - centre**2, 0))])
        answered = self.patterns.of_row >= 0
        values[answered] = by_pattern[self.patterns.of_row[answered]]
        return pd.DataFrame(values, columns=["theta", "se"], index=self.items.data.frame.index)

    @property
    def reliability(self) -> float:
        """Empirical reliability of the scores: their variance over itself plus the mean squared error."""
        answered = self.patterns.of_row >= 0
        w = self.patterns.scaled[answered] / self.patterns.scaled[answered].sum()
        theta, se = self.scores["theta"][answered].to_numpy(), self.scores["se"][answered].to_numpy()
        variance = float(w @ theta**2 - (w @ theta) ** 2)
        return variance / (variance + float(w @ se**2))

    def information(self, theta: np.ndarray, group: int = 0) -> pd.DataFrame:
        """Fisher information of each item (columns) at the points `theta` (Samejima 1969)."""
        found = {}
        for j, (name, count) in enumerate(zip(self.items.names, self.layout.counts, strict=True)):
            start = self.layout.item[group][j]
            if start < 0:
                continue
            block = self.figures.values[start : start + count]
            upper = logistic(block[0] * theta[:, None] + intercepts(block))
            edge = np.zeros((len(theta), 1))
            slope = np.hstack([edge, upper * (1 - upper), edge])
            P = -np.diff(np.hstack([edge + 1, upper, edge]), axis=1)
            found[name] = (block[0] ** 2 * np.diff(slope, axis=1) ** 2 / np.maximum(P, 1e-300)).sum(axis=1)
        return pd.DataFrame(found, index=theta)

    def expected(self, item: str, theta: np.ndarray, group: int = 0) -> np.ndarray:
        """Expected place (0, 1, ...) of the answer to an item at the points `theta`."""
        j = self.items.names.index(item)
        start = self.layout.item[group][j]
        block = self.figures.values[start : start + self.layout.counts[j]]
        return np.asarray(logistic(block[0] * theta[:, None] + intercepts(block)).sum(axis=1))

    def _blocks(self) -> list[tuple[str, str, int, int]]:
        """Name, group ("" when shared), place and size of each set of item parameters."""
        found: dict[int, tuple[str, str, int, int]] = {}
        for j, name in enumerate(self.items.names):
            starts = [row[j] for row in self.layout.item]
            apart = len({start for start in starts if start >= 0}) > 1
            for group, start in zip(self.groups.names, starts, strict=True):
                if start >= 0 and start not in found:
                    said = f"{name} [{group}]" if apart else name
                    found[start] = (said, group if apart else "", start, self.layout.counts[j])
        return [found[start] for start in sorted(found)]


def _parts(count: int) -> list[str]:
    return ["a", *(f"b{k}" for k in range(1, count))]
