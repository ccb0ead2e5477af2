"""`tolqyn instrument preview`: every question of every route on one page per language."""

from pathlib import Path

import click

from survey.cli.instrument.documents import A_FILE, IN_LANGUAGES, paths_for, wanted_languages, write_each
from survey.cli.instrument.finding import find_questionnaire


@click.command("preview")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--lang", help=IN_LANGUAGES)
@click.option(
    "--out", type=A_FILE, help="File to write; -LANG is added for several.  [default: NAME-VERSION.html]"
)
def preview_command(name: str, version: str | None, lang: str | None, out: Path | None) -> None:
    """Write one HTML page per language: all questions of all routes, codes, routing in words, random orders.

    Each page is one file without script, to be read on a screen or printed, by reviewers and translators.

    \b
    Example:
      tolqyn instrument preview kz_thb_core
      tolqyn instrument preview kz_thb_core --lang kk --out core-kk.html
    """
    from reports import preview_html

    questionnaire = find_questionnaire(name, version)
    languages = wanted_languages(questionnaire, lang)
    paths = paths_for(out, f"{questionnaire.name}-{questionnaire.version}.html", languages)
    write_each(paths, lambda language: preview_html(questionnaire, language).encode())
