"""`tolqyn analyse`: release folders in, tables of estimates out: on the screen, as CSV or as JSON."""

import click

from survey.cli.analyse.change import change
from survey.cli.analyse.compare import compare
from survey.cli.analyse.crosstab import crosstab
from survey.cli.analyse.decompose import decompose
from survey.cli.analyse.experiment import experiment
from survey.cli.analyse.invariance import invariance
from survey.cli.analyse.model import model
from survey.cli.analyse.outcomes import outcomes
from survey.cli.analyse.plan import plan
from survey.cli.analyse.quality import quality
from survey.cli.analyse.scale import scale
from survey.cli.analyse.topline import topline
from survey.cli.analyse.track import track
from survey.cli.analyse.trend import trend
from survey.cli.spelling import speller

COMMANDS = (
    *(topline, crosstab, compare, change, trend, track, decompose),
    *(scale, invariance, experiment, model, quality, outcomes, plan),
)


@click.group()
@click.pass_context
def analyse(ctx: click.Context) -> None:
    """Shares, means, changes and trends from release folders, with design-based errors."""
    ctx.meta["tolqyn.spell"] = speller(analyse.commands[str(ctx.invoked_subcommand)])


for command in COMMANDS:
    analyse.add_command(command)
