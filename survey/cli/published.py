"""`tolqyn release published|unpublish`: the register of publications in, its lines or a struck one out."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from instruments import safe_row
from survey.cli.acts import note
from survey.cli.freezing import settle
from survey.cli.instance import instance_if_any
from survey.cli.registered import register_of
from survey.config import Config, study_today
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from reports import Listed

HEAD = (
    *("study", "publication", "kind", "edition", "day", "counts", "wave", "release"),
    *("statistic", "variable", "grouping", "group", "answers", "code", "figure"),
)


@click.command()
@click.argument("study", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the publications as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print every figure, shown or kept back, as CSV.")
def published(study: str | None, *, as_json: bool, as_csv: bool) -> None:
    """List what was published of one STUDY or of all: report, results site, factsheet, bundle.

    A new publication is compared with all of these before it is made, so that nobody can subtract one from
    another. The list with --csv says how many people are behind each figure: it is for the office alone.

    \b
    Example:  tolqyn release published kz-thb
    Example:  tolqyn release published kz-thb --csv > published.csv
    """
    register = register_of(Config.from_env())
    studies = [study] if study else list(register.studies())
    found = [(name, each) for name in studies for each in register.listed(name)]
    if as_json:
        plain = [_plain(name, each) for name, each in found]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    elif as_csv:
        click.echo(_as_csv(found), nl=False)
    else:
        lines = [_line(name, each) for name, each in found]
        nothing = f"nothing{f' of {study}' if study else ''} is published"
        click.echo("\n".join(lines) or nothing)


@click.command()
@click.argument("study")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--because", required=True, help="Why it does not count; it is kept with the entry.")
@click.option("--by", default="", help="Your name, for the record of acts.")
def unpublish(study: str, number: int, because: str, by: str) -> None:
    """Strike a publication that never left the office, so that new ones are not compared with it.

    The entry stays and is marked. What people hold in their hands cannot be taken back: only strike what
    nobody outside has seen. The files themselves are yours to delete.

    \b
    Example:  tolqyn release unpublish kz-thb 3 --because "a trial, deleted the same day"
    """
    if not because.strip():
        raise Refused(Reason("a reason", "nothing", '--because "why it does not count"', path="--because"))
    config = Config.from_env()
    entry = register_of(config).strike(study, number, because.strip(), study_today().isoformat())
    with instance_if_any() as (_, database):
        if database is not None:
            with database.writing() as session:
                note(
                    session,
                    "release.unpublish",
                    study,
                    by,
                    publication=number,
                    seal=entry.seal,
                    because=because,
                )
                settle(session, config, study, by=by)
    click.echo(f"publication {number} of {study} no longer counts")


def _line(study: str, listed: "Listed") -> str:
    each = listed.publication
    shown, kept = each.cells
    releases = " ".join(f"{wave}/{release['release']}" for wave, release in each.releases.items())
    said = f"{study} {listed.number}  {each.day}  {each.kind} {each.edition}  {releases}"
    said += f"  {','.join(each.languages)}  {shown} figures shown, {kept} kept back"
    return said + (f"  (struck: {listed.because})" if listed.because else "")


def _plain(study: str, listed: "Listed") -> dict[str, Any]:
    each = listed.publication
    shown, kept = each.cells
    return {
        "study": study,
        "publication": listed.number,
        "kind": each.kind,
        "edition": each.edition,
        "day": each.day,
        "languages": list(each.languages),
        "releases": {wave: dict(release) for wave, release in each.releases.items()},
        "shown": shown,
        "kept_back": kept,
        "plan": each.plan,
        "choices": each.choices,
        "seal": listed.seal,
        "struck": listed.because or None,
    }


def _as_csv(found: Sequence[tuple[str, "Listed"]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEAD)
    for study, listed in found:
        writer.writerows(map(safe_row, ((study, *row) for row in _rows(listed))))
    return buffer.getvalue()


def _rows(listed: "Listed") -> Iterator[tuple[object, ...]]:
    """A line a figure: `shown`, `kept back` for people's sake, or `uncertain`."""
    each = listed.publication
    about = (listed.number, each.kind, each.edition, each.day, "no" if listed.because else "yes")
    for table in each.tables:
        release = each.releases[table.wave]["release"]
        for answer, shown, secret in zip(table.answers, table.shown, table.secret, strict=True):
            for place, group in enumerate(table.groups):
                figure = "shown" if shown[place] else "kept back" if secret[place] else "uncertain"
                code = "+".join(map(str, answer))
                named = (table.statistic, table.variable, table.column, group if table.column else "")
                yield (*about, table.wave, release, *named, table.bases[place], code, figure)
