"""docs/security.md is whole and true to the repository: numbers, counts, and the tests and files it names."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""Requirements of levels 1 and 2 in each section of ASVS 5.0; those of level 3 come after them."""
STATUSES = ("holds", "does not apply", "not yet")
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|conf|service|html|js|cfg|toml))(?:::(\w+))?`")


@pytest.fixture(scope="module")
def document(repository: Path) -> str:
    return (repository / "docs" / "security.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of each requirement."""
    found = [line for line in text.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found]


def chapter(number: str) -> int:
    return int(number.split(".", maxsplit=1)[0])


def unknown(text: str, repository: Path) -> list[str]:
    """Tests and files that are named and are not there."""
    missing = []
    for path, test in NAMED.findall(text):
        file = repository / path
        if not file.is_file():
            missing.append(path)
        elif test and test not in functions(file):
            missing.append(f"{path}::{test}")
    return missing


def functions(file: Path) -> set[str]:
    """Names of the functions that stand in the file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_stands_there_once(document: str) -> None:
    wanted = [
        f"{number}.{section}.{place}"
        for number, counts in SECTIONS.items()
        for section, count in enumerate(counts, 1)
        for place in range(1, count + 1)
    ]
    assert len(wanted) == 253
    assert [row[0] for row in rows(document)] == wanted


def test_every_status_is_one_of_three_and_has_its_ground(document: str) -> None:
    for number, _, status, ground in rows(document):
        assert status in STATUSES, number
        assert ground, number
        if status == "holds":
            assert NAMED.search(ground), f"{number} holds and names neither test nor file"


def test_every_test_and_file_it_names_is_there(document: str, repository: Path) -> None:
    assert len(NAMED.findall(document)) > 100
    assert unknown(document, repository) == []


def test_a_test_that_is_not_there_would_be_found(repository: Path) -> None:
    text = "`tests/house/test_security_list.py::test_nothing_of_the_kind` `docs/nowhere.md` `docs/house.md`"
    assert unknown(text, repository) == [
        "tests/house/test_security_list.py::test_nothing_of_the_kind",
        "docs/nowhere.md",
    ]


def test_the_counts_at_the_top_are_those_of_the_list(document: str) -> None:
    stated = re.findall(r"^\| (?:V(\d+) [^|]+|all) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", document, re.M)
    found = rows(document)
    by_chapter = Counter((chapter(row[0]), row[2]) for row in found)
    counted = [
        (str(number), str(sum(counts)), *(str(by_chapter[number, status]) for status in STATUSES))
        for number, counts in SECTIONS.items()
    ]
    everything = Counter(row[2] for row in found)
    counted.append(("", str(len(found)), *(str(everything[status]) for status in STATUSES)))
    assert stated == counted


def test_what_does_not_hold_yet_is_listed_at_the_top(document: str) -> None:
    section = document.split("### What does not hold yet")[1].split("\n## ", maxsplit=1)[0]
    listed = re.findall(r"^- (\d+\.\d+\.\d+) ", section, re.M)
    assert listed == [row[0] for row in rows(document) if row[2] == "not yet"]
    assert f"\n{len(listed)} requirements." in section


def test_every_check_of_the_verification_stands_there_with_its_test_or_is_called_missing(
    document: str,
) -> None:
    section = document.split("## Verification\n")[1]
    checks = re.findall(r"^\| (\d+) \| [^|]+ \| (\w+) \| (.+) \|$", section, re.M)
    assert [int(number) for number, _, _ in checks] == list(range(1, 47))
    for number, status, ground in checks:
        tests = [test for _, test in NAMED.findall(ground) if test]
        assert tests or status == "missing", number
        assert status != "partly" or "; " in ground, f"{number}: say what is missing"
    counts = Counter(status for _, status, _ in checks)
    stated = f"{counts['tested']} tested, {counts['partly']} partly, {counts['missing']} missing."
    assert set(counts) <= {"tested", "partly", "missing"}
    assert stated in section
