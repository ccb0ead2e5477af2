"""A document ready to print and its release folders in, the publication it is out."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import SurveyData, by_time, pool, read_json, read_release, release_at
from reports.document import Document
from reports.errors import ReportError
from reports.published.cells import tables_of
from reports.published.record import Publication

ESTIMATES = "estimates.csv"


def releases_of(folders: Sequence[Path]) -> dict[str, Mapping[str, Any]]:
    """By wave, in time order: release, fingerprint, rows."""
    return {
        ref.wave: {
            "release": ref.number,
            "fingerprint": ref.fingerprint,
            "rows": read_json(ref.folder, "manifest")["rows"],
        }
        for ref in by_time(map(release_at, folders))
    }


def publication_of(
    document: Document, folders: Sequence[Path], languages: Sequence[str], *, kind: str = "report"
) -> tuple[Publication, SurveyData]:
    """What a document says, read from the estimates it carries; and the pooled waves, for the audit.

    ReportError for a document that carries none: nobody could tell what it says.
    """
    carried = {each.name: each.content for each in document.attached}
    if ESTIMATES not in carried:
        raise ReportError(
            f"expected a document that carries {ESTIMATES}, found {', '.join(carried) or 'nothing'}"
        )
    estimates = pd.read_csv(
        io.BytesIO(carried[ESTIMATES]), dtype={"id": str, "wave": str, "group": str}, encoding="utf-8-sig"
    )
    data = pool([read_release(folder) for folder in folders])
    # The study of professionals beside it has other waves and other people.
    own = estimates[~estimates["id"].str.partition("@")[0].str.contains(":")]
    releases, tables = releases_of(folders), tables_of(own, data)
    *_, latest = releases
    return Publication(data.meta.study, kind, latest, tuple(languages), releases, tables), data
