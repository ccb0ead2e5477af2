"""docs/fields.md says of every column of every table, once, who reads and who changes it."""

from collections import Counter
from pathlib import Path

import pytest

from survey.api.shapes import SCHEMAS
from survey.store.models import Base


@pytest.fixture(scope="module")
def rows(repository: Path) -> list[list[str]]:
    lines = (repository / "docs" / "fields.md").read_text(encoding="utf-8").splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return found[1:]


def test_every_column_stands_there_once_with_who_reads_and_who_changes_it(rows: list[list[str]]) -> None:
    written = Counter((table, field) for table, fields, *_ in rows for field in fields.split(", "))
    there = Counter(
        (table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns
    )
    assert written == there
    assert all(len(row) == 4 and all(row) for row in rows)


def test_what_nobody_reads_is_in_no_shape_of_the_api(rows: list[list[str]]) -> None:
    hidden = {
        field
        for _, fields, readers, _ in rows
        if readers.startswith("nobody")
        for field in fields.split(", ")
        if field.endswith(("_hash", "_mac", "_key")) or field in ("password", "totp", "box", "handle", "seed")
    }
    assert {"token_hash", "code_mac", "password", "box"} <= hidden
    shown = {name for shape in SCHEMAS.values() for name in shape.get("properties", {})}
    assert len(shown) > 20
    assert not hidden & shown
