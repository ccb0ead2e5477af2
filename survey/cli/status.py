"""`tolqyn wave status`: waves in, where they stand and the last snapshot's counts out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from survey import keys
from survey.cli.forms import said_forms
from survey.cli.instance import instance
from survey.cli.interviewers import said_contacts
from survey.cli.versions import said_versions
from survey.config import Config, study_today
from survey.store import waves
from survey.store.base import CLOSED, IN_FIELD
from survey.store.closing import ATTACKED
from survey.store.freezing import FORBIDS, FROZEN
from survey.store.interviews import dispositions
from survey.store.invitations import batches
from survey.store.models import Wave

Snapshot = Mapping[str, Any] | None


@click.command()
@click.argument("name", metavar="[WAVE]", required=False)
def status(name: str | None) -> None:
    """Say where the waves stand; of a wave in the field, counts of the last snapshot, rounded down to 5.

    Paper forms too. The same until the night makes the next one, as `tolqyn wave monitor` shows them: a
    second look does not tell who has answered since.

    \b
    Example:  tolqyn wave status kz-thb/2027
    """
    from survey.monitor import last_snapshot

    with instance() as (config, database):
        with database.reading() as session:
            listed = [waves.find_wave(session, name)] if name else waves.all_waves(session)
        for found in listed:
            click.echo(f"{found.study}/{found.name}  {found.state}  {when(found)}  /s/{found.alias}/")
            if name:
                today = study_today(found.time_zone)
                now = datetime.now(UTC)
                snapshot = last_snapshot(database, found.id, today, now) if _in_field(found) else None
                with database.reading() as session:
                    lines = [
                        *_details(
                            config, found, _counts(session, found, snapshot), len(batches(session, found))
                        ),
                        *said_versions(session, found),
                        *said_forms(session, found, snapshot),
                        *said_contacts(session, found, snapshot),
                        *_sites(session, found, snapshot),
                    ]
                click.echo("\n".join(f"  {line}" for line in lines))


def _in_field(found: Wave) -> bool:
    return found.state in IN_FIELD


def _counts(session: Session, found: Wave, snapshot: Snapshot) -> dict[str, int]:
    if snapshot is None:
        return dispositions(session, found)
    totals = {"complete": "completes"} | {n: n for n in ("unfinished", "screened_out", "withdrawn")}
    return {name: int(snapshot[key]) for name, key in totals.items() if snapshot[key]}


def _sites(session: Session, found: Wave, snapshot: Snapshot) -> list[str]:
    """Lines about posters and kiosks of a wave in the field."""
    sites = {batch.name for batch in batches(session, found) if batch.word is not None}
    rows = snapshot["batches"] if snapshot else ()
    return [f"site {row['batch']}: at least {row['begun']}" for row in rows if row["batch"] in sites]


def when(found: Wave) -> str:
    """The dates of a wave; whether its answers are made up."""
    return f"{found.opens} to {found.closes}" + (" (synthetic)" if found.synthetic else "")


def _details(config: Config, found: Wave, counts: dict[str, int], n_batches: int) -> list[str]:
    in_field = found.state not in CLOSED
    key = keys.wave_key_file(config.keys, found.alias)
    lines = [f"{name}: {'at least ' if in_field else ''}{n}" for name, n in sorted(counts.items())]
    lines.append(f"batches of invitations and forms, sites, sampling points: {n_batches}")
    lines.append(f"languages: {', '.join(found.languages)}; {found.sample_type}; access: {found.access}")
    if key.exists():
        lines.append(
            f"wave key: {key}"
            + ("" if in_field else " (not destroyed yet: type wave close … --confirm again)")
        )
    else:
        lines.append("wave key: MISSING, respondents cannot go on" if in_field else "wave key: destroyed")
    if found.state == FROZEN:
        lines.append(FORBIDS.format(name=f"{found.study}/{found.name}"))
    if ATTACKED in found.disclosure:
        lines.append(f"anonymity: {found.disclosure[ATTACKED]['en']}")
    return lines
