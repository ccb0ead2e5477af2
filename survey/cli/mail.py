"""`tolqyn wave mail`: personal links by e-mail, from a file of contacts that stays the office's."""

import os
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import click

from survey.cli.acts import note
from survey.cli.instance import instance
from survey.cli.inviting import A_FILE, FEW, Wording, worded
from survey.fieldwork import post
from survey.fieldwork.contacts import PUT_OFF, REFUSED, UNKNOWN, Journal, read_bounces, read_contacts
from survey.fieldwork.handing import place_of
from survey.fieldwork.inviting import Place
from survey.fieldwork.messages import link_of, mail_words
from survey.fieldwork.sending import Sending, message_to
from survey.fieldwork.unsent import Unsent
from survey.refusal import Reason, Refused
from survey.store import waves
from survey.store.invitations import BatchSpec, few_reasons
from survey.store.models import Wave

ENDED = {
    REFUSED: "not taken",
    PUT_OFF: "put off, the same again tries anew",
    UNKNOWN: "the line broke, and it may have arrived or not",
}
TO_DO = {
    REFUSED: "{n} addresses are not known to the mail server: correct them in {contacts} and type the same "
    "again, or write to these people by post",
    PUT_OFF: "{n} messages were put off by the mail server, as it does with senders it sees for the first "
    "time: type the same again in a quarter of an hour",
    UNKNOWN: "{n} messages may have arrived or not: ask these people, or take their lines out of {journal} "
    "and type the same again",
}
"""What to do about messages that ended so; a reminder puts nothing into the journal."""


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--contacts", required=True, type=A_FILE, help="CSV file with the columns email and language.")
@click.option("--batch", help="Name of the new batch of codes.")
@click.option(
    "--reminder", is_flag=True, help="To everybody in the file, without a code: who answered is not known."
)
@click.option(
    "--bounced", type=A_FILE, help="Mailbox with returned messages, or a list of addresses to leave out."
)
@click.option("--stratum", help="Stratum of the sample design.")
@click.option("--psu", help="Primary sampling unit.")
@click.option(
    "--base-weight", type=float, default=1.0, show_default=True, help="1 / probability of selection."
)
@FEW
@worded(by_language=False)
@click.option("--dry-run", is_flag=True, help="Show one message and send nothing.")
def mail(
    name: str,
    *,
    contacts: Path,
    batch: str | None,
    reminder: bool,
    bounced: Path | None,
    wording: Wording,
    dry_run: bool,
    **design: Any,
) -> None:
    """Send each contact a personal link. Codes are made in memory, sent and forgotten.

    Off until TOLQYN_SMTP and TOLQYN_MAIL_FROM are set. Nothing that links a contact to a code is stored;
    mail servers on the way have both, as the post has with letters. Who was written to, and who was refused,
    is noted beside the contacts (FILE.sent). However a sending ends, the same again goes on with the rest.
    The exit status is 1 while there are messages that the mail server did not take.

    \b
    Example:
      tolqyn wave mail kz-thb/2027 --contacts members.csv --batch members --dry-run
      tolqyn wave mail kz-thb/2027 --contacts members.csv --batch members
      tolqyn wave mail kz-thb/2027 --contacts members.csv --reminder
    """
    if reminder == bool(batch):
        raise click.UsageError("give --batch NAME for invitations, or --reminder")
    with instance() as (config, database):
        with database.reading() as session:
            found = waves.find_wave(session, name)
            asked = waves.questionnaire_of(session, found)
        part = "reminder" if reminder else "mail"
        words = mail_words(found, asked, wording.texts(), part=part, all_lines=wording.all_lines)
        journal, unsent = Journal(contacts), Unsent(contacts)
        left_out = read_bounces(bounced) if bounced else frozenset()
        listed = read_contacts(contacts, found.languages)
        done = journal.refused() if reminder else journal.written_to()
        chosen = [each for each in listed if each.address.lower() not in left_out | done]
        place = place_of(config.base_url, found)
        if not reminder and chosen and unsent.batch is None:
            _refuse_few(found, BatchSpec(name=str(batch), size=len(chosen), **design))
        click.echo(
            f"{len(listed)} contacts, {len(listed) - len(chosen)} of them left out ({len(left_out)} "
            f"addresses bounced, {len(done)} {'refused by the server' if reminder else 'written to before'})"
        )
        _say_unfinished(journal, unsent)
        if dry_run:
            sender = os.environ.get("TOLQYN_MAIL_FROM") or "opinion@example.org"
            one = chosen[0] if chosen else listed[0]
            shown = message_to(one, words, found, sender, link_of(place, "" if reminder else "CODE"))
            click.echo(_shown(shown))
            click.echo("nothing was sent and no code was made")
            return
        mailer = post.mailer_from_env(os.environ)
        _refuse_local(place)
        sending = Sending(database, mailer, found, words, place, journal, unsent, noted=note)
        if not chosen:
            left = None if reminder else sending.take_back_left()
            if left is not None:
                click.echo(f"everybody is written to; {left} codes that nobody was sent are taken back")
                return
            raise Refused(
                Reason("somebody to write to", "nobody is left", path=str(contacts), rule="contacts")
            )
        with click.progressbar(length=len(chosen), label="sending", width=30) as bar:
            if reminder:
                failed = sending.remind(chosen, progress=bar.update)
            else:
                spec = BatchSpec(name=str(batch), size=len(chosen), **design)
                failed = sending.invite(spec, chosen, progress=bar.update)
    click.echo(f"{len(chosen) - len(failed)} messages were taken by {mailer.host}")
    if failed:
        _say_failed(failed, contacts, journal, reminder=reminder)
        raise SystemExit(1)


