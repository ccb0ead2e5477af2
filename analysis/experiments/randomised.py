"""Crosswise and randomised response: SurveyData and an item in, the sensitive share and checks out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, proportion_estimates
from analysis.estimates.cells import By
from analysis.experiments.admissible import with_limits
from analysis.experiments.attention import without_flagged
from analysis.experiments.devices import Device, crosswise_device, device, named_probabilities
from analysis.experiments.figures import comparable_cells, figures, one_survey, table_of
from analysis.sample import Matrix

SAME = 1
CROSSWISE = "crosswise_share"
RANDOMISED = "randomised_response_share"


@dataclass(frozen=True)
class IndirectShare:
    """`table`: the sensitive share a cell, COLUMNS and answers (the share of yes), admissible, note.

    `estimates`: with influence values; `attention`: the share without the interviews that quality flags mark.
    `validity`: what to know of the figures, in sentences.
    """

    table: pd.DataFrame
    estimates: Estimates
    device: Device
    attention: pd.DataFrame
    validity: tuple[str, ...]


@dataclass(frozen=True)
class _Question:
    """An item, the code that says yes, and the device between the answer and the sensitive share.

    `attentive`: the share who follow the device; `anchor`: an item, and its device, that tells that share.
    """

    data: SurveyData
    item: str
    yes: int
    device: Device
    statistic: str
    attentive: float = 1.0
    anchor: tuple[str, Device] | None = None

    def answers(self, by: By, where: Where) -> Estimates:
        """Shares of yes."""
        comparable_cells(self.data, self.item, by, where)
        return proportion_estimates(self.data, self.item, code=self.yes, by=by, where=where)

    def estimates(self, by: By, where: Where) -> Estimates:
        """Sensitive shares. Whoever does not follow the device answers yes half of the time."""
        answers = self.answers(by, where)
        values = np.array([self.device.share(value) for value in answers.values])
        influence = sparse.csr_array(answers.influence) / self.device.slope
        half = self.device.share(0.5)
        if self.anchor is None:
            values, influence = half + (values - half) / self.attentive, influence / self.attentive
            return self._figures(answers, answers.base_index, values, influence)
        other, r, own = self._attention(answers, by, where)
        moved = (values - half) / r
        influence = influence.multiply(1 / r) - own.multiply(moved / r)
        base = np.where(answers.base_index >= 0, answers.base_index, other.base_index)
        return self._figures(answers, base, half + moved, sparse.csr_array(influence))

    def _attention(
        self, answers: Estimates, by: By, where: Where
    ) -> tuple[Estimates, np.ndarray, sparse.csr_array]:
        """The anchor's answers, the share r who pay attention in each cell and its influence values.

        r = (L' - 1/2) / (b' - 1/2), b' what the anchor's share of yes is when all pay attention.
        """
        if self.anchor is None:
            raise EstimationError(Said("no anchor is given: type ", setting("anchor")))
        name, anchored = self.anchor
        found = proportion_estimates(self.data, name, code=self.yes, by=by, where=where)
        if found.cells.groups != answers.cells.groups or found.cells.waves != answers.cells.waves:
            raise EstimationError(f"the anchor {name!r} was not answered in every group: take larger groups")
        scale = anchored.base - 0.5
        r = (found.values - 0.5) / scale
        if not (r > 0).all():
            raise EstimationError(
                f"the answers to the anchor {name!r} look drawn at random: no share can be estimated by them"
            )
        return found, r, sparse.csr_array(found.influence) / scale

    def _figures(
        self, answers: Estimates, base: np.ndarray, values: np.ndarray, influence: Matrix
    ) -> Estimates:
        return figures(
            self.statistic,
            self.item,
            self.data,
            answers.cells,
            index=base,
            cell=answers.cell,
            values=values,
            influence=influence,
        )


def crosswise(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    *,
    by: By = None,
    where: Where = None,
    prevalence: float | None = None,
    attentive: float = 1.0,
    anchor: str | None = None,
    same: int = SAME,
    level: float = 0.95,
) -> IndirectShare:
    """The share for whom the sensitive statement holds: (L + p - 1) / (2 p - 1), L the share of code `same`.

    Yu, Tian and Tang (2008, Metrika 67: 251-263). `same` is the code of "both or neither", 1 in Tolqyn's
    instruments; `prevalence` p: the codebook's by default. Whoever ticks at random answers `same` half of
    the time, which moves the estimate towards 0.5: `attentive` is a known share of those who do not, or
    `anchor` a crosswise item whose sensitive statement holds for nobody, from which that share is estimated
    and its error carried (Atsusaka and Stevenson 2023, Political Analysis 31: 102-117). The estimate is not
    cut to 0..1: `admissible` is. EstimationError without a prevalence, and for an item that has not two
    answers.
    """
    data = one_survey(data)
    found = crosswise_device(known_prevalence(data, item, prevalence))
    refuse_codes(data, item)
    if not 0 < attentive <= 1:
        raise EstimationError(
            Said(setting("attentive", float(attentive)), " must be a share above 0 and at most 1")
        )
    if anchor and attentive != 1:
        raise EstimationError(
            Said(
                setting("attentive"),
                " and ",
                setting("anchor"),
                " both say who pays attention: give one of them",
            )
        )
    anchored = (anchor, crosswise_device(known_prevalence(data, anchor, None))) if anchor else None
    question = _Question(data, item, same, found, CROSSWISE, attentive, anchored)
    return _result(question, by=by, where=where, level=level)


def randomised_response(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    *,
    design: str,
    yes: int,
    by: By = None,
    where: Where = None,
    level: float = 0.95,
    **probabilities: float,
) -> IndirectShare:
    """The sensitive share behind answers to a randomising device; `yes` is the code that says yes.

    `design` and its probabilities: warner (p), mirrored (p), forced (p, forced_yes), unrelated (p,
    prevalence), crosswise (prevalence); see devices. Blair, Imai and Zhou (2015, JASA 110: 1304-1319).
    """
    data = one_survey(data)
    found = device(design, named_probabilities(probabilities))
    data.codes_of(item, yes)
    return _result(_Question(data, item, yes, found, RANDOMISED), by=by, where=where, level=level)


def known_prevalence(data: SurveyData, item: str, given: float | None) -> float:
    """The innocuous statement's known share: as given, else as the codebook declares it."""
    declared = data.variable(item).design.get("crosswise", {}).get("prevalence")
    if given is None and declared is None:
        raise EstimationError(
            Said(f"{item!r} declares no known share of its innocuous statement: type ", setting("prevalence"))
        )
    return float(declared if given is None else given)


