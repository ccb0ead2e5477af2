"""A header in, what its column means out; a row with its cells by column and language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ALIASES: Mapping[str, str] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "list_name": "list_name",
    "relevance": "relevant",
    "readonly": "read_only",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "jr:constraintmsg": "constraint_message",
    "calculate": "calculation",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "media": "image",
}
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
PREFIXES = ("bind", "control", "media", "body")
MEDIA = ("image", "big_image", "audio", "video")
TRUE = frozenset(["yes", "true", "true()", "1"])
FALSE = frozenset(["no", "false", "false()", "0"])
SHEETS = ("survey", "choices", "settings")
MARK = "tolqyn"
"""A column of Tolqyn's own export: what a group or an answer is."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Column:
    """What a header means: a column and, for words, the language as spelled in the form ('' for none)."""

    name: str
    language: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a sheet that holds something."""

    sheet: str
    number: int
    cells: Mapping[Column, str]
    headers: Mapping[Column, str] = field(repr=False)

    def get(self, name: str) -> str:
        """The words of a column without a language; empty when there are none."""
        return self.cells.get(Column(name), "").strip()

    def words(self, name: str) -> dict[str, str]:
        """Language as spelled -> words, of a column that may be translated."""
        return {column.language: text for column, text in self.cells.items() if column.name == name}

    def place(self, column: Column) -> str:
        """Where a cell stands, for the report."""
        return f"{self.sheet} row {self.number}, {self.headers[column]}"


def column_of(header: str) -> Column:
    """What a header means: `label::English (en)`, `label:English`, `bind::relevant`, `Caption`."""
    text = re.sub(r"\s+", " ", header.replace("\xa0", " ")).strip()
    lower = text.lower()
    if lower in ("jr:count", "jr:constraintmsg", "jr:requiredmsg"):
        return Column(ALIASES[lower])
    parts = [part.strip() for part in re.split(r"::|(?<!jr):" if "::" not in text else "::", text)]
    name = parts[0].lower()
    if name in PREFIXES and len(parts) > 1:
        parts = parts[1:]
        name = parts[0].lower()
    known = ALIASES.get(name, name)
    known = ALIASES.get(known, known).replace(" ", "_").replace("-", "_")
    known = ALIASES.get(known, known)
    if known in TRANSLATED or known in MEDIA:
        return Column(known, " ".join("::".join(parts[1:]).split()))
    return Column("::".join([known, *parts[1:]]))
