"""`tolqyn release`: a wave's data as a folder that never changes again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli import rows
from survey.cli.acts import note
from survey.cli.bundling import bundle
from survey.cli.correcting import read_reasons
from survey.cli.files import read_disclosure
from survey.cli.instance import instance, instance_if_any
from survey.cli.published import published, unpublish
from survey.config import study_today
from survey.refusal import Reason, Refused
from survey.store.engine import Database
from survey.store.freezing import correction
from survey.store.releases import listing, register

if TYPE_CHECKING:
    from analysis import ReleaseRef
    from survey.store.models import Wave

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def release() -> None:
    """Build, import, list and verify releases (TOLQYN_HOME/releases/STUDY/WAVE/N)."""


@release.command()
@click.argument("name", metavar="WAVE")
@click.option("--targets", type=A_FILE, help="YAML file of population margins: rake the weights to them.")
@click.option("--trim", type=click.FloatRange(min=1), help="Largest weight, in mean weights.")
@click.option(
    "--lonely-psu",
    type=click.Choice(["fail", "certainty", "remove", "adjust", "average"]),
    default="fail",
    show_default=True,
    help="What a stratum with one PSU adds to the variance.",
)
@click.option(
    "--ignore",
    type=click.Choice(["stratum", "psu", "fpc"]),
    multiple=True,
    help="Part of the sample design to leave out; may be repeated.",
)
@click.option("--disclosure", type=A_FILE, help="YAML file that completes the disclosure record.")
@click.option(
    "--erratum",
    "errata",
    multiple=True,
    metavar="WHY",
    help="Why a release takes the place of the one before: words, or LANG=words; repeatable.",
)
@click.option(
    "--despite-attack",
    default="",
    metavar="WHY",
    help="Build it although the thief's attack after the close succeeded or was not run; kept in the record.",
)
def build(
    name: str,
    targets: Path | None,
    trim: float | None,
    *,
    lonely_psu: str,
    ignore: tuple[str, ...],
    disclosure: Path | None,
    errata: tuple[str, ...],
    despite_attack: str,
) -> None:
    """Write a closed wave as its next release, and register it.

    With --disclosure, what the file says takes the place of what the record said. A release after the first
    says why it was made, after --erratum or there (correction_2 for release 2): the report prints it. A wave
    of which figures are published is frozen: without that reason it gets no other release.

    \b
    Example:  tolqyn release build kz-thb/2027 --targets margins.yaml --trim 5
    Example:  tolqyn release build kz-thb/2027 --targets margins.yaml --disclosure mended.yaml
    Example:  tolqyn release build kz-thb/2027 --targets mended.yaml --erratum "en=A margin was mistyped"
    """
    from survey.release import build_release
    from survey.rows import write_rows
    from survey.store.closing import refuse_unattacked
    from survey.store.interviews import count_interviews
    from survey.store.opening import describe
    from survey.store.waves import find_wave

    if trim is not None and targets is None:
        raise click.UsageError("--trim needs --targets: base weights are not cut")
    record = read_disclosure(disclosure)
    with instance() as (config, database), database.writing() as session:
        wave = find_wave(session, name)
        record |= _erratum(errata, config.home, wave)
        describe(wave, disclosure=record)
        refuse_unattacked(session, wave, " ".join(despite_attack.split()))
        with click.progressbar(length=count_interviews(session, wave), label="reading interviews") as bar:
            reference = build_release(
                session,
                wave,
                config.home,
                targets=targets,
                trim=trim,
                lonely_psu=lonely_psu,
                ignore=ignore,
                today=study_today(),
                progress=bar.update,
            )
        built = f"{reference.study}/{reference.wave}/{reference.number}"
        why = {"despite_attack": despite_attack} if despite_attack else {}
        note(session, "release.build", built, seal=reference.fingerprint, **why)
    write_rows(config, reference)
    click.echo(f"release {reference.number} of {reference.study}/{reference.wave}: {reference.folder}")
    for column, each in _withheld(reference.folder).items():
        within = each["within"].get("en") or next(iter(each["within"].values()))
        click.echo(
            f"{column} is left out: its counts beside those of {within!r} would tell of "
            f"fewer than {each['under']} people"
        )
    click.echo(f"fingerprint {reference.fingerprint}")


def _withheld(folder: Path) -> dict[str, Any]:
    """The columns that a release says were left out to protect people."""
    found: dict[str, Any] = json.loads((folder / "fieldwork.json").read_bytes()).get("withheld", {})
    return found


@release.command("import")
@click.argument("file", type=A_FILE)
@click.option("--map", "map_file", required=True, type=A_FILE, help="What the file's columns mean (YAML).")
@click.option("--json", "as_json", is_flag=True, help="Print the releases as JSON.")
def import_(file: Path, map_file: Path, as_json: bool) -> None:
    """Make releases of an old wave: CSV, SPSS (.sav), Stata (.dta) or Excel (.xlsx), one release a wave.

    The map says what each column means (docs/guide/import.md). The releases are registered where there is a
    database; they are read without one.

    \b
    Example:  tolqyn release import poll2019.sav --map poll2019.yaml
    """
    from analysis import import_file, list_releases, write_release

    waves = import_file(file, map_file)
    with instance_if_any() as (config, database):
        before = {_key(ref) for ref in list_releases(config.home)}
        written = [
            write_release(
                wave.data,
                config.home,
                instrument=wave.instrument,
                weights=wave.weights,
                fieldwork=wave.fieldwork,
            )
            for wave in waves
        ]
        _register(database, written)
    notes = list(dict.fromkeys(note for wave in waves for note in wave.notes))
    if as_json:
        click.echo(
            _as_json(
                {
                    "releases": [{**_plain(ref), "new": _key(ref) not in before} for ref in written],
                    "notes": notes,
                }
            )
        )
        return
    for ref, wave in zip(written, waves, strict=True):
        there = " is there already, nothing was written" if _key(ref) in before else ""
        rows = len(wave.data.frame)
        click.echo(f"release {ref.number} of {ref.study}/{ref.wave}{there}: {rows} rows, {ref.folder}")
        click.echo(f"  fingerprint {ref.fingerprint}")
    for said in notes:
        click.echo(f"note: {said}")


@release.command("list")
@click.argument("study", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(study: str | None, as_json: bool) -> None:
    """List the releases in TOLQYN_HOME, of one STUDY or of all.

    \b
    Example:  tolqyn release list rcvs
    """
    from analysis import list_releases

    with instance_if_any() as (config, database):
        found = list_releases(config.home, study)
        known = _registered(database)
    if as_json:
        click.echo(_as_json([_plain(ref) for ref in found]))
        return
    for ref in found:
        mark = "" if database is None or _key(ref) in known else "  (not registered)"
        click.echo(f"{ref.study}/{ref.wave}/{ref.number}  {ref.fingerprint[:16]}  {ref.folder}{mark}")
    if not found:
        click.echo(f"no releases in {config.releases}")


@release.command()
@click.argument("name", metavar="RELEASE|STUDY")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(name: str, as_json: bool) -> None:
    """Hash every file of a release again, and name each that differs, is missing or does not belong.

    RELEASE is a folder or STUDY/WAVE/NUMBER; STUDY or STUDY/WAVE checks all of theirs. A manifest is compared
    with the fingerprint in the database where it is registered. Exit status 1 when anything differs.

    \b
    Example:  tolqyn release verify rcvs/2024/1
    """
    from analysis import ReleaseError, verify_release

    with instance_if_any() as (config, database):
        chosen = _chosen(config.home, name)
        known = _registered(database)
    problems = [problem for ref in chosen for problem in verify_release(ref.folder, known.get(_key(ref)))]
    if problems:
        raise ReleaseError(problems)
    if as_json:
        click.echo(_as_json([_plain(ref) for ref in chosen]))
        return
    for ref in chosen:
        click.echo(f"{ref.study}/{ref.wave}/{ref.number} is as it was written: {ref.fingerprint}")


def _erratum(given: tuple[str, ...], home: Path, wave: "Wave") -> dict[str, Any]:
    """Why the wave's next release is made, as its disclosure record has it."""
    from analysis import list_releases

    if not given:
        return {}
    name = f"{wave.study}/{wave.name}"
    before = list_releases(home, wave.study, wave.name)
    if not before:
        hint = f"tolqyn release build {name}"
        raise Refused(Reason("a release to correct", "none yet", hint, path="--erratum", rule="no-release"))
    said = {code: words for code, words in read_reasons(given, {"en", *wave.languages}).items() if words}
    if not said:
        raise Refused(Reason("a reason", "nothing", '--erratum "en=…"', path="--erratum", rule="frozen"))
    return {correction(before[-1].number + 1): said}


