"""A release's folder in, one ZIP of its rows and its codebook out, where the console may hand it to analysts.

It holds what the release holds: no respondent's own words, which are in no release. The latest release alone
lies there; a web worker that hands it out reads no data.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from instruments import Codebook, Variable, harmless, safe_row
from survey.config import Config
from survey.keys import write_secret

if TYPE_CHECKING:
    import pandas as pd

    from analysis import ReleaseRef

DATA, BOOK = "data.csv", "codebook.csv"
BESIDE = ("codebook.json", "design.json", "weights.json", "disclosure.json", "manifest.json")
"""Files of the release that go with the rows as they are."""
HEAD = ("variable", "level", "role", "label", "code", "answer")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every member: the same release always gives the same bytes."""
MARK = 16
"""Signs of the fingerprint in the file's name: what was made of another release is not taken for this one."""


def rows_file(config: Config, study: str, wave: str, number: int, fingerprint: str) -> Path:
    """Where the rows of a release lie, once they were written."""
    return config.rows / study / wave / f"{number}-{fingerprint[:MARK]}.zip"


def write_rows(config: Config, release: "ReleaseRef") -> Path:
    """Write them, mode 0600, and delete those of the wave's other releases. Raises ReleaseError.

    Rows that are there already are the same, and stay.
    """
    from analysis import read_release  # noqa: PLC0415  the console, which asks for the place, loads none of it

    path = rows_file(config, release.study, release.wave, release.number, release.fingerprint)
    if not path.is_file():
        data = read_release(release.folder)
        members = {DATA: _csv(data.frame), BOOK: _book(data.codebook)}
        members |= {name: (release.folder / name).read_bytes() for name in BESIDE}
        write_secret(path, _packed(members))
    for other in path.parent.glob("*.zip"):
        if other != path:
            other.unlink()
    return path


def _csv(frame: "pd.DataFrame") -> bytes:
    """A line an interview, codes as numbers, names that no spreadsheet takes for a formula."""
    safe = frame.copy()
    for name in safe.columns:
        if not _is_number(safe[name]):
            safe[name] = [harmless(each) if isinstance(each, str) else each for each in safe[name]]
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _is_number(column: "pd.Series") -> bool:
    return column.dtype.kind in "iufb"


def _book(codebook: Codebook) -> bytes:
    """A line a variable, and one for each of its codes, in the language it was written in."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEAD)
    for variable in codebook.variables:
        writer.writerows(map(safe_row, _described(variable, codebook.source_language)))
    return file.getvalue().encode("utf-8-sig")


def _described(variable: Variable, language: str) -> Iterable[tuple[object, ...]]:
    label = variable.label.get(language, "")
    yield variable.name, str(variable.level), str(variable.role), label, None, None
    for code, answer in variable.codes.items():
        yield variable.name, None, None, None, code, answer.get(language, "")
    for missing in variable.missing:
        yield variable.name, None, None, None, int(missing), missing.name.lower().replace("_", " ")


def _packed(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(ZipInfo(name, EPOCH), content, ZIP_DEFLATED)
    return whole.getvalue()
