"""`tolqyn wave rehearse`: a wave's own questionnaire through the real pages, before anybody is let in."""

import click

from survey.cli.instance import instance
from survey.cli.rehearsed import require_trial
from survey.store import waves


@click.command()
@click.argument("name", metavar="WAVE")
def rehearse(name: str) -> None:
    """Let invented respondents answer the wave's pages to the end, in every language of the wave.

    What was rehearsed on this instance before is not done again. The console's button does the same.

    \b
    Example:  tolqyn wave rehearse kz-thb/2027
    """
    with instance() as (config, database):
        with database.reading() as session:
            found = waves.find_wave(session, name)
            questionnaire = waves.questionnaire_of(session, found)
        require_trial(config, questionnaire, found.languages)
    click.echo(f"{found.study}/{found.name} is rehearsed in {', '.join(found.languages)}")
