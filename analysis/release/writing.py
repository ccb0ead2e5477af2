"""One wave's data and records come in, a release folder that never changes again goes out."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from analysis.data import SurveyData
from analysis.release.layout import (
    DATA,
    FORMAT,
    MANIFEST,
    ReleaseRef,
    canonical_json,
    fingerprint,
    numbers,
    sealed,
    sha256,
    wave_folder,
)
from analysis.release.parquet import to_parquet
from analysis.release.verification import verify_release


def write_release(
    data: SurveyData,
    home: Path | str,
    *,
    instrument: str,
    weights: Mapping[str, Any],
    fieldwork: Mapping[str, Any],
    before_new: Callable[[int], None] = lambda number: None,
) -> ReleaseRef:
    """Write `home/releases/STUDY/WAVE/N/` and give its reference; N is the next free number of the wave.

    `instrument` is the questionnaire's (or import map's) JSON text; `weights` and `fieldwork` are JSON-ready.
    The same content as the wave's latest release gives that release back and writes nothing. The folder is
    filled beside its place, synced, and renamed: a release is whole or absent, and none is ever overwritten.
    `before_new` is told the number before a release is written that was not there, and may raise.
    ValueError for a study or wave name that cannot be a folder name, and for pooled data.
    """
    if data.meta.parts:
        raise ValueError("a release is one wave: write the waves one by one, not pooled")
    parent = wave_folder(Path(home), data.meta.study, data.meta.wave)
    files = _files(data, instrument, weights, fieldwork)
    manifest = _manifest(data, files)
    known = _same_as_latest(parent, manifest)
    if known is not None:
        return _reference(data, parent / str(known))
    number = max(numbers(parent), default=0) + 1
    before_new(number)
    parent.mkdir(parents=True, exist_ok=True)
    while not _place(
        parent, number, {**files, MANIFEST: canonical_json(sealed({**manifest, "release": number}))}
    ):
        number += 1
    return _reference(data, parent / str(number))


def _files(
    data: SurveyData, instrument: str, weights: Mapping[str, Any], fieldwork: Mapping[str, Any]
) -> dict[str, bytes]:
    names = tuple(variable.name for variable in data.codebook.variables)
    return {
        DATA: to_parquet(data.frame, names),
        "codebook.json": data.codebook.to_json().encode() + b"\n",
        "design.json": canonical_json(data.design.to_dict()),
        "instrument.json": canonical_json(json.loads(instrument)),
        "weights.json": canonical_json(weights),
        "fieldwork.json": canonical_json(fieldwork),
        "disclosure.json": canonical_json(data.meta.disclosure),
    }


def _manifest(data: SurveyData, files: Mapping[str, bytes]) -> dict[str, Any]:
    meta = data.meta
    return {
        "format": FORMAT,
        "study": meta.study,
        "wave": meta.wave,
        "title": dict(meta.title),
        "dates": list(meta.dates) if meta.dates else None,
        "sample_type": meta.sample_type,
        "model": meta.model,
        "synthetic": meta.synthetic,
        "rows": len(data.frame),
        "columns": len(data.frame.columns),
        "files": {name: {"sha256": sha256(body), "bytes": len(body)} for name, body in files.items()},
    }


def _same_as_latest(parent: Path, manifest: Mapping[str, Any]) -> int | None:
    """Number of the wave's latest release when it holds exactly this content, undamaged."""
    known = numbers(parent)
    if not known:
        return None
    folder = parent / str(known[-1])
    wanted = sha256(canonical_json(sealed({**manifest, "release": known[-1]})))
    same = fingerprint(folder) == wanted and not verify_release(folder)
    return known[-1] if same else None


def _place(parent: Path, number: int, files: Mapping[str, bytes]) -> bool:
    """Write the folder beside its place and rename it; False when somebody else took the number meanwhile."""
    beside = parent / f".{number}.{uuid4().hex}.unfinished"
    beside.mkdir()
    try:
        for name, body in files.items():
            _write_synced(beside / name, body)
        _sync(beside)
        if (parent / str(number)).exists():
            return False
        try:
            beside.rename(parent / str(number))
        except OSError:
            if (parent / str(number)).exists():
                return False
            raise
        _sync(parent)
        return True
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_synced(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reference(data: SurveyData, folder: Path) -> ReleaseRef:
    return ReleaseRef(data.meta.study, data.meta.wave, int(folder.name), folder, fingerprint(folder))
