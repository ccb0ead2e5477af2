"""`tolqyn wave interviewer`: personal links for people who ask."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.store import waves
from survey.store.interviewers import add_interviewer, interviewers
from survey.store.invitations import BatchSpec
from survey.store.models import Wave


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--name", "number", required=True, help="The office's number for the interviewer, as I07.")
@click.option("--batch", help="Sampling point of the interviews; a new name makes one.")
@click.option("--stratum", help="Stratum of a new sampling point.")
@click.option("--psu", help="Primary sampling unit of a new sampling point.")
@click.option("--fpc", type=float, help="First-stage units of its stratum in the population.")
@click.option(
    "--base-weight", type=float, default=1.0, show_default=True, help="1 / probability of selection."
)
@click.option("--renew", is_flag=True, help="A new link in the place of a lost one.")
def interviewer(name: str, number: str, batch: str | None, renew: bool, **design: Any) -> None:
    """Print an interviewer's personal link; it is kept nowhere else.

    Interviews begun with it have the mode capi and keep the number, so that what interviewers do to answers
    can be estimated. Contacts without an interview are counted on the same page.

    \b
    Example:  tolqyn wave interviewer kz-thb/2027 --name I07 --batch a12 --stratum cities --psu a12
    """
    spec = BatchSpec(name=batch, size=0, **design) if batch else None
    if spec is None and BatchSpec("", 0, **design) != BatchSpec("", 0):
        raise click.UsageError("--stratum, --psu, --fpc and --base-weight describe a --batch: name it")
    with instance() as (config, database), database.writing() as session:
        wave = waves.find_wave(session, name)
        token = add_interviewer(session, wave, number, spec, renew=renew)
        note(session, "wave.interviewer", wave, name=number, renew=renew)
        click.echo(f"{config.base_url}/s/{wave.alias}/w/{token}")


def said_contacts(session: Session, wave: Wave, snapshot: Mapping[str, Any] | None) -> list[str]:
    """Lines for `wave status` while the wave is in the field; afterwards its dispositions hold them."""
    if snapshot is None:
        return []
    links = interviewers(session, wave)
    lines = [f"interviewers: {len({link.name for link in links})}"] if links else []
    return [*lines, *(f"contact {code}: at least {n}" for code, n in snapshot["contacts"].items())]
