"""What the API answers with: JSON Schemas, shared by its description and its tests."""

from typing import Any, Final

from survey.store.base import WAVE_STATES

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
SHARE: Final[Schema] = {"type": ["integer", "null"]}
DAY: Final[Schema] = {"type": "string", "format": "date"}
BY_LANGUAGE: Final[Schema] = {
    "type": "object",
    "description": "Words by language: kk, ru, uz, en.",
    "additionalProperties": {"type": "string"},
}


def record(
    properties: dict[str, Schema], *, optional: dict[str, Schema] | None = None, more: bool = False
) -> Schema:
    """An object that has all of the properties, perhaps the optional ones, and others only with `more`."""
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": more,
    }


def listed(of: str) -> Schema:
    """A list of records of a named shape."""
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}


def rows(properties: dict[str, Schema]) -> Schema:
    """A list of records without a name."""
    return {"type": "array", "items": record(properties)}


WAVE: Final = record(
    {
        "study": TEXT,
        "name": TEXT,
        "alias": {"type": "string", "description": "The word in the respondents' address."},
        "title": BY_LANGUAGE,
        "state": {
            "enum": list(WAVE_STATES),
            "description": "frozen: figures are published; no other release follows except as an erratum.",
        },
        "opens": DAY,
        "closes": {**DAY, "description": "Last day on which an interview may begin."},
        "languages": {"type": "array", "items": TEXT},
        "sample_type": {"enum": ["probability", "nonprobability"]},
        "mode": TEXT,
        "access": {"enum": ["invited", "open"]},
        "synthetic": {"type": "boolean"},
        "instrument": record({"name": TEXT, "version": TEXT, "fingerprint": TEXT}),
    }
)
MONITOR: Final = record(
    {
        "format": COUNT,
        "day": {**DAY, "description": "The snapshot's day: the same figures until the next one."},
        "state": TEXT,
        "rounded_down_to": {**COUNT, "description": "Every count is a multiple of it."},
        "smallest_base": COUNT,
        "sampled": COUNT,
        "completes": COUNT,
        "unfinished": COUNT,
        "screened_out": COUNT,
        "withdrawn": COUNT,
        "trapped": COUNT,
        "used_codes": {**COUNT, "description": "Tries with an invitation that was used in another browser."},
        "weeks": rows({"week": DAY, "complete": COUNT}),
        "languages": rows({"language": TEXT, "complete": COUNT, "left": SHARE, "minutes": SHARE}),
        "modes": rows({"mode": TEXT, "complete": COUNT, "left": SHARE, "minutes": SHARE}),
        "pages": rows({"page": COUNT, "module": TEXT, "shown": COUNT, "left": SHARE}),
        "items": rows(
            {
                "item": TEXT,
                "label": BY_LANGUAGE,
                "asked": COUNT,
                "dont_know": SHARE,
                "refused": SHARE,
                "no_answer": SHARE,
            }
        ),
        "strata": rows({"stratum": TEXT, "target": SHARE, "invited": SHARE, "complete": SHARE}),
        "quotas": rows(
            {
                "cell": TEXT,
                "kind": {"enum": ["hard", "soft"]},
                "counts": {"enum": ["complete", "begun"]},
                "at_least": SHARE,
                "target": COUNT,
                "state": TEXT,
            }
        ),
        "target": {**SHARE, "description": "Complete interviews wanted; null: nobody said."},
        "rates": rows({"rate": TEXT, "percent": COUNT, "formula": TEXT}),
    },
    more=True,
)
RELEASE: Final = record(
    {
        "study": TEXT,
        "wave": TEXT,
        "number": {"type": "integer", "minimum": 1},
        "source": {"enum": ["collected", "imported"]},
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "made_on": DAY,
    }
)
CODEBOOK: Final = record(
    {
        "instrument": TEXT,
        "version": TEXT,
        "title": BY_LANGUAGE,
        "languages": {"type": "array", "items": TEXT},
        "variables": {"type": "array", "items": {"type": "object"}},
    },
    more=True,
)
NUMBER: Final[Schema] = {"type": ["number", "null"]}
WORDS: Final[Schema] = {"type": ["string", "null"]}
ESTIMATES: Final = record(
    {
        "study": TEXT,
        "edition": {"type": "integer", "minimum": 1},
        "releases": rows({"wave": TEXT, "number": COUNT, "fingerprint": TEXT}),
        "rows": {
            "type": "array",
            "items": record(
                {
                    "id": {"type": "string", "description": "As printed in the report: a key of its ledger."},
                    "statistic": TEXT,
                    "variable": TEXT,
                    "code": SHARE,
                    "label": TEXT,
                    "group": TEXT,
                    "wave": WORDS,
                    "estimate": {
                        **NUMBER,
                        "description": "A proportion in 0..1, a mean, a difference; null: hidden.",
                    },
                    "se": NUMBER,
                    "low": NUMBER,
                    "high": NUMBER,
                    "base": SHARE,
                    "method": WORDS,
                    "publish": {"enum": ["show", "flag", "suppress", None]},
                    "reason": WORDS,
                },
                more=True,
            ),
        },
    },
    optional={
        "source": {
            "type": "string",
            "description": "Who asked whom, when, how and how many; editions of earlier versions have none.",
        },
        "synthetic": {"type": "string", "description": "The mark of invented answers; empty without any."},
    },
)
PROBLEM: Final = record(
    {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was expected and what to send instead."},
    }
)
SCHEMAS: Final[dict[str, Schema]] = {
    "Wave": WAVE,
    "Monitor": MONITOR,
    "Release": RELEASE,
    "Codebook": CODEBOOK,
    "Estimates": ESTIMATES,
    "Problem": PROBLEM,
}
