"""A document that refers to items of another instrument in, one that holds them word for word out.

What is taken stands in the new document with everything it needs, so that its hash and `from_json` need no
second file. Nothing taken can be given other words, other answers or another scale.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments.loader.rows import alone, found_row
from instruments.loader.source import Source
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import REUSED, Questionnaire, Request, read_request
from instruments.tree import Node, nearest, said
from instruments.wording import is_words, placeholders, slots

REUSE = "reuse"
FILLED_GROUPS = ("periods", "phones", "recalls")
"""Groups to which a placeholder `{period:ID}` leads: its word with an s."""
ALWAYS_SHOWN = ("withdrawal", "withdrawal_on_paper", "end_complete")
Find = Callable[[str, str], Questionnaire]
Document = dict[str, Any]
Origin = dict[str, tuple[str, int]]


@dataclass
class _Taking:
    """One run: the new document as far as it is written, and where each taken path comes from."""

    own: Document
    other: Questionnaire
    structure: Source
    taken: dict[str, Document] = field(default_factory=dict)
    """Group (items, scales, ...) to what was taken for it, by name."""
    origin: Origin = field(default_factory=dict)

    def copy(self, group: str, name: str) -> None:
        """Take one entry of a group as it is."""
        self.put(group, name, self.other.document[group][name], f"{group}.{name}")

    def put(self, group: str, name: str, value: Any, source: str) -> None:
        """Take a value that stands at `source` in the other document."""
        self.taken.setdefault(group, {})[name] = _spoken(value, tuple(self.own["languages"]), name, group)
        self.note(f"{group}.{name}", source, self.other.origin)

    def note(self, place: str, source: str, origin: Mapping[str, tuple[str, int]]) -> None:
        """Remember file and line of every path below `source` for the same one below `place`."""
        for path, line in origin.items():
            if path == source or path.startswith((f"{source}.", f"{source}@")):
                self.origin[place + path[len(source) :]] = line

    def refuse(self, path: str, expected: str, found: str, hint: str) -> None:
        self.structure.refuse(path, REUSE, expected, found, hint=hint)


def take_over(
    document: Document, structure: Source, wordings: Mapping[str, Source], find: Find
) -> tuple[Document, Origin, Mapping[str, Any]]:
    """The document with what its `reuse` names, file and line of every path taken, the other document.

    `find(instrument, version)` gives the other questionnaire or raises InstrumentError. Whatever is wrong is
    noted on `structure`; then the document comes back without what could not be taken.
    """
    problems: list[FileProblem] = []
    request = read_request(Node({REUSE: document[REUSE]}, "", problems))
    for p in problems:
        structure.refuse(p.path, p.rule, p.expected, p.found, hint=p.hint)
    rest = {key: value for key, value in document.items() if key != REUSE}
    named = request.instrument and request.version
    other = _other(request, structure, find) if named else None
    if other is None or not _speaks(other, rest, structure):
        return rest, {}, {}
    taking = _Taking(rest, other, structure)
    _refuse_own_words((*request.items, *request.rows), taking, wordings)
    _take_items(request, taking, wordings)
    for name, rows in request.rows.items():
        _take_rows(name, rows, request, taking)
    for group, entries in (("derived", request.derived), ("indicators", request.indicators)):
        for number, entry in enumerate(entries):
            _take_named(group, entry, f"{REUSE}.{group}.{number}", taking)
    _take_withheld(taking)
    _take_needs(taking)
    _refuse_unasked_recalls(taking)
    return _joined(taking, request), taking.origin, other.document


def _other(request: Request, structure: Source, find: Find) -> Questionnaire | None:
    name, version = request.instrument, request.version
    try:
        return find(name, version)
    except InstrumentError as error:
        first = error.problems[0]
        if len(error.problems) == 1 and not first.file:
            structure.refuse(REUSE, first.rule, first.expected, first.found, hint=first.hint)
        else:
            found = f"{len(error.problems)} problems, the first: {first.expected}, not {first.found}"
            hint = f"Run tolqyn instrument check {name} --version {version}."
            structure.refuse(REUSE, REUSE, f"{name} {version} without a problem", found, hint=hint)
    return None


def _speaks(other: Questionnaire, document: Document, structure: Source) -> bool:
    languages = document.get("languages")
    spoken = languages if isinstance(languages, list) else []
    unknown = [language for language in spoken if language not in other.languages]
    for language in unknown:
        expected = f"a language of {other.name} {other.version}: {', '.join(other.languages)}"
        hint = f"Translate {other.name} into {language} first, or take {language} out of languages."
        structure.refuse("languages", REUSE, expected, str(language), hint=hint)
    return bool(spoken) and not unknown


def _refuse_own_words(names: Iterable[str], taking: _Taking, wordings: Mapping[str, Source]) -> None:
    """Nothing here may say anything of its own about an item that is taken."""
    for name in names:
        for source in (taking.structure, *wordings.values()):
            items = source.data.get("items")
            if isinstance(items, Mapping) and name in items:
                whose = f"{taking.other.name} {taking.other.version}"
                hint = f"Remove it here: {name} keeps the words and answers of {whose}, in every language."
                found = f"{name} described again"
                source.refuse(f"items.{name}", REUSE, f"{name} only under reuse", found, hint=hint)
    own = taking.own.get("items")
    if isinstance(own, dict):
        taking.own["items"] = {name: value for name, value in own.items() if name not in set(names)}


def _take_items(request: Request, taking: _Taking, wordings: Mapping[str, Source]) -> None:
    names, stems = request.items, request.stems
    items: Mapping[str, Any] = taking.other.document["items"]
    if not names and not request.rows:
        taking.refuse(f"{REUSE}.items", "at least one item", "none", "Write items: [ID, ID].")
    for number, name in enumerate(names):
        place = f"{REUSE}.items.{number}"
        battery = found_row(items, name)
        if name in taking.taken.get("items", {}) or battery in names:
            taking.refuse(place, "each item once", f"{name} again", "Remove one.")
        elif name in items:
            taking.copy("items", name)
        elif battery is not None:
            row = alone(items[battery], name, stems.get(name))
            taking.put("items", name, row, f"items.{battery}.rows.{name}")
            if name in stems:
                _note_stem(name, taking, wordings)
        else:
            hint = nearest(name, (*items, *taking.other.items))
            taking.refuse(place, f"an item of {taking.other.name} {taking.other.version}", said(name), hint)
    for name in stems:
        if name not in names or found_row(items, name) is None:
            hint = "Only a row of a battery that is asked alone may have a stem; all other words stay."
            taking.refuse(f"{REUSE}.stems.{name}", "a row named under items", said(name), hint)


def _take_rows(name: str, rows: tuple[str, ...], request: Request, taking: _Taking) -> None:
    """A battery with some of its rows: question, scale, order and every word of a row as they are."""
    battery = taking.other.document["items"].get(name, {})
    known = battery.get("rows", {})
    place, whose = f"{REUSE}.rows.{name}", f"{taking.other.name} {taking.other.version}"
    if not known:
        batteries = tuple(taking.other.batteries)
        taking.refuse(place, f"a battery of {whose}", said(name), nearest(name, batteries))
        return
    if not rows:
        taking.refuse(place, "at least one row", "none", f"Write {name}: [ROW, ROW].")
    if name in request.items:
        taking.refuse(place, "each item once", f"{name} again", f"Take {name} out of items.")
    for row in rows:
        if row not in known:
            taking.refuse(place, f"a row of {name}", said(row), nearest(row, tuple(known)))
        elif row in request.items or rows.count(row) > 1:
            taking.refuse(place, "each item once", f"{row} again", "Remove one.")
    kept = {row: described for row, described in known.items() if row in rows}
    last = [row for row in battery.get("last", ()) if row in kept]
    whole = {**battery, "rows": kept, "last": last}
    taking.put(
        "items", name, whole if last else {k: v for k, v in whole.items() if k != "last"}, f"items.{name}"
    )


def _refuse_unasked_recalls(taking: _Taking) -> None:
    """An earlier answer that a taken text says again must be asked here too, in the words it had."""
    items = taking.taken.get("items", {})
    asked = {*items, *(row for item in items.values() for row in item.get("rows", {}))}
    for name, recall in taking.taken.get("recalls", {}).items():
        if recall.get("item") not in asked:
            hint = f"Add {recall['item']} to items, and ask it on an earlier page."
            expected = f"{recall['item']} among the items taken, whose answer {{recall:{name}}} says again"
            taking.refuse(f"{REUSE}.items", expected, "no such item", hint)


def _note_stem(name: str, taking: _Taking, wordings: Mapping[str, Source]) -> None:
    """The question of a fragment is written in the files at hand, not in those of the other instrument."""
    place, source = f"items.{name}.text", f"{REUSE}.stems.{name}"
    for key in [path for path in taking.origin if path == place or path.startswith(f"{place}@")]:
        del taking.origin[key]
    taking.origin[place] = (taking.structure.file, taking.structure.line(source))
    for language, wording in wordings.items():
        taking.origin[f"{place}@{language}"] = (wording.file, wording.line(source))


def _take_named(group: str, name: str, place: str, taking: _Taking) -> None:
    known = taking.other.document.get(group, {})
    if name not in known:
        expected = f"one of {group} of {taking.other.name} {taking.other.version}"
        taking.refuse(place, expected, said(name), nearest(name, tuple(known)))
    elif name in _mapping(taking.own.get(group)):
        hint = f"Rename yours, or take {name} out of reuse."
        taking.refuse(f"{group}.{name}", f"{name} only under reuse", f"{name} described again", hint)
    else:
        taking.copy(group, name)


def _take_withheld(taking: _Taking) -> None:
    """What two items may not tell of few people they may not tell here either."""
    items = set(_answered(taking.taken.get("items", {})))
    for name, each in _mapping(taking.other.document.get("withhold")).items():
        if name in items and each["within"] in items:
            if name in _mapping(taking.own.get("withhold")):
                whose = f"{taking.other.name} {taking.other.version}"
                hint = f"Remove it here: {name} is withheld as in {whose}."
                taking.refuse(f"withhold.{name}", f"{name} as in {whose}", f"{name} described again", hint)
            taking.copy("withhold", name)


def _answered(items: Mapping[str, Any]) -> Iterator[str]:
    """Names of items, those of a battery's rows too."""
    for name, item in items.items():
        yield name
        yield from _mapping(_mapping(item).get("rows"))


