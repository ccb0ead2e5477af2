"""`tolqyn wave letters|remind|poster`: printed ways into a wave, from codes that only the office has."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from instruments import nothing_half
from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import Config
from survey.fieldwork import inviting
from survey.fieldwork.handing import in_groups, place_of, refuse_useless, site_word, sizes_of
from survey.fieldwork.inviting import Texts
from survey.interview.codes import read_invitation
from survey.lists import read_records
from survey.refusal import Reason, Refused
from survey.store import invitations, waves
from survey.store.invitations import LEAST, BatchSpec
from survey.store.models import Wave

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
MOST = 200
"""Pages in one file: a longer one takes memory and time out of proportion."""


@dataclass(frozen=True)
class Wording:
    """What was typed about the words: whose, in which languages, with which help lines."""

    template: Path | None
    all_lines: bool
    languages: tuple[str, ...] = ()
    """Empty: all of the wave's."""

    def texts(self) -> Texts:
        """The template's words over those that come along. Raises Refused."""
        return inviting.read_texts(self.template)


def worded(*, by_language: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options about the words, handed to the command as one `wording`."""
    options = [
        click.option("--template", type=A_FILE, help="YAML file with words of your own."),
        click.option(
            "--all-help-lines",
            is_flag=True,
            help="Also lines whose number the interview asks for: who reads them knows the answer.",
        ),
    ]
    if by_language:
        help_ = "Comma-separated, in printing order.  [default: all of the wave's]"
        options.insert(0, click.option("--languages", default="", help=help_))

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(
            *given: Any, template: Path | None, all_help_lines: bool, languages: str = "", **more: Any
        ) -> None:
            split = tuple(word.strip() for word in languages.split(",") if word.strip())
            command(*given, wording=Wording(template, all_help_lines, split), **more)

        for option in reversed(options):
            run = option(run)
        return run

    return decorate


FEW = click.option(
    "--few",
    default="",
    metavar="WHY",
    help=f"Make fewer than {LEAST} codes; why stands in the wave's record.",
)


def why(spec: BatchSpec) -> dict[str, str]:
    """What an act says of a batch of few codes."""
    return {"few": spec.few} if spec.few else {}


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--codes", required=True, type=A_FILE, help="CSV file of `wave invite`.")
@worded()
@click.option("--out", required=True, type=NEW_FILE, help="New PDF file.")
def letters(name: str, *, codes: Path, wording: Wording, out: Path) -> None:
    """Print a letter for each code: address, QR code, code and help lines, a page a language.

    The letters name no subject. The codes are read from the office's file; nothing new is stored.

    \b
    Example:
      tolqyn wave letters kz-thb/2027 --codes almaty-1.csv --languages kk,ru --out almaty-1.pdf
    """
    from reports import letters_pdf

    with instance() as (config, database), database.writing() as session:
        found = waves.find_wave(session, name)
        asked = waves.questionnaire_of(session, found)
        tokens = _tokens(session, found, codes)
        texts = inviting.letter_texts(
            found,
            asked,
            wording.texts(),
            inviting.spoken(found, wording.languages),
            all_lines=wording.all_lines,
        )
        ways = inviting.entries(
            place_of(config.base_url, found), [(token, in_groups(token)) for token in tokens]
        )
        note(session, "wave.letters", found, letters=len(tokens))
    each = max(1, MOST // len(texts))
    parts = [ways[start : start + each] for start in range(0, len(ways), each)]
    paths = [out if len(parts) == 1 else out.with_stem(f"{out.stem}-{n}") for n in range(1, len(parts) + 1)]
    with click.progressbar(length=len(ways), label="printing", width=30) as bar:
        for path, part in zip(paths, parts, strict=True):
            _write(path, letters_pdf(texts, part, author=found.organisation), private=True)
            bar.update(len(part))
    for path, part in zip(paths, parts, strict=True):
        click.echo(f"{len(part)} letters in {path}")
    _warn_local(config)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--batch", required=True, multiple=True, help="Batch whose everybody is reminded.")
@worded()
@click.option("--out", required=True, type=NEW_FILE, help="New PDF file: one letter, to be copied.")
def remind(name: str, *, batch: tuple[str, ...], wording: Wording, out: Path) -> None:
    """Print one reminder for everybody in a batch, and say how many copies: who has answered is not known.

    \b
    Example:  tolqyn wave remind kz-thb/2027 --batch almaty-1 --languages kk,ru --out reminder.pdf
    """
    from reports import WayIn, letters_pdf

    with instance() as (config, database), database.writing() as session:
        found = waves.find_wave(session, name)
        asked = waves.questionnaire_of(session, found)
        sizes = sizes_of(session, found, batch)
        texts = inviting.letter_texts(
            found,
            asked,
            wording.texts(),
            inviting.spoken(found, wording.languages),
            part="reminder",
            all_lines=wording.all_lines,
        )
        place = place_of(config.base_url, found)
        note(session, "wave.remind", found, batches=list(batch))
    pdf = letters_pdf(texts, [WayIn(place.whole, place.typed)], author=found.organisation)
    _write(out, pdf)
    for each, size in sizes.items():
        click.echo(f"{each}: {size} copies, one for everybody who got a code")
    click.echo(f"the letter: {out}")
    _warn_local(config)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--site", help="Word or name of a site made by `wave site`.  [default: the wave's open link]")
@click.option("--size", default="A4", show_default=True, type=click.Choice(("A4", "A5")))
@worded()
@click.option("--out", required=True, type=NEW_FILE, help="New PDF file.")
def poster(name: str, *, site: str | None, size: str, wording: Wording, out: Path) -> None:
    """Print a poster with a QR code, a short address and help lines, for a place or for the open link.

    \b
    Example:
      tolqyn wave poster kz-thb/2027 --site clinic3 --size A5 --languages kk,ru --out clinic3.pdf
    """
    from reports import WayIn, poster_pdf

    with instance() as (config, database), database.writing() as session:
        found = waves.find_wave(session, name)
        asked = waves.questionnaire_of(session, found)
        refuse_useless(found)
        place = place_of(config.base_url, found, site and site_word(session, found, site))
        texts = inviting.poster_texts(
            found,
            asked,
            wording.texts(),
            inviting.spoken(found, wording.languages),
            all_lines=wording.all_lines,
        )
        note(session, "wave.poster", found, site=site or "", size=size)
    pdf = poster_pdf(texts, WayIn(place.whole, place.typed), size=size, author=found.organisation)
    _write(out, pdf)
    click.echo(f"{out} opens {place.whole}")
    _warn_local(config)


def _tokens(session: Session, wave: Wave, path: Path) -> list[str]:
    """The tokens of a file of codes. Raises Refused with every line that holds no code of this wave."""
    hint = "the file that tolqyn wave invite wrote"
    header, rows = read_records(path, hint)
    if not rows or "code" not in header:
        raise Refused(Reason("a CSV file with a column code", "none", hint, path="--codes", file=str(path)))
    tokens, reasons = [], []
    for line, row in rows:
        token = read_invitation(row["code"])
        if invitations.find(session, wave, token) is None:
            hint = "take the file of this wave's own invitations"
            found = "one that is none"
            reasons.append(
                Reason(f"a code of {wave.study}/{wave.name}", found, hint, "code", "code", str(path), line)
            )
        tokens.append(token)
    if reasons:
        raise Refused(*reasons)
    return tokens


def _write(path: Path, content: bytes, *, private: bool = False) -> None:
    try:
        made = path.open("xb")
    except FileExistsError as error:
        reason = Reason("a new file", "one that exists", "name another --out", path=str(path))
        raise Refused(reason) from error
    with nothing_half(path), made as file:
        if private:
            path.chmod(0o600)
        file.write(content)


def _warn_local(config: Config) -> None:
    if config.base_url.startswith("http://127.0.0.1"):
        click.echo(
            f"warning: the addresses begin with {config.base_url}, which only this machine can open; set "
            "TOLQYN_PUBLIC_URL and print again",
            err=True,
        )
