"""`tolqyn release bundle`: a study's releases in, a folder that may be published out, or one checked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from survey.cli.acts import note
from survey.cli.gate import PublicationGate
from survey.cli.instance import instance_if_any
from survey.cli.planned import codebook_of, plan_of, spec_of
from survey.cli.publishing import (
    A_FOLDER,
    folders_of,
    named_columns,
    progress,
    study_of,
    tracking_plan,
    verified,
    wanted_languages,
)
from survey.cli.report import draw_tiles, print_factsheets, print_reports
from survey.config import Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import TrackingPlan
    from reports import Bundle, Microdata, ReportSpec

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("names", nargs=-1, metavar="STUDY | DIR...")
@click.option("--out", type=A_FOLDER, help="Folder to write, new or empty.")
@click.option("--wave", help="The latest wave of a STUDY to take.  [default: the study's last]")
@click.option("--lang", "languages", help="Languages, as in kk,ru,uz,en.  [default: the questionnaire's]")
@click.option("--by", help="Columns for tables by group, as in Z_SEX,age6.  [default: those derived]")
@click.option("--plan", type=A_FILE, help="The tracking plan of the reports (YAML).")
@click.option("--pdf", "pdfs", multiple=True, type=A_FILE, help="A report to take; may be repeated.")
@click.option("--no-pdf", is_flag=True, help="No reports in print.")
@click.option("--microdata", "specification", type=A_FILE, help="How public data are made (YAML).")
@click.option("--no-microdata", is_flag=True, help="Reports, tables and estimates only.")
@click.option("--licence", default="CC-BY-4.0", show_default=True, help="SPDX name, without microdata.")
@click.option("--supersede", metavar="REASON", help="Make other public data of a wave than are published.")
@click.option("--zip", "zipped", is_flag=True, help="Write OUT.zip beside the folder, too.")
@click.option("--verify", "folder", type=A_FOLDER, help="Check a bundle instead of making one.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def bundle(  # noqa: PLR0917  click passes every option by name
    names: tuple[str, ...],
    out: Path | None,
    wave: str | None,
    languages: str | None,
    by: str | None,
    plan: Path | None,
    pdfs: tuple[Path, ...],
    no_pdf: bool,
    specification: Path | None,
    no_microdata: bool,
    licence: str,
    supersede: str | None,
    zipped: bool,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make everything a study publishes, as one folder with checksums: reports, tables, estimates, data.

    Public data are made by the instrument's own specification or the one after --microdata
    (docs/guide/researcher.md): at least five people share all that others may know of them, or nothing is
    written. Without --pdf the reports and factsheets are printed and the pictures for social media drawn.
    With --verify every file of a bundle is compared with its checksum and the groups of its data are counted
    again; exit status 1 when anything differs.

    \b
    Example:  tolqyn release bundle kz-thb --out kz-thb-2027 --zip
    Example:  tolqyn release bundle rcvs/2018/1 rcvs/2021/1 --out rcvs --microdata rcvs.public.yaml
    Example:  tolqyn release bundle --verify kz-thb-2027
    """
    if folder is not None:
        _verify(folder, as_json=as_json)
        return
    if not names or out is None:
        raise click.UsageError("give one STUDY or release folders, and --out")
    if pdfs and no_pdf:
        raise click.UsageError("give --pdf or --no-pdf, not both")
    if no_microdata and (specification or supersede):
        raise click.UsageError("--no-microdata goes with neither --microdata nor --supersede")
    _refuse_filled(out)
    given = _folders(names, wave)
    _refuse_groups(given, named_columns(by))
    config = Config.from_env()
    plan, spec = plan_of(config, given, plan), spec_of(config, given, None, kind="bundle")
    asked = Asked(
        given,
        wanted_languages(given, languages),
        out,
        by=named_columns(by),
        pdfs=None if no_pdf else pdfs,
        licence=licence,
        zipped=zipped,
        plan=tracking_plan(plan),
        spec=spec,
        gate=PublicationGate(config, plan=plan, spec=spec),
    )
    microdata = None if no_microdata else _microdata(given, specification, superseding=bool(supersede))
    made = _made(asked, microdata)
    _noted(made, study_of(given), supersede)
    _told(made, as_json=as_json)


@dataclass(frozen=True)
class Asked:
    """What the command line asks for. `pdfs`: None for no reports, () to print them."""

    folders: Sequence[Path]
    languages: tuple[str, ...]
    out: Path
    by: tuple[str, ...] | None
    pdfs: tuple[Path, ...] | None
    licence: str
    zipped: bool
    plan: "TrackingPlan | None"
    spec: "ReportSpec | None"
    gate: PublicationGate
    """What a bundle holds is published, wherever it lies."""


def _refuse_filled(out: Path) -> None:
    """Before minutes go into printing."""
    from reports import refuse_filled

    refuse_filled(out)


def _refuse_groups(folders: Sequence[Path], by: Sequence[str] | None) -> None:
    """The same of groups that cannot be shown."""
    from reports import refuse_groups

    refuse_groups(folders, by)


def _folders(names: Sequence[str], wave: str | None) -> list[Path]:
    given = [Path(name) for name in names]
    if len(names) == 1 and not (given[0] / "manifest.json").is_file():
        return folders_of(Config.from_env().home, names[0], wave)
    given = verified(given)
    studies = list(dict.fromkeys(study_of([each]) for each in given))
    if len(studies) > 1:
        hint = "make a bundle for each study"
        raise Refused(Reason("releases of one study", ", ".join(studies), hint, rule="studies"))
    return given