def _chosen(home: Path, name: str) -> Sequence["ReleaseRef"]:
    """The releases a name means: one folder, or all of a study or wave. Refused when there are none."""
    from analysis import list_releases, release_at

    if (Path(name) / "manifest.json").is_file():
        return [release_at(Path(name))]
    study, _, rest = name.strip("/").partition("/")
    wave, _, number = rest.partition("/")
    every = list_releases(home)
    asked = (study, wave, number)
    found = [
        ref
        for ref in every
        if all(word in ("", said) for word, said in zip(asked, map(str, _key(ref)), strict=True))
    ]
    if not found and Path(name).is_dir():
        return [release_at(Path(name))]
    if not found:
        known = ", ".join(dict.fromkeys(f"{ref.study}/{ref.wave}" for ref in every)) or "none"
        hint = "give a release folder, STUDY, STUDY/WAVE or STUDY/WAVE/NUMBER"
        raise Refused(Reason(f"a release in {home / 'releases'}", known, hint, path=name, rule="no-release"))
    return found


def _register(database: Database | None, written: Sequence["ReleaseRef"]) -> None:
    if database is None:
        return
    with database.writing() as session:
        for ref in written:
            register(
                session,
                study=ref.study,
                wave_name=ref.wave,
                number=ref.number,
                source="imported",
                fingerprint=ref.fingerprint,
                made_on=study_today(),
            )
            note(session, "release.import", f"{ref.study}/{ref.wave}/{ref.number}", seal=ref.fingerprint)


def _registered(database: Database | None) -> dict[tuple[str, str, int], str]:
    """Fingerprints of the register by study, wave and number."""
    if database is None:
        return {}
    with database.reading() as session:
        return {(row.study, row.wave_name, row.number): row.fingerprint for row in listing(session)}


def _key(ref: "ReleaseRef") -> tuple[str, str, int]:
    return ref.study, ref.wave, ref.number


def _plain(ref: "ReleaseRef") -> dict[str, Any]:
    return {
        "study": ref.study,
        "wave": ref.wave,
        "release": ref.number,
        "fingerprint": ref.fingerprint,
        "folder": str(ref.folder),
    }


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


release.add_command(rows.write)
release.add_command(published)
release.add_command(unpublish)
release.add_command(bundle)
