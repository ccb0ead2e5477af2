"""`tolqyn report`: releases in, one printed report per language out, each made in a process of its own."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import click

from survey.cli.gate import PublicationGate
from survey.cli.publishing import Asked, asking
from survey.cli.verifying import differing, verify
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from analysis import TrackingPlan
    from reports import Document, ReportSpec, WrittenTiles


@click.group()
def report() -> None:
    """Print trend reports, factsheets and social tiles from releases."""


@report.command()
@partial(asking, governs=True)
@click.option("--all", "everything", is_flag=True, help="Factsheets and social tiles too.")
def build(found: Asked, *, incomplete: bool, everything: bool) -> None:
    """Print the report of a study up to a wave, from the latest release of each wave.

    One PDF per language, STUDY-WAVE-LANG.pdf, with the estimates attached. Without --out the reports
    appear on the public page /results/ and are entered in the list of what was published (tolqyn release
    published); what would tell something of a few people together with that list is refused. With --out,
    or a specification that says draft, it is the office's own copy: such conflicts are only told. Release
    folders that lie elsewhere are given after --release. With --spec the report shows what a file asks for
    (docs/guide/report.md); facts that were checked more than 90 days ago are warned of. With --all the
    two-page factsheets and the pictures for social media are made too (report factsheet, report tiles),
    from the same specification and plan.

    \b
    Example:  tolqyn report build kz-thb --wave 2027 --lang kk,ru,uz,en --out reports
    Example:  tolqyn report build kz-thb --spec report.yaml --plan tracking.yaml --all
    Example:  tolqyn report build --release rcvs/2018/1 --release rcvs/2021/1 --lang ru,en
    """
    spec = found.ordered.spec
    printed = print_reports(
        found.folders,
        found.languages,
        found.out,
        spec,
        found.ordered.plan,
        incomplete=incomplete,
        gate=found.gate,
    )
    for path in printed:
        click.echo(str(path))
    if everything:
        _factsheets(found, incomplete=incomplete)
        _tiles(found, incomplete=incomplete)


@report.command()
@asking
def factsheet(found: Asked, *, incomplete: bool) -> None:
    """Print the two-page factsheet of a study: three cards, a trend, three sentences, how we know it.

    One PDF per language, STUDY-WAVE-LANG-factsheet.pdf, made from the same releases and specification as the
    report, and checked the same way (report verify). Which indicators stand on the cards, and the address
    behind the QR code, are keys of the specification: cards, factsheet, address.

    \b
    Example:  tolqyn report factsheet kz-thb --lang kk,ru,uz,en --out print
    Example:  tolqyn report factsheet kz-thb --spec report.yaml
    """
    _factsheets(found, incomplete=incomplete)


@report.command()
@asking
def tiles(found: Asked, *, incomplete: bool) -> None:
    """Draw pictures for social media: one for each card and one of the trend, in two sizes.

    PNG of 1080 x 1350 (portrait) and 1200 x 630 (landscape) in the folder tiles/, each with a text file that
    holds its alternative text: paste that where the network asks what the picture shows. A JSON file a
    language says where every number comes from. An indicator whose latest figure may not be printed gets no
    picture, and the command says why.

    \b
    Example:  tolqyn report tiles kz-thb --spec report.yaml --out print
    """
    _tiles(found, incomplete=incomplete)


def _factsheets(found: Asked, *, incomplete: bool) -> None:
    spec, plan = found.ordered.spec, found.ordered.plan
    for path in print_factsheets(
        found.folders, found.languages, found.out, spec, plan, incomplete=incomplete, gate=found.gate
    ):
        click.echo(str(path))


def _tiles(found: Asked, *, incomplete: bool) -> None:
    spec, plan = found.ordered.spec, found.ordered.plan
    written = draw_tiles(
        found.folders, found.languages, found.out, spec, plan, incomplete=incomplete, gate=found.gate
    )
    for each in written:
        click.echo(str(each.index))
    for left in written[0].left_out if written else ():
        click.echo(f"no tile of {left.name} ({left.label}): {left.why}", err=True)


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
    gate: PublicationGate,
) -> list[Path]:
    """Each language's PDF, in the order of the languages, under a progress bar.

    `gate` sees what is to be printed before it is. Raises what the report or the gate refuses (ReportError,
    AnalysisError, Refused), and Refused when a process dies.
    """
    from reports import STAGES, documents

    with click.progressbar(length=STAGES + 2 * len(languages), label="reports") as bar:
        step = _stepping(bar)
        made = documents(folders, languages, out, spec, plan, incomplete=incomplete, further_on=step)
        return _printed(gate.watched(made, folders, languages), step)


def print_factsheets(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: "ReportSpec | None" = None,
    plan: "TrackingPlan | None" = None,
    *,
    incomplete: bool = False,
    gate: PublicationGate,
) -> list[Path]:
    """The same for the factsheet of two pages."""
    from reports import factsheet_documents

    made = factsheet_documents(folders, languages, out, spec, plan, incomplete=incomplete)
    with click.progressbar(length=2 * len(languages), label="factsheets") as bar:
        return _printed(gate.watched(made, folders, languages, kind="factsheet"), _stepping(bar))


def draw_tiles(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: "ReportSpec | None" = None,
    plan: "TrackingPlan | None" = None,
    *,
    incomplete: bool = False,
    gate: PublicationGate,
) -> "list[WrittenTiles]":
    """Each language's pictures in the folder `tiles` of `out`, under a progress bar."""
    from reports import write_tiles

    gate.admit(folders, languages, kind="tiles")
    written = []
    with click.progressbar(length=len(languages), label="tiles") as bar:
        for each in write_tiles(folders, languages, out / "tiles", spec, plan, incomplete=incomplete):
            written.append(each)
            bar.update(1)
    return written


def _stepping(bar: Any) -> Callable[[], None]:
    """Moves the bar a step, from whichever thread: one makes documents, one hears what was printed."""
    turn = Lock()

    def step() -> None:
        with turn:
            bar.update(1)

    return step


def _printed(made: "Iterable[tuple[Path, Document]]", step: Callable[[], None]) -> list[Path]:
    """Each printed; a step for each that is made, and for each that is printed."""
    from reports import PrinterDiedError, print_side_by_side

    def stepped() -> "Iterator[tuple[Path, Document]]":
        for each in made:
            step()
            yield each

    try:
        return print_side_by_side(stepped(), printed=lambda path: step())
    except PrinterDiedError as error:
        hint = "free some memory (each report takes about 300 MB) and type the same command again"
        raise Refused(Reason("a printed report", "its process was ended", hint, rule="memory")) from error


report.add_command(verify)
report.add_command(differing)
