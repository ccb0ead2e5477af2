"""A person and the fields of a page in, what the person answers out.

Known items follow the settings; any other item is answered at random by the kind of its control. Nothing but
the shown page is known here: the situation that was read, the statements to count, the codes on offer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Any

from survey.simulation.chance import STANDARD_NORMAL, normal, pick, uniform
from survey.simulation.curves import (
    code_at,
    cuts_for_mean,
    cuts_for_moments,
    cuts_for_shares,
    cuts_for_top,
)
from survey.simulation.people import Person
from survey.simulation.settings import Settings

DONT_KNOW, REFUSED = -1, -2
Answer = int | str | tuple[int, ...] | None
"""A code, typed words, ticked codes; None: left blank."""


@dataclass(frozen=True)
class Field:
    """One question as the page shows it; `kind`: one, many, number, line, essay, or a name in MADE_OF_PARTS.

    A question made of parts is answered by one text: the parts' values in their order, joined by `-`.
    """

    name: str
    kind: str
    codes: tuple[int, ...] = ()
    """What may be picked, missing codes included."""
    low: int = 0
    high: int = 0
    required: bool = False
    parts: tuple["Field", ...] = ()
    earliest: str = ""
    latest: str = ""
    """The range of a date, as ISO text cut to its precision."""


@dataclass(frozen=True)
class Reading:
    """What a person has read so far that later answers depend on."""

    cells: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Experiment -> levels of the situation that was read."""
    statements: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """List item -> names of the statements on the page."""


def answer(
    settings: Settings, person: Person, asked: Field, read: Reading, *, insist: bool = False
) -> Answer:
    """What this person answers; `insist`: the page came back because something was left out."""
    if asked.name in settings.facts:
        return _fact(settings, person, asked)
    spec = settings.items.get(asked.name, {})
    missing = _missing(settings, person, asked, spec)
    if missing is not None and not (insist and missing == "skipped"):
        return None if missing == "skipped" else int(missing)
    if not spec:
        return _any_answer(settings, person, asked)
    (target,) = (name for name in TARGETS if name in spec)
    return TARGETS[target](settings, person, asked, spec, read)


def _fact(settings: Settings, person: Person, asked: Field) -> Answer:
    rate = settings.fact_refused.get(asked.name, 0.0)
    if REFUSED in asked.codes and uniform(*person.key, asked.name, "refused") < rate:
        return REFUSED
    return person.facts[settings.facts[asked.name]]


def _missing(settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any]) -> int | str | None:
    rates = {**settings.item_nonresponse, **spec}
    u = uniform(*person.key, asked.name, "missing")
    for code, rate in ((DONT_KNOW, "dont_know"), (REFUSED, "refused"), ("skipped", "skipped")):
        if isinstance(code, int) and code not in asked.codes:
            continue
        if code == "skipped" and (asked.required or asked.kind == "essay"):
            continue
        u -= rates[rate] * person.reticence
        if u < 0:
            return code
    return None


def _per_wave(figure: Any, person: Person) -> float:
    return figure[min(person.wave, len(figure) - 1)] if isinstance(figure, list) else figure


def _latent(person: Person, asked: Field, loads: Mapping[str, float], sign: int = 1) -> float:
    shared = sum(load * person.factors[factor] for factor, load in loads.items())
    own = sqrt(1 - sum(load**2 for load in loads.values()))
    return sign * shared + own * normal(*person.key, asked.name)


def _substantive(asked: Field) -> tuple[int, ...]:
    return tuple(sorted(code for code in asked.codes if code >= 0)) or tuple(range(asked.low, asked.high + 1))


