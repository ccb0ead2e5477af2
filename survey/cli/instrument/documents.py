"""What the commands that write documents share: languages and paths chosen, files written whole."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from instruments import InstrumentError, Questionnaire, check, write_whole
from survey.refusal import Reason, Refused

A_FILE = click.Path(dir_okay=False, path_type=Path)
IN_LANGUAGES = "Languages, as in kk,ru.  [default: all of the questionnaire]"


def wanted_languages(questionnaire: Questionnaire, given: str | None) -> tuple[str, ...]:
    """The languages of `--lang kk,ru`; without it all of the questionnaire.

    Raises Refused for an unknown one, InstrumentError with every text that one of them lacks.
    """
    chosen = tuple(part.strip() for part in given.split(",")) if given else questionnaire.languages
    known = ",".join(questionnaire.languages)
    if unknown := [language for language in chosen if language not in questionnaire.languages]:
        expected, hint = f"a language of {questionnaire.name}", f"Write --lang with one or more of {known}."
        raise Refused(*(Reason(expected, language, hint) for language in unknown))
    lacking = {f"a text in {language}" for language in chosen}
    found = [p for p in check(questionnaire) if p.rule == "translation" and p.expected in lacking]
    if found:
        raise InstrumentError(tuple(found))
    return tuple(dict.fromkeys(chosen))


def paths_for(out: Path | None, default: str, languages: tuple[str, ...]) -> Mapping[str, Path]:
    """The file of each language: `out` itself for one, NAME-LANG.EXT beside it for several.

    Without `out` the same is made of `default`, in the folder the command is given in.
    """
    path = out or Path(default)
    if out is not None and len(languages) == 1:
        return {languages[0]: path}
    return {language: path.with_name(f"{path.stem}-{language}{path.suffix}") for language in languages}


def write_each(paths: Mapping[str, Path], make: Callable[[str], bytes]) -> None:
    """Write each language's document and print its path; a reader never meets half a file."""
    with click.progressbar(list(paths), label="documents", file=sys.stderr) as bar:
        for language in bar:
            path = paths[language]
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, make(language))
    for path in paths.values():
        click.echo(str(path))
