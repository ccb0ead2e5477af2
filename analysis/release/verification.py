"""A release folder comes in, everything about it that is not as it was written goes out."""

import json
from pathlib import Path
from typing import Any

from analysis.release.layout import CONTENT, FORMAT, MANIFEST, NAME, canonical_json, sealed, sha256
from instruments import FileProblem

RESTORE = "restore the folder from a backup, or build or import the wave again as a new release"


def verify_release(folder: Path | str, fingerprint: str | None = None) -> tuple[FileProblem, ...]:
    """Re-hash every file; () when the folder is as it was written.

    Names each file that differs, is missing or does not belong. A manifest edited by hand shows by its own
    seal; one forged with a fresh seal shows when `fingerprint`, from a report or the database, is given.
    """
    folder = Path(folder)
    manifest = _read_manifest(folder)
    if isinstance(manifest, FileProblem):
        return (manifest,)
    problems = _manifest_problems(folder, manifest, fingerprint)
    listed = manifest.get("files", {})
    for name in sorted({*CONTENT, *listed}):
        problem = _file_problem(folder, name, listed.get(name))
        if problem is not None:
            problems.append(problem)
    extra = sorted(
        entry.name for entry in folder.iterdir() if entry.name not in {*CONTENT, *listed, MANIFEST}
    )
    problems += [
        FileProblem(
            str(folder / name), 0, name, "release-extra", "no file beside those of the manifest", name,
            "move it out of the release folder",
        )
        for name in extra
    ]  # fmt: skip
    return tuple(problems)


def _read_manifest(folder: Path) -> dict[str, Any] | FileProblem:
    path = folder / MANIFEST
    if not path.is_file():
        found = "a folder without it" if folder.is_dir() else "no such folder"
        return FileProblem(
            str(path), 0, MANIFEST, "release-missing", "a release folder with its manifest", found,
            "give the folder of one release: TOLQYN_HOME/releases/STUDY/WAVE/NUMBER",
        )  # fmt: skip
    try:
        manifest = json.loads(path.read_bytes())
        if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict):
            return manifest
        found = "JSON without a list of files"
    except ValueError as error:
        found = f"no JSON: {error}"
    return FileProblem(str(path), 0, MANIFEST, "release-differs", "the manifest as written", found, RESTORE)


def _manifest_problems(folder: Path, manifest: dict[str, Any], fingerprint: str | None) -> list[FileProblem]:
    path = str(folder / MANIFEST)
    problems = []
    if manifest.get("format") != FORMAT:
        problems.append(
            FileProblem(
                path, 0, "format", "release-format", f"format {FORMAT}", repr(manifest.get("format")),
                "read it with the version of Tolqyn that wrote it",
            )
        )  # fmt: skip
    if canonical_json(sealed(manifest)) != (folder / MANIFEST).read_bytes():
        problems.append(
            FileProblem(
                path, 0, MANIFEST, "release-differs", "an intact seal",
                "a manifest edited after it was written", RESTORE,
            )
        )  # fmt: skip
    problems += _name_problems(path, manifest)
    found = sha256((folder / MANIFEST).read_bytes())
    if fingerprint is not None and found != fingerprint:
        problems.append(
            FileProblem(path, 0, MANIFEST, "release-differs", f"fingerprint {fingerprint}", found, RESTORE)
        )
    return problems


def _name_problems(path: str, manifest: dict[str, Any]) -> list[FileProblem]:
    """A study or wave of a foreign folder becomes part of a path, so it may be no path itself."""
    return [
        FileProblem(
            path, 0, key, "release-name", "a name of letters, digits, dot, underscore or hyphen",
            repr(manifest.get(key)), RESTORE,
        )
        for key in ("study", "wave")
        if not (isinstance(manifest.get(key), str) and NAME.fullmatch(manifest[key]))
    ]  # fmt: skip


def _file_problem(folder: Path, name: str, listed: Any) -> FileProblem | None:
    path = folder / name
    if not isinstance(listed, dict):
        return FileProblem(
            str(folder / MANIFEST),
            0,
            f"files.{name}",
            "release-differs",
            f"a sum for {name}",
            "none",
            RESTORE,
        )
    if not path.is_file():
        return FileProblem(
            str(path), 0, name, "release-missing", "the file the manifest names", "none", RESTORE
        )
    found = sha256(path.read_bytes())
    if found == listed.get("sha256"):
        return None
    expected = f"SHA-256 {listed.get('sha256')}"
    return FileProblem(str(path), 0, name, "release-differs", expected, found, RESTORE)
