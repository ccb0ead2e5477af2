"""Classes of `model` in, JSON Schemas (2020-12) out: what editors check is what the reader reads."""

from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from instruments import Text
from reports.i18n import LANGUAGES
from reports.spec.model import Facts, ReportSpec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def report_schema() -> dict[str, Any]:
    """The JSON Schema of report specifications."""
    return {"$schema": DRAFT, "title": "Report specification", **_of_class(ReportSpec)}


def facts_schema() -> dict[str, Any]:
    """The JSON Schema of facts files."""
    return {"$schema": DRAFT, "title": "Facts about law and help lines", **_of_class(Facts)}


def shown_fields(model: type) -> dict[str, Any]:
    """The fields of a class that are keys of a file, by name, with their types."""
    hints = get_type_hints(model, include_extras=True)
    return {each.name: hints[each.name] for each in fields(model) if "schema" in each.metadata}


def _of_class(model: type) -> dict[str, Any]:
    kinds = shown_fields(model)
    own = {each.name: each for each in fields(model) if each.name in kinds}
    return {
        "type": "object",
        "description": (model.__doc__ or "").strip().rstrip("."),
        "properties": {
            name: {**_of_type(kinds[name]), **each.metadata["schema"]} for name, each in own.items()
        },
        "required": [
            name for name, each in own.items() if each.default is MISSING and each.default_factory is MISSING
        ],
        "additionalProperties": False,
    }


def _of_type(kind: Any) -> dict[str, Any]:
    kind = bare(kind)
    if kind == Text:
        return _text()
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of_type(get_args(kind)[0])}
    if is_dataclass(kind) and isinstance(kind, type):
        return _of_class(kind)
    described = {"description": "words"} if kind is str else {}
    return {"type": PLAIN[kind], **described}


def bare(kind: Any) -> Any:
    """A type without its None."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _text() -> dict[str, Any]:
    languages = {"type": "string", "enum": list(LANGUAGES), "description": f"one of {', '.join(LANGUAGES)}"}
    words = {"type": "string", "pattern": r"\S", "description": "words"}
    return {
        "anyOf": [
            words,
            {
                "type": "object",
                "propertyNames": languages,
                "additionalProperties": words,
                "description": "words by language",
            },
        ]
    }
