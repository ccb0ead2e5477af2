"""Every key of the format: the comparison tells its change, or the key is excused here by name."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from instruments import InstrumentError, Questionnaire, compare_versions, instrument_schema, load

TINY = Path(__file__).resolve().parent.parent / "library"
FILES = tuple(sorted(path for path in TINY.glob("*.yaml") if "." not in path.stem))
NAMED = frozenset(
    "items scales modules texts derived indicators phones periods splits blocks recalls never_ask rows cells "  # noqa: SIM905
    "withhold factors nets options codes anchors control levels forms compare words stems".split()
)
"""Keys below which names or codes stand."""
EXCUSED = {
    "instrument": "who is compared; a correction must be of the same instrument",
    "version": "the number of the version itself",
    "status": "how far the words are reviewed",
    "source_language": "in which language the files are written, not what is asked",
    "minutes": "the promise, said in words by {minutes}; simulate holds it",
    "fills": "names of what is filled in when shown",
    "never_ask": "rules of the linter",
    "withhold": "which column a release may leave out, not what is asked",
    "reuse": "where items came from; they stand in the merged document and are compared there",
    "modules.*.title": "names a chapter for the codebook",
    "modules.*.sensitive": "asks for a help text, which is compared",
    "splits.*.title": "names a split for the codebook",
    "phones.*.verified_on": "when somebody called the line",
    "phones.*.source": "where the number was found",
    "items.*.label": "words of tables",
    "items.*.rows.*.label": "words of tables",
    "items.*.factors.*.label": "words of tables",
    "items.*.nets.*.label": "words of tables",
    "scales.*.nets.*.label": "words of tables",
    "derived.*.label": "words of tables",
    "derived.*.question": "words of tables",
    "indicators.*.label": "words of tables",
    "indicators.*.question": "words of tables",
    "indicators.*.finding": "words of the report",
    "indicators.*.headline": "which figures the report prints first",
    "items.*.headline": "which figures the report prints first",
    "items.*.sensitive": "asks for a help text, which is compared",
    "items.*.rows.*.sensitive": "asks for a help text, which is compared",
    "items.*.asks_anyway": "why the linter lets the words pass",
    "items.*.rows.*.asks_anyway": "why the linter lets the words pass",
    "items.*.source": "where the known share of a crosswise item was found; the share is compared",
    **{
        f"{place}.{key}": "what the declaration itself is made of"
        for place in ("items.*", "items.*.rows.*", "derived.*", "indicators.*")
        for key in ("wording", "compare", "replaces")
    },
}


def excused(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}.") for known in EXCUSED)


def schema_paths(node: Any, path: str = "") -> Iterator[str]:
    """Dotted path of every property, `*` for names and codes."""
    if not isinstance(node, dict):
        return
    for name, child in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here
        yield from schema_paths(child, here)
    yield from schema_paths(node.get("additionalProperties"), f"{path}.*")
    yield from schema_paths(node.get("items"), path)
    for kind in ("oneOf", "anyOf", "allOf"):
        for child in node.get(kind, ()):
            yield from schema_paths(child, path)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for number, entry in enumerate(value):
            yield from leaves(entry, (*path, str(number)))
    else:
        yield path, value


def pattern(path: tuple[str, ...], languages: tuple[str, ...]) -> str:
    parts: list[str] = []
    for part in path:
        if part in languages or (part.isdigit() and (not parts or parts[-1] not in NAMED)):
            continue
        parts.append("*" if parts and parts[-1] in NAMED else part)
    return ".".join(parts)


def others(value: Any) -> Iterator[Any]:
    """Values to put in its place; None takes the key away."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, -value)
    elif isinstance(value, float):
        yield value / 2
    elif isinstance(value, str):
        yield from (
            f"{value} and another thing",
            f"{value}1",
            "year",
            "month",
            "dropdown",
            "harmful",
            "invited",
        )
    elif isinstance(value, list):
        yield from (value[:-1], value[::-1], [entry + 1 for entry in value if isinstance(entry, int)])
    yield None


def told(questionnaire: Questionnaire, path: tuple[str, ...], value: Any) -> bool | None:
    """Whether the comparison tells the change; None where no questionnaire can be read with it."""
    document = json.loads(questionnaire.to_json())
    node: Any = document
    for part in path[:-1]:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    document["version"] = "another"
    try:
        later = Questionnaire.from_json(json.dumps(document))
    except (InstrumentError, KeyError, ValueError, TypeError, IndexError):
        return None
    found = compare_versions(questionnaire, later)
    return bool(found.changed or found.texts or found.periods or any(found.languages))


@pytest.fixture(scope="module")
def seen() -> dict[str, bool]:
    """Path -> whether some change of it is told, over all small instruments."""
    found: dict[str, bool] = {}
    for file in FILES:
        questionnaire = load(file)
        for path, value in leaves(json.loads(questionnaire.to_json())):
            where = pattern(path, questionnaire.languages)
            if not found.get(where):
                found[where] = any(told(questionnaire, path, other) for other in others(value))
    return found


