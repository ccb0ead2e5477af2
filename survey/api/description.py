"""The API's addresses in, its OpenAPI 3.1 description out; the views are made from the same list."""

from dataclasses import dataclass
from typing import Any, Final

from survey.api.shapes import SCHEMAS, Schema, listed

WORD: Final[Schema] = {"type": "string", "pattern": "^[^/]{1,60}$"}
NUMBER: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 2147483647}
PARTS: Final[dict[str, tuple[Schema, str]]] = {
    "study": (WORD, "The study's name."),
    "wave": (WORD, "The wave's name."),
    "number": (NUMBER, "The release's number."),
}
REFUSALS: Final = {
    401: "No token, or one that opens nothing.",
    403: "The token lacks the scope.",
    404: "There is no such thing.",
    429: "Too many wrong tokens from this network.",
    503: "The database cannot be used now.",
}


@dataclass(frozen=True)
class Endpoint:
    """One address: its name, what it takes and what it answers with."""

    name: str
    path: str
    """As OpenAPI writes it; names in braces are keys of PARTS."""
    summary: str
    scope: str
    schema: Schema
    query: tuple[str, ...] = ()
    """Optional parameters after `?`, keys of PARTS."""


def named(shape: str) -> Schema:
    """One record of a named shape."""
    return {"$ref": f"#/components/schemas/{shape}"}


ENDPOINTS: Final = (
    Endpoint("waves", "/waves", "Every wave of this instance", "waves:read", listed("Wave"), ("study",)),
    Endpoint("wave", "/waves/{study}/{wave}", "One wave", "waves:read", named("Wave")),
    Endpoint(
        "monitor",
        "/waves/{study}/{wave}/monitor",
        "The day's snapshot of a wave in the field, rounded; the last one of a closed wave",
        "monitor:read",
        named("Monitor"),
    ),
    Endpoint(
        "releases", "/releases", "Every registered release", "releases:read", listed("Release"), ("study",)
    ),
    Endpoint(
        "codebook",
        "/releases/{study}/{wave}/{number}/codebook",
        "The codebook of a release, as it was frozen",
        "codebooks:read",
        named("Codebook"),
    ),
    Endpoint(
        "estimates",
        "/estimates/{study}",
        "The estimates of the newest published edition, as they were published",
        "estimates:read",
        named("Estimates"),
    ),
)


def description(version: str, address: str) -> dict[str, Any]:
    """The OpenAPI document. `address`: where this instance is reached, without a slash at the end."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tolqyn",
            "version": version,
            "summary": "Waves, their progress, releases, codebooks and published estimates.",
            "description": (
                "Read only. Nothing here leads to an answer: figures of a wave in the field are one rounded "
                "snapshot a day, estimates are those that were published."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": f"{address}/api/v1"}],
        "security": [{"token": []}],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by: tolqyn token add"}
            },
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Scope: `{endpoint.scope}`.",
        "parameters": [
            *(_parameter(name, "path") for name in PARTS if f"{{{name}}}" in endpoint.path),
            *(_parameter(name, "query") for name in endpoint.query),
        ],
        "responses": {
            "200": {"description": "Found.", "content": {"application/json": {"schema": endpoint.schema}}},
            **{str(status): _refusal(words) for status, words in REFUSALS.items()},
        },
    }


def _parameter(name: str, place: str) -> dict[str, Any]:
    schema, words = PARTS[name]
    return {"name": name, "in": place, "required": place == "path", "description": words, "schema": schema}


def _refusal(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/problem+json": {"schema": named("Problem")}}}
