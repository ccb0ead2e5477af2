"""`tolqyn report verify|diff`: printed reports, and the releases of one, in; what differs out."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments import safe_row
from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from reports import Errata, Outcome

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=A_FILE)
@click.argument("more", nargs=-1, metavar="[DIR]...", type=A_FOLDER)
@click.option("--release", "folders", multiple=True, type=A_FOLDER, help="A release folder; may be repeated.")
@click.option("--spec", "specification", type=A_FILE, help="The specification.  [default: the one in FILE]")
@click.option("--plan", type=A_FILE, help="The tracking plan.  [default: the one in FILE]")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_context
def verify(  # noqa: PLR0917
    context: click.Context,
    file: Path,
    more: tuple[Path, ...],
    folders: tuple[Path, ...],
    specification: Path | None,
    plan: Path | None,
    *,
    as_json: bool,
) -> None:
    """Recompute every number of a printed report from its releases, and list each that differs.

    The report is estimated and printed again in memory. Equal bytes say all; otherwise the attached data,
    every word as people see it and every object of the file are compared, and what differs is printed as
    "id, printed, recomputed". Without --release the releases the file names are looked up in TOLQYN_HOME.
    Exit status 1 when anything differs, and where other code or libraries made the file, for then its
    drawings and numbers.json cannot be compared. Factsheets are verified alike; of tiles give the list,
    …-tiles.json.

    \b
    Example:  tolqyn report verify kz-thb-2027-kk.pdf
    Example:  tolqyn report verify tiles/kz-thb-2027-kk-tiles.json --spec report.yaml
    Example:  tolqyn report verify rcvs-2021-ru.pdf --release rcvs/2018/1 --release rcvs/2021/1
    """
    from analysis import read_plan
    from reports import read_spec, verify_report

    given = [*folders, *more] or named_releases(file)
    refuse_changed(given)
    outcome = verify_report(
        file,
        given,
        read_spec(specification) if specification else None,
        read_plan(plan) if plan else None,
    )
    click.echo(_as_json(outcome) if as_json else "\n".join(_lines(file, outcome)))
    context.exit(1 if outcome.differences or not outcome.whole else 0)


@click.command("diff")
@click.argument("old", type=A_FILE)
@click.argument("new", type=A_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the releases and rows of the errata as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows of the errata as CSV.")
def differing(old: Path, new: Path, *, as_json: bool, as_csv: bool) -> None:
    """List the numbers that changed between two editions of a report: OLD in print, NEW from later releases.

    A wave's data or weights that were corrected make release number 2 of the wave (release build, or release
    import); the report is built again, and this list is its errata. Numbers are matched by the estimate they
    come from; equal corrections are listed once, with their pages.

    \b
    Example:  tolqyn report diff print/kz-thb-2027-ru.pdf kz-thb-2027-ru.pdf --csv
    """
    from reports import errata

    found = errata(old, new)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    elif as_csv:
        click.echo(_as_csv(found), nl=False)
    else:
        click.echo("\n".join(_told(found)))


def _as_csv(found: "Errata") -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("estimate", "column", "before", "after", "section", "pages"))
    for each in found.corrections:
        pages = " ".join(map(str, each.pages))
        writer.writerow(safe_row((each.estimate, each.column, each.before, each.after, each.section, pages)))
    return buffer.getvalue()


def _told(found: "Errata") -> Sequence[str]:
    lines = [
        f"release of {each.wave}: {' '.join(each.before) or 'none'} -> {' '.join(each.after) or 'none'}"
        for each in found.reissued
    ]
    for each in found.corrections:
        what = (
            " ".join(part for part in (each.estimate, each.column) if part) or f"a number in {each.section}"
        )
        pages = f"  (pages {', '.join(map(str, each.pages))})" if each.pages else ""
        lines.append(f"{what}: {each.before} -> {each.after}{pages}")
    count = len(found.corrections)
    said = "1 number or verdict changed" if count == 1 else f"{count} numbers and verdicts changed"
    return [*lines, said]


UNCOMPARED = (
    "drawings, alternative texts and numbers.json were not compared: verify with the code and libraries that "
    "made the file"
)


def named_releases(file: Path) -> list[Path]:
    """The folders in TOLQYN_HOME of the releases a report names. Refused when one is not there."""
    from reports import carried_by

    named = json.loads(carried_by(file)["estimates.json"])["releases"]
    home = Config.from_env().home / "releases"
    found = [home / each["study"] / each["wave"] / str(each["release"]) for each in named]
    absent = [folder for folder in found if not (folder / "manifest.json").is_file()]
    if absent:
        hint = "give the folders: tolqyn report verify FILE --release DIR --release DIR"
        raise Refused(
            *(
                Reason("a release the report names", "no such folder", hint, path=str(f), rule="no-release")
                for f in absent
            )
        )
    return found


def refuse_changed(folders: Sequence[Path]) -> None:
    """Raise what differs in the folders from what was written: ReleaseError; Refused for what is no release.

    Comes before anything of a release is read, because its names become paths and its records are trusted.
    """
    from analysis import ReleaseError, verify_release

    absent = [folder for folder in folders if not (folder / "manifest.json").is_file()]
    if absent:
        raise Refused(*map(_no_release, absent))
    problems = [problem for folder in folders for problem in verify_release(folder)]
    if problems:
        raise ReleaseError(problems)


def _no_release(folder: Path) -> Reason:
    inside = sorted(each.parent for each in folder.glob("*/manifest.json"))
    if inside:
        hint = f"give the folder inside it: {inside[-1]}"
    elif folder.exists():
        hint = "tolqyn release list shows those of TOLQYN_HOME"
    else:
        hint = "a study's name stands alone, without release folders; tolqyn release list shows what there is"
    found = "no manifest.json in it" if folder.exists() else "no such folder"
    return Reason("a release folder", found, hint, path=str(folder))


def _lines(file: Path, outcome: "Outcome") -> Sequence[str]:
    found = [f"note: {note}" for note in outcome.notes]
    if not outcome.differences:
        how = "byte for byte" if outcome.same_bytes else "in data and printed words"
        found.append(f"{file}: all {outcome.numbers} printed numbers are as recomputed, {how}")
        return found if outcome.whole else [*found, f"{file}: {UNCOMPARED}"]
    found += [f"{each.id}, {each.printed}, {each.recomputed}  ({each.where})" for each in outcome.differences]
    count = len(outcome.differences)
    differences = f"{count} difference{'' if count == 1 else 's'}"
    return [*found, f"{file}: {differences}; {outcome.numbers} numbers recomputed"]


def _as_json(outcome: "Outcome") -> str:
    return json.dumps({**asdict(outcome), "whole": outcome.whole}, ensure_ascii=False, indent=1)
