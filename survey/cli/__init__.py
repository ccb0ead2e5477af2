"""The command `tolqyn`: parse, call, echo. May not decide anything; a noun's module loads when used."""

import os
from collections.abc import Sequence
from functools import partial
from importlib import import_module

import click

from survey.cli import refusals
from survey.modes import keep_private

NOUNS = {
    "analyse": "survey.cli.analyse:analyse",
    "audit": "survey.cli.audit:audit",
    "breach": "survey.cli.protection:breach",
    "db": "survey.cli.db:db",
    "demo": "survey.cli.demo:demo",
    "instrument": "survey.cli.instrument:instrument",
    "key": "survey.cli.key:key",
    "metrics": "survey.cli.metrics:metrics",
    "night": "survey.cli.night:night",
    "paper": "survey.cli.paper:paper",
    "release": "survey.cli.release:release",
    "report": "survey.cli.report:report",
    "results": "survey.cli.results:results",
    "serve": "survey.cli.serve:serve",
    "text": "survey.cli.text:text",
    "token": "survey.cli.token:token",
    "user": "survey.cli.user:user",
    "wave": "survey.cli.wave:wave",
}


class Nouns(click.Group):
    """Loads one module per noun, and turns every refusal into a message and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The nouns, in alphabetical order."""
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The group or command of a noun."""
        if cmd_name not in NOUNS:
            return None
        module, _, attribute = NOUNS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether the output is to be data, for the refusals too."""
        ctx.meta["tolqyn.json"] = _wants_json(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal becomes its reasons on standard error and status 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            problems = refusals.problems_of(error, ctx.meta.get("tolqyn.spell"))
            if problems is None:
                raise
            refusals.echo(problems, as_json=ctx.meta["tolqyn.json"])
            ctx.exit(1)


def _wants_json(args: Sequence[str]) -> bool:
    return "--json" in args[: args.index("--") if "--" in args else None]


@click.group(cls=Nouns)
@click.version_option(package_name="tolqyn")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Recurring public-attitude polls: questionnaires, waves, releases, trends, reports.

    \b
    Example:  tolqyn wave status
    """
    ctx.call_on_close(partial(os.umask, keep_private()))
