"""Labels: short enough for the statistics programs the data are handed to."""

from collections.abc import Iterator

from instruments.checks.finding import Finding, item_path
from instruments.codebook import Role, Text, Variable
from instruments.questionnaire import Content, codebook_of

LONGEST_VARIABLE, LONGEST_VALUE = 256, 120
"""Bytes SPSS keeps of a variable's and of a value's label; a Cyrillic letter takes two (IBM SPSS Statistics,
Command Syntax Reference, VARIABLE LABELS and VALUE LABELS)."""


def check_labels(content: Content) -> Iterator[Finding]:
    """Findings about words that would be cut off."""
    seen: set[tuple[str, str]] = set()
    for variable in codebook_of(content).variables:
        path = _path(content, variable)
        found = [*_too_long(variable.label, f"{path}.label", LONGEST_VARIABLE, "a label")]
        for words in variable.codes.values():
            found += _too_long(words, path, LONGEST_VALUE, "an option")
        for finding in found:
            if (finding.path, finding.found) not in seen:
                seen.add((finding.path, finding.found))
                yield finding


def _too_long(words: Text, path: str, longest: int, what: str) -> Iterator[Finding]:
    for language, text in words.items():
        size = len(text.encode())
        if size > longest:
            hint = "Write a short label: beside the question's text." if what == "a label" else "Shorten it."
            found = f"{size}: {text[:30]}..."
            yield Finding(path, "label_length", f"{what} of at most {longest} bytes", found, hint, language)


def _path(content: Content, variable: Variable) -> str:
    if variable.role in (Role.DERIVED, Role.INDICATOR):
        group = "indicators" if variable.role is Role.INDICATOR else "derived"
        return f"{group}.{variable.name}"
    return item_path(content, variable.item)
