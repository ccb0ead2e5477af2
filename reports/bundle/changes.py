"""What was changed between a release and its public file in; a page in one language and plain data out."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from analysis import VARIANCE_UNIT, KeyChange, PublicFile, Risk
from reports.bundle.papers import counted_by_keys
from reports.i18n import Words
from reports.questionnaires.documents import STYLES
from reports.sections.template import render


@dataclass(frozen=True)
class Grid:
    """A table of words: heads and rows, the first cell of a row its head."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def changes_data(public: PublicFile) -> dict[str, Any]:
    """Every figure of the page as plain data; null where an estimate may not be published."""
    found: dict[str, Any] = _plain(asdict(public.changes))
    meta = public.meta
    return {
        "study": meta.study,
        "wave": meta.wave,
        "release": meta.release,
        "keys_of_file": [*public.keys],
        **found,
    }


def changes_html(public: PublicFile, words: Words) -> str:
    """The page: keys, risk, columns left out, other changes, variety, estimates side by side."""
    say, changes = words.say, public.changes
    names = [words.pick(public.codebook.variable(name).label, name) for name in public.keys]
    lead = say(
        "In the public file of {wave} at least {k} people share each combination of: {keys}.",
        wave=public.meta.wave,
        k=words.number(changes.k),
        keys=", ".join(names) or "–",
    )
    grids = [_keys(public, words), _risk(public, words), _variety(public, words), _losses(public, words)]
    return render(
        "bundle/changes.html",
        words,
        title=words.pick(public.meta.title or public.codebook.title, "title"),
        style=(STYLES / "questionnaire-screen.css").read_text("utf-8"),
        lead=lead,
        synthetic=public.meta.synthetic,
        grids=[grid for grid in grids if grid.rows],
        others=list(_others(public, words)),
        removed=_removed(public, words),
    )


def _keys(public: PublicFile, words: Words) -> Grid:
    say = words.say
    heads = (
        say("Characteristic"),
        say("Column of the public file"),
        say("Detail"),
        say("Values withheld"),
        say("Never given"),
    )
    rows = tuple(
        (
            words.pick(key.label, key.finest),
            key.name or "–",
            _detail(key, words),
            _counted(key.withheld, len(public.frame), words),
            words.number(key.not_given),
        )
        for key in public.changes.keys
    )
    return Grid(say("Characteristics by which somebody may be known"), heads, rows)


def _detail(key: KeyChange, words: Words) -> str:
    if not key.name:
        return words.say("left out")
    if key.level == 0:
        return words.say("the finest of {n}", n=words.number(key.levels))
    return words.say("step {n} of {all}", n=words.number(key.level + 1), all=words.number(key.levels))


def _counted(count: int, of: int, words: Words) -> str:
    return f"{words.number(count)} ({words.percent(count / of, 1)})"


def _risk(public: PublicFile, words: Words) -> Grid:
    say, changes = words.say, public.changes
    lines = (
        (say("Different combinations"), lambda risk: words.number(risk.classes)),
        (say("Smallest group"), lambda risk: words.number(risk.smallest)),
        (say("People like nobody else"), lambda risk: _counted(risk.alone, risk.rows, words)),
        (
            say("People in groups below {k}", k=words.number(changes.k)),
            lambda risk: _counted(risk.below, risk.rows, words),
        ),
        (
            say("Right guesses expected of somebody who knows these characteristics of all"),
            lambda risk: _counted(round(risk.expected), risk.rows, words),
        ),
    )
    columns: tuple[Risk, ...] = (changes.before, changes.after, changes.with_weight)
    rows = tuple((head, *(told(risk) for risk in columns)) for head, told in lines)
    heads = ("", say("Before"), say("After"), say("After, the weight known too"))
    return Grid(say("How far people can be told apart"), heads, rows)


def _variety(public: PublicFile, words: Words) -> Grid:
    say = words.say
    heads = (
        say("Column"),
        say("Fewest different answers in a group"),
        say("Groups that gave one answer"),
        say("Groups"),
    )
    rows = tuple(
        (each.column, words.number(each.least), words.number(each.uniform), words.number(each.classes))
        for each in public.changes.variety
    )
    return Grid(say("Variety of answers among people alike"), heads, rows)


def _losses(public: PublicFile, words: Words) -> Grid:
    say = words.say
    heads = (
        say("Indicator"),
        say("Release"),
        say("Public file"),
        say("Standard error, release"),
        say("Standard error, public file"),
    )
    rows = []
    labels = {each.name: each.label for each in public.codebook.indicators}
    for each in public.changes.losses:
        share = each.statistic == "proportion"
        figures = (each.release, each.public, each.se_release, each.se_public)
        told = (_figure(value, words, share=share) for value in figures)
        rows.append((words.pick(labels[each.indicator], each.indicator), *told))
    return Grid(say("Estimates from the release and from the public file"), heads, tuple(rows))


def _figure(value: float, words: Words, *, share: bool) -> str:
    if not math.isfinite(value):
        return "–"
    return words.percent(value, 1) if share else words.number(value, 3)


def _others(public: PublicFile, words: Words) -> Iterator[str]:
    say, changes = words.say, public.changes
    before, after, correlation = changes.weights
    yield counted_by_keys(words)
    yield say("Rows stand in another order, which cannot be undone without the release.")
    yield say(
        "{before} different weights became {after}: each is the mean of {k} or more people who share all "
        "characteristics. Correlation with the weights before: {r}.",
        before=words.number(before),
        after=words.number(after),
        k=words.number(changes.k),
        r=words.number(correlation, 2),
    )
    for name, count in changes.topped.items():
        top = words.number(public.spec.numbers[name] or 0)
        yield say("{column}: {n} values above {top} are {top}.", column=name, n=words.number(count), top=top)
    if changes.units:
        yield say(
            "Places and strata are replaced by {n} random groups of places (column {column}). Use it as the "
            "cluster, without strata: errors are then right on average.",
            n=words.number(changes.units),
            column=VARIANCE_UNIT,
        )
    elif changes.places:
        yield say("Places and strata are left out: errors estimated from the public file are too small.")


def _removed(public: PublicFile, words: Words) -> tuple[tuple[str, str], ...]:
    """(reason, columns) in the order of the reasons."""
    say = words.say
    reasons = {
        "key": say("told by a characteristic above, or by its finer detail"),
        "words": say("words of respondents, or that there were any"),
        "exact_number": say("exact numbers"),
        "about_the_interview": say("about the interview: times, orders, pages"),
        "removed": say("others may know it, or it serves nobody"),
        "computed_from_removed": say("computed from a column left out"),
        "not_listed": say("not listed for publication"),
        "same_for_all": say("the same answer of all"),
    }
    removed = public.changes.removed
    found = ((told, [name for name, why in removed.items() if why == key]) for key, told in reasons.items())
    return tuple((told, ", ".join(names)) for told, names in found if names)


def _plain(value: Any) -> Any:
    """JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