def refuse_codes(data: SurveyData, item: str) -> None:
    """EstimationError where a crosswise item has other than two answers."""
    codes = sorted(data.variable(item).codes)
    if len(codes) != 2:
        raise EstimationError(
            f"{item!r} has the codes {codes}: a crosswise item has two, both or neither and exactly one"
        )


def _result(question: _Question, *, by: By, where: Where, level: float) -> IndirectShare:
    estimates = question.estimates(by, where)
    answers = question.answers(by, where)
    table = _with_edges(question, estimates, answers, level).assign(answers=answers.values)
    domain = question.data.domain(where)
    attention = without_flagged(
        question.data, None if by is not None else lambda kept: question.estimates(None, domain & kept)
    )
    notes = _validity(question.device, answers.values)
    return IndirectShare(with_limits(table, 0.0, 1.0), estimates, question.device, attention, notes)


def _with_edges(question: _Question, estimates: Estimates, answers: Estimates, level: float) -> pd.DataFrame:
    """The table; where all or none said yes, the ends are those of the answers' beta interval.

    Such answers have no estimated error, so se is empty and not 0.
    """
    table = table_of(estimates, level)
    edge = ((answers.values <= 0) | (answers.values >= 1)) & table["se"].notna().to_numpy()
    if not edge.any():
        return table
    of_answers = table_of(answers, level)
    half = question.device.share(0.5)
    ends = np.array([[question.device.share(x) for x in of_answers[name]] for name in ("low", "high")])
    ends = np.sort(half + (ends - half) / question.attentive, axis=0)
    table.loc[edge, ["low", "high"]] = ends.T[edge]
    table.loc[edge, "method"] = of_answers["method"].to_numpy()[edge]
    table.loc[edge, "se"] = np.nan
    return table


def _validity(found: Device, answers: np.ndarray) -> tuple[str, ...]:
    low, high = found.ends
    notes = [f"the error is {1 / abs(found.slope):.2f} times that of a direct question with the same answers"]
    outside = int(((answers < low) | (answers > high)).sum())
    if outside:
        notes.append(
            f"{outside} of {len(answers)} shares of the answers lie outside {low:.3f} to {high:.3f}, where "
            "honest answers put them: sampling error, or people who do not follow the instruction"
        )
    half = found.share(0.5)
    notes.append(
        f"whoever answers at random moves the share towards {half:.2f}: if one in ten does so, a share of "
        f"0.05 is estimated as {0.9 * 0.05 + 0.1 * half:.3f}; compare .attention"
    )
    return tuple(notes)
