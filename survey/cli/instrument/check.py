"""`tolqyn instrument check`: every problem of questionnaires and their wording files."""

import json
from collections.abc import Iterator, Sequence

import click

from instruments import FileProblem, InstrumentError, Questionnaire, check, compare_versions, warn
from survey.cli.instrument.finding import find_earlier, find_questionnaire
from survey.config import study_today

UNTRANSLATED = ("translation", "untranslated")
"""Rules about words a language lacks: they are shown as a table too."""


@click.command("check")
@click.argument("names", metavar="FILE|NAME...", nargs=-1, required=True)
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option("--against", help="An earlier version: changes not declared are listed too, see compare.")
@click.option("--strict", is_flag=True, help="Refuse what is a warning else.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as a JSON list.")
def check_command(
    names: tuple[str, ...], version: str | None, against: str | None, *, strict: bool, as_json: bool
) -> None:
    """List every problem of questionnaires, wording files included; exit status 1 when there is one.

    Warnings leave the exit status 0, unless --strict makes problems of them: a help line nobody called in the
    last 90 days (the wave that opens refuses it, unless it says when the line was called), a reference period
    or a telephone number typed into the wording. In the JSON list a warning is told by "severity": "warning".

    \b
    Example:
      tolqyn instrument check kz_thb_core
      tolqyn instrument check my/2027.1.yaml my/pulse.yaml --json
      tolqyn instrument check my/2027.1.yaml --against kz_thb_core@2026.1
    """
    problems: list[FileProblem] = []
    warnings: list[FileProblem] = []
    sound: list[Questionnaire] = []
    for name in names:
        questionnaire, found = _examined(name, version, against)
        doubtful = warn(questionnaire, study_today()) if questionnaire is not None else ()
        problems += [*found, *(doubtful if strict else ())]
        warnings += () if strict else doubtful
        if questionnaire is not None and not found and not (strict and doubtful):
            sound.append(questionnaire)
    if as_json:
        click.echo(_as_json(problems, warnings))
        click.get_current_context().exit(1 if problems else 0)
    for line in map(_warning, warnings):
        click.echo(line, err=True)
    for line in [*map(_summary, sound), *_table(problems)]:
        click.echo(line)
    if problems:
        raise InstrumentError(problems)


def _as_json(problems: Sequence[FileProblem], warnings: Sequence[FileProblem]) -> str:
    """One list of both; what keeps a wave from opening comes first."""
    in_order = InstrumentError(problems).problems
    doubtful = ({**warning.as_json(), "severity": "warning"} for warning in warnings)
    return json.dumps([*(problem.as_json() for problem in in_order), *doubtful], ensure_ascii=False, indent=2)


def _examined(
    name: str, version: str | None, against: str | None
) -> tuple[Questionnaire | None, Sequence[FileProblem]]:
    """The questionnaire, if its files can be used at all, and everything found in them."""
    try:
        questionnaire = find_questionnaire(name, version)
    except InstrumentError as error:
        return None, error.problems
    found = check(questionnaire)
    if against is not None:
        found += compare_versions(find_earlier(questionnaire, against), questionnaire).problems
    return questionnaire, found


def _summary(questionnaire: Questionnaire) -> str:
    """What was checked, in three or four lines."""
    asked = sum(item.stores for item in questionnaire.items.values())
    status = "; ".join(_status(questionnaire, language) for language in questionnaire.languages)
    reuse = questionnaire.reuse
    taken = (
        f"word for word from {reuse.instrument} {reuse.version}: {', '.join(reuse.items)}\n" if reuse else ""
    )
    return (
        f"{questionnaire.name} {questionnaire.version}: no problems; {asked} questions asked one by one on "
        f"{len(questionnaire.pages)} pages, {len(questionnaire.codebook().variables)} columns\n"
        f"{taken}wording: {status}\nSHA-256 {questionnaire.fingerprint}"
    )


def _status(questionnaire: Questionnaire, language: str) -> str:
    said = f"{language} {questionnaire.status.get(language, 'draft')}"
    review = questionnaire.reviews.get(language)
    return f"{said} ({review.done} of {review.of} texts reviewed)" if review else said


def _warning(problem: FileProblem) -> str:
    return f"warning: {problem.path}: expected {problem.expected}; found {problem.found}. {problem.hint}"


def _table(problems: Sequence[FileProblem]) -> Iterator[str]:
    """Missing translations as a table of places by language: `-` missing, `=` a copy of the source."""
    lacking = [problem for problem in problems if problem.rule in UNTRANSLATED]
    languages = sorted({_language(problem) for problem in lacking})
    if not lacking:
        return
    marks: dict[str, dict[str, str]] = {}
    for problem in lacking:
        marks.setdefault(problem.path, {})[_language(problem)] = "-" if problem.rule == "translation" else "="
    width = max(map(len, marks))
    yield f"{'missing translations'.ljust(width)}  {'  '.join(languages)}"
    for path, found in marks.items():
        cells = "  ".join(found.get(language, " ").ljust(len(language)) for language in languages)
        yield f"{path.ljust(width)}  {cells}".rstrip()


def _language(problem: FileProblem) -> str:
    """Of a finding that expected `a text in kk` or `a translation into kk`."""
    return problem.expected.rsplit(" ", 1)[-1]
