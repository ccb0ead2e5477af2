"""No regular expression of the code takes more than a moment for text made to keep it busy (ReDoS).

Each literal one is tried on growing repetitions of pieces that such expressions stumble over.
Work is measured in processor time, from short texts on: an exponential one ends the test soon.
"""

import ast
import re
import time
from pathlib import Path

import pytest

PACKAGES = ("instruments", "survey", "analysis", "reports")
USES = {"compile", "match", "fullmatch", "search", "sub", "findall", "split", "finditer"}
PIECES = (
    "a",
    "0",
    " ",
    "\t",
    "\n",
    "-",
    ".",
    "a.",
    "a-",
    "a@",
    '"',
    "'",
    "<a ",
    "</",
    "{{",
    "((",
    "ab ",
    "1,",
)
PIECES += ("\\", "=", "a=", "://", "a:", "&#", "[", "]", "(", "_", "Ж", "ж ", "+", "a1", "1a")
LENGTHS = (12, 18, 22, 26, 1_000)
MOST = 0.5
"""Seconds for a thousand letters, on a busy machine."""


def expressions(root: Path) -> dict[str, re.Pattern[str]]:
    """Every expression that stands as words in the code, by file and line."""
    found = {}
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                pattern = literal(node)
                if pattern is not None:
                    found[f"{file.relative_to(root)}:{node.lineno}"] = re.compile(pattern)  # type: ignore[attr-defined]
    return found


def literal(node: ast.AST) -> str | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    on, first = node.func.value, node.args[0]
    if not (isinstance(on, ast.Name) and on.id == "re" and node.func.attr in USES):
        return None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def worst(pattern: re.Pattern[str]) -> tuple[float, str]:
    """The longest it took, and for what."""
    slowest = (0.0, "")
    for piece in PIECES:
        for length in LENGTHS:
            text = piece * (length // len(piece)) + "\0"
            begun = time.process_time()
            pattern.search(text)
            pattern.fullmatch(text)
            took = time.process_time() - begun
            slowest = max(slowest, (took, f"{piece!r} * {length}"))
            if took > MOST:
                return slowest
    return slowest


def test_no_expression_can_be_kept_busy(repository: Path) -> None:
    found = expressions(repository)
    assert len(found) > 80
    slow = {where: each for where, pattern in found.items() if (each := worst(pattern))[0] > MOST}
    assert slow == {}, "a thousand letters keep it busy"


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:a|a)*b", r"(\w+\s?)*!"])
def test_one_that_can_be_kept_busy_is_found(pattern: str) -> None:
    assert worst(re.compile(pattern))[0] > MOST
