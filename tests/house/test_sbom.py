"""`make sbom` lists every locked package with the hashes an installation accepts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def sbom(repository: Path, lock: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, repository / ".ci" / "sbom", lock, out]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_is_listed_once_with_its_hashes(
    repository: Path, tmp_path: Path, name: str
) -> None:
    lock, out = repository / name, tmp_path / "build" / "sbom.cdx.json"
    assert sbom(repository, lock, out).returncode == 0
    made = json.loads(out.read_text())
    pinned = [
        line.split()[0].partition(";")[0] for line in lock.read_text().splitlines() if "==" in line[:80]
    ]
    pinned = [line for line in pinned if line[0].isalnum()]
    assert len(pinned) > 30
    assert [f"{part['name']}=={part['version']}" for part in made["components"]] == pinned
    assert all(part["externalReferences"] for part in made["components"])
    assert lock.read_text().count("--hash=") == sum(len(p["externalReferences"]) for p in made["components"])
    first = out.read_bytes()
    sbom(repository, lock, out)
    assert out.read_bytes() == first


def test_a_lock_without_packages_is_refused(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.lock").write_text("# nothing\n")
    refused = sbom(repository, tmp_path / "empty.lock", tmp_path / "out.json")
    assert refused.returncode == 2
    assert not (tmp_path / "out.json").exists()
