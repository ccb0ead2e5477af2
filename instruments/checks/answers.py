"""Answers: codes and labels used once, clear of the missing codes; lists of codes that name existing ones."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from instruments.checks.finding import Finding, item_path
from instruments.codebook import Level, Net, Text
from instruments.items import Item, ListExperiment, Number, Option, SingleChoice
from instruments.missing import Missing
from instruments.questionnaire import Battery, Content, fewest_rows

LOWEST_MISSING, HIGHEST_MISSING = min(Missing), max(Missing)


def check_answers(content: Content) -> Iterator[Finding]:
    """Findings about what may be answered."""
    for name, scale in content.scales.items():
        yield from _options(scale.options, f"scales.{name}.options")
        yield from _nets(scale.nets, scale.options, scale.level, f"scales.{name}.nets")
    for item in content.items.values():
        path = item_path(content, item.id)
        if item.choices():
            if getattr(item, "scale", None) is None:
                yield from _options(item.choices(), f"{path}.options")
            yield from _lists(item, path)
        if isinstance(item, SingleChoice) and item.battery is None:
            yield from _own_nets(content, item, f"{path}.nets")
        if isinstance(item, Number) and item.min <= HIGHEST_MISSING and item.max >= LOWEST_MISSING:
            expected = f"numbers outside {LOWEST_MISSING} to {HIGHEST_MISSING}, which mean missing"
            hint = "Shift the range; a question from -5 to 5 is coded 0 to 10."
            yield Finding(f"{path}.min", "missing_code", expected, f"{item.min} to {item.max}", hint)
        if isinstance(item, ListExperiment):
            yield from _repeated(item.control.values(), f"{path}.control")
        yield from _wording(item, path)
    for battery in content.batteries.values():
        yield from _battery(content, battery)
    for kind in {kind for item in content.items.values() for kind in item.allow}:
        if not content.missing_labels.get(kind):
            name = kind.name.lower()
            hint = f"Write missing_labels: {{{name}: ...}}."
            yield Finding(f"missing_labels.{name}", "missing_label", f"words for {name}", "nothing", hint)


def _options(options: tuple[Option, ...], path: str) -> Iterator[Finding]:
    codes = [option.code for option in options]
    for code in codes:
        if code < 0:
            hint = "Use a code from 0 on; what is missing is declared with allow."
            yield Finding(f"{path}.{code}", "missing_code", "a code from 0 on", str(code), hint)
    for before, after in pairwise(sorted(codes)):
        if before == after:
            yield Finding(
                f"{path}.{after}", "duplicate_code", "each code once", str(after), "Give it a new code."
            )
    yield from _repeated([option.label for option in options], path)


def _repeated(labels: Iterable[Text], path: str) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for label in labels:
        for language, words in label.items():
            # White space and a full stop make no other answer.
            mark = (language, " ".join(words.split()).rstrip(" .").casefold())
            if mark in seen:
                hint = "Two answers must not read the same."
                yield Finding(
                    path, "duplicate_label", "labels that differ", f"'{words}' twice", hint, language
                )
            seen.add(mark)


def _lists(item: Item, path: str) -> Iterator[Finding]:
    """Findings about what an item says of its options, whichever of these keys its kind has."""
    known = {option.code for option in item.choices()}
    lists = {key: getattr(item, key, ()) for key in ("last", "exclusive", "attention")}
    if other := getattr(item, "other", None):
        lists["other.code"] = (other.code,)
    for key, codes in lists.items():
        for code in codes:
            if code not in known:
                expected = f"a code of {item.id}"
                hint = f"Known: {', '.join(map(str, sorted(known)))}."
                yield Finding(f"{path}.{key}", "unknown_code", expected, str(code), hint)
    if known and known.issubset(lists["exclusive"]):
        hint = "Options that all exclude each other are a single choice: write kind: single."
        yield Finding(f"{path}.exclusive", "exclusive", "an option that may stand with others", "none", hint)
    most = getattr(item, "max", 0)
    if not 0 <= most <= len(known):
        yield Finding(f"{path}.max", "range", f"0 to {len(known)}", str(most), "Correct max.")
    if lists["last"] and not getattr(item, "random_options", False):
        yield Finding(f"{path}.last", "order", "random_options: true", "last alone", "Remove last or add it.")


def _own_nets(content: Content, item: SingleChoice, path: str) -> Iterator[Finding]:
    """The nets an item adds to those of its scale."""
    scale = content.scales.get(item.scale or "")
    shared = scale.nets if scale else {}
    own = {name: net for name, net in item.nets.items() if shared.get(name) != net}
    yield from _nets(own, item.options, item.level, path)


def _nets(nets: Mapping[str, Net], options: tuple[Option, ...], level: Level, path: str) -> Iterator[Finding]:
    known = {option.code for option in options}
    for name, net in nets.items():
        for code in net.codes:
            if code not in known:
                hint = f"Known: {', '.join(map(str, sorted(known)))}."
                yield Finding(f"{path}.{name}.codes", "unknown_code", "a code of the scale", str(code), hint)
        if len(set(net.codes)) < len(net.codes):
            yield Finding(f"{path}.{name}.codes", "net", "each code once", "one twice", "Name it once.")
        if level is Level.INTERVAL:
            hint = "A column of numbers has a mean and no shares; make its level ordinal or drop the net."
            yield Finding(f"{path}.{name}", "net", "a nominal or ordinal scale", "an interval scale", hint)


def _battery(content: Content, battery: Battery) -> Iterator[Finding]:
    path = f"items.{battery.id}"
    for row in battery.last:
        if row not in battery.rows:
            hint = f"Known: {', '.join(battery.rows)}."
            yield Finding(f"{path}.last", "unknown_item", "a row of the battery", row, hint)
    first = content.items.get(battery.rows[0]) if battery.rows else None
    if isinstance(first, SingleChoice):
        yield from _own_nets(content, first, f"{path}.nets")
    loose = fewest_rows(content, battery) - len(battery.last)
    for row in battery.rows:
        item = content.items.get(row)
        between = item.between if isinstance(item, SingleChoice) else None
        if between is None:
            continue
        if not battery.random or row in battery.last:
            yield Finding(
                f"{path}.rows.{row}.between", "order", "random_rows: true", "no", "Remove between or add it."
            )
        elif between[1] > loose:
            expected, found = f"a place up to {loose}", str(between[1])
            yield Finding(f"{path}.rows.{row}.between", "range", expected, found, "Lower it.")


def _wording(item: Item, path: str) -> Iterator[Finding]:
    if item.required and not item.ask_again:
        hint = "A required item is asked until it is answered; remove one of the two."
        yield Finding(f"{path}.ask_again", "order", "required or ask_again: false", "both", hint)
    for number in range(1, item.wording):
        if number not in item.compare:
            expected = f"how wording {item.wording} compares with wording {number}"
            hint = f"Write compare: {{{number}: {{kind: identical, editorial or broken, reason: ...}}}}."
            yield Finding(f"{path}.compare", "compare", expected, "nothing", hint)
