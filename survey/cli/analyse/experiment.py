"""`tolqyn analyse experiment`: releases in, what designed questions found and the tests of them out."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.crossing import jointly
from survey.cli.analyse.designed import KINDS, TAKES, Designed, designed, kind_of
from survey.cli.analyse.experimental import ANSWERS, Answer
from survey.cli.analyse.options import Asked, Code, asked, with_options
from survey.cli.analyse.printing import as_csv, as_object, in_blocks, plain
from survey.cli.analyse.reading import read, read_fitted
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import SurveyData


class Chance(click.ParamType[tuple[str, float]]):
    """`NAME=NUMBER`, a probability of a randomising device."""

    name = "name=number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """The name and the number."""
        name, _, number = str(value).partition("=")
        try:
            return name.strip(), float(number)
        except ValueError:
            self.fail(f"expected NAME=NUMBER; found {value!r}: type for example p=0.7", param)


OPTIONS = (
    click.option(
        "--variable", "names", multiple=True, help="Experiment; repeatable; default: all of the codebook."
    ),
    click.option("--kind", type=click.Choice(KINDS), help="What it is, where the codebook does not say."),
    click.option("--formula", help="Regression of the sensitive answer: 'C(SEX) + AGE'."),
    click.option("--method", type=click.Choice(["ml", "nls", "lm"]), help="List regression; default: ml."),
    click.option("--group", help="List: the column that says who saw the long one."),
    click.option("--control-items", type=click.IntRange(min=1), help="List: items of the short one."),
    click.option("--prevalence", type=float, help="Crosswise: the known share, if the codebook has none."),
    click.option("--attentive", type=float, help="Crosswise: share who follow the instruction."),
    click.option("--anchor", help="Crosswise: an item whose sensitive statement holds for nobody."),
    click.option("--same", type=int, help="Crosswise: the code of 'both or neither'; default: 1."),
    click.option("--device", help="Randomised: warner, mirrored, forced, unrelated or crosswise."),
    click.option("--yes", type=int, help="Randomised: the code that says yes."),
    click.option("--chance", "chances", multiple=True, type=Chance(), help="Randomised: p=0.7; repeatable."),
    click.option("--outcome", "outcomes", multiple=True, help="Vignette, split: an answer; repeatable."),
    click.option("--factor", "factors", multiple=True, help="Vignette: a factor's column; repeatable."),
    click.option("--code", type=Code(), help="Vignette, split: one code, or a net's name."),
    click.option("--respondent", help="Vignette: the column of people, where one judged several."),
)

SPELLED = {"control_items": "control-items", "chances": "chance", "outcomes": "outcome", "factors": "factor"}


@click.command()
@asked
@with_options(OPTIONS)
def experiment(asked: Asked, names: Sequence[str], kind: str | None, **options: Any) -> None:
    """List experiment, crosswise and randomised response, vignette, split ballot: shares, effects, tests.

    What a question is stands in the codebook; --kind says it where it does not. Several waves give a share
    each, and --by a share a group. JSON is a list, an object an experiment, with every table.

    \b
    Example:  tolqyn analyse experiment demo/releases/kz-attitudes/2026/1 --variable LE
    """
    if kind and not names:
        raise click.UsageError("--kind says what --variable is: type --variable NAME too")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    more = (*names, *_named(given))
    formula = given.get("formula")
    data = read_fitted(asked, formula, more) if formula else read(asked, more, crossing=jointly)
    chosen = _chosen(data, names, kind)
    for each in chosen:
        _refuse_strange(each, given, asked)
    _echo([ANSWERS[each.kind](data, each.name, asked, given) for each in chosen], asked)


def _named(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that options name besides the experiment."""
    several = [name for option in ("outcomes", "factors") for name in given.get(option, ())]
    return (*several, *(given[option] for option in ("group", "respondent") if option in given))


def _chosen(data: "SurveyData", names: Sequence[str], kind: str | None) -> tuple[Designed, ...]:
    if names:
        return tuple(kind_of(data.codebook, name, kind) for name in names)
    found = designed(data.codebook)
    if not found:
        reason = Reason("a codebook with an experiment", "none", "type --variable NAME --kind KIND")
        raise Refused(reason)
    return found


def _refuse_strange(each: Designed, given: Mapping[str, Any], asked: Asked) -> None:
    strange = [name for name in given if name not in TAKES[each.kind]]
    if strange:
        option = SPELLED.get(strange[0], strange[0])
        raise click.UsageError(f"{each.name} is a {each.kind} experiment, which has no --{option}")
    if asked.by and (each.kind in ("vignette", "split") or "formula" in given):
        what = "a regression" if "formula" in given else f"a {each.kind} experiment"
        raise click.UsageError(f"{what} takes no --by: type --where COLUMN=CODE for one group at a time")


def _echo(answers: Sequence[Answer], asked: Asked) -> None:
    import pandas as pd

    if asked.as_json:
        told = [{**answer.about, **as_object(answer.parts, answer.facts)} for answer in answers]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=plain))
    elif asked.as_csv:
        tables = [answer.parts[0].table.assign(**answer.about) for answer in answers]
        click.echo(as_csv(pd.concat(tables, ignore_index=True)), nl=False)
    else:
        blocks = [f"{answer.heading}\n{in_blocks(answer.parts, answer.facts)}" for answer in answers]
        click.echo("\n\n".join(blocks))
