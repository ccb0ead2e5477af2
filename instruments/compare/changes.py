"""One item of two versions in, its changes out: words, options, bounds, route, order, columns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from instruments.codebook import Level, Text
from instruments.compare.asked import Asked
from instruments.compare.measure import is_near, is_small, nearer_to, says_other, share_changed
from instruments.compare.normal import normalised
from instruments.compare.verdicts import ItemChange, Verdict

UNSEEN = ("known",)
"""What bounds an answer and no respondent sees: the numbers that a string of digits is looked up in."""
ORDERED = (Level.ORDINAL.value, Level.INTERVAL.value)


def item_changes(
    before: Asked, after: Asked, languages: Sequence[str], source: str
) -> tuple[ItemChange, ...]:
    """Every difference between two versions of an item, in the languages both versions have.

    `source` is the language in which labels are judged for meaning.
    """
    recoded = tuple(_recoded(before, after, languages, source))
    taken = {(change.place, change.language) for change in recoded}
    words = (c for c in _words(before, after, languages) if (c.place, c.language) not in taken)
    rest = (part(before, after) for part in (_bounds, _structure, _counted))
    return (*_retyped(before, after), *recoded, *words, *chain.from_iterable(rest))


def _retyped(before: Asked, after: Asked) -> Iterator[ItemChange]:
    for place in ("kind", "level"):
        old, new = getattr(before, place), getattr(after, place)
        if old != new:
            yield ItemChange(after.item, Verdict.RETYPED, place, old or "none", new or "none", fatal=True)
    if before.kind == after.kind:
        for name in before.columns:
            old, new = before.columns[name], after.columns.get(name, "")
            option = name.removeprefix(f"{before.item}_")
            if old != new and not (option.isdigit() and int(option) in before.options):
                what = new or "no such column"
                if (old, what) != (before.level, after.level):
                    yield ItemChange(after.item, Verdict.RETYPED, f"column {name}", old, what, fatal=True)


def _recoded(before: Asked, after: Asked, languages: Sequence[str], source: str) -> Iterator[ItemChange]:
    """Codes that are gone or mean something else now."""
    yield from code_changes(
        after.item, "options", before.options, after.options, languages=languages, source=source
    )
    for name in before.codes.keys() & after.codes.keys():
        old, new = before.codes[name], after.codes[name]
        yield from code_changes(after.item, f"{name}.codes", old, new, languages=languages, source=source)


def code_changes(
    item: str,
    place: str,
    before: Mapping[int, Text],
    after: Mapping[int, Text],
    *,
    languages: Sequence[str],
    source: str,
) -> Iterator[ItemChange]:
    """Removed codes, labels that moved to another code (in any language), labels replaced by another one."""
    for code, label in before.items():
        where = f"{place}.{code}"
        if code not in after:
            said = label.get(source) or next(iter(label.values()), "")
            yield ItemChange(item, Verdict.RECODED, where, said, "no such code", source, fatal=True)
            continue
        for language in languages:
            old, new = label.get(language, ""), after[code].get(language, "")
            if not old or not new or _same(old, new):
                continue
            others = {other: before[other].get(language, "") for other in before if other != code}
            moved = any(_same(said, new) or nearer_to(new, old, said, language) for said in others.values())
            moved |= any(_same(after[other].get(language, ""), old) for other in after if other != code)
            if moved or (language == source and says_other(old, new, language)):
                share = share_changed(old, new)
                yield ItemChange(item, Verdict.RECODED, where, old, new, language, share, fatal=True)


def _same(one: str, other: str) -> bool:
    return normalised(one).casefold() == normalised(other).casefold()


def _words(before: Asked, after: Asked, languages: Sequence[str]) -> Iterator[ItemChange]:
    for place in dict.fromkeys((*before.places, *after.places)):
        if place.startswith("options.") and not {place} <= before.places.keys() & after.places.keys():
            continue
        for language in languages:
            old, new = before.words(place, language), after.words(place, language)
            if normalised(old) == normalised(new) or before.read(place, language) == after.read(
                place, language
            ):
                continue
            small = bool(old and new) and is_small(old, new, language)
            yield ItemChange(
                after.item,
                Verdict.EDITORIAL if small else Verdict.REWORDED,
                place,
                old,
                new,
                language,
                share_changed(old, new),
                editorial=small or is_near(old, new, language),
            )


def _bounds(before: Asked, after: Asked) -> Iterator[ItemChange]:
    """What may be answered: an option more, a range, a limit, an answer such as don't know offered or not."""
    fatal = after.level in ORDERED
    for code in after.options.keys() - before.options.keys():
        said = next(iter(after.options[code].values()), "")
        yield ItemChange(after.item, Verdict.RESCALED, f"options.{code}", "no such code", said, fatal=fatal)
    for change in _keys(after.item, Verdict.RESCALED, before.answers, after.answers):
        yield replace(change, editorial=change.place in UNSEEN)


def _structure(before: Asked, after: Asked) -> Iterator[ItemChange]:
    for verdict, old, new in (
        (Verdict.REROUTED, before.route, after.route),
        (Verdict.REORDERED, before.order, after.order),
    ):
        yield from (replace(change, editorial=True) for change in _keys(after.item, verdict, old, new))
    kept = [code for code in before.options if code in after.options]
    now = [code for code in after.options if code in before.options]
    if kept != now:
        yield ItemChange(after.item, Verdict.REORDERED, "options", spoken(kept), spoken(now), editorial=True)


def _counted(before: Asked, after: Asked) -> Iterator[ItemChange]:
    """What its codes count for. What counted for nothing before may begin to; a net is what its name says."""
    for change in _keys(after.item, Verdict.RECOMPUTED, before.scoring, after.scoring):
        yield replace(change, quiet=change.place not in before.scoring)
    yield from net_changes(after.item, before.nets, after.nets)


def net_changes(
    item: str, before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]]
) -> Iterator[ItemChange]:
    """Nets of other codes than before under their name, and nets that come or go."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            both = old is not None and new is not None
            told = (spoken(old), spoken(new))
            yield ItemChange(item, Verdict.RECOMPUTED, f"nets.{name}", *told, quiet=not both, fatal=both)


def _keys(
    item: str, verdict: Verdict, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[ItemChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield ItemChange(item, verdict, key, spoken(old), spoken(new))


def spoken(value: Any) -> str:
    """A value of the file as people read it."""
    if value is None or value == []:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
