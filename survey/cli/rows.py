"""`tolqyn release rows`, `tolqyn user rows`: rows of a release written; given to an analyst until a day."""

import json
from datetime import datetime

import click

from survey.cli.acts import actor, note
from survey.cli.instance import instance
from survey.config import study_today
from survey.people import accounts
from survey.people.accounts import parse_place
from survey.refusal import Reason, Refused
from survey.store import people, row_grants
from survey.store.models import RowGrant


@click.command("rows")
@click.argument("name", metavar="STUDY/WAVE")
def write(name: str) -> None:
    """Write the rows of a wave's latest release for analysts to whom they are given (TOLQYN_HOME/rows).

    A release that is built here has them already. One that was imported, or built by older code, gets them
    now: one ZIP of CSV and codebook, readable by this system's user alone. Nobody can take them away before a
    director gave them to somebody (tolqyn user rows).

    \b
    Example:  tolqyn release rows rcvs/2018
    """
    from analysis import list_releases
    from survey.rows import write_rows

    study, wave = parse_place(name)
    with instance() as (config, database):
        found = list_releases(config.home, study, wave)
        if not found or not wave:
            known = dict.fromkeys(f"{each.study}/{each.wave}" for each in list_releases(config.home))
            expected = f"STUDY/WAVE of a release in {config.releases}"
            raise Refused(
                Reason(expected, repr(name), ", ".join(known) or "none is there", rule="no-release")
            )
        path = write_rows(config, found[-1])
        with database.writing() as session:
            about = f"{study}/{wave}/{found[-1].number}"
            note(session, "release.rows", about, seal=found[-1].fingerprint)
    click.echo(f"rows of release {found[-1].number} of {study}/{wave}: {path}")


@click.command("rows")
@click.argument("name", required=False)
@click.option("--on", "place", default="", help="STUDY/WAVE, or STUDY for all of its waves.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, at most a year from now.")
@click.option("--because", default="", help="What they are needed for; it stands in the protection record.")
@click.option("--end", is_flag=True, help="Take them back; at once.")
@click.option("--json", "as_json", is_flag=True, help="Print who has which as JSON.")
def give(
    name: str | None, place: str, until: datetime | None, because: str, *, end: bool, as_json: bool
) -> None:
    """Let an analyst take the rows of a wave away until a day, take that back, or list who may.

    An analyst sees tables and no rows. Whoever is given rows takes them from the console, with a reason and
    the second factor just shown; each time is in the record of acts. Who may until when stands in the wave's
    data-protection record.

    \b
    Example:  tolqyn user rows saule.k --on kz-thb/2027 --until 2027-12-31 --because "thesis on reporting"
    Example:  tolqyn user rows saule.k --on kz-thb/2027 --end
    Example:  tolqyn user rows
    """
    if name is None:
        _list(as_json=as_json)
        return
    if end == bool(until) or (end and because):
        raise click.UsageError("say --until DAY --because WHY, or --end")
    study, wave = parse_place(place)
    with instance() as (_, database), database.writing() as session:
        account = people.account_named(session, name)
        if until is None:
            accounts.take_rows_back(session, actor(), account, study, wave)
            said = f"{account.name} may take no rows of {place} away any more"
        else:
            given = RowGrant(
                account=account.id, study=study, wave=wave, reason=" ".join(because.split()),
                until=until.date(), given_by=actor(), given_on=study_today(),
            )  # fmt: skip
            made = accounts.give_rows(session, actor(), account, given)
            said = f"{account.name} may take the rows of {made.place} away until {made.until}"
    click.echo(said)


def _list(*, as_json: bool) -> None:
    today = study_today()
    with instance() as (_, database), database.reading() as session:
        found = [
            {
                "name": account.name,
                "on": each.place,
                "until": each.until.isoformat(),
                "because": each.reason,
                "by": each.given_by,
            }
            for account in people.all_accounts(session)
            for each in row_grants.rows_of(session, account.id, today)
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo(f"{row['name']}  {row['on']}  until {row['until']}  {row['because']}  (by {row['by']})")
    if not found:
        click.echo("nobody was given rows")