ROW = "items.OPINION.rows.OP_A"
Values = dict[str, Any]
CHANGES: dict[str, tuple[str, Values, Values]] = {
    "items.*.kind": (
        "battery",
        {},
        {"items.AFTERWARDS": {"kind": "info", "text": {"en": "Was that clear?"}}},
    ),
    "items.*.scale": ("computed", {}, {"items.KNOWS.scale": "no_yes"}),
    "items.*.key": ("battery", {"items.AFTERWARDS.key": 1}, {"items.AFTERWARDS.key": -1}),
    "items.*.level": ("single", {"items.COLOUR.level": "nominal"}, {"items.COLOUR.level": "ordinal"}),
    "items.*.attention": (
        "single",
        {"items.COLOUR.attention": [1]},
        {"items.COLOUR.attention": [2]},
    ),
    "items.*.cells.*.levels": (
        "vignette",
        {},
        {
            "items.STORY.cells.woman_agreed.levels": {"STORY_WHO": 2, "STORY_HOW": 2},
            "items.STORY.cells.man_agreed.levels": {"STORY_WHO": 1, "STORY_HOW": 2},
        },
    ),
    "items.*.rows.*.hint": ("battery", {f"{ROW}.hint": {"en": "One."}}, {f"{ROW}.hint": {"en": "Another."}}),
    "items.*.rows.*.role": ("battery", {}, {f"{ROW}.role": "consent"}),
    "items.*.rows.*.exits": (
        "battery",
        {},
        {f"{ROW}.exits": [{"when": {"item": "OP_A", "eq": 1}, "to": "screenout"}]},
    ),
    "items.*.rows.*.higher": ("battery", {f"{ROW}.higher": "harmful"}, {f"{ROW}.higher": "protective"}),
    "items.*.rows.*.random_options": ("battery", {}, {f"{ROW}.random_options": True}),
    "items.*.rows.*.last": (
        "battery",
        {f"{ROW}.random_options": True, f"{ROW}.last": [2]},
        {f"{ROW}.last": [3]},
    ),
    "items.*.between": ("single", {"items.COLOUR.between": [1, 2]}, {"items.COLOUR.between": [1, 3]}),
    "items.*.rows.*.between": ("battery", {}, {"items.OPINION.rows.OP_CHECK.between": [3, 4]}),
    "indicators.*.statistic": (
        "computed",
        {},
        {"indicators.RIGHT.statistic": "mean"},
    ),
    "indicators.*.scale": ("computed", {}, {"indicators.RIGHT.scale": "yes_no"}),
    "indicators.*.codes": (
        "computed",
        {
            "indicators.RIGHT.scale": None,
            "indicators.RIGHT.codes": {"0": {"en": "No"}, "1": {"en": "Yes"}},
        },
        {"indicators.RIGHT.codes": {"0": {"en": "Yes"}, "1": {"en": "No"}}},
    ),
    "indicators.*.construct": (
        "computed",
        {"indicators.RIGHT.construct": "knowledge"},
        {"indicators.RIGHT.construct": "reporting"},
    ),
    "access": ("single", {"access": "open"}, {"access": "invited"}),
}
"""What no change of one value reaches: file, what is put in first, what is another then. None takes away."""
ALIKE = {
    "items.*.rows.*.exits.when": "items.*.rows.*.exits",
    "items.*.rows.*.exits.to": "items.*.rows.*.exits",
    "items.*.rows.*.exits.keep": "items.*.rows.*.exits",
}
"""Compared with what stands above it, as one value."""


def with_values(document: dict[str, Any], values: Values) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    for place, value in values.items():
        *steps, last = place.split(".")
        node = changed
        for step in steps:
            node = node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return changed


@pytest.mark.parametrize("path", CHANGES)
def test_a_key_that_one_value_does_not_reach_is_told_too(path: str) -> None:
    file, first, then = CHANGES[path]
    before = with_values(json.loads(load(TINY / f"{file}.yaml").to_json()), first)
    after = with_values(before, {**then, "version": "another"})
    questionnaires = (Questionnaire.from_json(json.dumps(document)) for document in (before, after))
    found = compare_versions(*questionnaires)
    assert found.changed or found.texts


def test_every_key_of_the_format_is_compared_or_excused_by_name(seen: dict[str, bool]) -> None:
    compared = {path for path, is_told in seen.items() if is_told}
    silent = [
        path
        for path in dict.fromkeys(schema_paths(instrument_schema()))
        if not excused(path)
        and path not in {*CHANGES, *ALIKE}
        and not any(c == path or c.startswith(f"{path}.") for c in compared)
    ]
    assert not silent, "\n".join(silent)


def test_nothing_that_is_excused_is_told(seen: dict[str, bool]) -> None:
    """An excuse that is none any more is taken off the list."""
    assert [path for path, is_told in seen.items() if is_told and excused(path)] == []
