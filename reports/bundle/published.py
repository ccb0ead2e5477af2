"""What was published of each wave, one small file a wave: it keeps a second, different file from being made.

Whoever holds two public files of the same people, in other detail or with other values withheld, matches
their rows by the answers and gets keys that no five people share.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis import Meta, PublicFile, PublicSpec, make_public, read_json, release_at
from instruments import write_whole
from reports.errors import ReportError


@dataclass(frozen=True)
class Published:
    """The public file of a wave: of which release, how made, and the sum of its rows."""

    study: str
    wave: str
    release: int
    fingerprint: str
    specification: str
    levels: tuple[int, ...]
    rows: str


def already(log: Path, study: str, wave: str) -> Published | None:
    """What is known to be public of a wave."""
    path = _place(log, study, wave)
    if not path.is_file():
        return None
    raw = json.loads(path.read_text("utf-8"))
    return Published(**{**raw, "levels": tuple(raw["levels"])})


def make_all(
    folders: Sequence[Path],
    spec: PublicSpec,
    log: Path,
    *,
    file: str,
    superseding: bool,
    without: frozenset[str] = frozenset(),
) -> tuple[PublicFile, ...]:
    """Each wave's public file: what is public already again, new waves in the same detail where they can.

    `without`: steps of keys that new waves may not have. ReportError where a wave's would differ from the
    published one, unless it is `superseding`.
    """
    known = {folder: _known(log, folder) for folder in folders}
    others = {folder: _other(folder, before, spec) for folder, before in known.items()}
    if any(others.values()) and not superseding:
        raise ReportError("\n".join(filter(None, others.values())))
    known = {folder: None if others[folder] else before for folder, before in known.items()}
    made: dict[Path, PublicFile] = {}
    for folder, before in known.items():
        if before is not None:
            (made[folder],) = make_public([folder], spec, file=file, levels=before.levels)
    new = [folder for folder, before in known.items() if before is None]
    levels = next((before.levels for before in reversed(known.values()) if before is not None), None)
    if new:
        made |= dict(zip(new, make_public(new, spec, file=file, levels=levels, without=without), strict=True))
    for folder, before in known.items():
        if before is not None and entry(made[folder]) != before and not superseding:
            raise ReportError(_differing(made[folder].meta, "the rows or their detail"))
    return tuple(made[folder] for folder in folders)


def _known(log: Path, folder: Path) -> Published | None:
    manifest = read_json(folder, "manifest")
    return already(log, str(manifest["study"]), str(manifest["wave"]))


def _other(folder: Path, before: Published | None, spec: PublicSpec) -> str:
    """Why a wave's public file would be another than the published one; empty where it would not."""
    if before is None:
        return ""
    manifest, name = read_json(folder, "manifest"), f"{before.study} {before.wave}"
    if before.release != manifest["release"] or before.fingerprint != release_at(folder).fingerprint:
        return (
            f"the public file of {name} was made from release {before.release}, this is release "
            f"{manifest['release']} (or another of that number): {_HOW}"
        )
    if before.specification != spec.sha256:
        return f"the public file of {name} was made by another specification: {_HOW}"
    return ""


_HOW = (
    "who holds both matches their rows by the answers and learns what each withheld. Take the earlier one "
    "down wherever it is, and type --supersede with the reason; or publish without microdata (--no-microdata)"
)


def _differing(meta: Meta, what: str) -> str:
    return f"the public file of {meta.study} {meta.wave} is published and {what} would differ: {_HOW}"


def entry(public: PublicFile) -> Published:
    """The log's entry of a public file."""
    rows = public.frame.to_csv(index=False, lineterminator="\n", float_format="%.6f").encode()
    meta = public.meta
    return Published(
        meta.study,
        meta.wave,
        meta.release,
        meta.fingerprint,
        public.spec.sha256,
        public.levels,
        hashlib.sha256(rows).hexdigest(),
    )


def keep(log: Path, published: Sequence[PublicFile]) -> None:
    """Write an entry for each public file."""
    for public in published:
        path = _place(log, public.meta.study, public.meta.wave)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(entry(public)), ensure_ascii=False, indent=1, sort_keys=True)
        write_whole(path, f"{text}\n".encode())


def _place(log: Path, study: str, wave: str) -> Path:
    return log / study / f"{wave}.json"
