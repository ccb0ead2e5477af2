"""The reader in, two JSON Schemas out: of the structure file and of files with words of further languages."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from instruments.items import KINDS
from instruments.questionnaire.computed import FORMS
from instruments.questionnaire.reading import BATTERY, SHARED_BY_ROWS, content_of
from instruments.routing import OPERATORS, ORDER
from instruments.schema.help import HELP
from instruments.schema.recorder import Recorder, Schema
from instruments.wording import is_words

DRAFT = "https://json-schema.org/draft/2020-12/schema"
REVIEW_KEYS = ("by", "date", "sha")
OWN_KEYS: Mapping[str, Schema] = {
    "language": {"type": "string"},
    "status": {"type": "string"},
    "reviewed": {
        "type": "object",
        "description": HELP["reviewed"],
        "additionalProperties": {
            "type": "object",
            "properties": {
                key: {"type": "string", "description": HELP[f"reviewed.{key}"]} for key in REVIEW_KEYS
            },
            "required": list(REVIEW_KEYS),
            "additionalProperties": False,
        },
    },
}


def instrument_schema() -> Schema:
    """The schema of a structure file."""
    joined = _joined([_recorded(yes=yes) for yes in (True, False)])
    for row in _rows(joined):
        for key in SHARED_BY_ROWS:
            row["properties"].pop(key, None)
    joined["properties"]["status"] = {"type": "string"}
    _describe(joined, "")
    head = {"$schema": DRAFT, "title": "Tolqyn instrument: structure and source wording"}
    return {**head, **joined, "$defs": {"rule": _rule(), "computed": _computed()}}


def wording_schema() -> Schema:
    """The schema of a file with the words of one further language: the same keys, words only."""
    words = _words_only(copy.deepcopy(instrument_schema()), "", "")
    properties = {**copy.deepcopy(dict(OWN_KEYS)), **words["properties"]}
    properties.pop("status", None)
    properties["status"] = {"type": "string", "description": HELP["status"]}
    properties["language"]["description"] = HELP["language"]
    head = {"$schema": DRAFT, "title": "Tolqyn instrument: wording in a further language"}
    return {**head, **words, "properties": properties, "required": ["language"]}


def _recorded(*, yes: bool) -> Schema:
    root = Recorder(yes=yes)
    root.kinds = (*KINDS, BATTERY)
    content_of(root, {})
    return root.schema()


def _joined(schemas: list[Schema]) -> Schema:
    """Properties of any, requirements of all."""
    first, *others = schemas
    for other in others:
        first = _join(first, other)
    return first


def _join(one: Schema, other: Schema) -> Schema:
    if "oneOf" in one and "oneOf" in other:
        pairs = zip(one["oneOf"], other["oneOf"], strict=True)
        return {"oneOf": [_join(mine, yours) for mine, yours in pairs]}
    joined = {**other, **one}
    for key in ("items", "additionalProperties"):
        if isinstance(one.get(key), dict) and isinstance(other.get(key), dict):
            joined[key] = _join(one[key], other[key])
    if "properties" in one or "properties" in other:
        mine, yours = one.get("properties", {}), other.get("properties", {})
        names = [*mine, *(name for name in yours if name not in mine)]
        joined["properties"] = {
            name: _join(mine[name], yours[name])
            if name in mine and name in yours
            else mine.get(name, yours.get(name))
            for name in names
        }
        required = sorted(set(one.get("required", ())) & set(other.get("required", ())))
        joined.pop("required", None)
        if required:
            joined["required"] = required
    return joined


def _rows(schema: Schema) -> Iterator[Schema]:
    for kind in schema["properties"]["items"]["additionalProperties"]["oneOf"]:
        if "rows" in kind["properties"]:
            yield kind["properties"]["rows"]["additionalProperties"]


def _rule() -> Schema:
    code = {"type": ["integer", "string"]}
    values: dict[str, Schema] = {name: {"type": "number"} for name in ORDER}
    values |= {"eq": code, "ne": code, "in": {"type": "array", "items": code}, "answered": {"const": True}}
    here = {"$ref": "#/$defs/rule"}
    several = {"type": "array", "items": here, "minItems": 1}
    leaves = [_closed({"item": {"type": "string"}, name: values[name]}, ["item", name]) for name in OPERATORS]
    return {
        "description": HELP["rule"],
        "oneOf": [
            _closed({"all": several}, ["all"]),
            _closed({"any": several}, ["any"]),
            _closed({"not": here}, ["not"]),
            *leaves,
        ],
    }


def _computed() -> Schema:
    forms = []
    for form, read in FORMS.items():
        made = []
        for yes in (True, False):
            recorder = Recorder(yes=yes)
            read(recorder)
            made.append(recorder.schema())
        schema = _joined(made)
        schema["required"] = sorted({*schema.get("required", ()), form})
        for key in ("to", "count"):
            if key in schema["properties"]:
                schema["properties"][key] = {"type": "object"}
        forms.append(schema)
    return {"description": HELP["computed"], "oneOf": forms}


def _closed(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def _describe(schema: Any, key: str) -> None:
    """Put the help of each key beside it; `parent.key` wins over `key`."""
    if not isinstance(schema, dict):
        return
    for name, child in schema.get("properties", {}).items():
        text = HELP.get(f"{key}.{name}", HELP.get(name, ""))
        schema["properties"][name] = {**child, "description": text} if text else child
        _describe(schema["properties"][name], name)
    for part in ("items", "additionalProperties"):
        _describe(schema.get(part), key)
    for part in schema.get("oneOf", ()):
        _describe(part, key)


def _words_only(schema: Schema, key: str, parent: str) -> Schema:
    """What is left of a schema when only texts may be written."""
    if "oneOf" in schema:
        merged: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
        for part in schema["oneOf"]:
            for name, child in _words_only(part, key, parent).get("properties", {}).items():
                known = merged["properties"].get(name)
                merged["properties"][name] = _join(known, child) if known else child
        return merged
    found: Schema = {"type": "object", "additionalProperties": False}
    properties = {}
    for name, child in schema.get("properties", {}).items():
        if is_words(name, key):
            properties[name] = {"type": "string", "description": child.get("description", "")}
        elif child.get("type") == "object" and (kept := _below(child, name, key)):
            properties[name] = {**kept, "description": child.get("description", "")}
    if properties:
        found["properties"] = properties
    return found


def _below(child: Schema, name: str, parent: str) -> Schema | None:
    inner = child.get("additionalProperties")
    if isinstance(inner, dict):
        if inner == {"type": "string"}:
            return {"type": "object", "additionalProperties": inner} if is_words("NAME", name) else None
        kept = _words_only(inner, name, parent)
        return {"type": "object", "additionalProperties": kept} if "properties" in kept else None
    if "patternProperties" in child:
        return {"type": "object", "patternProperties": child["patternProperties"]}
    kept = _words_only(child, name, parent)
    return kept if "properties" in kept else None
