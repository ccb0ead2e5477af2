"""`tolqyn release`: a wave's data as a folder that never changes again."""

from pathlib import Path

import click

from survey.cli.instance import instance
from survey.config import study_today

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def release() -> None:
    """Build, import, list and verify releases (TOLQYN_HOME/releases/STUDY/WAVE/N)."""


@release.command()
@click.argument("name", metavar="WAVE")
@click.option("--targets", type=A_FILE, help="File of population margins: rake the weights to them.")
def build(name: str, targets: Path | None) -> None:
    """Write a closed wave as its next release, and register it.

    \b
    Example:  tolqyn release build kz-thb/2027 --targets margins.csv
    """
    from survey.release import build_release
    from survey.store.waves import find_wave

    with instance() as (config, database), database.writing() as session:
        wave = find_wave(session, name)
        reference = build_release(session, wave, config.home, targets=targets, today=study_today())
    click.echo(f"release {reference.number} of {reference.study}/{reference.wave}: {reference.folder}")
    click.echo(f"fingerprint {reference.fingerprint}")
