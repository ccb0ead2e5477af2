"""`tolqyn instrument import` and `export`: forms of other programs in and out."""

import json
from pathlib import Path

import click

from instruments import Report, export_xlsform, import_form, report_in_words
from survey.cli.instrument.finding import find_questionnaire

MOST_LINES = 40


@click.command("import")
@click.argument("form", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write into."
)
@click.option("--name", default="", help="Name of the instrument.  [default: the form's own]")
@click.option(
    "--languages",
    default="",
    help="Codes of its languages, as en=English,ru=Русский; a code alone: of words without a language.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_command(form: Path, out: Path, name: str, languages: str, as_json: bool) -> None:
    """Make an instrument of an XLSForm workbook (.xlsx, .xls) or a LimeSurvey structure (.lss).

    Every part of the form is listed in the report as mapped, changed (how) or not carried (why). Exit
    status 0 when the instrument is written, whatever is on that list; 1 when the form cannot be read.

    \b
    Example:
      tolqyn instrument import survey.xlsx --out my_survey --languages en=English,ru=Русский
      tolqyn instrument import limesurvey_survey_123.lss --out my_survey --name my_survey --json
    """
    _, report = import_form(form, out, name=name, languages=languages)
    _print(report, as_json)


@click.command("export")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option(
    "--xlsform",
    "form",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Workbook to write.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def export_command(name: str, version: str | None, form: Path, as_json: bool) -> None:
    """Write an instrument as an XLSForm workbook, for ODK, KoBo or SurveyCTO, and list what does not map.

    \b
    Example:
      tolqyn instrument export kz_thb_core --xlsform kz_thb_core.xlsx
    """
    _print(export_xlsform(find_questionnaire(name, version), form), as_json)


def _print(report: Report, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(report_in_words(report, most=MOST_LINES))
