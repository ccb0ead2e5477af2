"""`tolqyn audit`: what the office's people did, and whether the record of it still holds."""

import json

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.refusal import Reason, Refused
from survey.store import audit as chain
from survey.store.guards import unguarded
from survey.store.untold import PROVEN, untold, untold_waves


@click.group()
def audit() -> None:
    """Show and verify the record of every act on data."""


@audit.command()
@click.argument("word", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the acts as JSON.")
def show(word: str | None, as_json: bool) -> None:
    """List acts, the oldest first; with WORD those whose act, person or subject holds it.

    \b
    Example:  tolqyn audit show kz-thb/2027
    """
    with instance() as (_, database), database.reading() as session:
        rows = [
            {
                "number": act.number,
                "day": act.day.isoformat(),
                "actor": act.actor,
                "what": act.what,
                "subject": act.subject,
                "detail": act.detail,
                "seal": act.seal,
            }
            for act in chain.acts(session)
            if word is None or any(word in text for text in (act.actor, act.what, act.subject))
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        detail = "  ".join(f"{key}={value}" for key, value in row["detail"].items())  # type: ignore[attr-defined]
        click.echo(
            f"{row['number']:>5}  {row['day']}  {row['what']:<18} {row['subject']}  {row['actor']}  {detail}"
        )
    if not rows:
        click.echo("no acts" + (f" with {word!r}" if word else " yet"))


@audit.command()
@click.option(
    "--head", "noted", metavar="NUMBER:SEAL", help="An entry noted elsewhere, as on a printed record."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(noted: str | None, as_json: bool) -> None:
    """Compute every entry's seal again; exit status 1 when one was changed, left out or cut off.

    The newest entry is also compared with TOLQYN_HOME/audit.head, and with --head; a record without that file
    is not taken for whole, unless --head proves it, and neither is one that does not tell the making of each
    wave and account. The triggers that keep the record are looked for. Note the line this prints where nobody
    can change it: only that proves later that the whole record was not written anew.

    \b
    Example:  tolqyn audit verify --head 41:9f86d081884c7d65…
    """
    given = _head(noted) if noted else None
    with instance() as (config, database), database.reading() as session:
        found = chain.faults(session, chain.read_head(config.home), given)
        lost = chain.unnoted(session, config.home)
        newest = chain.head(session)
        found += unguarded(database) + untold(session, older_waves=given is not None)
        found += [] if given else lost
        if found:
            raise Refused(*found)
        if lost:
            chain.keep_head(config.home, newest, restored=True)
        older = untold_waves(session)
    if older:
        with instance() as (_, database), database.writing() as session:
            note(session, PROVEN, "waves", waves=older)
            newest = chain.head(session)
    number, seal = (newest.number, newest.seal) if newest else (0, chain.NOTHING)
    if as_json:
        click.echo(json.dumps({"acts": number, "seal": seal}))
    else:
        click.echo(f"{number} acts, none changed or missing; the newest: {number}:{seal}")


def _head(text: str) -> chain.Head:
    number, _, seal = text.partition(":")
    if not (number.isdecimal() and number.isascii() and len(seal) == len(chain.NOTHING)):
        hint = "as tolqyn audit verify printed it"
        raise Refused(Reason("NUMBER:SEAL, a seal of 64 letters", repr(text), hint, path="--head"))
    return chain.Head(int(number), seal)