def _take_needs(taking: _Taking) -> None:
    """Everything that is referred to and not written here comes from the other instrument."""
    held = taking.other.document
    if "missing_labels" not in taking.own and "missing_labels" in held:
        taking.own["missing_labels"] = _spoken(
            held["missing_labels"], tuple(taking.own["languages"]), "missing_labels", ""
        )
        taking.note("missing_labels", "missing_labels", taking.other.origin)
    _refuse_own_needs(taking)
    waiting: list[tuple[str, Mapping[str, Any]]] = [*taking.taken.items()]
    waiting += [(group, _mapping(value)) for group, value in taking.own.items() if isinstance(value, dict)]
    texts = [("texts", name) for name in ALWAYS_SHOWN]
    while waiting:
        group, entries = waiting.pop()
        for used, name in [*_references(group, entries), *texts]:
            there = name in _mapping(taking.own.get(used)) or name in taking.taken.get(used, {})
            if not there and name in _mapping(held.get(used)):
                taking.copy(used, name)
                waiting.append((used, {name: taking.taken[used][name]}))


def _refuse_own_needs(taking: _Taking) -> None:
    """A scale, period or number inside the words of what is taken may not be written anew."""
    for group, entries in tuple(taking.taken.items()):
        for used, name in _references(group, entries):
            if used != "texts" and name in _mapping(taking.own.get(used)):
                whose = f"{taking.other.name} {taking.other.version}"
                hint = f"Remove it here, or give yours another name; the items taken use that of {whose}."
                taking.refuse(f"{used}.{name}", f"{name} as in {whose}", f"{name} described again", hint)
                taking.own[used] = {key: value for key, value in taking.own[used].items() if key != name}