def _refuse_few(wave: Wave, spec: BatchSpec) -> None:
    """Before anything is shown or sent. Raises Refused."""
    if reasons := few_reasons(wave, spec):
        raise Refused(*reasons)


def _say_failed(failed: Sequence[post.Sent], contacts: Path, journal: Journal, *, reminder: bool) -> None:
    """Each message that is not with the server, and what to do about them."""
    for each in failed:
        click.echo(f"  {ENDED[each.ended]} ({each.reason}): {each.address}", err=True)
    if reminder:
        click.echo(
            "a reminder is not repeated by itself: the same again goes to everybody once more", err=True
        )
        return
    for ended, words in TO_DO.items():
        if n := sum(each.ended == ended for each in failed):
            click.echo(words.format(n=n, contacts=contacts.name, journal=journal.path.name), err=True)


def _say_unfinished(journal: Journal, unsent: Unsent) -> None:
    """Which batch was interrupted, how many of its codes nobody was sent, and whose message is in doubt."""
    if unsent.batch is not None:
        wave, batch = unsent.batch
        codes = len(unsent.hashes())
        click.echo(
            f"the batch {batch} of {wave} is unfinished: {codes} codes were made and not sent; they are "
            f"taken back, and the rest gets new ones: tolqyn wave mail {wave} … --batch {batch}"
        )
    for address in journal.in_doubt():
        click.echo(
            f"  may have got its message or not, and gets no second code: {address}   (to write once more, "
            f"take its lines out of {journal.path.name})"
        )


def _shown(made: EmailMessage) -> str:
    """A message as people read it: who, what about, and the plain text."""
    heads = "\n".join(f"{key}: {made[key]}" for key in ("From", "To", "Subject"))
    body = made.get_body(preferencelist=("plain",))
    return f"{heads}\n\n{body.get_content() if body else ''}"


def _refuse_local(place: Place) -> None:
    if place.base.startswith("http://127.0.0.1"):
        hint = "set TOLQYN_PUBLIC_URL=https://…"
        raise Refused(
            Reason("an address that others can open", place.base, hint, "TOLQYN_PUBLIC_URL", "mail")
        )
