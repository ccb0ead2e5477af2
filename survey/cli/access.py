"""`tolqyn wave site|panel`: ways into a wave for others than holders of personal codes."""

import secrets

import click

from survey import keys
from survey.cli.acts import note
from survey.cli.instance import instance
from survey.store import access, waves

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Easily told apart on a poster."""


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--name", "site_name", required=True, help="The site, as the office calls it.")
@click.option("--word", help="What the poster's address ends with.  [default: four letters drawn at random]")
def site(name: str, site_name: str, word: str | None) -> None:
    """Make the addresses of one site, for its poster and for a device that stands there.

    Answers are counted by site, in the release too. Whoever reads the poster may answer, and may answer again
    from another device: a wave by open link.

    \b
    Example:  tolqyn wave site kz-thb/2027 --name "Clinic 3, Shymkent" --word clinic3
    """
    with instance() as (config, database), database.writing() as session:
        wave = waves.find_wave(session, name)
        chosen = word or "".join(secrets.choice(ALPHABET) for _ in range(4))
        made = access.add_site(session, wave, site_name, chosen)
        note(session, "wave.site", wave, site=site_name, word=made.word)
        click.echo(f"poster: {config.base_url}/s/{wave.alias}/p/{made.word}")
        click.echo(f"kiosk:  {config.base_url}/s/{wave.alias}/k/{made.word}")


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--complete", required=True, help="Where a complete interview goes back to; {id}: the mark.")
@click.option("--screenout", required=True, help="The same for whoever is not asked or stops.")
@click.option("--quota", required=True, help="The same for whoever comes after the last start.")
def panel(name: str, **addresses: str) -> None:
    """Let an access panel's respondents in and back out by signed links, one interview each.

    Prints the secret for the panel's provider once. The respondent's mark is kept in the browser only.

    \b
    Example:
      tolqyn wave panel kz-thb/2027 --complete "https://panel.example/c?id={id}" \\
        --screenout "https://panel.example/s?id={id}" --quota "https://panel.example/q?id={id}"
    """
    with instance() as (config, database), database.writing() as session:
        wave = waves.find_wave(session, name)
        access.set_panel(session, wave, addresses)
        note(session, "wave.panel", wave, **addresses)
        if keys.panel_key_file(config.keys, wave.alias).exists():
            secret = None
        else:
            secret = keys.create_panel_key(config.keys, wave.alias)
    click.echo(f"in:    {config.base_url}/s/{wave.alias}/v/MARK/SIGNATURE")
    click.echo(f"       SIGNATURE: hex HMAC-SHA-256 of {wave.alias}/MARK")
    back = addresses["complete"].replace(access.PLACE, "MARK")
    click.echo(f"back:  {back}{'&' if '?' in back else '?'}sig=SIGNATURE")
    click.echo("       SIGNATURE: hex HMAC-SHA-256 of the whole address before it")
    if secret is None:
        click.echo("the secret is the one printed before; the addresses are the new ones")
    else:
        click.echo(f"secret (hex), shown only now: {secret.hex()}")
