"""`tolqyn report`: releases in, one printed report per language out, each made in a process of its own."""

import json
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.cli.verifying import differing, refuse_changed, verify
from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import ReleaseRef, TrackingPlan
    from reports import ReportSpec

A_FOLDER = click.Path(file_okay=False, path_type=Path)
A_FILE = click.Path(dir_okay=False, path_type=Path)


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
@click.option(
    "--spec", "specification", type=A_FILE, help="What the report shows (YAML).  [default: the instrument's]"
)
@click.option("--plan", type=A_FILE, help="A tracking plan: comparisons declared beforehand (YAML).")
@click.option("--out", type=A_FOLDER, help="Folder to write into.  [default: TOLQYN_HOME/reports/STUDY]")
@click.option(
    "--incomplete-methods",
    "incomplete",
    is_flag=True,
    help="Print although the method statement lacks items, stamped so on every page.",
)
def build(  # noqa: PLR0917
    names: tuple[str, ...],
    wave: str | None,
    folders: tuple[Path, ...],
    languages: str | None,
    specification: Path | None,
    plan: Path | None,
    out: Path | None,
    *,
    incomplete: bool,
) -> None:
    """Print the report of a study up to a wave, from the latest release of each wave.

    One PDF per language, STUDY-WAVE-LANG.pdf, with the estimates attached. Without --out the reports
    appear on the public page /results/. Release folders that lie elsewhere are given after --release.
    With --spec the report shows what a file asks for (docs/guide/report.md); facts that were checked
    more than 90 days ago are warned of.

    \b
    Example:  tolqyn report build kz-thb --wave 2027 --lang kk,ru,uz,en --out reports
    Example:  tolqyn report build kz-thb --spec report.yaml --plan tracking.yaml
    Example:  tolqyn report build --release rcvs/2018/1 --release rcvs/2021/1 --lang ru,en
    """
    if folders:
        given = [*folders, *map(Path, names)]
        refuse_changed(given)
    elif len(names) == 1:
        given = folders_of(Config.from_env().home, names[0], wave)
    else:
        raise click.UsageError("give one STUDY, or release folders after --release")
    asked = ordered(specification, plan)
    refuse_changed(asked.beside)
    for warning in asked.warnings(date.today()):
        click.echo(warning, err=True)
    chosen = wanted_languages(given, languages or asked.languages)
    target = out or Config.from_env().home / "reports" / study_of(given)
    target.mkdir(parents=True, exist_ok=True)
    for path in print_reports(given, chosen, target, asked.spec, asked.plan, incomplete=incomplete):
        click.echo(str(path))


@dataclass(frozen=True)
class Ordered:
    """What the files on the command line ask for; nothing where none was given."""

    spec: "ReportSpec | None" = None
    plan: "TrackingPlan | None" = None

    @property
    def languages(self) -> str | None:
        """The specification's languages as --lang takes them."""
        return ",".join(self.spec.languages) if self.spec and self.spec.languages else None

    @property
    def beside(self) -> tuple[Path, ...]:
        """The release folders of the professionals' study."""
        from reports import professionals_of

        return professionals_of(self.spec) if self.spec else ()

    def warnings(self, today: date) -> list[str]:
        """A line for each fact that was checked too long ago, seen from today."""
        from reports import is_stale

        facts = self.spec.source.facts if self.spec and self.spec.source else ()
        old = [fact for fact in facts if is_stale(fact, today.isoformat())]
        said = "checked {day}, more than 90 days ago: {text}. Look again and write the new day under checked:"
        return [
            said.format(day=fact.checked, text=next(iter(fact.text.values())).rstrip(".")) for fact in old
        ]


def ordered(specification: Path | None, plan: Path | None) -> Ordered:
    """Both files read and checked. Raises SpecError or PlanError with every problem of the file."""
    from analysis import read_plan
    from reports import read_spec

    return Ordered(read_spec(specification) if specification else None, read_plan(plan) if plan else None)


@report.command()
@click.option("--facts", is_flag=True, help="The schema of facts files instead.")
def schema(facts: bool) -> None:
    """Print the JSON Schema of report specifications (or of facts files), for editors.

    The same two files lie in reports/schemas/; a first line in a specification names it:
    # yaml-language-server: $schema=PATH/report-specification.schema.json

    \b
    Example:  tolqyn report schema > report-specification.schema.json
    """
    from reports import facts_schema, report_schema

    click.echo(json.dumps(facts_schema() if facts else report_schema(), ensure_ascii=False, indent=1))


def print_reports(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: "ReportSpec | None" = None,
    plan: "TrackingPlan | None" = None,
    *,
    incomplete: bool = False,
) -> list[Path]:
    """Each language's PDF, in the order of the languages, under a progress bar.

    Raises what the report refuses (ReportError, AnalysisError), and Refused when a process dies.
    """
    from reports import documents, print_side_by_side

    with click.progressbar(length=len(languages), label="reports") as bar:
        try:
            return print_side_by_side(
                documents(folders, languages, out, spec, plan, incomplete=incomplete),
                printed=lambda path: bar.update(1),
            )
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
