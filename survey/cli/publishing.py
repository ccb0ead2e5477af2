"""Arguments of `tolqyn report ...` in: release folders, languages, specification and plan, checked, out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.gate import PublicationGate
from survey.cli.verifying import refuse_changed
from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import TrackingPlan
    from reports import Mended, ReportSpec

A_FOLDER = click.Path(file_okay=False, path_type=Path)
A_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("names", nargs=-1, metavar="STUDY | DIR..."),
    click.option("--wave", help="The latest wave to report on.  [default: the study's last]"),
    click.option(
        "--release", "folders", multiple=True, type=A_FOLDER, help="A release folder, instead of a study."
    ),
    click.option("--lang", "languages", help="Languages, as in kk,ru,uz,en.  [default: the questionnaire's]"),
    click.option(
        "--spec",
        "specification",
        type=A_FILE,
        help="What is shown (YAML).  [default: the instrument's]",
    ),
    click.option("--plan", type=A_FILE, help="A tracking plan: comparisons declared beforehand (YAML)."),
    click.option("--out", type=A_FOLDER, help="Folder to write into.  [default: TOLQYN_HOME/reports/STUDY]"),
    click.option(
        "--replace",
        "replace_near",
        is_flag=True,
        help="It takes the place of a published one that differs by a few interviews.",
    ),
    click.option(
        "--incomplete-methods",
        "incomplete",
        is_flag=True,
        help="Print although the method statement lacks items, stamped so everywhere.",
    ),
)


@dataclass(frozen=True)
class Asked:
    """What a command is to publish: from which releases, in which languages, where to."""

    folders: tuple[Path, ...]
    languages: tuple[str, ...]
    out: Path
    ordered: "Ordered"
    gate: PublicationGate


def asked(
    names: Sequence[str],
    *,
    wave: str | None,
    folders: Sequence[Path],
    languages: str | None,
    specification: Path | None,
    out: Path | None,
    plan: Path | None = None,
    replace_near: bool = False,
    governs: bool = False,
) -> Asked:
    """Everything read and checked; warnings about old facts are printed. Raises what is refused.

    What has a folder of its own (`out`) or is a draft is the office's copy: the gate only warns of it.
    `governs`: it is the report, whose plan and choices all else is judged by.
    """
    from survey.cli.planned import plan_of, spec_of, tell_unchosen

    if folders:
        given = verified([*folders, *map(Path, names)])
    elif len(names) == 1:
        given = folders_of(Config.from_env().home, names[0], wave)
    else:
        raise click.UsageError("give one STUDY, or release folders after --release")
    config = Config.from_env()
    plan = plan_of(config, given, plan, governs=governs)
    stated = wanted_languages(given, languages) if languages else None
    files = ordered(specification, plan, given, stated)
    refuse_changed(files.beside)
    for warning in files.warnings(date.today()):
        click.echo(warning, err=True)
    chosen = stated or wanted_languages(given, files.languages)
    binding = out is None and not (files.spec and files.spec.draft)
    if not governs:
        files = replace(files, spec=spec_of(config, given, files.spec, kind="factsheet", binding=binding))
    elif binding and files.spec is None:
        tell_unchosen(config, given)
    target = out or config.home / "reports" / study_of(given)
    target.mkdir(parents=True, exist_ok=True)
    gate = PublicationGate(config, replace_near, binding=binding, plan=plan, spec=files.spec)
    return Asked(tuple(given), chosen, target, files, gate)


_READ = ("names", "wave", "folders", "languages", "specification", "out", "plan", "replace_near")
"""What `asked` takes; all else is the command's own."""


def asking(command: Callable[..., None], *, governs: bool = False) -> Callable[..., None]:
    """The arguments of every command that publishes from releases; it gets them checked, as `Asked`."""

    @wraps(command)
    def run(incomplete: bool, **given: Any) -> None:
        own = {name: given.pop(name) for name in list(given) if name not in _READ}
        with small_tables():
            command(asked(**given, governs=governs), incomplete=incomplete, **own)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


@contextmanager
def small_tables() -> Iterator[None]:
    """Words of new tables are Python's own, not Arrow's: thousands of tables have a few rows each.

    What the tables hold is the same; making them takes a seventh less time, and 13 MB less.
    """
    import pandas as pd

    with pd.option_context("mode.string_storage", "python"):
        yield


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
        now = today.isoformat()
        old = [fact for fact in facts if is_stale(fact, now)]
        said = "checked {day}, more than 90 days ago: {text}. Look again and write the new day under checked:"
        ahead = "checked {day}, a day still to come: {text}. Write the day somebody really looked"
        return [
            (f"{fact.place}: " if fact.place else "")
            + line.format(day=fact.checked, text=next(iter(fact.text.values())).rstrip("."))
            for line, those in ((said, old), (ahead, [fact for fact in facts if fact.checked > now]))
            for fact in those
        ] + self._of_tomorrow(now)

    def _of_tomorrow(self, now: str) -> list[str]:
        if self.spec is None:
            return []
        said = "{at}dated {day}, a day still to come: the report will name it as its day of publication"
        looked = "{at}looked_at {day}, a day still to come. Write the day somebody really looked"
        days = [(said, ("dated",), self.spec.dated)] + [
            (looked, ("official_counts", str(place), "looked_at"), each.looked_at)
            for place, each in enumerate(self.spec.official_counts)
        ]
        return [line.format(at=self._at(path), day=day) for line, path, day in days if day > now]

    def _at(self, path: tuple[str, ...]) -> str:
        source = self.spec.source if self.spec else None
        return f"{source.path}:{source.line(path)}: " if source else ""


