"""`tolqyn instrument compare`: what changed between two versions, and whether all of it is declared."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from instruments import (
    InstrumentError,
    ItemChange,
    ItemDifference,
    VersionDifference,
    compare_versions,
    html_page,
    word_changes,
)
from survey.cli.instrument.finding import find_version

HEAD = ("item", "lang", "change", "before and now  [-gone-] {+new+}", "to write")
NARROW = (14, 4, 20)
LEAST = 24


@click.command("compare")
@click.argument("old")
@click.argument("new")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the table as a web page."
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as data, problems included.")
def compare_command(old: str, new: str, html: Path | None, as_json: bool) -> None:
    """Say item by item and language by language what NEW asks otherwise than OLD.

    OLD and NEW are NAME@VERSION of the library, YAML files, or release folders. Markup, entities, white
    space, quotes and dashes mean nothing; placeholders count by name. Exit status 1 when a change is not
    declared or needs a new id.

    \b
    Example:
      tolqyn instrument compare kz_thb_core@2026.1 my/2027.1.yaml
      tolqyn instrument compare releases/kz-thb/2026/1 my/2027.1.yaml --html changes.html
    """
    found = compare_versions(find_version(old), find_version(new))
    if html is not None:
        html.write_text(html_page(found), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2))
        raise SystemExit(1 if found.problems else 0)
    for line in described(found, shutil.get_terminal_size((110, 24)).columns):
        click.echo(line)
    if html is not None:
        click.echo(f"web page: {html}")
    if found.problems:
        raise InstrumentError(found.problems)
    click.echo("passes: every change is declared")


def described(found: VersionDifference, width: int) -> Iterator[str]:
    """The difference as lines of at most `width` signs: counts, table, periods, texts, notes."""
    (name, old, _), (later, new, _) = found.before, found.after
    counts = ", ".join(f"{count} {verdict}" for verdict, count in found.counts().items())
    yield f"{name}: {old} to {'' if later == name else f'{later} '}{new}: {counts or 'no items'}"
    rows = [row for item in found.changed for row in _rows(item)]
    if rows:
        yield ""
        yield from _table(rows, width)
        yield ""
    for period in found.periods:
        before, now = period.months
        length = f"{before} months became {now}" if before != now else f"still {now} months, in other words"
        yield f"period {period.name}: {length}; used by {', '.join(period.items) or 'no item'}"
        for language, words, instead in period.reworded():
            yield f"period {period.name} in {language}: {_marked(words, instead)}"
    for text in found.texts:
        yield f"text {text.name} in {text.language}: {_marked(text.before, text.after)}"
    for title, languages in zip(("added", "dropped"), found.languages, strict=True):
        if languages:
            yield f"languages {title}: {', '.join(languages)}"
    for note in found.notes:
        yield f"note: {note}"


def _rows(item: ItemDifference) -> Iterator[tuple[str, ...]]:
    declared = f"declared {item.declared.kind}" if item.declared and item.told and not item.fatal else ""
    for number, change in enumerate(item.changes):
        write = (item.to_write or declared) if number == 0 else ""
        yield (item.item if number == 0 else "", change.language, _named(change), _words(change), write)


def _named(change: ItemChange) -> str:
    share = f" {change.share:.0%}" if change.share else ""
    return f"{change.verdict.value}{share}" + (f": {change.place}" if change.place else "")


def _words(change: ItemChange) -> str:
    if change.language:
        return _marked(change.before, change.after)
    return f"{change.before} -> {change.after}" if change.before or change.after else ""


def _marked(before: str, after: str) -> str:
    marks = {"same": "{}", "old": "[-{}-]", "new": "{{+{}+}}"}
    return " ".join(marks[kind].format(words) for kind, words in word_changes(before, after))


def _table(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Columns side by side, long cells wrapped; the last two share what the narrow ones leave."""
    rest = max(2 * LEAST, width - sum(NARROW) - 2 * (len(HEAD) - 1))
    widths = (*NARROW, rest * 3 // 5, rest - rest * 3 // 5)
    for row in (HEAD, tuple("-" * each for each in widths), *rows):
        cells = [textwrap.wrap(cell, each) or [""] for cell, each in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts = [cell[number] if number < len(cell) else "" for cell in cells]
            yield "  ".join(part.ljust(each) for part, each in zip(parts, widths, strict=True)).rstrip()
