"""A published edition's numbers in, its estimates as JSON for programs out.

Each row is one of the report's own estimates of whole waves and their changes, those that sentences about
questions state among them: what groups may show is decided page by page. Of a row that may not be published
the evidence holds no number.
"""

import json
from typing import Any

import pandas as pd

from reports.origin import COLUMNS, Origin
from reports.site.editions import Edition
from reports.site.numbers import SiteNumbers

ESTIMATES = "estimates.json"
COUNTED = ("base", "df", "code")


def estimates_json(numbers: SiteNumbers, edition: Edition, origin: Origin) -> str:
    """Study, edition, its releases, where they come from, and a row an estimate; null for no number."""
    table = pd.concat([numbers.evidence.table, numbers.moves.table], ignore_index=True)
    whole = table[table["group"].fillna("") == ""].drop_duplicates("id")
    content = {
        "study": edition.study,
        "edition": edition.number,
        **dict(zip(COLUMNS, origin.cells, strict=True)),
        "releases": [
            {"wave": wave, "number": release["release"], "fingerprint": release["fingerprint"]}
            for wave, release in edition.releases.items()
        ],
        "rows": [
            {str(name): _plain(str(name), value) for name, value in row.items()}
            for row in whole.to_dict("records")
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=False) + "\n"


def _plain(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    return int(value) if name in COUNTED else value