def _references(group: str, entries: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(group, name) of everything that these entries refer to."""
    found: list[tuple[str, str]] = []
    for entry in entries.values():
        if not isinstance(entry, Mapping):
            continue
        if isinstance(entry.get("scale"), str):
            found.append(("scales", entry["scale"]))
        if group == "modules":
            found += [("texts", entry[key]) for key in ("before", "after") if isinstance(entry.get(key), str)]
        exits = entry.get("exits")
        for exit_ in exits if isinstance(exits, list) else ():
            found += [("texts", f"end_{exit_['to']}")] if isinstance(exit_, Mapping) and "to" in exit_ else []
    for _, words in slots(entries, group, group):
        for text in words.values():
            parts = (name.partition(":") for name in placeholders(text))
            found += [(f"{word}s", name) for word, _, name in parts if f"{word}s" in FILLED_GROUPS]
    return found


def _joined(taking: _Taking, request: Request) -> Document:
    """The new document; what was taken stands before what is written here."""
    joined = dict(taking.own)
    for group, entries in taking.taken.items():
        joined[group] = {**entries, **_mapping(taking.own.get(group))}
    other = taking.other
    record: Document = {
        "instrument": other.name,
        "version": other.version,
        "sha256": other.fingerprint,
        "items": [*request.items, *request.rows],
    }
    if request.rows:
        record["rows"] = {battery: list(rows) for battery, rows in request.rows.items()}
    more = {"derived": request.derived, "indicators": request.indicators, "stems": request.stems}
    joined[REUSED] = record | {key: list(names) for key, names in more.items() if names}
    return joined


def _spoken(value: Any, languages: tuple[str, ...], key: str, parent: str) -> Any:
    """A copy with the words of these languages alone."""
    if not isinstance(value, Mapping):
        return value
    if is_words(key, parent) and all(isinstance(words, str) for words in value.values()):
        return {language: words for language, words in value.items() if language in languages}
    spoken = {name: _spoken(child, languages, name, key) for name, child in value.items()}
    # A plural form that only a language left out here has.
    return {name: words for name, words in spoken.items() if words or not (key == "forms" and value[name])}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