def _microdata(folders: Sequence[Path], specification: Path | None, *, superseding: bool) -> "Microdata":
    from analysis import library_spec, read_json, read_public_spec
    from reports import Microdata

    log = Config.from_env().home / "public"
    if specification is not None:
        return Microdata(read_public_spec(specification), log, str(specification), superseding)
    instruments = list(dict.fromkeys(str(read_json(each, "codebook")["instrument"]) for each in folders))
    found = library_spec(instruments[0]) if len(instruments) == 1 else None
    if found is None:
        hint = (
            "write one (docs/guide/researcher.md, docs/guide/examples/microdata.yaml) and give it after "
            "--microdata, or type --no-microdata"
        )
        expected = "a specification of public data"
        raise Refused(Reason(expected, f"none for {', '.join(instruments)}", hint, rule="no-specification"))
    return Microdata(found, log, f"{instruments[0]}.yaml", superseding)


def _made(asked: Asked, microdata: "Microdata | None") -> "Bundle":
    from reports import write_bundle

    with TemporaryDirectory() as room:
        pdfs = _pdfs(asked, Path(room))
        tiles = _tiles(asked, Path(room))
        with progress("bundle") as moved:
            return write_bundle(
                asked.folders,
                asked.languages,
                asked.out,
                microdata=microdata,
                licence=asked.licence,
                pdfs=pdfs,
                tiles=tiles,
                by=asked.by,
                plan=asked.plan,
                spec=asked.spec,
                zipped=asked.zipped,
                gate=asked.gate,
                progress=moved,
            )


def _pdfs(asked: Asked, room: Path) -> Sequence[Path]:
    """The reports given, each of these releases alone; or all languages', printed now."""
    if asked.pdfs is None:
        return ()
    if not asked.pdfs:
        made = (asked.folders, asked.languages, room, asked.spec, asked.plan)
        return [*print_reports(*made, gate=asked.gate), *print_factsheets(*made, gate=asked.gate)]
    problems = [problem for file in asked.pdfs if (problem := _other(file, asked))]
    if problems:
        raise Refused(*problems)
    return asked.pdfs


def _tiles(asked: Asked, room: Path) -> Sequence[Path]:
    """The indexes of the pictures, drawn now where the reports are printed now."""
    if asked.pdfs is None or asked.pdfs:
        return ()
    drawn = draw_tiles(asked.folders, asked.languages, room, asked.spec, asked.plan, gate=asked.gate)
    return [each.index for each in drawn]


def _other(file: Path, asked: Asked) -> Reason | None:
    """What is wrong with a report that was not made from these releases, or is judged otherwise than they."""
    from analysis import release_at
    from reports import carried_by, together

    carried = json.loads(carried_by(file)["estimates.json"])
    named, planned = carried["releases"], asked.plan is not None
    found = {f"{each['study']}/{each['wave']}/{each['release']}": each["fingerprint"] for each in named}
    refs = [release_at(folder) for folder in asked.folders]
    wanted = {f"{ref.study}/{ref.wave}/{ref.number}": ref.fingerprint for ref in refs}
    if found != wanted:
        hint = "print it again: tolqyn report build, or leave --pdf out"
        return Reason(
            f"a report on {', '.join(wanted)}", ", ".join(found), hint, path=str(file), rule="report"
        )
    if carried.get("planned", planned) != planned:
        told = ("a report without a tracking plan", "a report under the tracking plan of the bundle")
        again = "print it again under the same plan: tolqyn report build, or leave --pdf out"
        return Reason(told[planned], told[not planned], again, path=str(file), rule="plan")
    chosen = together(asked.spec, codebook_of(asked.folders), str(carried["document"]))
    if carried.get("together", chosen) != chosen:
        told = ("the indicators, batteries and questions of the bundle, one verdict everywhere", "others")
        again = "print it again: tolqyn report build, and with --spec publish that report first"
        return Reason(*told, f"{again}; or leave --pdf out", path=str(file), rule="choices")
    return None


def _noted(made: "Bundle", study: str, reason: str | None) -> None:
    """The act in the audit log, where there is a database."""
    with instance_if_any() as (_, database):
        if database is None:
            return
        detail: dict[str, Any] = {
            "seal": made.fingerprint,
            "public": [f"{each.meta.wave}/{each.meta.release}" for each in made.published],
        }
        if reason:
            detail["supersede"] = reason
        with database.writing() as session:
            note(session, "release.bundle", study, **detail)


def _told(made: "Bundle", *, as_json: bool) -> None:
    if as_json:
        content = {
            "place": str(made.place),
            "fingerprint": made.fingerprint,
            "files": dict(made.files),
            "public": [
                {
                    "wave": each.meta.wave,
                    "k": each.changes.after.smallest,
                    "keys": list(each.keys),
                    "withheld": {key.name: key.withheld for key in each.changes.keys if key.name},
                }
                for each in made.published
            ],
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for each in made.published:
        withheld = sum(key.withheld for key in each.changes.keys)
        cells = len(each.frame) * max(len(each.keys), 1)
        click.echo(
            f"public data of {each.meta.wave}: {len(each.frame)} rows, {each.changes.after.smallest} or more "
            f"alike in {', '.join(each.keys)}; {withheld} values withheld ({withheld / cells:.1%})"
        )
    size = sum(made.files.values())
    click.echo(f"{len(made.files) - 1} files and the list of their sums, {size:,} bytes in {made.place}")
    click.echo(f"fingerprint {made.fingerprint}")


def _verify(folder: Path, *, as_json: bool) -> None:
    from reports import verify_bundle

    found = verify_bundle(folder)
    if as_json:
        content = {"fingerprint": found.fingerprint, "files": found.files, "smallest": found.smallest}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.files} files are as they were written: {found.fingerprint}")
    for path, smallest in found.smallest.items():
        click.echo(f"{path}: {smallest} or more people share all keys")
