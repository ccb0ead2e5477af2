"""`tolqyn key`: the server's own secret, its age and its replacement."""

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import study_today
from survey.keys import OLD_DAYS, place_of_old_secret, rotate_server_secret, take_next_people_key


@click.group()
def key() -> None:
    """The server's secret, which signs cookies and forms. Keys of waves are destroyed at their close."""


@key.command()
@click.option("--people", is_flag=True, help="The key that seals the seeds of the office's one-time codes.")
def rotate(*, people: bool) -> None:
    """Put a new secret in the place of the server's; what the old one signed stays valid for 30 days.

    After that the night destroys it (`tolqyn db retain`). When the old one may be known to others, delete it
    at once: nothing saved is lost, but respondents go on with their codes.

    With --people another key takes the place of people.key: seeds of one-time codes are sealed anew, the old
    key is destroyed at once. Then restart the console: until then codes open nothing, passkeys do.

    \b
    Example:  tolqyn key rotate
    """
    if people:
        _rotate_people()
        return
    today = study_today()
    with instance() as (config, database):
        # First the act: what was begun and is not done is seen in the folder, and typed again.
        with database.writing() as session:
            note(session, "key.rotate", place_of_old_secret(config.keys, today).name)
        aside = rotate_server_secret(config.keys, today)
    click.echo("a new secret signs from the next start of the server on: systemctl restart tolqyn")
    click.echo(f"the old one verifies for {OLD_DAYS} days more: {aside}")


def _rotate_people() -> None:
    from survey.people.rotation import seal_anew

    with instance() as (config, database):
        with database.writing() as session:
            done = seal_anew(session, config.keys)
            note(session, "key.rotate", "people.key", seeds=done.seeds, codes=done.codes)
        take_next_people_key(config.keys)
    click.echo(
        f"{done.seeds} seeds are sealed to a new key, the old one is destroyed: systemctl restart tolqyn"
    )
    if done.codes:
        click.echo(
            f"{done.codes} recovery codes of an older version open nothing any more: make new ones", err=True
        )
