"""`tolqyn instrument paper`: the questionnaire as printed forms."""

from pathlib import Path

import click

from survey.cli.instrument.documents import A_FILE, IN_LANGUAGES, paths_for, wanted_languages, write_each
from survey.cli.instrument.finding import find_questionnaire


@click.command("paper")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--lang", help=IN_LANGUAGES)
@click.option(
    "--form",
    type=click.IntRange(1, 999_999),
    default=1,
    show_default=True,
    help="Number of the form: decides its vignette, list, scale direction and orders, and is printed on it.",
)
@click.option("--seed", default="", help="Draws other forms for the same numbers; printed on the form.")
@click.option("--organisation", help="Who runs the survey.  [default: a blank to fill in while reading]")
@click.option("--contact", help="How to reach them.  [default: a blank to fill in while reading]")
@click.option(
    "--out",
    type=A_FILE,
    help="File to write; -LANG is added for several.  [default: NAME-VERSION-form-N.pdf]",
)
def paper_command(
    name: str,
    *,
    version: str | None,
    lang: str | None,
    form: int,
    seed: str,
    organisation: str | None,
    contact: str | None,
    out: Path | None,
) -> None:
    """Print one paper form per language: a tagged PDF with boxes to tick, codes, and skips in words.

    Every form number has draws of its own, the same each time it is printed, in every language. Its codes
    stand on the first page, to be entered with it.

    \b
    Example:
      tolqyn instrument paper kz_thb_core --lang kk --form 17 --out form-17.pdf
      for n in $(seq 50); do tolqyn instrument paper kz_thb_core --lang ru --form $n --out $n.pdf; done
    """
    from reports import paper_pdf

    questionnaire = find_questionnaire(name, version)
    languages = wanted_languages(questionnaire, lang)
    paths = paths_for(out, f"{questionnaire.name}-{questionnaire.version}-form-{form}.pdf", languages)
    given = {"organisation": organisation, "contact": contact}
    fills = {blank: words for blank, words in given.items() if words}
    write_each(paths, lambda language: paper_pdf(questionnaire, language, form=form, seed=seed, fills=fills))
