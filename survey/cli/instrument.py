"""`tolqyn instrument`: questionnaires checked, and their columns described."""

import json
from pathlib import Path

import click

from instruments import Codebook, InstrumentError, Questionnaire, Text, Variable, check, load, load_library
from survey.refusal import Reason, Refused


@click.group()
def instrument() -> None:
    """Check questionnaires and describe their columns. NAME is a name of the library or a YAML file."""


@instrument.command("check")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as a JSON list.")
def check_command(name: str, version: str | None, as_json: bool) -> None:
    """List every problem of a questionnaire, its wording files included; exit status 1 when there is one.

    \b
    Example:
      tolqyn instrument check kz_thb_core
      tolqyn instrument check instruments/library/kz_thb_core/2026.1.yaml --json
    """
    questionnaire = _questionnaire(name, version)
    if problems := check(questionnaire):
        raise InstrumentError(problems)
    click.echo("[]" if as_json else _summary(questionnaire))


@instrument.command("codebook")
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
    codebook = _questionnaire(name, version).codebook()
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


def _questionnaire(name: str, version: str | None) -> Questionnaire:
    is_file = name.endswith((".yaml", ".yml"))
    return load(Path(name)) if is_file else load_library(name, version)


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
