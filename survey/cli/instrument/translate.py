"""`tolqyn instrument translate`: texts out to a translator's workbook and, checked, back again."""

import json
from pathlib import Path

import click

from instruments import Imported, export_sheet, import_sheet, library_path, write_wording
from survey.config import study_today


@click.group("translate")
def translate_command() -> None:
    """Translate a questionnaire in a spreadsheet: export, work on it, import."""


def _path(name: str, version: str | None) -> Path:
    return Path(name) if name.endswith((".yaml", ".yml")) else library_path(name, version)


@translate_command.command("export")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--to", required=True, metavar="LANG", help="Language to translate into.")
@click.option(
    "--from", "shown", default="", metavar="LANG", help="Language shown.  [default: the source language]"
)
@click.option("--out", type=click.Path(path_type=Path), help="File.  [default: NAME-VERSION-LANG.xlsx]")
def export_command(name: str, version: str | None, to: str, shown: str, out: Path | None) -> None:
    """Write a workbook with every text, where it stands, what must stay, and room for the translation.

    \b
    Example:
      tolqyn instrument translate export kz_thb_core --to kk --from ru --out core-kk.xlsx
    """
    path = _path(name, version)
    target = out or Path(f"{path.parent.name}-{path.stem}-{to}.xlsx")
    made = export_sheet(path, to, target, shown)
    click.echo(
        f"{made.file}: {made.texts} texts, {made.empty} without a translation, {made.warnings} to look at"
        f"{_elsewhere(made.taken)}"
    )


def _elsewhere(taken: int) -> str:
    """Of texts that count, but are not in the workbook."""
    return f"; {taken} more are taken over word for word and translated where they come from" if taken else ""


@translate_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("extra", required=False, metavar="")
@click.option("--into", metavar="FILE|NAME", help="Instrument.  [default: the one of the library it names]")
@click.option("--write", is_flag=True, help="Write the wording file; without it only the changes are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes, or the problems, as JSON.")
def import_command(file: Path, extra: str | None, into: str | None, write: bool, as_json: bool) -> None:
    """Check a translated workbook, show what it changes and, with --write, write the wording file.

    Every problem of every row is listed at once, and nothing is written while there is one.

    \b
    Example:
      tolqyn instrument translate import core-kk.xlsx
      tolqyn instrument translate import core-kk.xlsx --write
    """
    if extra or file.suffix in (".yaml", ".yml"):
        hint = f"The instrument is named with --into {extra or file}; FILE is the workbook."
        raise click.UsageError(hint)
    found = import_sheet(file, _path(into, None) if into else None, study_today())
    written = write and found.changes_file
    if written:
        write_wording(found)
    click.echo(_as_json(found, written) if as_json else _in_words(found, written, asked=write))


def _in_words(found: Imported, written: bool, *, asked: bool) -> str:
    lines = []
    for change in found.changes:
        lines += [change.path, *([f"  - {change.old}"] if change.old else []), f"  + {change.new}"]
    counts = (
        f"{len(found.changes)} of {found.texts} texts changed, {found.empty} without a translation, "
        f"{len(found.reviewed)} reviewed{_elsewhere(found.taken)}; status: {found.status}"
    )
    if written:
        end = f"written: {found.file}"
    elif asked or not found.changes_file:
        end = f"nothing written: {found.file.name} says all this already"
    else:
        end = f"nothing written; --write changes {found.file.name}"
    return "\n".join([*lines, counts, end])


def _as_json(found: Imported, written: bool) -> str:
    data = {
        "file": str(found.file),
        "written": written,
        "language": found.language,
        "texts": found.texts,
        "taken": found.taken,
        "empty": found.empty,
        "reviewed": len(found.reviewed),
        "status": found.status,
        "changes": [vars(change) for change in found.changes],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)
