"""`tolqyn metrics`: how the machine and the nightly work stand, for Prometheus."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from survey.config import Config, study_today
from survey.modes import for_everybody
from survey.store.engine import connect


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for node_exporter's textfile collector.",
)
def metrics(out: Path | None) -> None:
    """Print metrics of the machine, the database and the nightly work; none counts respondents or requests.

    With --out the file is replaced whole, so a reader never meets half of it. A database that cannot be used
    is no error here: it is what `tolqyn_ready 0` says.

    \b
    Example:  tolqyn metrics --out /var/lib/prometheus/node-exporter/tolqyn.prom
    """
    from prometheus_client import generate_latest, write_to_textfile

    from survey.metrics import collect

    config = Config.from_env()
    with closing(connect(config.database_url)) as database:
        registry = collect(config, database, datetime.now(UTC), study_today())
    if out is not None:
        with for_everybody():
            write_to_textfile(str(out), registry)
        return
    click.echo(generate_latest(registry).decode(), nl=False)
