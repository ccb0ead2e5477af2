"""`tolqyn instrument simulate`: a questionnaire rehearsed, by its routes alone and through the real pages."""

import json
import sys
from typing import TYPE_CHECKING

import click

from instruments import InstrumentError, Questionnaire, WalkReport, check, walk_randomly
from survey.cli.instrument.finding import find_questionnaire

if TYPE_CHECKING:
    from survey.cli.trial import TrialReport


@click.command("simulate")
@click.argument("name", metavar="FILE|NAME")
@click.option("--version", help="Version in the library.  [default: the newest]")
@click.option(
    "--walks", type=click.IntRange(100, 100_000), default=400, show_default=True, help="Walks by the routes."
)
@click.option(
    "--visits",
    type=click.IntRange(1, 1000),
    default=4,
    show_default=True,
    help="Interviews a language over HTTP.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Other walks, other answers.")
@click.option(
    "--pages/--no-pages", default=True, help="Whether to answer the real pages too.  [default: pages]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
def simulate_command(
    name: str, version: str | None, *, walks: int, visits: int, seed: int, pages: bool, as_json: bool
) -> None:
    """Rehearse a questionnaire with invented answers, before anybody answers it.

    First random walks along its routes: questions and options nobody can reach, pages, minutes by language,
    balance of what is drawn. Then strangers answer the real pages of a throw-away server in every language,
    one of them hostile; what they posted must be what is stored. `tolqyn wave open` asks for a rehearsal.

    \b
    Example:
      tolqyn instrument simulate kz_thb_core
      tolqyn instrument simulate my/2027.1.yaml --walks 2000 --no-pages --json
    """
    from survey.cli.rehearsed import keep, refuse_troubles
    from survey.config import Config

    questionnaire = find_questionnaire(name, version)
    if problems := check(questionnaire):
        raise InstrumentError(problems)
    with click.progressbar(length=walks, label="walks", width=30, file=sys.stderr) as bar:
        routes = walk_randomly(questionnaire, walks=walks, seed=seed, progress=bar.update)
    trial = _try(questionnaire, visits, seed) if pages else None
    if as_json:
        found = {"routes": routes.as_json(), "pages": trial.as_json() if trial else None}
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join([*_routes(routes), *(_pages(trial) if trial else [])]))
    refuse_troubles(questionnaire, (*routes.troubles, *(trial.troubles if trial else ())))
    if trial:
        keep(Config.from_env(), questionnaire, trial)


def _try(questionnaire: Questionnaire, visits: int, seed: int) -> "TrialReport":
    from survey.cli.trial import try_pages

    length = (visits + 1) * len(questionnaire.languages)
    with click.progressbar(length=length, label="visits", width=30, file=sys.stderr) as bar:
        return try_pages(
            questionnaire, questionnaire.languages, visits=visits, seed=seed, progress=bar.update
        )


def _routes(report: WalkReport) -> list[str]:
    fewest, middle, most = report.pages
    uneven = sum(arm.uneven for arm in report.arms)
    draws = len({arm.variable for arm in report.arms})
    return [
        f"{report.instrument} {report.version}, seed {report.seed}",
        f"routes    {report.walks} walks: " + ", ".join(f"{name} {n}" for name, n in report.endings.items()),
        f"          pages {fewest} to {most}, middle {middle}",
        f"          never shown: {', '.join(report.never_shown) or 'none'}",
        f"          always shown, though there is a rule: {', '.join(report.always_shown) or 'none'}",
        "          never chosen: "
        + (", ".join(f"{name}={code}" for name, code in report.never_chosen) or "none"),
        f"          arms: {len(report.arms)} of {draws} draws, {uneven} uneven",
        *(
            f"minutes   {b.language}  {b.shortest:.1f} to {b.longest:.1f}, middle {b.middle:.1f}"
            f"  (announced: {report.announced})"
            for b in report.minutes
        ),
    ]


def _pages(report: "TrialReport") -> list[str]:
    fewest, middle, most = report.pages
    endings = ", ".join(f"{name} {n}" for name, n in report.endings.items())
    visits = f"{report.visits} visits ({report.hostile} hostile) in {', '.join(report.languages)}"
    heaviest = report.heaviest_bytes
    return [
        f"pages     {visits}: {endings}",
        f"          {report.requests} requests; pages {fewest} to {most}, middle {middle}",
        *(
            f"bytes     {language}  first page {size:,}, heaviest question page {heaviest[language]:,}"
            for language, size in report.landing_bytes.items()
        ),
    ]
