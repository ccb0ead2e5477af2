"""`tolqyn wave paper|withdraw`: a wave's printed forms, from their numbers to taking one back."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from instruments import write_whole
from survey import keys
from survey.cli.acts import note
from survey.cli.instance import instance
from survey.cli.inviting import FEW, why
from survey.config import study_today
from survey.refusal import Reason, Refused
from survey.store import paper as store
from survey.store import waves
from survey.store.base import CLOSED
from survey.store.invitations import BatchSpec
from survey.store.models import PaperBatch, Wave
from survey.store.versions import named

A_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--n", "size", type=click.IntRange(1, store.HIGHEST), help="Number of forms of a new batch.")
@click.option("--batch", required=True, help="Name of the batch.")
@click.option("--lang", "language", help="Language of the forms.  [default: the wave's, if it has one]")
@click.option("--stratum", help="Stratum of the sample design.")
@click.option("--psu", help="Primary sampling unit.")
@click.option("--fpc", type=float, help="First-stage units of the stratum in the population.")
@click.option(
    "--base-weight", type=float, default=1.0, show_default=True, help="1 / probability of selection."
)
@FEW
@click.option("--out", required=True, type=A_FOLDER, help="Folder for the forms, form-N.pdf each.")
def paper(name: str, *, size: int | None, batch: str, language: str | None, out: Path, **design: Any) -> None:
    """Number and print forms to be filled in by hand; only they can be entered (tolqyn paper).

    Numbers go on from batch to batch. What a form asks in which order follows from its number and the wave's
    key, so that nobody can find it again once the wave is closed. Without --n the forms of a known batch are
    printed that --out does not hold yet: after an interruption, or in the place of a lost one.

    \b
    Example:
      tolqyn wave paper kz-thb/2027 --n 200 --batch almaty-3 --lang kk --out forms/almaty-3
      tolqyn wave paper kz-thb/2027 --batch almaty-3 --out forms/almaty-3
    """
    with instance() as (config, database):
        with database.writing() as session:
            wave = waves.find_wave(session, name)
            spec = BatchSpec(name=batch, size=size or 0, **design)
            forms = _forms(session, wave, spec, language)
            said = why(spec)
            note(session, "wave.paper", wave, batch=batch, first=forms.first, last=forms.last, **said)
            questionnaire = named(session, forms.fingerprint)
        key = keys.read_wave_key(config.keys, wave.alias)
    from reports import paper_pdf

    fills = {"organisation": wave.organisation, "contact": wave.contact}
    numbers = range(forms.first, forms.last + 1)
    wanted = [number for number in numbers if not _file(out, number).exists()]
    out.mkdir(parents=True, exist_ok=True)
    with click.progressbar(wanted, label="forms", file=sys.stderr) as bar:
        for number in bar:
            made = paper_pdf(
                questionnaire,
                forms.language,
                form=number,
                ballot=key.paper(number),
                wave=wave.alias,
                fills={blank: words for blank, words in fills.items() if words},
            )
            write_whole(_file(out, number), made)
    click.echo(f"forms {forms.first} to {forms.last} ({forms.language}) in {out}; {len(wanted)} printed now")


@click.command()
@click.argument("name", metavar="WAVE")
@click.option("--form", required=True, type=click.IntRange(1, store.HIGHEST), help="Number of the form.")
def withdraw(name: str, form: int) -> None:
    """Delete what was entered of a paper form, or see to it that it never is. Until the wave is closed.

    Whoever gave the number may have this done; web respondents do it themselves with their code.

    \b
    Example:  tolqyn wave withdraw kz-thb/2027 --form 17
    """
    with instance() as (config, database), database.writing() as session:
        wave = waves.find_wave(session, name)
        store.refuse_late(wave, "taken back")
        key = keys.read_wave_key(config.keys, wave.alias)
        done = store.take_back(session, wave, key, form, study_today())
        note(session, "wave.withdraw", wave)
    said = {
        "deleted": f"the answers of form {form} are deleted",
        "barred": f"form {form} was not entered yet, and no longer can be",
        "before": f"form {form} was taken back before: nothing of it is stored",
    }
    click.echo(said[done])
    click.echo("now destroy the paper, and its row in the clerks' files")


def said_forms(session: Session, wave: Wave, snapshot: Mapping[str, Any] | None) -> list[str]:
    """One line a batch; of a wave in the field with the count of its last snapshot."""
    if wave.state in CLOSED:
        record = store.paper_record(session, wave)
        return [f"paper: {record['forms']} forms entered of {record['printed']}"] if record["printed"] else []
    shown = {row["batch"]: row["complete"] for row in (snapshot or {}).get("batches", ())}
    lines = []
    for batch, (first, last) in store.printed_by_batch(session, wave).items():
        known = f", complete: at least {shown[batch]}" if batch in shown else ""
        lines.append(f"paper {batch}: forms {first} to {last}{known}")
    return lines


def _file(out: Path, number: int) -> Path:
    return out / f"form-{number}.pdf"


def _forms(session: Session, wave: Wave, spec: BatchSpec, language: str | None) -> PaperBatch:
    """A new batch, or with no size one that exists. Raises Refused."""
    if spec.size:
        chosen = language or (wave.languages[0] if len(wave.languages) == 1 else "none given")
        return store.add_forms(session, wave, spec, chosen)
    store.refuse_late(wave, "printed")
    known = store.named_batch(session, wave, spec.name)
    if known is None:
        hint = "--n 200"
        raise Refused(Reason("a batch of forms, or --n for a new one", spec.name, hint, "--batch", "batch"))
    if language not in (None, known.language):
        found = f"{known.language}, in which this batch was printed"
        raise Refused(Reason(str(language), found, "leave --lang out", "--lang", "batch"))
    return known
