"""A release folder comes in, its survey data and records go out; a folder that was changed is refused."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.data import Meta, SurveyData
from analysis.designs import AnyDesign, design_from_dict
from analysis.errors import ReleaseError
from analysis.release.layout import DATA, JSON_FILES, MANIFEST, fingerprint
from analysis.release.parquet import from_parquet
from analysis.release.verification import verify_release
from instruments import Codebook


@dataclass(frozen=True)
class ReleaseParts:
    """A verified release whose rows are not read yet."""

    data: Path
    codebook: Codebook
    design: AnyDesign
    meta: Meta


def read_release(folder: Path | str) -> SurveyData:
    """Verify, then read. ReleaseError names every file that differs, is missing or does not belong."""
    parts = release_parts(folder)
    return SurveyData(from_parquet(parts.data.read_bytes()), parts.codebook, parts.design, parts.meta)


def release_parts(folder: Path | str) -> ReleaseParts:
    """Verify, then read all but the rows. ReleaseError as in `read_release`."""
    folder = Path(folder)
    problems = verify_release(folder)
    if problems:
        raise ReleaseError(problems)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    meta = Meta(
        study=manifest["study"],
        wave=manifest["wave"],
        release=manifest["release"],
        title=manifest["title"],
        dates=tuple(manifest["dates"]) if manifest["dates"] else None,
        sample_type=manifest["sample_type"],
        model=manifest["model"],
        synthetic=manifest["synthetic"],
        disclosure=read_json(folder, "disclosure"),
        fingerprint=fingerprint(folder),
    )
    return ReleaseParts(
        folder / DATA,
        Codebook.from_json((folder / "codebook.json").read_text(encoding="utf-8")),
        design_from_dict(read_json(folder, "design")),
        meta,
    )


def read_json(folder: Path | str, name: str) -> dict[str, Any]:
    """A record of the release: codebook, design, instrument, weights, fieldwork, disclosure or manifest."""
    file = f"{name}.json"
    if file not in (*JSON_FILES, MANIFEST):
        known = ", ".join(sorted(entry.removesuffix(".json") for entry in (*JSON_FILES, MANIFEST)))
        raise ValueError(f"{name!r} is no record of a release: type one of {known}")
    record: dict[str, Any] = json.loads((Path(folder) / file).read_bytes())
    return record


def withheld_of(folder: Path | str) -> frozenset[str]:
    """Columns that were left out of a release to protect people, computed ones among them."""
    file = Path(folder) / "fieldwork.json"
    record = json.loads(file.read_bytes()) if file.is_file() else {}
    return frozenset(name for each in record.get("withheld", {}).values() for name in each["columns"])
