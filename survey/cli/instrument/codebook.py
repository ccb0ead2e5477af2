"""`tolqyn instrument codebook`: every column of a questionnaire's data described."""

import json

import click

from instruments import Codebook, Text, Variable
from survey.cli.instrument.finding import find_questionnaire
from survey.refusal import Reason, Refused


@click.command("codebook")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--lang", help="Language of the words.  [default: the source language]")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the codebook as a release holds it, in all languages."
)
def codebook_command(name: str, version: str | None, lang: str | None, as_json: bool) -> None:
    """Describe every column of a questionnaire's data: level, role, codes, who was asked, how it is computed.

    \b
    Example:
      tolqyn instrument codebook kz_thb_core --lang kk
      tolqyn instrument codebook kz_thb_core --json
    """
    codebook = find_questionnaire(name, version).codebook()
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


def _described(codebook: Codebook, language: str) -> str:
    head = f"{codebook.title.get(language, '')} ({codebook.instrument} {codebook.version})"
    return "\n\n".join([head, *(_column(variable, language) for variable in codebook.variables)])


def _column(variable: Variable, language: str) -> str:
    """One column: what it is, its words, its codes, its rule."""
    lines = [
        f"{variable.name}  [{variable.level}, {variable.role}]  {variable.label.get(language, '')}",
        *_line(variable.question, language, "question"),
        *_line(variable.universe, language, "asked if"),
        *(f"    {code:>4}  {words.get(language, '')}" for code, words in variable.codes.items()),
        *(f"    {kind.value:>4}  ({kind.name.lower()})" for kind in variable.missing),
    ]
    if variable.rule is not None:
        lines.append(f"    rule: {json.dumps(variable.rule, ensure_ascii=False)}")
    return "\n".join(lines)


def _line(words: Text, language: str, name: str) -> list[str]:
    return [f"    {name}: {words[language]}"] if language in words else []