def ordered(
    specification: Path | None, plan: Path | None, folders: Sequence[Path], languages: Sequence[str] | None
) -> Ordered:
    """Both files read and checked for these releases. SpecError, PlanError: every problem of the file.

    `languages`: those of the command line; None leaves the choice to the specification.
    """
    from reports import ordered_spec

    spec = ordered_spec(specification, folders, languages) if specification else None
    return Ordered(spec, tracking_plan(plan))


def tracking_plan(file: Path | None) -> "TrackingPlan | None":
    """The comparisons declared beforehand, where a file holds some. PlanError: every problem of the file."""
    from analysis import read_plan

    return read_plan(file) if file else None


def folders_of(home: Path, study: str, wave: str | None) -> list[Path]:
    """The latest release of each wave of a study, verified, in time order, up to `wave`.

    Raises Refused, and ReleaseError when one of the study's latest releases is not as it was written: without
    its dates nobody knows which waves come before it.
    """
    from analysis import by_time, latest, list_releases

    every = list_releases(home)
    found = latest(ref for ref in every if ref.study == study)
    if not found:
        names = list(dict.fromkeys(ref.study for ref in every))
        known = ", ".join(names) or "none"
        hint = f"tolqyn release build {study}/WAVE, or tolqyn release import FILE --map MAP.yaml"
        if close := get_close_matches(study, names, n=1):
            hint = f"did you mean {close[0]}? Else {hint}"
        place = str(home / "releases")
        raise Refused(
            Reason(f"releases of study {study}", f"studies {known}", hint, path=place, rule="no-release")
        )
    refuse_changed([ref.folder for ref in found])
    found = by_time(sorted(found, key=lambda ref: ref.wave))
    waves = [ref.wave for ref in found]
    if wave is not None and wave not in waves:
        hint = f"tolqyn release build {study}/{wave}, or --wave with one of those"
        here = f"releases of {', '.join(waves)}"
        where = f"{study}/{wave}"
        raise Refused(Reason(f"a release of wave {wave}", here, hint, path=where, rule="no-release"))
    last = len(waves) if wave is None else waves.index(wave) + 1
    return [ref.folder for ref in found[:last]]


def verified(folders: Sequence[Path]) -> list[Path]:
    """Release folders as they were written, in time order, as their waves are pooled. Raises Refused.

    In which order they were typed decides neither which wave is the latest nor which report governs.
    """
    from analysis import by_time, release_at

    refuse_changed(folders)
    return [ref.folder for ref in by_time(map(release_at, folders))]


def wanted_languages(folders: Sequence[Path], languages: str | None) -> tuple[str, ...]:
    """The languages asked for, else those every (verified) release has words in. Raises Refused."""
    from reports import LANGUAGES, spoken_by

    if languages is None:
        return spoken_by(folders)
    asked = tuple(dict.fromkeys(part.strip() for part in languages.split(",") if part.strip()))
    unknown = [language for language in asked if language not in LANGUAGES]
    if unknown or not asked:
        hint = f"--lang {','.join(LANGUAGES)}"
        raise Refused(Reason(f"languages among {', '.join(LANGUAGES)}", ", ".join(unknown) or "none", hint))
    return asked


def named_columns(by: str | None) -> tuple[str, ...] | None:
    """The columns that `--by` names; None where it was not given."""
    return tuple(part.strip() for part in by.split(",") if part.strip()) if by is not None else None


def mended_lines(mended: "Mended") -> Iterator[str]:
    """What was kept back besides for the sake of other figures, in a line or two."""
    if mended.hidden:
        count = len(mended.hidden)
        said = "1 figure more is" if count == 1 else f"{count} figures more are"
        yield f"{said} kept back: other tables, or what was published before, would tell of a few people"
    for wave, _, variable, column in sorted(mended.left_out):
        yield (
            f"{variable} of {wave} is not shown by {column}: another grouping's groups are the same people "
            "but for a few"
        )


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, moved by calling what comes out with how many are done of how many."""
    with click.progressbar(length=1, label=label) as bar:

        def moved(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield moved


def study_of(folders: Sequence[Path]) -> str:
    """The study the last (verified) release folder belongs to."""
    from analysis import release_at

    return str(release_at(folders[-1]).study)
