"""`tolqyn paper`: filled-in forms typed by two clerks, compared, and entered once they agree."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey import keys
from survey import paper as typed
from survey.cli.acts import note
from survey.cli.instance import instance
from survey.config import study_today
from survey.refusal import Reason, Refused
from survey.store import paper as store
from survey.store import waves
from survey.store.models import Wave
from survey.store.versions import named

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def paper() -> None:
    """Enter paper questionnaires: two clerks type every form, every difference is looked up on paper."""


@paper.command()
@click.argument("name", metavar="WAVE")
@click.option("--out", required=True, type=A_NEW_FILE, help="New .xlsx or .csv file, one for each clerk.")
@click.option("--batch", "batches", multiple=True, help="Fill in the numbers of this batch; several times.")
@click.option("--lang", "language", help="Language of the questions.  [default: the wave's first]")
def template(name: str, out: Path, batches: tuple[str, ...], language: str | None) -> None:
    """Write an empty file for one clerk: a row a form, a column a box, named and coded as on paper.

    In a workbook the codes are drop-downs and the questions comments at the heads. It needs no network, and
    nothing typed into it leaves the clerk's computer.

    \b
    Example:
      tolqyn paper template kz-thb/2027 --lang ru --out clerk-a.xlsx
      tolqyn paper template kz-thb/2027 --batch almaty-3 --out clerk-b.xlsx
    """
    with instance() as (_, database), database.reading() as session:
        wave = waves.find_wave(session, name)
        questionnaire = waves.questionnaire_of(session, wave)
        columns = typed.columns_of(questionnaire, wave.languages)
        forms = _numbers(session, wave, batches)
        chosen = _language(wave, language)
    typed.write_template(out, questionnaire, columns, chosen, forms)
    click.echo(f"{out}: {len(columns)} columns, {len(forms)} form numbers filled in")


@paper.command()
@click.argument("name", metavar="WAVE")
@click.argument("first", type=A_FILE)
@click.argument("second", type=A_FILE)
@click.option("--out", type=A_NEW_FILE, help="New CSV for looking up each difference on paper.")
@click.option("--lang", "language", help="Language of the questions.  [default: the wave's first]")
@click.option("--json", "as_json", is_flag=True, help="Print differences and problems as JSON.")
@click.pass_context
def compare(
    context: click.Context,
    name: str,
    *,
    first: Path,
    second: Path,
    out: Path | None,
    language: str | None,
    as_json: bool,
) -> None:
    """List every cell in which two files differ, and everything that cannot stand, by its address.

    Exit status 0 when the files agree and every form could be entered, else 1. Nothing is stored. Words of
    respondents are not shown, only how long they are.

    \b
    Example:  tolqyn paper compare kz-thb/2027 clerk-a.xlsx clerk-b.xlsx --out differences.csv
    """
    with instance() as (config, database), database.reading() as session:
        wave = waves.find_wave(session, name)
        columns, asked = _basis(session, wave, config.keys)
        chosen = _language(wave, language)
    here, there = (typed.read_sheet(path, columns) for path in _two(first, second))
    found = typed.compare(here, there, columns, asked, chosen)
    lines = typed.write_list(out, found) if out is not None else 0
    if as_json:
        click.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2))
    else:
        _say(found)
        if out is not None:
            click.echo(
                f"{lines} lines to look up in {out}: write what the paper says into the column correct"
            )
    if found.mismatches or found.problems:
        context.exit(1)


@paper.command()
@click.argument("name", metavar="WAVE")
@click.argument("first", type=A_FILE)
@click.argument("second", type=A_FILE)
@click.option("--corrected", type=A_FILE, help="The list of compare, with what the paper says.")
def enter(name: str, first: Path, second: Path, corrected: Path | None) -> None:
    """Store the forms on which both files agree, or the list says what is right: all of them or none.

    Refuses while a difference is undecided. Forms that were entered before with the same content are left as
    they are. Correct by the list, not in the files: so the share of cells in which clerks differed is kept.

    \b
    Example:  tolqyn paper enter kz-thb/2027 clerk-a.xlsx clerk-b.xlsx --corrected differences.csv
    """
    with instance() as (config, database):
        with database.reading() as session:
            wave = waves.find_wave(session, name)
            store.refuse_late(wave, "entered")
            columns, asked = _basis(session, wave, config.keys)
        corrections, problems = typed.read_corrections(corrected, columns)
        here, there = (typed.read_sheet(path, columns) for path in _two(first, second))
        entering = typed.merge(here, there, columns, asked, corrections)
        if problems := [*problems, *entering.problems]:
            raise Refused(*problems)
        key = keys.read_wave_key(config.keys, wave.alias)
        entries = [typed.entry_of(agreed, key, wave.public_key) for agreed in entering.forms]
        with database.writing() as session:
            wave = waves.find_wave(session, name)
            new = store.enter(session, wave, key, entries)
            note(session, "paper.enter", wave, forms=len(entries), new=new)
    differed, cells = (sum(getattr(e, name) for e in entries) for name in ("mismatches", "cells"))
    click.echo(f"{new} forms entered, {len(entries) - new} were known before")
    click.echo(f"the clerks differed in {_rate(differed, cells)}")
    click.echo("delete the clerks' files once no more forms come")
    if new:
        click.echo(
            "until `tolqyn db rewrite` of tonight the database tells which forms were entered together"
        )


def _say(found: typed.Comparison) -> None:
    for line in found.mismatches:
        click.echo(
            f"form {line.form}  {line.column}  {line.first_cell or 'empty'}: {line.first or 'nothing'}"
            f"  |  {line.second_cell or 'empty'}: {line.second or 'nothing'}  {line.question}"
        )
    for reason in found.problems:
        click.echo(str(reason), err=True)
    click.echo(f"{found.forms} forms typed twice; they differ in {_rate(len(found.mismatches), found.cells)}")
    if found.problems:
        click.echo(f"{len(found.problems)} problems", err=True)


def _rate(differed: int, cells: int) -> str:
    share = f" ({100 * differed / cells:.2f} %)" if cells else ""
    return f"{differed} of {cells} cells{share}"


def _two(first: Path, second: Path) -> tuple[Path, Path]:
    if first.resolve() == second.resolve():
        hint = "tolqyn paper compare WAVE clerk-a.xlsx clerk-b.xlsx"
        raise Refused(
            Reason("two files, typed by two clerks", "one file twice", hint, str(first), "same_file")
        )
    return first, second


def _language(wave: Wave, given: str | None) -> str:
    if given is None or given in wave.languages:
        return given or wave.languages[0]
    raise Refused(Reason(f"one of {', '.join(wave.languages)}", given, path="--lang", rule="language"))


def _numbers(session: Session, wave: Wave, batches: tuple[str, ...]) -> list[int]:
    found = {name: store.named_batch(session, wave, name) for name in batches}
    if unknown := [name for name, batch in found.items() if batch is None]:
        known = ", ".join(store.printed_by_batch(session, wave)) or "none yet"
        raise Refused(*(Reason(f"a printed batch: {known}", name, path="--batch") for name in unknown))
    return [form for batch in found.values() if batch for form in range(batch.first, batch.last + 1)]


def _basis(
    session: Session, wave: Wave, folder: Path
) -> tuple[Mapping[str, typed.Column], Callable[[int], typed.Terms | Reason]]:
    """The columns, and what each form is judged by: the version it was printed from and its own draws."""
    store.refuse_late(wave, "entered")
    batches = store.paper_batches(session, wave)
    key = keys.read_wave_key(folder, wave.alias)
    versions: dict[str, Questionnaire] = {
        fingerprint: named(session, fingerprint) for fingerprint in {batch.fingerprint for batch in batches}
    }
    today = wave.closes if wave.synthetic else study_today()

    def asked(form: int) -> typed.Terms | Reason:
        batch = store.holding(batches, form)
        if batch is None:
            return store.unknown_form(form, batches)
        return typed.Terms(form, versions[batch.fingerprint], key.paper(form), wave.opens, today)

    return typed.columns_of(waves.questionnaire_of(session, wave), wave.languages), asked
