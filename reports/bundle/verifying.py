"""A bundle's folder in, every file that differs and every group below k out."""

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from instruments import FileProblem
from reports.bundle.writing import PACKAGE, SUMS
from reports.errors import ReportError


@dataclass(frozen=True)
class Checked:
    """What a folder was found to hold."""

    fingerprint: str
    files: int
    smallest: dict[str, int]
    """The smallest group of each public data file."""


class BundleError(ReportError):
    """A bundle that is not as it was written; `problems` holds everything that differs."""

    def __init__(self, problems: list[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


def verify_bundle(folder: Path) -> Checked:
    """Compare every file with its checksum and count the groups of the public data. BundleError, in full."""
    if not (folder / SUMS).is_file():
        hint = "give the folder that `tolqyn release bundle --out` wrote"
        raise BundleError(
            [FileProblem(str(folder), 0, "", "no-bundle", f"a bundle with {SUMS}", "none", hint)]
        )
    wanted = _wanted((folder / SUMS).read_text("utf-8"))
    problems = [*_differing(folder, wanted)]
    smallest: dict[str, int] = {}
    if not any(problem.path == PACKAGE for problem in problems):
        try:
            smallest = _counted(folder, problems)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            expected = "a description of the public data and their keys"
            problems.append(
                _problem(folder, PACKAGE, "package", expected, f"{type(error).__name__}: {error}")
            )
    if problems:
        raise BundleError(problems)
    return Checked(hashlib.sha256((folder / SUMS).read_bytes()).hexdigest(), len(wanted), smallest)


def _wanted(text: str) -> dict[str, str]:
    pairs = (line.partition("  ") for line in text.splitlines() if line)
    return {path: sum_ for sum_, _, path in pairs}


def _differing(folder: Path, wanted: dict[str, str]) -> list[FileProblem]:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {SUMS}
    problems = []
    for path in sorted({*wanted, *found}):
        if path not in wanted:
            problems.append(_problem(folder, path, "extra", "no such file", "a file that is not listed"))
        elif path not in found:
            problems.append(_problem(folder, path, "missing", "the file", "none"))
        elif (sum_ := hashlib.sha256((folder / path).read_bytes()).hexdigest()) != wanted[path]:
            problems.append(_problem(folder, path, "checksum", wanted[path], sum_))
    return problems


def _counted(folder: Path, problems: list[FileProblem]) -> dict[str, int]:
    """The smallest group of equal keys in each public data file, read as anybody would."""
    package = json.loads((folder / PACKAGE).read_text("utf-8"))
    smallest = {}
    for path, told in package["tolqyn"]["public"].items():
        if not (folder / path).is_file():
            continue
        rows = csv.DictReader(io.StringIO((folder / path).read_text("utf-8-sig")))
        groups = Counter(tuple(row[key] for key in told["keys"]) for row in rows)
        smallest[path] = min(groups.values())
        if smallest[path] < told["k"]:
            expected = f"{told['k']} or more rows alike in {', '.join(told['keys'])}"
            problems.append(_problem(folder, path, "k-anonymity", expected, f"a group of {smallest[path]}"))
    return smallest


def _problem(folder: Path, path: str, rule: str, expected: str, found: str) -> FileProblem:
    return FileProblem(str(folder / path), 0, path, rule, expected, found, "make the bundle again")
