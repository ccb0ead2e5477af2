"""`tolqyn results`: releases in, the public pages out, made here and never while a page is served."""

from pathlib import Path

import click

from survey.cli.report import A_FOLDER, folders_of, refuse_changed, study_of, wanted_languages
from survey.config import LANGUAGES, Config


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
@click.option(
    "--replace", "replace_near", is_flag=True, help="Take down an edition that differs by a few interviews."
)
def publish(  # noqa: PLR0917  click passes every option by name
    study: str | None,
    wave: str | None,
    folders: tuple[Path, ...],
    languages: str | None,
    by: str | None,
    replace_near: bool,
) -> None:
    """Estimate once and write every page and download of a study's results.

    They appear under /results/LANG/STUDY/ on the running server. The numbers stay under
    /results/LANG/STUDY@N/ too when others follow. Nothing is estimated while pages are served.

    \b
    Example:  tolqyn results publish kz-thb --by Z_SEX,age6,edu3
    Example:  tolqyn results publish --release rcvs/2018/1 --release rcvs/2021/1 --lang ru,en
    """
    from reports import write_site

    config = Config.from_env()
    if bool(folders) == bool(study):
        raise click.UsageError("give one STUDY, or release folders with --release")
    if folders:
        refuse_changed(folders)
    given = list(folders) or folders_of(config.home, str(study), wave)
    chosen = wanted_languages(given, languages)
    names = tuple(part.strip() for part in by.split(",") if part.strip()) if by is not None else None
    with click.progressbar(length=1, label="results") as bar:

        def moved(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        written = write_site(
            given,
            chosen,
            config.home / "results",
            leave_url=config.leave_url,
            by=names,
            replace_near=replace_near,
            progress=moved,
        )
    edition = written.edition
    click.echo(
        f"edition {edition.number}: {written.pages} pages, the largest {written.largest} bytes compressed"
    )
    for language in chosen:
        click.echo(f"{config.base_url}/results/{language}/{study_of(given)}/")


@results.command()
@click.argument("study")
@click.argument("out", type=A_FOLDER)
def export(study: str, out: Path) -> None:
    """Write a study's published pages into a folder that any web server can serve.

    Addresses and links are those of this server below /results/. A page by group is a file of its own.

    \b
    Example:  tolqyn results export kz-thb public_html/results
    """
    from reports import copy_site

    count = copy_site(Config.from_env().home / "results", study, out)
    begin = ", ".join(f"{language}/{study}/" for language in LANGUAGES if (out / language).is_dir())
    click.echo(f"{count} files in {out}; begin with {begin}")
