"""Files that commands read and write: a disclosure record in, a list of links out."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from instruments import InstrumentError, nothing_half, read_source
from survey.fieldwork.handing import LINK_COLUMNS, link_rows
from survey.refusal import Reason, Refused


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


def write_links(path: Path, base: str, tokens: Iterable[str], batch: str = "") -> None:
    """One row a code: code, link and batch, in random order. Raises Refused when the file exists."""
    with new_file(path, "--out") as file:
        path.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(LINK_COLUMNS)
        writer.writerows(link_rows(base, tokens, batch))


@contextmanager
def new_file(path: Path, option: str) -> Iterator[IO[str]]:
    """A text file that was not there before. Raises Refused when it was."""
    try:
        made = path.open("x", newline="", encoding="utf-8")
    except FileExistsError as error:
        hint = f"name another {option}"
        raise Refused(Reason("a new file", "one that exists", hint, path=str(path))) from error
    # Closing writes what is left in the buffer: it fails on a full disk too.
    with nothing_half(path), made as file:
        yield file


def _problems(record: dict[str, Any], path: str) -> list[Reason]:
    expected = "a text, or a text by language"
    return [
        Reason(expected, repr(text), f"{key}: {{en: …}}", path=f"{path}: {key}")
        for key, text in record.items()
        if not isinstance(text, str)
        and not (isinstance(text, dict) and all(isinstance(words, str) for words in text.values()))
    ]
