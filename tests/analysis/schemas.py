"""JSON Schemas of the formats that Tolqyn reads: a schema comes in, its keywords go out."""

from collections.abc import Iterator
from typing import Any


def keywords(node: Any) -> Iterator[str]:
    """Every JSON Schema keyword in the file; names of properties and definitions are none."""
    for key, value in node.items():
        yield key
        if key in ("properties", "$defs"):
            for part in value.values():
                yield from keywords(part)
        elif key in ("items", "propertyNames", "additionalProperties") and isinstance(value, dict):
            yield from keywords(value)
        elif key == "anyOf":
            for part in value:
                yield from keywords(part)
