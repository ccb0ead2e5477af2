"""`tolqyn instrument`: one module per command."""

import click

from survey.cli.instrument.check import check_command
from survey.cli.instrument.codebook import codebook_command
from survey.cli.instrument.compare import compare_command
from survey.cli.instrument.exchange import export_command, import_command
from survey.cli.instrument.lock import lock_command
from survey.cli.instrument.paper import paper_command
from survey.cli.instrument.preview import preview_command
from survey.cli.instrument.schema import schema_command
from survey.cli.instrument.simulate import simulate_command
from survey.cli.instrument.translate import translate_command


@click.group()
def instrument() -> None:
    """Questionnaires, from draft to codebook. NAME is a name of the library or a YAML file."""


for command in (
    check_command,
    codebook_command,
    compare_command,
    export_command,
    import_command,
    lock_command,
    paper_command,
    preview_command,
    schema_command,
    simulate_command,
    translate_command,
):
    instrument.add_command(command)
