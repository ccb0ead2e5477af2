"""`tolqyn instrument check`: every problem of a questionnaire and its wording files."""

import click

from instruments import InstrumentError, Questionnaire, check, compare_versions
from survey.cli.instrument.finding import find_earlier, find_questionnaire


@click.command("check")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--against", help="An earlier version whose declared changes are checked too: see compare.")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as a JSON list.")
def check_command(name: str, version: str | None, against: str | None, as_json: bool) -> None:
    """List every problem of a questionnaire, its wording files included; exit status 1 when there is one.

    \b
    Example:
      tolqyn instrument check kz_thb_core
      tolqyn instrument check instruments/library/kz_thb_core/2026.1.yaml --json
      tolqyn instrument check kz_thb_core --against 2026.1
    """
    questionnaire = find_questionnaire(name, version)
    problems = check(questionnaire)
    if against is not None:
        problems += compare_versions(find_earlier(questionnaire, against), questionnaire).problems
    if problems:
        raise InstrumentError(problems)
    click.echo("[]" if as_json else _summary(questionnaire))


def _summary(questionnaire: Questionnaire) -> str:
    """What was checked, in three lines."""
    asked = sum(item.stores for item in questionnaire.items.values())
    status = "; ".join(
        f"{language} {questionnaire.status.get(language, 'draft')}" for language in questionnaire.languages
    )
    return (
        f"{questionnaire.name} {questionnaire.version}: no problems; {asked} questions asked one by one on "
        f"{len(questionnaire.pages)} pages, {len(questionnaire.codebook().variables)} columns\n"
        f"wording: {status}\nSHA-256 {questionnaire.fingerprint}"
    )
