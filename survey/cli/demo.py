"""`tolqyn demo`: waves answered over HTTP by simulated respondents, releases, reports, then the server."""

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey.config import LANGUAGES, Config
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from collections import Counter

    from analysis import ReleaseRef
    from survey.store.engine import Database

INSTRUMENT = "kz_thb_core"

MARKER = ".tolqyn-demo"
LEAST = 60
"""Interviews a wave below which the figures would be suppressed."""
SERVER_WORKERS = 2


@click.command()
@click.option(
    "--serve/--no-serve", "serving", default=True, help="Go on serving at the end.  [default: serve]"
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to serve on."
)
@click.option(
    "--respondents", type=click.IntRange(LEAST), help="Completed interviews a wave.  [default: 400]"
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder of the demonstration; one made earlier is replaced.",
)
@click.option("--seed", type=int, help="Other people, other answers.  [default: the same for everybody]")
def demo(serving: bool, port: int, respondents: int | None, home: Path, seed: int | None) -> None:
    """Play four yearly waves through the real pages, print the reports, and serve them.

    Nobody answers: a program does, and every page of the reports says so. The folder holds its own SQLite
    database; TOLQYN_HOME and TOLQYN_DATABASE_URL are left alone. Refused where TOLQYN_PUBLIC_URL says that
    respondents are served.

    \b
    Example:  tolqyn demo --no-serve
    """
    from survey.cli.ports import free_port, refuse_taken_port

    home = home.absolute()
    refuse_in_production(Config.from_env())
    refuse_foreign_folder(home)
    if serving:
        hint = f"tolqyn demo --port {port + 1}   (or: make demo PORT={port + 1})"
        refuse_taken_port(Config.host, port, hint=hint)
    config = Config(
        home=home,
        database_url=f"sqlite:///{home}/tolqyn.sqlite",
        port=port if serving else free_port(),
        plain_http=True,
        two_person=False,
    )
    replace_folder(home)
    _play(config, serving=serving, respondents=respondents, seed=seed)


def refuse_in_production(config: Config) -> None:
    """Raises Refused where respondents are served: no invented wave belongs on that machine."""
    if config.public_url and not config.plain_http:
        expected, found = "a machine for trials", f"one that serves {config.public_url}"
        hint = "type it elsewhere, or unset TOLQYN_PUBLIC_URL"
        raise Refused(Reason(expected, found, hint, path="TOLQYN_PUBLIC_URL", rule="production"))


def refuse_foreign_folder(home: Path) -> None:
    """Raises Refused for a folder that holds anything but an earlier demonstration."""
    if not home.exists() or (home / MARKER).is_file() or (home.is_dir() and not any(home.iterdir())):
        return
    hint = "tolqyn demo --home OTHER-FOLDER   (this one was not made by tolqyn demo and is left as it is)"
    found = "a folder with other files" if home.is_dir() else "a file"
    raise Refused(Reason("a new folder, or one made by tolqyn demo", found, hint, path=str(home)))


def replace_folder(home: Path) -> None:
    """An empty folder that says it is a demonstration."""
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARKER).write_text(
        "Made by `tolqyn demo`, which replaces this folder. Invented answers.\n", "utf-8"
    )


def _play(config: Config, *, serving: bool, respondents: int | None, seed: int | None) -> None:
    from survey.cli.background import running_server, wait_for
    from survey.cli.instance import keep_head
    from survey.store import schema
    from survey.store.engine import connect

    clock = Clock()
    database = connect(config.database_url)
    try:
        with clock.step("database"):
            schema.upgrade(database)
        log = config.home / "server.log"
        with running_server(config, workers=SERVER_WORKERS, log=log) as server:
            references, counts, tryout = _collect(config, database, clock, respondents, seed)
            keep_head(config, database, first=True)
            reports = _print_reports(config, references, clock)
            _summarise(references, counts, reports, clock)
            if serving:
                click.echo(
                    f"respondents  {config.base_url}/s/{tryout}/   (a synthetic wave, open for trying)"
                )
                click.echo(f"reports      {config.base_url}/results/en/")
                click.echo("Ctrl-C ends the server.")
                wait_for(server, log)
            else:
                click.echo(f"to look at it: TOLQYN_HOME={config.home} {_typed()} serve --plain-http")
    finally:
        database.close()


