"""`tolqyn wave monitor` and `snapshots`: how fieldwork goes, from one snapshot a day."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from survey.cli.instance import instance
from survey.config import study_today
from survey.i18n import spoken
from survey.refusal import Reason, Refused
from survey.store import waves

LABEL_WIDTH = 48
LISTED = (
    ("weeks", "Interviews by the week in which they began", ("week", "complete")),
    ("languages", "By language", ("language", "complete", "left", "minutes")),
    ("modes", "By mode", ("mode", "complete", "left", "minutes")),
    ("strata", "By stratum", ("stratum", "target", "invited", "complete")),
    ("batches", "By batch, site and sampling point", ("batch", "stratum", "invited", "complete")),
    ("quotas", "Quota cells", ("cell", "kind", "counts", "at_least", "target", "state")),
    ("pages", "Where people leave: per cent of those who saw a page", ("page", "module", "shown", "left")),
    (
        "items",
        "Questions without an answer: per cent of those asked",
        ("item", "label", "asked", "dont_know", "refused", "no_answer"),
    ),
    ("flags", "Signs of careless answers: per cent of those judged", ("label", "judged", "flagged")),
    ("rates", "Outcome rates (AAPOR 2023), per cent; lower bounds while the wave runs", ("rate", "percent")),
    ("interviewers", "Interviewers", ("interviewer", "complete", "minutes")),
    (
        "effects",
        "What interviewers share: intraclass correlation and design effect",
        ("variable", "label", "rho", "design_effect"),
    ),
)
"""Part of a snapshot, its heading, its columns on the screen."""


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--language", default="en", show_default=True, help="Of the questions' labels.")
def monitor(name: str, language: str, *, as_json: bool) -> None:
    """Say how a wave in the field goes: counts, where people leave, minutes, unanswered questions, flags.

    All figures are of the last snapshot, which tolqyn db rewrite makes at night (the first one by the first
    look): counts rounded down to 5, no share and no median of fewer than 30.
    So nobody learns from a second look who has answered since the first.

    \b
    Example:  tolqyn wave monitor kz-thb/2027
    """
    from survey.monitor import last_snapshot

    with instance() as (_, database):
        with database.reading() as session:
            wave = waves.find_wave(session, name)
        document = last_snapshot(database, wave.id, study_today(wave.time_zone), datetime.now(UTC))
    if document is None:
        hint = "see tolqyn wave status" if wave.state == "draft" else f"tolqyn release build {name}"
        raise Refused(
            Reason("a wave that was watched in the field", wave.state, hint, path=name, rule="state")
        )
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(_lines(document, language)))


def _lines(document: Mapping[str, Any], language: str) -> list[str]:
    head = [
        f"{document['day']}: {document['state']}",
        f"complete: at least {document['completes']}"
        + (f" of {document['target']} wanted" if document.get("target") else ""),
        f"unfinished: at least {document['unfinished']}",
        f"screened out: at least {document['screened_out']}",
        f"withdrawn: at least {document['withdrawn']}",
        f"used codes tried again: at least {document.get('used_codes', 0)}",
    ]
    for key, heading, columns in LISTED:
        if rows := document.get(key):
            head += ["", heading, *aligned([_cells(row, columns, language) for row in rows], columns)]
    return head


def _cells(row: Mapping[str, Any], columns: Sequence[str], language: str) -> list[str]:
    return [_cell(row.get(name), language) for name in columns]


def _cell(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        text = spoken(value, language)
        return text if len(text) <= LABEL_WIDTH else f"{text[: LABEL_WIDTH - 1]}…"
    return "." if value is None else str(value)


def aligned(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> list[str]:
    """Rows under their headings, each column as wide as its longest cell, numbers to the right."""
    table = [[name.replace("_", " ") for name in columns], *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(columns))]
    numeric = [all(_is_number(row[place]) for row in rows) for place in range(len(columns))]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in table
    ]


def _is_number(cell: str) -> bool:
    return cell == "." or cell.lstrip("-").replace(".", "", 1).isdigit()
