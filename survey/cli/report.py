"""`tolqyn report`: releases in, one printed report per language out, each made in a process of its own."""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.cli.verifying import differing, refuse_changed, verify
from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import ReleaseRef

A_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """Print trend reports from releases."""


@report.command()
@click.argument("names", nargs=-1, metavar="STUDY | DIR...")
@click.option("--wave", help="The latest wave to report on.  [default: the study's last]")
@click.option(
    "--release", "folders", multiple=True, type=A_FOLDER, help="A release folder, instead of a study."
)
@click.option("--lang", "languages", help="Languages, as in kk,ru,uz,en.  [default: the questionnaire's]")
@click.option("--out", type=A_FOLDER, help="Folder to write into.  [default: TOLQYN_HOME/reports/STUDY]")
def build(
    names: tuple[str, ...],
    wave: str | None,
    folders: tuple[Path, ...],
    languages: str | None,
    out: Path | None,
) -> None:
    """Print the report of a study up to a wave, from the latest release of each wave.

    One PDF per language, STUDY-WAVE-LANG.pdf, with the estimates attached. Without --out the reports
    appear on the public page /results/. Release folders that lie elsewhere are given after --release.

    \b
    Example:  tolqyn report build kz-thb --wave 2027 --lang kk,ru,uz,en --out reports
    Example:  tolqyn report build --release rcvs/2018/1 --release rcvs/2021/1 --lang ru,en
    """
    if folders:
        given = [*folders, *map(Path, names)]
        refuse_changed(given)
    elif len(names) == 1:
        given = folders_of(Config.from_env().home, names[0], wave)
    else:
        raise click.UsageError("give one STUDY, or release folders after --release")
    chosen = wanted_languages(given, languages)
    target = out or Config.from_env().home / "reports" / study_of(given)
    target.mkdir(parents=True, exist_ok=True)
    for path in print_reports(given, chosen, target):
        click.echo(str(path))


def print_reports(folders: Sequence[Path], languages: Sequence[str], out: Path) -> list[Path]:
    """Each language's PDF, in the order of the languages, under a progress bar.

    Raises what the report refuses (ReportError, AnalysisError), and Refused when a process dies.
    """
    from reports import documents, print_side_by_side

    with click.progressbar(length=len(languages), label="reports") as bar:
        try:
            return print_side_by_side(documents(folders, languages, out), printed=lambda path: bar.update(1))
        except BrokenProcessPool as error:
            hint = "free some memory (each report takes about 300 MB) and type the same command again"
            raise Refused(Reason("a printed report", "its process was ended", hint, rule="memory")) from error


def folders_of(home: Path, study: str, wave: str | None) -> list[Path]:
    """The latest release of each wave of a study, verified, in time order, up to `wave`.

    Raises Refused, and ReleaseError when one of the study's latest releases is not as it was written: without
    its dates nobody knows which waves come before it.
    """
    from analysis import latest, list_releases

    every = list_releases(home)
    found = latest(ref for ref in every if ref.study == study)
    if not found:
        known = ", ".join(dict.fromkeys(ref.study for ref in every)) or "none"
        hint = f"tolqyn release build {study}/WAVE, or tolqyn release import FILE --map MAP.yaml"
        place = str(home / "releases")
        raise Refused(
            Reason(f"releases of study {study}", f"studies {known}", hint, path=place, rule="no-release")
        )
    refuse_changed([ref.folder for ref in found])
    found = tuple(sorted(found, key=_when))
    waves = [ref.wave for ref in found]
    if wave is not None and wave not in waves:
        hint = f"tolqyn release build {study}/{wave}, or --wave with one of those"
        here = f"releases of {', '.join(waves)}"
        where = f"{study}/{wave}"
        raise Refused(Reason(f"a release of wave {wave}", here, hint, path=where, rule="no-release"))
    last = len(waves) if wave is None else waves.index(wave) + 1
    return [ref.folder for ref in found[:last]]


def wanted_languages(folders: Sequence[Path], languages: str | None) -> tuple[str, ...]:
    """The languages asked for, else those every (verified) release has words in. Raises Refused."""
    from analysis import read_json
    from reports import LANGUAGES

    if languages is None:
        spoken = [set(read_json(folder, "codebook")["languages"]) for folder in folders]
        return tuple(language for language in LANGUAGES if all(language in each for each in spoken))
    asked = tuple(dict.fromkeys(part.strip() for part in languages.split(",") if part.strip()))
    unknown = [language for language in asked if language not in LANGUAGES]
    if unknown or not asked:
        hint = f"--lang {','.join(LANGUAGES)}"
        raise Refused(Reason(f"languages among {', '.join(LANGUAGES)}", ", ".join(unknown) or "none", hint))
    return asked


def study_of(folders: Sequence[Path]) -> str:
    """The study the last (verified) release folder belongs to."""
    from analysis import release_at

    return str(release_at(folders[-1]).study)


def _when(ref: "ReleaseRef") -> tuple[str, str]:
    from analysis import read_json

    dates = read_json(ref.folder, "manifest").get("dates") or [ref.wave]
    return str(dates[0]), ref.wave


report.add_command(verify)
report.add_command(differing)
