"""Files that commands read and write: a disclosure record in, a list of links out."""

import csv
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from instruments import InstrumentError, read_source
from survey.refusal import Reason, Refused

GROUP = 4


def read_disclosure(path: Path | None) -> dict[str, Any]:
    """A YAML mapping of disclosure items, each a text or one by language. Raises Refused, InstrumentError."""
    if path is None:
        return {}
    source = read_source(path)
    if source.problems:
        raise InstrumentError(source.problems)
    if reasons := _problems(source.data, str(path)):
        raise Refused(*reasons)
    return source.data


def by_language(text: str | dict[str, str], languages: Iterable[str]) -> dict[str, str]:
    """A disclosure item by language; one text stands for all of them."""
    return dict.fromkeys(languages, text) if isinstance(text, str) and text else dict(text or {})


def write_links(path: Path, base: str, tokens: Iterable[str]) -> None:
    """One row a code: the code and its link, in random order. Raises Refused when the file exists."""
    try:
        with path.open("x", newline="", encoding="utf-8") as file:
            path.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(("code", "link"))
            rows = [(in_groups(token), f"{base}{token}") for token in tokens]
            secrets.SystemRandom().shuffle(rows)
            writer.writerows(rows)
    except FileExistsError as error:
        raise Refused(
            Reason("a new file", "one that exists", "name another --out", path=str(path))
        ) from error


def in_groups(token: str) -> str:
    """A code as it is easily copied by hand: groups of four; hyphens do not matter when it is typed."""
    return "-".join(token[start : start + GROUP] for start in range(0, len(token), GROUP))


def _problems(record: dict[str, Any], path: str) -> list[Reason]:
    expected = "a text, or a text by language"
    return [
        Reason(expected, repr(text), f"{key}: {{en: …}}", path=f"{path}: {key}")
        for key, text in record.items()
        if not isinstance(text, str)
        and not (isinstance(text, dict) and all(isinstance(words, str) for words in text.values()))
    ]
