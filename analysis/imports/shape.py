"""Plain data and a JSON Schema come in, every departure of the data from the schema goes out.

Knows the part of JSON Schema 2020-12 that `import-map.schema.json` uses, so that the published schema
and what the loader accepts are one thing. `description` words what was expected.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
Schema = Mapping[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
KEYWORDS = {
    *("$schema", "$id", "$defs", "$ref", "title", "description"),
    *("type", "enum", "const", "pattern", "minimum", "maximum", "minItems", "maxItems", "items"),
    *("properties", "patternProperties", "required", "additionalProperties", "propertyNames", "anyOf"),
}
"""What the schema file may use; a test holds it to that."""


@dataclass(frozen=True)
class Departure:
    """One place where the data are not what the schema says."""

    path: Path
    rule: str
    expected: str
    found: str
    hint: str = ""


def departures(value: Any, schema: Schema, root: Schema, path: Path = ()) -> Iterator[Departure]:
    """Every departure, depth first. The schema's `$ref`s are looked up in `root`."""
    schema = resolve(schema, root)
    if "anyOf" in schema:
        yield from _any_of(value, schema, root, path)
        return
    if not _plain_matches(value, schema):
        yield Departure(path, "type", _words(schema, root), say(value), _quoted(value, schema))
        return
    if isinstance(value, dict):
        yield from _object(value, schema, root, path)
    if isinstance(value, list):
        yield from _array(value, schema, root, path)


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema behind a local `$ref`; a description beside the reference wins."""
    if "$ref" not in schema:
        return schema
    target: Any = root
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**resolve(target, root), **{key: part for key, part in schema.items() if key != "$ref"}}


def say(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _quoted(value: Any, schema: Schema) -> str:
    """A number where text is wanted: YAML reads it as text between quotes."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or "string" not in schema.get("type", ())
    ):
        return ""
    return f'put it between quotes: "{value}"' if _plain_matches(str(value), schema) else ""


def near(name: str, known: list[str]) -> str:
    """A hint that offers the known names nearest to one that is not."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"type one of {', '.join(known)}" if known else ""


def _any_of(value: Any, schema: Schema, root: Schema, path: Path) -> Iterator[Departure]:
    """Nothing when one alternative fits; else what the only alternative of the right type says."""
    alternatives = [resolve(part, root) for part in schema["anyOf"]]
    results = [list(departures(value, part, root, path)) for part in alternatives]
    if not all(results):
        return
    of_type = [
        result for part, result in zip(alternatives, results, strict=True) if _has_type(value, part, root)
    ]
    if isinstance(value, dict | list) and of_type:
        yield from min(of_type, key=len)
    else:
        yield Departure(path, "type", _words(schema, root), say(value))


def _has_type(value: Any, schema: Schema, root: Schema) -> bool:
    if "anyOf" in schema:
        return any(_has_type(value, resolve(part, root), root) for part in schema["anyOf"])
    return "type" in schema and _typed(value, schema["type"])


def _plain_matches(value: Any, schema: Schema) -> bool:
    checks = (
        "type" not in schema or _typed(value, schema["type"]),
        "const" not in schema or (value == schema["const"] and not isinstance(value, bool)),
        "enum" not in schema or (value in schema["enum"] and not isinstance(value, bool)),
        "pattern" not in schema or bool(re.search(schema["pattern"], str(value))),
    )
    return all(checks) and _in_range(value, schema)


def _in_range(value: Any, schema: Schema) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, list):
        return bool(schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)))
    return True


def _typed(value: Any, kinds: str | list[str]) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds
    return any(
        isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
    )


def _object(value: dict[str, Any], schema: Schema, root: Schema, path: Path) -> Iterator[Departure]:
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield Departure(
                (*path, name), "required", _words(known[name], root), "nothing", f"add the key {name}"
            )
    rest = schema.get("additionalProperties", True)
    for key, part in value.items():
        here = (*path, key)
        if (named := _named(key, schema)) is not None:
            yield from departures(part, named, root, here)
        elif rest is False:
            yield Departure(here, "unknown-key", "a key of the format", key, near(key, list(known)))
        else:
            if "propertyNames" in schema:
                yield from departures(key, schema["propertyNames"], root, here)
            if isinstance(rest, Mapping):
                yield from departures(part, rest, root, here)


def _named(key: str, schema: Schema) -> Schema | None:
    """What the schema says of a key by its name or by a pattern; None where it says nothing."""
    known: Schema = schema.get("properties", {})
    patterns: Schema = schema.get("patternProperties", {})
    found = next((part for pattern, part in patterns.items() if re.search(pattern, key)), None)
    return known.get(key, found)


def _array(value: list[Any], schema: Schema, root: Schema, path: Path) -> Iterator[Departure]:
    for place, part in enumerate(value):
        yield from departures(part, schema.get("items", {}), root, (*path, str(place)))


def _words(schema: Schema, root: Schema) -> str:
    return str(resolve(schema, root).get("description", "another value"))
