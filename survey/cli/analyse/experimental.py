"""Data and an experiment's name in, its tables and what is to be known of them out: one function a kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.designed import CROSSWISE, LIST, RANDOMISED, SPLIT, VIGNETTE
from survey.cli.analyse.options import Asked
from survey.cli.analyse.printing import Part
from survey.cli.analyse.reading import groups

if TYPE_CHECKING:
    from analysis import Balance, ExperimentModel, SurveyData

SHARE = (
    *("variable", "group", "wave", "estimate", "se", "low", "high"),
    *("base", "deff", "df", "admissible", "note"),
)
ENDS = ("end", "count", "estimate", "se", "base", "t", "p")
TYPES = ("count", "sensitive", "estimate", "se")
ATTENTION = ("flag", "flagged", "estimate", "estimate_without", "difference", "se")
COEFFICIENTS = ("part", "term", "estimate", "se", "low", "high", "df", "p")
EFFECTS = ("variable", "code", "group", "estimate", "se", "low", "high", "p", "base")
MEANS = ("variable", "code", "factor", "level", "estimate", "se", "low", "high", "base")
TESTS = ("variable", "code", "term", "f", "df", "ddf", "p")
DIFFERENCES = (
    *("variable", "variable_to", "code", "label", "form_from", "form_to"),
    *("estimate", "se", "low", "high", "p", "base"),
)
FORMS = ("form", "variable", "code", "label", "estimate", "se", "low", "high", "base")
SIZES = ("arm", "base", "share", "expected")
EVEN = ("covariate", "f", "df", "ddf", "p")
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """The tables of one experiment, the main one first, with single figures and sentences."""

    kind: str
    name: str
    parts: Sequence[Part]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, str]:
        return {"experiment": self.name, "kind": self.kind}

    @property
    def heading(self) -> str:
        return f"{self.name}: {self.kind} experiment"


def of_list(data: "SurveyData", name: str, asked: Asked, given: Given) -> Answer:
    """Difference of the lists' means with its tests, or a regression."""
    from analysis import list_experiment, list_regression

    lists = {key: given[key] for key in ("group", "control_items") if key in given}
    if "formula" in given:
        method = given.get("method", "ml")
        return _regression(
            LIST,
            name,
            list_regression(data, name, given["formula"], method=method, where=asked.where, **lists),
            asked,
        )
    _needs_formula(given, "method")
    found = list_experiment(
        data, name, by=groups(asked, data) or None, where=asked.where, level=asked.level, **lists
    )
    parts = (
        Part("share", found.table, SHARE),
        Part("types", found.design.types, TYPES),
        Part("ends", found.ends, ENDS),
        *_balance(found.balance),
        Part("attention", found.attention, ATTENTION),
    )
    facts = {
        "control_items": found.control_items,
        "design_effect_p": float(found.design.p),
        "design_effect": found.design.verdict,
        "sizes_p": float(found.balance.sizes_p),
    }
    return Answer(LIST, name, parts, facts)


def of_crosswise(data: "SurveyData", name: str, asked: Asked, given: Given) -> Answer:
    """The sensitive share behind a crosswise item, or a regression."""
    from analysis import crosswise, crosswise_regression

    if "formula" in given:
        _refuse_with_formula(given, ("attentive", "anchor"))
        known = {key: given[key] for key in ("prevalence", "same") if key in given}
        fit = crosswise_regression(data, name, given["formula"], where=asked.where, **known)
        return _regression(CROSSWISE, name, fit, asked)
    own = {key: given[key] for key in ("prevalence", "attentive", "anchor", "same") if key in given}
    by = groups(asked, data) or None
    found = crosswise(data, name, by=by, where=asked.where, level=asked.level, **own)
    return _indirect(CROSSWISE, name, found)


def of_randomised(data: "SurveyData", name: str, asked: Asked, given: Given) -> Answer:
    """The sensitive share behind a randomising device, or a regression."""
    from analysis import randomised_regression, randomised_response

    if "device" not in given or "yes" not in given:
        raise click.UsageError(
            "a randomised response needs --device, --yes CODE and its --chance NAME=NUMBER"
        )
    device = {"design": given["device"], "yes": given["yes"], **dict(given.get("chances", ()))}
    if "formula" in given:
        fit = randomised_regression(data, name, given["formula"], where=asked.where, **device)
        return _regression(RANDOMISED, name, fit, asked)
    by = groups(asked, data) or None
    found = randomised_response(data, name, by=by, where=asked.where, level=asked.level, **device)
    return _indirect(RANDOMISED, name, found)


def of_vignette(data: "SurveyData", name: str, asked: Asked, given: Given) -> Answer:
    """Effects of the factors on the answers about a vignette."""
    from analysis import vignette_effects

    found = vignette_effects(
        data,
        name,
        given.get("outcomes"),
        code=given.get("code"),
        factors=given.get("factors"),
        where=asked.where,
        respondent=given.get("respondent"),
        level=asked.level,
    )
    parts = (
        Part("effects", found.effects, EFFECTS),
        Part("marginal_means", found.marginal_means, MEANS),
        Part("interactions", found.interactions, EFFECTS),
        Part("tests", found.tests, TESTS),
    )
    sizes = {factor: float(one.sizes_p) for factor, one in found.balance.items()}
    return Answer(VIGNETTE, name, parts, {"sizes_p": sizes})


def of_split(data: "SurveyData", name: str, asked: Asked, given: Given) -> Answer:
    """Differences between the forms of a split ballot."""
    from analysis import split_ballot

    found = split_ballot(
        data, name, given.get("outcomes"), code=given.get("code"), where=asked.where, level=asked.level
    )
    parts = (
        Part("differences", found.table, DIFFERENCES),
        Part("forms", found.forms, FORMS),
        Part("tests", found.tests, ("variable", "variable_to", "f", "df", "ddf", "p")),
        *_balance(found.balance),
    )
    return Answer(SPLIT, name, parts, {"sizes_p": float(found.balance.sizes_p)})


ANSWERS: Mapping[str, Callable[["SurveyData", str, Asked, Given], Answer]] = {
    LIST: of_list,
    CROSSWISE: of_crosswise,
    RANDOMISED: of_randomised,
    VIGNETTE: of_vignette,
    SPLIT: of_split,
}


def _indirect(kind: str, name: str, found: Any) -> Answer:
    parts = (
        Part("share", found.table, (*SHARE[:-2], "answers", *SHARE[-2:])),
        Part("attention", found.attention, ATTENTION),
    )
    return Answer(kind, name, parts, {"note": list(found.validity)})


def _regression(kind: str, name: str, fit: "ExperimentModel", asked: Asked) -> Answer:
    parts = (
        Part("coefficients", fit.table(asked.level), COEFFICIENTS),
        Part("predicted_share", fit.prevalence(asked.level), ("estimate", "se", "low", "high", "base", "df")),
    )
    facts = {"formula": fit.formula, "method": fit.method, "n": fit.n, "log_likelihood": fit.log_likelihood}
    return Answer(kind, name, parts, facts)


def _balance(found: "Balance") -> tuple[Part, ...]:
    return Part("sizes", found.sizes, SIZES), Part("balance", found.tests, EVEN)


def _needs_formula(given: Given, option: str) -> None:
    if option in given:
        raise click.UsageError(f"--{option} is of the regression: type --formula too")


def _refuse_with_formula(given: Given, options: Sequence[str]) -> None:
    for option in options:
        if option in given:
            raise click.UsageError(f"the regression takes no --{option}: leave it or --formula out")