def _typed() -> str:
    """The program as it was typed, with its folder where it is on nobody's path."""
    return sys.argv[0] if Path(sys.argv[0]).name == "tolqyn" else "tolqyn"


class Clock:
    """Wall seconds of each step, in order."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a block."""
        began = time.monotonic()
        yield
        self.steps[name] = time.monotonic() - began


def _collect(
    config: Config, database: "Database", clock: Clock, respondents: int | None, seed: int | None
) -> tuple[list["ReleaseRef"], "Counter[str]", str]:
    """Releases of the played waves, how the visits ended, and the alias of a wave left open."""
    from instruments import load_library
    from survey.cli.rehearsal import Stage
    from survey.simulation import load_settings

    settings = load_settings()
    stage = Stage(config, database, settings, settings.seed if seed is None else seed)
    questionnaire = load_library(INSTRUMENT)
    with clock.step("waves and invitations"):
        rounds = stage.prepare(questionnaire, respondents or settings.completes)
        tryout = stage.leave_open(questionnaire)
    with clock.step("answering over HTTP"):
        counts = stage.play(rounds)
    with clock.step("closing"):
        stage.close(rounds)
    with clock.step("weights and releases"):
        return stage.release(rounds), counts, tryout


def _print_reports(config: Config, references: Sequence["ReleaseRef"], clock: Clock) -> list[Path]:
    """One PDF per study and language; factsheets and pictures of the same studies beside them."""
    from survey.cli.gate import PublicationGate
    from survey.cli.report import draw_tiles, print_factsheets, print_reports

    printed: list[Path] = []
    studies = dict.fromkeys(ref.study for ref in references)
    folders = {study: [ref.folder for ref in references if ref.study == study] for study in studies}
    with clock.step("reports"):
        for study in studies:
            gate = PublicationGate(config)
            out = config.home / "reports" / study
            printed += print_reports(folders[study], LANGUAGES, out, gate=gate)
    with clock.step("factsheets and tiles"):
        for study in studies:
            gate = PublicationGate(config)
            out = config.home / "reports" / study
            print_factsheets(folders[study], LANGUAGES, out, gate=gate)
            draw_tiles(folders[study], LANGUAGES, out, gate=gate)
    return printed


def findings_of(report: Path) -> list[str]:
    """The findings as the report prints them, from the estimates attached to its PDF."""
    import json

    import pikepdf

    with pikepdf.open(report) as pdf:
        attached = json.loads(pdf.attachments["estimates.json"].get_file().read_bytes())
    return [sentence for found in attached["findings"] for sentence in found["sentences"]]


def _summarise(
    references: Sequence["ReleaseRef"], counts: "Counter[str]", reports: Sequence[Path], clock: Clock
) -> None:
    from analysis import read_release

    click.echo("\nvisits        " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))
    for ref in references:
        rows = len(read_release(ref.folder).frame)
        click.echo(
            f"release       {ref.study}/{ref.wave}/{ref.number}  {rows} interviews  {ref.fingerprint[:16]}…"
        )
    for path in reports:
        click.echo(f"report        {path}")
    click.echo("\nWhat the report of the yearly waves says, of invented data:")
    for sentence in findings_of(reports[LANGUAGES.index("en")]):
        click.echo(f"  {sentence}")
    click.echo()
    click.echo("seconds       " + ", ".join(f"{name} {took:.0f}" for name, took in clock.steps.items()))
    click.echo(f"in all        {sum(clock.steps.values()):.0f} s\n")
