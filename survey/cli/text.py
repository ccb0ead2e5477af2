"""`tolqyn text`: respondents' own words, from the server as sealed boxes to the reader who holds the key."""

from collections.abc import Callable
from pathlib import Path

import click

from survey import texts
from survey.cli.acts import note
from survey.cli.instance import instance
from survey.store import waves
from survey.store.texts import sealed_texts
from survey.texts import Box, Review, SealedFile, Verdict

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
KEYS = {"k": Verdict.KEEP, "c": Verdict.CHANGE, "d": Verdict.DROP, "r": Verdict.REFER}
QUIT = "q"
CHOICES = "[k]eep  [c]hange  [d]rop  [r]efer to whoever is responsible for safety  [q]uit"


@click.group()
def text() -> None:
    """Read respondents' own words before anybody uses them, on a machine that holds the key."""


@text.command()
@click.argument("name", metavar="WAVE")
@click.option("--out", type=A_NEW_FILE, required=True, help="New file for the sealed boxes.")
@click.option("--reason", required=True, help="What they are read for, as the audit log keeps it.")
def export(name: str, out: Path, reason: str) -> None:
    """Write a closed wave's free texts as they are stored: sealed, nothing on this server opens them.

    \b
    Example:  tolqyn text export kz-thb/2027 --out kz-thb-2027.sealed --reason "coding of item Q12"
    """
    with instance() as (_, database), database.writing() as session:
        wave = waves.find_wave(session, name)
        boxes = tuple(Box(row.id, row.item, row.box) for row in sealed_texts(session, wave))
        questionnaire = waves.questionnaire_of(session, wave)
        source, items = questionnaire.source_language, questionnaire.items
        asked = {box.item: str(items[box.item].text.get(source, "")) for box in boxes if box.item in items}
        note(session, "text.export", wave, texts=len(boxes), reason=reason)
        sealed = SealedFile(wave.study, wave.name, wave.public_key, asked, boxes)
    texts.write_sealed(out, sealed)
    click.echo(f"{len(boxes)} sealed texts in {out}")
    click.echo("next, where the private key is and this server is not:")
    click.echo(f"  tolqyn text review {out} --key FILE --out words.csv")


@text.command()
@click.argument("sealed", type=A_FILE)
@click.option("--key", type=A_FILE, required=True, help="The private text key of the wave.")
@click.option("--out", type=A_NEW_FILE, help="CSV for the words that may be used, when all are decided.")
def review(sealed: Path, key: Path, out: Path | None) -> None:
    """Show each text once and ask what becomes of it; may be interrupted and gone on with.

    Phones, numbers, e-mails, links, handles and addresses are marked already; names are not: they are the
    reader's part. A text to refer is kept in no file: note what your procedure needs before the next one.

    \b
    Example:  tolqyn text review kz-thb-2027.sealed --key kz-thb-2027.textkey --out words.csv
    """
    file = texts.read_sealed(sealed)
    private = texts.read_text_key(key, file)
    kept = texts.review_file(sealed)
    decisions = texts.read_review(kept)
    decisions = _ask(file, private, decisions, lambda now: texts.write_review(kept, now))
    click.echo(", ".join(f"{verdict}: {n}" for verdict, n in texts.tally(decisions)))
    left = len(decisions.left(file))
    if left:
        click.echo(f"{left} texts left: type the same again to go on")
    elif out is not None:
        click.echo(f"{texts.write_words(out, file, decisions)} texts that may be used in {out}")


def _ask(sealed: SealedFile, private: bytes, decisions: Review, keep: Callable[[Review], None]) -> Review:
    left = decisions.left(sealed)
    for number, box in enumerate(left, start=1):
        words = texts.opened(box, private)
        click.echo(f"\n{number} of {len(left)}  {box.item}: {sealed.questions.get(box.item, '')}")
        click.echo(_on_screen(words))
        choice = click.prompt(CHOICES, type=click.Choice([*KEYS, QUIT]), show_choices=False)
        if choice == QUIT:
            return decisions
        verdict = KEYS[choice]
        if verdict is Verdict.CHANGE:
            words = click.prompt("the words that may be used")
        decisions = decisions.decided(box, verdict, words)
        keep(decisions)
    return decisions


def _on_screen(words: str) -> str:
    """Line by line; what would move the cursor or colour the screen is shown by its name."""
    lines = (line if line.isprintable() else repr(line) for line in words.splitlines())
    return "\n".join(f"  {line}" for line in lines)
