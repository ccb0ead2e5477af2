"""`tolqyn wave quota`: which cells are full, and closing one or giving it another target."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import study_today
from survey.store import quotas, waves
from survey.store.quotas import Cell
from survey.store.snapshots import STEP


@click.command()
@click.argument("name", metavar="WAVE")
@click.argument("cell", required=False)
@click.option("--close", "closed", flag_value="yes", help="Take nobody more into the cell.")
@click.option("--reopen", "closed", flag_value="no", help="Undo --close.")
@click.option("--target", type=int, help="Another number of interviews.")
@click.option("--json", "as_json", is_flag=True, help="Print the cells as a list.")
def quota(name: str, cell: str | None, closed: str | None, target: int | None, *, as_json: bool) -> None:
    """Show the quota cells of a wave, or change one. Counts are the last snapshot's, rounded down to 5.

    Cells are declared in the design file before the opening; what chance assigns does not hang on them.
    While people answer, a target changes once a day, and a look tells nothing that tolqyn wave monitor does
    not: nearly full is a cell of which one of the next five interviews is the last.

    \b
    Example:
      tolqyn wave quota kz-thb/2027
      tolqyn wave quota kz-thb/2027 men-18-29 --target 150
    """
    if cell is None and (closed is not None or target is not None):
        raise click.UsageError("name the CELL to change")
    if cell is not None and closed is None and target is None:
        raise click.UsageError("say what becomes of the cell: --close, --reopen or --target N")
    from survey.monitor import last_snapshot

    with instance() as (_, database):
        if cell is not None:
            with database.writing() as session:
                found = waves.find_wave(session, name)
                shut = None if closed is None else closed == "yes"
                changed = quotas.change_cell(session, found, cell, target=target, closed=shut)
                note(session, "wave.quota", found, cell=cell, target=changed.target, closed=changed.closed)
        with database.reading() as session:
            found = waves.find_wave(session, name)
        snapshot = last_snapshot(database, found.id, study_today(found.time_zone), datetime.now(UTC))
    listed = [_shown(each, snapshot) for each in quotas.cells_of(found)]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for each in listed:
        count = f"at least {each['at_least']}" if each["at_least"] is not None else "not counted yet,"
        click.echo(
            f"{each['name']}  {each['kind']}  {count} of {each['target']} {each['counts']}  {each['state']}"
        )
    if not listed:
        click.echo(f"no quotas: add quotas: to the design file, tolqyn wave design {name} FILE")


def _shown(cell: Cell, snapshot: Mapping[str, Any] | None) -> dict[str, object]:
    """A cell as it is now, with the count of the snapshot: a look or another target tells nothing newer."""
    rows = {row["cell"]: row["at_least"] for row in (snapshot or {}).get("quotas", ())}
    count = rows.get(cell.name)
    return {
        "name": cell.name,
        "kind": cell.kind,
        "counts": cell.counts,
        "target": cell.target,
        "at_least": count,
        "state": cell.state(count, STEP),
    }
