"""A questionnaire in, what each item asks out: words shown, answers offered, route, order, columns.

Read from the document, not from the kinds' classes: a key of a new kind counts as soon as files have it, and
placeholders stand as names.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from instruments.codebook import Comparison, Level, Role, Text
from instruments.compare.normal import normalised
from instruments.items import Item
from instruments.questionnaire import Questionnaire, recalls_of
from instruments.wording import fill_known, slots

NOT_SHOWN = frozenset(("label", "compare", "nets", "factors", "asks_anyway", "rows", "options"))
"""Keys of an item whose words no respondent reads as part of the question (options are compared by code)."""
ROUTE = ("show_if", "exits", "required", "ask_again", "role")
ORDER = ("random_options", "random_rows", "between", "per_page", "display", "reversible")
SCORING = ("key", "higher", "construct")
NOT_ASKED = frozenset(
    ("kind", "level", "scale", "wording", "replaces", "sensitive", "headline", "source", "last", *SCORING)
)
"""Keys that say how answers are used, or that are compared on their own."""
OF_BATTERY = ("show_if", "required", "ask_again", "allow", "random_rows", "per_page")
IDENTITY = (Role.ANSWER, Role.ASSIGNMENT, Role.PARADATA)


@dataclass(frozen=True)
class Asked:
    """One item of one version."""

    item: str
    kind: str
    level: str
    path: str
    """Where it stands in the file."""
    module: str
    texts: Mapping[str, Text]
    """Place -> words with placeholders, as shown: stem, text, hint, cells..."""
    options: Mapping[int, Text]
    """Code -> label, in the order of the file."""
    answers: Mapping[str, Any]
    """What else bounds an answer: range, limits, missing answers offered."""
    route: Mapping[str, Any]
    order: Mapping[str, Any]
    columns: Mapping[str, str]
    """Column -> level, of answers and of what chance decided."""
    codes: Mapping[str, Mapping[int, Text]]
    """Column -> codes, where these are no options."""
    scoring: Mapping[str, Any]
    """What its codes count for in a score; empty values left out."""
    nets: Mapping[str, Sequence[int]]
    """Codes that are reported together."""
    wording: int
    declared: Mapping[int, Comparison]
    replaces: str
    surroundings: Mapping[str, Any]
    """What stands around it and is told, not judged: the order in which its module is drawn among others."""
    periods: Mapping[str, Text]
    """`period:NAME` -> its words, for every period of the questionnaire."""

    @cached_property
    def places(self) -> Mapping[str, Text]:
        """Every text a respondent reads, options among them."""
        return {**self.texts, **{f"options.{code}": label for code, label in self.options.items()}}

    def words(self, place: str, language: str) -> str:
        """The words at a place, nothing where there are none."""
        return str(self.places.get(place, {}).get(language, ""))

    def read(self, place: str, language: str) -> str:
        """The words at a place, normalised, with the words of the periods."""
        filled = {name: words[language] for name, words in self.periods.items() if language in words}
        return normalised(fill_known(self.words(place, language), filled))

    def sha(self, language: str) -> str:
        """SHA-256 of the normalised words in one language, placeholders by name; empty without any."""
        said = {
            place: normalised(words[language]) for place, words in self.places.items() if language in words
        }
        return hashlib.sha256(_canonical(said).encode()).hexdigest() if said else ""


def asked_items(questionnaire: Questionnaire) -> dict[str, Asked]:
    """Every item by id, rows of batteries among them, in page order."""
    document = questionnaire.document
    periods = {
        f"period:{name}": period.get("text", {}) for name, period in document.get("periods", {}).items()
    }
    columns = _columns(questionnaire)
    found = {
        place.item.id: _asked(questionnaire, place, columns.get(place.item.id, {}), periods)
        for place in _places(questionnaire)
    }
    listed = (
        name for page in questionnaire.pages for entry in page.items for name in _names(questionnaire, entry)
    )
    return {name: found[name] for name in dict.fromkeys((*listed, *found)) if name in found}


def text_sha(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    """Item -> language -> SHA-256 of its normalised words: equal where nothing was reworded."""
    return {
        name: {language: asked.sha(language) for language in questionnaire.languages}
        for name, asked in asked_items(questionnaire).items()
    }


def _names(questionnaire: Questionnaire, entry: str) -> tuple[str, ...]:
    battery = questionnaire.batteries.get(entry)
    return battery.rows if battery else (entry,)


@dataclass(frozen=True)
class _Place:
    """An item where it stands in the document; `battery` is empty for one that is no row."""

    item: Item
    path: str
    node: Mapping[str, Any]
    battery: Mapping[str, Any]


def _places(questionnaire: Questionnaire) -> Iterator[_Place]:
    for name, node in questionnaire.document.get("items", {}).items():
        if name in questionnaire.items:
            yield _Place(questionnaire.items[name], f"items.{name}", node, {})
        for row, described in node.get("rows", {}).items():
            if row in questionnaire.items:
                yield _Place(questionnaire.items[row], f"items.{name}.rows.{row}", described, node)


def _asked(
    questionnaire: Questionnaire,
    place: _Place,
    columns: Mapping[str, tuple[str, Mapping[int, Text]]],
    periods: Mapping[str, Text],
) -> Asked:
    item, node, battery = place.item, place.node, place.battery
    shared = {key: battery[key] for key in OF_BATTERY if key in battery}
    scale = questionnaire.document.get("scales", {}).get(battery.get("scale", node.get("scale")), {})
    whole = {**shared, **({"reversible": True} if scale.get("reversible") else {}), **node}
    options = {option.code: option.label for option in getattr(item, "options", ())}
    recalls = _recalls(questionnaire, item)
    return Asked(
        item=item.id,
        kind=item.kind,
        level=str(getattr(item, "level", "")),
        path=place.path,
        module=item.module,
        texts={**_texts(questionnaire, place), **_recalled_texts(recalls)},
        options=options,
        answers={
            **_plain(whole),
            "allow": sorted(map(str, whole.get("allow", ()))),
            **{f"recall.{name}.item": recall.get("item") for name, recall in recalls.items()},
        },
        route={**_route(whole), "form": _forms(questionnaire, item.id)},
        order={**{key: whole[key] for key in ORDER if whole.get(key)}, **_pinned(place)},
        columns={name: level for name, (level, _) in columns.items()},
        codes={} if options else {name: codes for name, (_, codes) in columns.items()},
        scoring={
            key: value for key in SCORING if (value := getattr(item, key, "")) not in ("", 0, "neutral")
        },
        nets=_nets(questionnaire, item),
        wording=item.wording,
        declared=item.compare,
        replaces=str(node.get("replaces", "")),
        surroundings=_surroundings(questionnaire, item.module),
        periods=periods,
    )


def _texts(questionnaire: Questionnaire, place: _Place) -> dict[str, Text]:
    battery = place.battery
    texts: dict[str, Text] = {"stem": battery["text"]} if battery.get("text") else {}
    for path, words in slots(place.node):
        if not NOT_SHOWN.intersection(path.split(".")):
            texts[path] = words
    for kind in place.item.allow:
        texts[f"missing.{kind.name.lower()}"] = questionnaire.missing_labels.get(kind, {})
    return texts


def _recalls(questionnaire: Questionnaire, item: Item) -> dict[str, Mapping[str, Any]]:
    """The earlier answers that are said again in its words, as the document describes them."""
    known = questionnaire.document.get("recalls", {})
    return {name: known[name] for name in sorted(recalls_of(questionnaire, item)) if name in known}


def _recalled_texts(recalls: Mapping[str, Mapping[str, Any]]) -> dict[str, Text]:
    return dict(slots({"recalls": dict(recalls)}))


def _pinned(place: _Place) -> dict[str, Any]:
    """What keeps its place while the rest is drawn: of a row, whether it does itself; of an item, options."""
    own = place.node.get("last")
    found: dict[str, Any] = {"last": sorted(own)} if own else {}
    if place.item.id in place.battery.get("last", ()):
        found["pinned"] = True
    return found


def _nets(questionnaire: Questionnaire, item: Item) -> dict[str, Sequence[int]]:
    return {name: sorted(net.codes) for variable in item.variables() for name, net in variable.nets.items()}


def _plain(node: Mapping[str, Any]) -> dict[str, Any]:
    """What is neither words nor compared on its own."""
    left_out = NOT_ASKED | NOT_SHOWN | {*ROUTE, *ORDER, "allow"}
    shown = {place for place, _ in slots(node)}
    return {key: _without(value, key, shown) for key, value in node.items() if key not in left_out | shown}


def _without(value: Any, path: str, shown: set[str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        key: _without(child, f"{path}.{key}", shown)
        for key, child in value.items()
        if f"{path}.{key}" not in shown
    }


def _route(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _sorted_codes(node[key]) for key in ROUTE if node.get(key) not in (None, False)}


def _sorted_codes(value: Any) -> Any:
    """A rule in which the order of listed codes means nothing."""
    if isinstance(value, Mapping):
        return {
            key: sorted(child, key=str) if key == "in" and isinstance(child, list) else _sorted_codes(child)
            for key, child in value.items()
        }
    return [_sorted_codes(child) for child in value] if isinstance(value, list) else value


def _forms(questionnaire: Questionnaire, item: str) -> list[str]:
    """Split-ballot forms that hold the item."""
    splits = questionnaire.document.get("splits", {})
    return sorted(
        f"{name}.{form}"
        for name, split in splits.items()
        for form, items in split.get("forms", {}).items()
        if item in items
    )


def _surroundings(questionnaire: Questionnaire, module: str) -> dict[str, Any]:
    for block in questionnaire.blocks.values():
        if module in block.modules:
            drawn = ", ".join(sorted(block.loose))
            return {"block": f"drawn among {drawn}" if module in block.loose else f"last behind {drawn}"}
    return {}


def _columns(questionnaire: Questionnaire) -> dict[str, dict[str, tuple[str, Mapping[int, Text]]]]:
    """Item -> column -> level and codes; places at which something was shown are left out."""
    found: dict[str, dict[str, tuple[str, Mapping[int, Text]]]] = {}
    for variable in questionnaire.codebook().variables:
        place = variable.role is Role.PARADATA and variable.level is Level.INTERVAL
        if variable.role in IDENTITY and variable.item and not place:
            found.setdefault(variable.item, {})[variable.name] = (variable.level.value, variable.codes)
    return found


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
