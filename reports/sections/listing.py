"""One question and the shares of its answers in, a table by wave and the answer named most often out."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.further import Line, Listing
from reports.i18n import Words
from reports.phrasing import Pair, Subject, step_sentence
from reports.report import Section
from reports.sections.columns import in_columns
from reports.sections.material import Material
from reports.sections.template import render
from reports.standing import ABOVE, Standing, Standings
from reports.tables import Block, Cell, Row, Table, level_cell

LINES = 24
"""Lines of a block of questions, which stands on one page: low, so that the next one fills what is left."""


@dataclass(frozen=True)
class Told:
    """One question ready to print."""

    label: str
    question: str
    universe: str
    sentence: str
    table: Table


def listed_sections(
    name: str, title: str, lead: str, listings: Sequence[Listing], material: Material
) -> tuple[Section, ...]:
    """A chapter of questions, one below the other; none where there are none."""
    if not listings:
        return ()
    shown = [told(listing, material) for listing in listings]
    html = render(
        "sections/listings.html",
        material.words,
        lead=lead,
        comparisons=compared(listings, material),
        blocks=blocks(shown, material),
        alone=material.narrow,
    )
    return (Section(name, title, html, flows=True),)


def compared(listings: Sequence[Listing], material: Material) -> int:
    """Of how many changes those of these questions are adjusted; 0 where none is said."""
    said = any(line.change is not None for listing in listings for line in listing.lines)
    return material.further.list_family if said and material.infers else 0


def blocks(shown: Sequence[Told], material: Material) -> list[tuple[tuple[Told, ...], ...]]:
    """Questions side by side where their waves fit half a page."""
    count = 2 if material.narrow and len(shown) > 1 else 1
    return list(in_columns(shown, lambda each: 11 + len(each.table.blocks[0].rows), count=count, room=LINES))


def listing_tables(listings: Sequence[Listing], material: Material) -> list[Table]:
    """The tables of a chapter of questions, in order."""
    return [told(listing, material).table for listing in listings]


def told(listing: Listing, material: Material) -> Told:
    """The verbatim question, its table, and the answer given most often in the latest wave."""
    words = material.words
    label = words.printed(listing.label, f"label of {listing.name}")
    question = material.in_words(listing.question)
    return Told(
        label,
        words.say("“{question}”", question=question) if question else "",
        material.in_words(listing.universe),
        most_named(listing, material, above=ABOVE),
        _table(listing, label, material),
    )


def _table(listing: Listing, label: str, material: Material) -> Table:
    words, waves = material.words, _waves(listing, material)
    rows = [
        Row(
            _label(line, material), tuple(level_cell(line.reading(wave), words, share=True) for wave in waves)
        )
        for line in _ordered(listing, waves[-1])
    ]
    bases = [_base(listing, wave) for wave in waves]
    rows.append(Row(words.say("Answers (n)"), tuple(Cell(words.number(base)) for base in bases), "base"))
    name = material.table_name(f"listing:{listing.name}", listing.name)
    head = words.say("Several answers possible, %") if listing.several else words.say("Share, %")
    return Table(
        name, label, words.say("Answer"), tuple((wave, False) for wave in waves), (Block(head, tuple(rows)),)
    )


def _waves(listing: Listing, material: Material) -> list[str]:
    asked = {reading.wave for line in listing.lines for reading in line.readings}
    return [wave for wave in material.wave_names if wave in asked]


def _ordered(listing: Listing, latest: str) -> list[Line]:
    """Of several answers the most frequent first; the answers of a scale as they were offered."""
    if not listing.several:
        return list(listing.lines)
    return sorted(listing.lines, key=lambda line: -_share(line, latest))


def _share(line: Line, wave: str) -> float:
    reading = line.reading(wave)
    return reading.estimate if reading is not None and reading.printable else -1.0


def _base(listing: Listing, wave: str) -> int:
    return max((reading.base for line in listing.lines if (reading := line.reading(wave))), default=0)


def _label(line: Line, material: Material) -> str:
    return material.words.printed(line.label, f"label of {line.name}")


def most_named(listing: Listing, material: Material, *, above: frozenset[Standing] = frozenset()) -> str:
    """The most frequent answer and how its share moved; not called a majority, and not said where nothing
    may be printed."""
    words, waves = material.words, _waves(listing, material)
    best = max(listing.lines, key=lambda line: _share(line, waves[-1]))
    reading = best.reading(waves[-1])
    if reading is None or not reading.printable:
        return ""
    values = {
        "wave": waves[-1],
        "label": _label(best, material),
        "value": words.percent(reading.estimate),
    }
    others = [line for line in listing.lines if line is not best]
    after = max(others, key=lambda line: _share(line, waves[-1]), default=None)
    second = after.reading(waves[-1]) if after else None
    moved = _moved(best, words, above)
    if after is None or second is None or not second.printable or not reading.low <= second.high:
        said = words.say("Answered most often, {wave}: {label} ({value}).", **values)
        return f"{said} {moved}".rstrip()
    said = words.say(
        "Answered most often, {wave}: {label} ({value}) and {other} ({second}); their intervals overlap.",
        **values,
        other=_label(after, material),
        second=words.percent(second.estimate),
    )
    if not moved:
        return said
    label = values["label"].rstrip(".")
    return f"{said} {words.say('{label}. {sentence}', label=label, sentence=moved)}"


def _moved(line: Line, words: Words, above: frozenset[Standing]) -> str:
    """What its change says; nothing for one wave. `above`: what is said of all of them."""
    if line.change is None:
        return ""
    pair = Pair(line.readings[0], line.readings[-1], line.change)
    said = step_sentence(Subject("", "proportion"), pair, words)
    return Standings(words, above).after(said, line.change.standing if pair.judged else "")
