"""Release folders in, one SurveyData over all their waves out, under the design that was asked for."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.crossing import (
    Crossing,
    jointly,
    one_by_one,
    refuse_crossed,
    refuse_left_out,
    words_of,
)
from survey.cli.analyse.options import Asked
from survey.cli.spelling import file_key, spelled
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import SurveyData
    from instruments import Codebook


def read(
    asked: Asked,
    variables: Sequence[str] = (),
    *,
    crossing: Crossing = one_by_one,
) -> "SurveyData":
    """The releases pooled, in time order. Raises what reading, pooling and binding the design raise.

    Refuses what was left out, and to cross what may not be crossed: `refuse_left_out`, `refuse_crossed`.
    `variables`: every name the command prints figures of or fits to; `crossing`: which it uses together.

    What is to be known of the design (lonely strata, clusters of very unequal size) goes to standard error.
    """
    from analysis import make_replicates, pool

    each = read_each(asked)
    _refuse([data.codebook for data in each], asked, variables, crossing)
    data = pool(each)
    if found := asked.replicates:
        data = make_replicates(
            data, found.kind, replicates=found.number, seed=found.seed, fay_rho=found.fay_rho
        )
    _tell([data])
    return data


def read_fitted(asked: Asked, formula: str, more: Sequence[str] = ()) -> "SurveyData":
    """Data that a formula is fitted to: its columns, and the names `more`, are used together."""
    from analysis import formula_columns

    data = read(asked, (*words_of(formula), *more), crossing=jointly)
    refuse_crossed([data.codebook], jointly(asked, (*formula_columns(formula, data), *more)))
    return data


def read_of(asked: Asked, variables: Sequence[str], *, crossing: Crossing = one_by_one) -> "list[SurveyData]":
    """The data that each variable is estimated from: the releases pooled, or their rows in partitions.

    Partitions are compressed to what the variable, --by and --where need, in one pass over the files.
    """
    if not asked.partitions:
        return [read(asked, variables, crossing=crossing)] * len(variables)
    from analysis import read_partitioned_releases

    parts = read_partitioned_releases(
        asked.releases,
        rows=asked.partitions,
        redesign=lambda design: _design(design, asked),
        scheduler=asked.scheduler,
    )
    _refuse([part.codebook for part in parts.parts], asked, variables, crossing)
    data = parts.compressed_each(variables, asked.by, asked.where or None)
    _tell(data)
    return data


def _refuse(
    codebooks: "Sequence[Codebook]", asked: Asked, variables: Sequence[str], crossing: Crossing
) -> None:
    refuse_left_out(codebooks, asked, variables)
    refuse_crossed(codebooks, crossing(asked, variables))


def _tell(data: "Sequence[SurveyData]") -> None:
    from analysis import design_notes

    for note in dict.fromkeys(note for each in data for note in design_notes(each)):
        click.echo(f"note: {in_shell(note)}", err=True)


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
    design = _design(data.design, asked)
    return data if design == data.design else replace(data, design=design)


def _design(own: Any, asked: Asked) -> Any:
    """The release's own design, or what --design and --lonely-psu make of it."""
    from analysis import Design

    design = _given(asked.design) if asked.design else own
    if asked.lonely_psu and not isinstance(design, Design):
        hint = "leave --lonely-psu out, or give --design with its base"
        raise Refused(Reason("a design of strata and clusters", "replicate weights", hint))
    if asked.lonely_psu and isinstance(design, Design):
        design = replace(design, lonely_psu=asked.lonely_psu)
    return design


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
