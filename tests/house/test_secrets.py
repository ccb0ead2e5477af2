"""No secret stands in the code, and none is compared in a way that tells how far a guess was right."""

import ast
import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGES = ("survey", "reports", "analysis", "instruments")
SECRET = re.compile(r"(^|_)(secret|password|mac|signature|csrf_token|private_key|digest_sent)s?($|_)")
NAMED = re.compile(r"(^|_)(secret|password|passwd|api_key|private_key|access_token)$", re.IGNORECASE)
KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|AGE-SECRET-KEY-1[0-9A-Z]{20}|xox[abp]-[0-9A-Za-z-]{10,}|://[^/\s:{}<>]+:[^/\s@{}<>]+@"
)
RANDOM = re.compile(r"[A-Za-z0-9+/_-]{32,}={0,2}|[0-9a-f]{32,}")
COMPARED = {
    "survey/people/entering.py": "two readings of what is stored; nothing a stranger typed",
    "survey/store/withdrawal.py": "a row is found by a keyed hash: a guess tells nothing without the key",
    "survey/thief/scoring.py": "the thief's score of its own guesses",
}
WRITTEN = {
    "survey/interview/codes.py": "the alphabet of respondents' codes",
    "survey/people/passwords.py": "the hash of random letters that nobody has, for names that nobody has",
}
"""What the rules find and what is none of it, with the reason; each must still be found."""
BITS = 4.6
"""Entropy a letter from which 32 letters and more look random; words and paths stay below."""


def compared_secrets(source: str) -> list[int]:
    """Lines on which something named like a secret is compared with == or !=."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        and any(SECRET.search(name) for side in (node.left, *node.comparators) for name in names(side))
    ]


def names(side: ast.expr) -> list[str]:
    if isinstance(side, ast.Name):
        return [side.id.lower()]
    if isinstance(side, ast.Attribute):
        return [side.attr.lower()]
    if isinstance(side, ast.Call):
        return names(side.func)
    return []


def written_secrets(source: str) -> list[int]:
    """Lines with a literal that is a key, or that is given to a name of a secret, or that looks random."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if KNOWN.search(text) or any(entropy(run) >= BITS for run in RANDOM.findall(text)):
                found.append(node.lineno)
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str | bytes)
            and any(NAMED.search(name) for target in node.targets for name in names(target))
        ):
            found.append(node.lineno)
    return found


def entropy(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def files(repository: Path) -> list[Path]:
    found = [path for package in PACKAGES for path in (repository / package).rglob("*.py")]
    assert len(found) > 100
    return [*found, repository / "wsgi.py"]


def found_in(repository: Path, rule: Callable[[str], list[int]]) -> set[str]:
    return {str(path.relative_to(repository)) for path in files(repository) if rule(path.read_text("utf-8"))}


def test_no_secret_is_compared_by_equality(repository: Path) -> None:
    assert found_in(repository, compared_secrets) == set(COMPARED)


def test_no_secret_stands_in_the_code(repository: Path) -> None:
    assert found_in(repository, written_secrets) == set(WRITTEN)


@pytest.mark.parametrize(
    "source",
    ["if mac == sent: pass", "ok = key.secret != given", "a = password == b", "found = token.mac(x) == y"],
)
def test_a_comparison_that_tells_would_be_found(source: str) -> None:
    assert compared_secrets(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "api_key = 'x'",
        "url = 'postgresql://tolqyn:hunter2@localhost/tolqyn'",
        "a = 'q8Zr2Lx0VtYb7NcKd5WmHs3JfUg9PeAiXo4T'",
        "a = b'-----BEGIN RSA PRIVATE KEY-----'",
    ],
)
def test_a_secret_in_the_code_would_be_found(source: str) -> None:
    assert written_secrets(source) == [1]
