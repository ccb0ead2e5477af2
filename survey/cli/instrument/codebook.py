"""`tolqyn instrument codebook`: every column of a questionnaire's data described."""

import json
from pathlib import Path

import click

from instruments import Codebook, Questionnaire, Text, Variable
from survey.cli.instrument.documents import A_FILE, paths_for, wanted_languages, write_each
from survey.cli.instrument.finding import find_questionnaire
from survey.refusal import Reason, Refused


@click.command("codebook")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option(
    "--lang",
    help="Language of the words; for documents several, as in kk,ru.  [default: the source language]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the codebook as a release holds it, in all languages."
)
@click.option("--html", type=A_FILE, help="Write one HTML page per language; -LANG is added for several.")
@click.option("--pdf", type=A_FILE, help="Write one tagged PDF per language; -LANG is added for several.")
def codebook_command(
    name: str,
    *,
    version: str | None,
    lang: str | None,
    as_json: bool,
    html: Path | None,
    pdf: Path | None,
) -> None:
    """Describe every column of a questionnaire's data: level, role, codes, who was asked, how it is computed.

    As text on the terminal, as JSON, or as documents by module with contents and an index; documents are
    written in every language of the questionnaire unless --lang names some.

    \b
    Example:
      tolqyn instrument codebook kz_thb_core --lang kk
      tolqyn instrument codebook kz_thb_core --lang kk,ru --pdf codebook.pdf
      tolqyn instrument codebook kz_thb_core --json
    """
    questionnaire = find_questionnaire(name, version)
    if html or pdf:
        if as_json:
            raise click.UsageError("give --json, or --html and --pdf")
        _documents(questionnaire, lang, html, pdf)
        return
    codebook = questionnaire.codebook()
    language = lang or codebook.source_language
    if language not in codebook.languages:
        known = ", ".join(codebook.languages)
        raise Refused(
            Reason(f"a language of {codebook.instrument}", language, f"Write --lang with one of {known}.")
        )
    if as_json:
        click.echo(codebook.to_json())
    else:
        click.echo(_described(codebook, language))


def _documents(questionnaire: Questionnaire, lang: str | None, html: Path | None, pdf: Path | None) -> None:
    from reports import codebook_html, codebook_pdf

    languages = wanted_languages(questionnaire, lang)
    if html:
        paths = paths_for(html, "", languages)
        write_each(paths, lambda language: codebook_html(questionnaire, language).encode())
    if pdf:
        paths = paths_for(pdf, "", languages)
        write_each(paths, lambda language: codebook_pdf(questionnaire, language))


def _described(codebook: Codebook, language: str) -> str:
    head = f"{codebook.title.get(language, '')} ({codebook.instrument} {codebook.version})"
    return "\n\n".join([head, *(_column(variable, language) for variable in codebook.variables)])


def _column(variable: Variable, language: str) -> str:
    """One column: what it is, its words, its codes and nets, its rule."""
    lines = [
        f"{variable.name}  [{variable.level}, {variable.role}]  {variable.label.get(language, '')}",
        *_line(variable.question, language, "question"),
        *_line(variable.universe, language, "asked if"),
        *(f"    {code:>4}  {words.get(language, '')}" for code, words in variable.codes.items()),
        *(f"    {kind.value:>4}  ({kind.name.lower()})" for kind in variable.missing),
        *(
            f"    net {name}: {net.label.get(language, '')} ({', '.join(map(str, net.codes))})"
            for name, net in variable.nets.items()
        ),
    ]
    if variable.rule is not None:
        lines.append(f"    rule: {json.dumps(variable.rule, ensure_ascii=False)}")
    return "\n".join(lines)


def _line(words: Text, language: str, name: str) -> list[str]:
    return [f"    {name}: {words[language]}"] if language in words else []
