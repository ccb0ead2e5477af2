"""`tolqyn results`: releases in, the public pages out, made here and never while a page is served."""

from collections.abc import Sequence
from pathlib import Path

import click

from survey.cli.planned import plan_of, spec_of
from survey.cli.publishing import (
    A_FILE,
    A_FOLDER,
    folders_of,
    mended_lines,
    named_columns,
    progress,
    small_tables,
    study_of,
    tracking_plan,
    verified,
    wanted_languages,
)
from survey.config import LANGUAGES, Config
from survey.modes import for_everybody, open_to_all


@click.group()
def results() -> None:
    """Publish results as web pages, or write them into a folder."""


@results.command()
@click.argument("study", required=False)
@click.option("--wave", help="The latest wave to show.  [default: the study's last]")
@click.option(
    "--release",
    "folders",
    multiple=True,
    type=A_FOLDER,
    help="A release folder, instead of a study; repeat it.",
)
@click.option("--lang", "languages", help="Languages, as in kk,ru,uz,en.  [default: the questionnaire's]")
@click.option(
    "--by", help="Columns to show groups by, as in Z_SEX,age6.  [default: those the questionnaire derives]"
)
@click.option("--plan", type=A_FILE, help="The tracking plan of the report (YAML).")
@click.option(
    "--replace", "replace_near", is_flag=True, help="Take down an edition that differs by a few interviews."
)
def publish(  # noqa: PLR0917  click passes every option by name
    study: str | None,
    wave: str | None,
    folders: tuple[Path, ...],
    languages: str | None,
    by: str | None,
    plan: Path | None,
    replace_near: bool,
) -> None:
    """Estimate once and write every page and download of a study's results.

    In every language that all its waves were asked in: estimating is done once for all of them, so --lang
    spares only the writing of the others.

    They appear under /results/LANG/STUDY/ on the running server. The numbers stay under
    /results/LANG/STUDY@N/ too when others follow. Nothing is estimated while pages are served. Figures that
    would tell something of a few people together with what is published already (tolqyn release published)
    are refused, with what to type. Changes are judged by the tracking plan under which the report of the same
    wave was published; another plan than that is refused.

    \b
    Example:  tolqyn results publish kz-thb --by Z_SEX,age6,edu3
    Example:  tolqyn results publish --release rcvs/2018/1 --release rcvs/2021/1 --lang ru,en
    """
    from reports import write_site
    from survey.cli.gate import PublicationGate

    config = Config.from_env()
    if bool(folders) == bool(study):
        raise click.UsageError("give one STUDY, or release folders with --release")
    given = verified(folders) if folders else folders_of(config.home, str(study), wave)
    plan = plan_of(config, given, plan)
    chosen, judged, spec = (
        wanted_languages(given, languages),
        tracking_plan(plan),
        spec_of(config, given, None, kind="site"),
    )
    with small_tables(), progress("results") as moved:
        written = write_site(
            given,
            chosen,
            config.home / "results",
            leave_url=config.leave_url,
            by=named_columns(by),
            plan=judged,
            spec=spec,
            replace_near=replace_near,
            gate=PublicationGate(config, replace_near, plan=plan, spec=spec),
            tables=config.tables,
            progress=moved,
        )
    open_to_all(config.home / "results")
    edition = written.edition
    for line in mended_lines(written.mended):
        click.echo(line)
    click.echo(
        f"edition {edition.number}: {written.pages} pages, the largest {written.largest} bytes compressed"
    )
    for language in chosen:
        click.echo(f"{config.base_url}/results/{language}/{study_of(given)}/")


@results.command()
@click.argument("study")
@click.option("--wave", help="The latest wave to show.  [default: the study's last]")
@click.option("--lang", "languages", help="Languages, as in kk,ru,uz,en.  [default: the questionnaire's]")
@click.option("--by", help="Columns to show groups by.  [default: those the questionnaire derives]")
@click.option("--plan", type=A_FILE, help="The tracking plan of the report (YAML).")
@click.option(
    "--replace", "replace_near", is_flag=True, help="An edition that differs by a few interviews is to go."
)
def tables(
    study: str,
    wave: str | None,
    languages: str | None,
    by: str | None,
    plan: Path | None,
    *,
    replace_near: bool,
) -> None:
    """List the tables of a study's releases for the console, before anything is published.

    Analysts see them there under Releases: whole waves and groups, with what is too small kept back, and no
    rows. The same figures that tolqyn results publish would refuse are refused here. Publishing lists them
    too.

    \b
    Example:  tolqyn results tables kz-thb
    """
    from reports import write_tables
    from survey.cli.gate import PublicationGate

    config = Config.from_env()
    given = folders_of(config.home, study, wave)
    plan = plan_of(config, given, plan)
    chosen, judged, spec = (
        wanted_languages(given, languages),
        tracking_plan(plan),
        spec_of(config, given, None, kind="site"),
    )
    with small_tables(), progress("tables") as moved:
        made = write_tables(
            given,
            chosen,
            config.tables,
            site=config.home / "results",
            by=named_columns(by),
            plan=judged,
            spec=spec,
            replace_near=replace_near,
            gate=PublicationGate(config, replace_near, plan=plan, spec=spec),
            progress=moved,
        )
    _noted(study, made.waves, chosen)
    click.echo(f"{made.cells} figures of {', '.join(made.waves)}, for the console: Releases, then Tables")


def _noted(study: str, waves: Sequence[str], languages: Sequence[str]) -> None:
    """The act, where there is a database."""
    from survey.cli.acts import note
    from survey.cli.instance import instance_if_any

    with instance_if_any() as (_, database):
        if database is not None:
            with database.writing() as session:
                note(session, "results.tables", study, waves=list(waves), languages=list(languages))


@results.command()
@click.argument("study")
@click.argument("out", type=A_FOLDER)
def export(study: str, out: Path) -> None:
    """Write a study's published pages into a folder that any web server can serve, and a browser can open.

    Addresses are those of this server below /results/. A page by group is a file of its own. The folder's
    index.html lists every study exported into it, with its reports, factsheets and pictures.

    \b
    Example:  tolqyn results export kz-thb public_html/results
    """
    from reports import copy_site
    from survey.cli.instance import instance_if_any
    from survey.results import export_listing
    from survey.store import releases

    with instance_if_any() as (config, database), for_everybody():
        count = copy_site(config.home / "results", study, out)
        register = []
        if database is not None:
            with database.reading() as session:
                register = releases.listing(session)
        count += export_listing(config.home, register, out)
    sites = [f"{lang}/{study}/" for lang in LANGUAGES if (out / lang / study / "index.html").is_file()]
    click.echo(f"{count} files in {out}; begin with {', '.join(['index.html', *sites])}")
