"""Files that commands read and write: a disclosure record in, a list of links out."""

import csv
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from survey.refusal import Reason, Refused

LARGEST = 200_000


def read_disclosure(path: Path | None) -> dict[str, Any]:
    """A YAML mapping of disclosure items, each a text or a text by language. Raises Refused."""
    if path is None:
        return {}
    if path.stat().st_size > LARGEST:
        raise Refused(Reason("a small YAML file", f"{path.stat().st_size} bytes", path=str(path)))
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(_unreadable(path, error)) from error
    reasons = _problems(record, str(path))
    if reasons:
        raise Refused(*reasons)
    return dict(record)


def write_links(path: Path, base: str, tokens: Iterable[str]) -> None:
    """One row a code: the code and its link, in random order. Raises Refused when the file exists."""
    try:
        with path.open("x", newline="", encoding="utf-8") as file:
            path.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(("code", "link"))
            rows = [(token, f"{base}{token}") for token in tokens]
            secrets.SystemRandom().shuffle(rows)
            writer.writerows(rows)
    except FileExistsError as error:
        raise Refused(
            Reason("a new file", "one that exists", "name another --out", path=str(path))
        ) from error


def _unreadable(path: Path, error: yaml.YAMLError | UnicodeDecodeError) -> Reason:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or getattr(error, "reason", None) or "something else"
    line = mark.line + 1 if mark else None
    return Reason("a YAML file in UTF-8", found, "correct the file", file=str(path), line=line)


def _problems(record: object, path: str) -> list[Reason]:
    if not isinstance(record, dict):
        return [Reason("items and their texts", type(record).__name__, "sponsor: …", path=path)]
    expected = "a text, or a text by language"
    return [
        Reason(expected, repr(text), f"{key}: {{en: …}}", path=f"{path}: {key}")
        for key, text in record.items()
        if not isinstance(text, str)
        and not (isinstance(text, dict) and all(isinstance(words, str) for words in text.values()))
    ]
