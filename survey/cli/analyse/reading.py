"""Release folders in, one SurveyData over all their waves out, under the design that was asked for."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import Asked
from survey.cli.spelling import file_key, spelled
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import SurveyData


def read(asked: Asked) -> "SurveyData":
    """The releases pooled, in time order. Raises what reading, pooling and binding the design raise.

    What is to be known of the design (lonely strata, clusters of very unequal size) goes to standard error.
    """
    from analysis import design_notes, make_replicates, pool

    data = pool(read_each(asked))
    if found := asked.replicates:
        data = make_replicates(
            data, found.kind, replicates=found.number, seed=found.seed, fay_rho=found.fay_rho
        )
    for note in design_notes(data):
        click.echo(f"note: {in_shell(note)}", err=True)
    return data


def in_shell(message: Any) -> str:
    """A message of the analysis in the words of the command that is running."""
    return spelled(message, click.get_current_context().meta.get("tolqyn.spell"))


def read_each(asked: Asked) -> "list[SurveyData]":
    """One SurveyData a release, each under its design or the one given."""
    from analysis import read_release

    return [_designed(read_release(folder), asked) for folder in asked.releases]


def groups(asked: Asked, data: "SurveyData") -> tuple[str, ...]:
    """The columns asked for, and the wave where there are several."""
    several = len(data.waves) > 1 and "wave" not in asked.by
    return (*asked.by, "wave") if several else asked.by


def _designed(data: "SurveyData", asked: Asked) -> "SurveyData":
    from analysis import Design

    design = _given(asked.design) if asked.design else data.design
    if asked.lonely_psu and not isinstance(design, Design):
        hint = "leave --lonely-psu out, or give --design with its base"
        raise Refused(Reason("a design of strata and clusters", "replicate weights", hint))
    if asked.lonely_psu and isinstance(design, Design):
        design = replace(design, lonely_psu=asked.lonely_psu)
    return data if design == data.design else replace(data, design=design)


def _given(path: Path) -> Any:
    from analysis import DataError, design_from_dict

    hint = "copy the release's design.json and change that"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        reason = Reason("a design in JSON", f"text that is none ({error})", hint, path=str(path))
        raise Refused(reason) from error
    try:
        return design_from_dict(raw)
    except DataError as error:
        reasons = (
            Reason("a design", spelled(problem, file_key), hint, path=str(path)) for problem in error.problems
        )
        raise Refused(*reasons) from error
    except (TypeError, ValueError, AttributeError) as error:
        expected = "a design with values of the kinds that the release's own has"
        raise Refused(Reason(expected, json.dumps(raw, ensure_ascii=False), hint, path=str(path))) from error
