"""`tolqyn report`: releases in, one printed report per language out, each made in a process of its own."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import ReleaseRef

A_FOLDER = click.Path(file_okay=False, path_type=Path)
AT_ONCE = 2
"""Reports made side by side; each takes some 400 MB."""


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
@click.option(
    "--incomplete-methods",
    "incomplete",
    is_flag=True,
    help="Print although the method statement lacks items, stamped so on every page.",
)
def build(
    names: tuple[str, ...],
    wave: str | None,
    folders: tuple[Path, ...],
    languages: str | None,
    out: Path | None,
    *,
    incomplete: bool,
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
    for path in print_reports(given, chosen, target, incomplete=incomplete):
        click.echo(str(path))


def print_reports(
    folders: Sequence[Path], languages: Sequence[str], out: Path, *, incomplete: bool = False
) -> list[Path]:
    """Each language's PDF, in the order of the languages, under a progress bar.

    Raises what the report refuses (ReportError, AnalysisError), and Refused when a process dies.
    """
    from reports import write_report

    # A fresh process per report gives its memory back; forking would copy whatever the caller has open.
    pool = ProcessPoolExecutor(
        min(AT_ONCE, os.cpu_count() or 1, len(languages)),
        mp_context=get_context("spawn"),
        max_tasks_per_child=1,
    )
    with pool, click.progressbar(length=len(languages), label="reports") as bar:
        write = partial(write_report, tuple(folders), out=out, incomplete=incomplete)
        jobs = {pool.submit(write, language): language for language in languages}
        done = {}
        try:
            for job in as_completed(jobs):
                done[jobs[job]] = job.result()
                bar.update(1)
        except BrokenProcessPool as error:
            hint = "free some memory (each report takes about 400 MB) and type the same command again"
            raise Refused(Reason("a printed report", "its process was ended", hint, rule="memory")) from error
        except Exception:
            pool.shutdown(cancel_futures=True)
            raise
    return [done[language] for language in languages]


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


def refuse_changed(folders: Sequence[Path]) -> None:
    """Raise what differs in the folders from what was written: ReleaseError; Refused for what is no release.

    Comes before anything of a release is read, because its names become paths and its records are trusted.
    """
    from analysis import ReleaseError, verify_release

    absent = [str(folder) for folder in folders if not (folder / "manifest.json").is_file()]
    if absent:
        hint = "tolqyn release list"
        raise Refused(
            *(Reason("a release folder", "no manifest.json in it", hint, path=path) for path in absent)
        )
    problems = [problem for folder in folders for problem in verify_release(folder)]
    if problems:
        raise ReleaseError(problems)


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
