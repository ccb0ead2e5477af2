"""The package: built twice from the same files it is the same byte for byte, and no index is asked for it."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

PARTS = (
    "pyproject.toml",
    "setup.cfg",
    "README.md",
    "LICENSE",
    "wsgi.py",
    "instruments",
    "analysis",
    "reports",
    "survey",
)
RELEASED = "1700000000"
"""Seconds that a builder says the files are of."""


def built(repository: Path, folder: Path, second: float, **said: str) -> Path:
    """The wheel of a copy whose files were all changed at that second."""
    folder.mkdir()
    for name in PARTS:
        part, copy = repository / name, folder / name
        if part.is_dir():
            shutil.copytree(part, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, copy)
    for path in folder.rglob("*"):
        os.utime(path, (second, second))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    spoken = subprocess.run(
        [*command, "--no-build-isolation", "--disable-pip-version-check", "-w", "out", "."],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | said,
        umask=0o022,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "BuildBackendWarning" not in spoken.stderr, "a newcomer's install would be a screen of warnings"
    (wheel,) = (folder / "out").glob("*.whl")
    return wheel


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_two_builds_at_two_places_and_times_give_the_same_bytes_and_install_without_an_index(
    repository: Path, tmp_path: Path
) -> None:
    wheels = [
        built(repository, tmp_path / name, second, SOURCE_DATE_EPOCH=RELEASED)
        for name, second in (("here", 1_600_000_000), ("elsewhere", 1_650_000_000))
    ]
    assert digest(wheels[0]) == digest(wheels[1])
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*command, "--disable-pip-version-check", "--target", tmp_path / "installed", wheels[0]], check=True
    )
    wanted = {
        path.relative_to(repository)
        for name in ("instruments", "analysis", "reports", "survey")
        for path in (repository / name).rglob("*.py")
    }
    lacking = {path for path in wanted if not (tmp_path / "installed" / path).is_file()}
    assert lacking == set()


def test_without_a_said_time_the_bytes_differ(repository: Path, tmp_path: Path) -> None:
    """Without this the comparison would prove nothing."""
    first = built(repository, tmp_path / "one", 1_600_000_000)
    second = built(repository, tmp_path / "two", 1_650_000_000)
    assert digest(first) != digest(second)


def test_the_package_for_a_server_holds_what_its_guide_takes_and_no_history(
    repository: Path, tmp_path: Path
) -> None:
    for name in (*PARTS, "Makefile", "requirements.lock", "docs/guide"):
        part, copy = repository / name, tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, copy)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    tools = Path(sys.executable).parent
    subprocess.run(
        ["make", "-o", f"{tools.parent}/.installed", f"VENV={tools.parent}", "package"],
        cwd=tmp_path,
        env={**os.environ, "SOURCE_DATE_EPOCH": RELEASED},
        capture_output=True,
        check=True,
    )
    package = tmp_path / "build" / "package"
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=package, check=True)
    held = [path.relative_to(package).as_posix() for path in package.rglob("*")]
    assert not [name for name in held if ".git" in name or "tests" in name]
    guide = (repository / "docs/guide/debian.md").read_text()
    taken = re.findall(r"/opt/tolqyn/package/([\w./-]+)", guide)
    assert len(taken) >= 2
    for name in taken:
        assert [each for each in held if each.startswith(name)], name
    on_the_server = [line for line in guide.splitlines() if line.startswith("sudo")]
    assert not [line for line in on_the_server if "git " in line]
    (wheel,) = package.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "wsgi.py" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/", ".git"))]
