"""Which code made a report: nothing in, a fingerprint of the packages' files and libraries' versions out."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("instruments", "analysis", "reports")
_FILES = (".py", ".html", ".css", ".po", ".ttf", ".svg", ".json", ".yaml")
_LIBRARIES = (
    "matplotlib",
    "numpy",
    "pandas",
    "pikepdf",
    "pydyf",
    "pypdfium2",
    "scipy",
    "statsmodels",
    "weasyprint",
)
_HOME = Path(__file__).parent.parent


@cache
def code_fingerprint() -> str:
    """SHA-256 over every file that has a part in a report, by its path: the code version of a number."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_HOME / package).rglob("*")):
            if path.suffix in _FILES:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(_HOME).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def libraries() -> dict[str, str]:
    """The versions of what computes, draws and prints."""
    return {name: version(name) for name in _LIBRARIES}