def _ordered(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    codes = _substantive(asked)
    low, high, spread = codes[0], codes[-1], spec["spread"]
    if "straightlines" in person.habits and asked.kind == "one":
        return pick(dict.fromkeys(codes, 1), uniform(*person.key, "always"))
    key = spec.get("key", 1)
    if "mean" in spec:
        keyed = _per_wave(spec["mean"], person) + spec.get("offset", 0.0)
        cuts = cuts_for_mean(keyed if key == 1 else low + high - keyed, spread, low, high)
    else:
        cuts = cuts_for_top(_per_wave(spec["top"], person) / 100, spread, low, high)
    return code_at(codes, cuts, _latent(person, asked, spec.get("loads", {}), key))


def _shares(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    shares = {int(code): share for code, share in spec["shares"].items()}
    z = _latent(person, asked, spec.get("loads", {}))
    z += sum(spec.get("cell_shift", {}).get(level, 0.0) for levels in read.cells.values() for level in levels)
    return code_at(tuple(shares), cuts_for_shares(tuple(shares.values())), z)


def _cell_mean(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    means = spec["cell_mean"]
    mean = means["base"] + sum(means.get(level, 0.0) for levels in read.cells.values() for level in levels)
    codes = _substantive(asked)
    cuts = cuts_for_moments(round(mean, 6), spec["spread"], codes[0], codes[-1])
    return code_at(codes, cuts, _latent(person, asked, spec.get("loads", {})))


def _ticks(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    """At most `high` ticks, the likeliest ones; an option that stands alone excludes the rest."""
    for code, share in spec.get("alone", {}).items():
        if 100 * uniform(*person.key, asked.name, code) < share:
            return (int(code),)
    margins = {
        code: share / 100 - uniform(*person.key, asked.name, code) for code, share in spec["ticks"].items()
    }
    wanted = sorted((code for code in margins if margins[code] > 0), key=lambda c: -margins[c])
    wanted = wanted or [max(margins, key=lambda c: margins[c])]
    return tuple(sorted(int(code) for code in wanted[: asked.high or None]))


def _words(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    return pick(spec["words"], uniform(*person.key, asked.name))


def _count(
    settings: Settings, person: Person, asked: Field, spec: Mapping[str, Any], read: Reading
) -> Answer:
    seen = read.statements[asked.name]
    return sum(100 * uniform(*person.key, asked.name, name) < spec["count"][name] for name in seen)


def _any_answer(settings: Settings, person: Person, asked: Field) -> Answer:
    """An answer to an item the settings do not know, by the kind of its control."""
    u = uniform(*person.key, asked.name)
    codes = [code for code in asked.codes if code >= 0]
    if asked.kind == "one":
        return pick(dict.fromkeys(codes, 1), u)
    if asked.kind == "many":
        some = tuple(code for code in codes if uniform(*person.key, asked.name, code) < 0.4)
        return some[: asked.high or None] or (codes[0],)
    if asked.kind == "number":
        middle, half = (asked.low + asked.high) / 2, (asked.high - asked.low) / 2
        return round(min(max(middle + half / 2 * STANDARD_NORMAL.inv_cdf(u), asked.low), asked.high))
    if asked.kind in MADE_OF_PARTS:
        return MADE_OF_PARTS[asked.kind](asked, u)
    return _open_words(settings, person, u) if asked.kind == "essay" else None


def any_date(asked: Field, u: float) -> str:
    """A date of the range at the share `u` (0..1) of its days, as exact as asked for."""
    first, last = (
        date.fromisoformat(end + "0000-01-01"[len(end) :]) for end in (asked.earliest, asked.latest)
    )
    day = first + timedelta(days=int(u * ((last - first).days + 1)))
    return day.isoformat()[: len(asked.earliest)]


def any_order(asked: Field, u: float) -> str:
    """The first places given to some of the parts, the others left blank; `u` (0..1) says where to begin."""
    places, count = max(asked.parts[0].codes), len(asked.parts)
    start = int(u * count)
    given = {(start + step) % count: str(step + 1) for step in range(places)}
    return "-".join(given.get(part, "") for part in range(count))


MADE_OF_PARTS: dict[str, Callable[[Field, float], str]] = {"date": any_date, "ranking": any_order}
"""Kind of a question made of several controls -> any answer to it, by a number from 0 to 1."""


def _open_words(settings: Settings, person: Person, u: float) -> Answer:
    words = settings.open_text["words"][person.language]
    share = settings.open_text["share"]
    return words[int(u / share * len(words))] if u < share else None


TARGETS: dict[str, Callable[[Settings, Person, Field, Mapping[str, Any], Reading], Answer]] = {
    "mean": _ordered,
    "top": _ordered,
    "shares": _shares,
    "cell_mean": _cell_mean,
    "ticks": _ticks,
    "words": _words,
    "count": _count,
}
