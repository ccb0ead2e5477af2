"""A LimeSurvey XML file in, its tables out, each row with its line. Nothing in it can expand or fetch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instruments.exchange.guard import ZIP, new_parser, read_bytes, refusal, xml_problems
from instruments.problem import InstrumentError

MOST_ROWS = 200_000
DEEPEST = 12


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    table: str
    number: int
    line: int
    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """The words of a field without spaces around them; empty when there are none."""
        return self.fields.get(name, "").strip()


@dataclass
class Tables:
    """Every table of the file by name."""

    path: Path
    version: str = ""
    kind: str = ""
    languages: list[str] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def table(self, name: str) -> list[Row]:
        """The rows of a table; none when the file has no such table."""
        return self.rows.get(name, [])


class _Reader:
    """Collects `document/TABLE/rows/row/FIELD` while the parser runs."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.path: list[str] = []
        self.words: list[str] = []
        self.fields: dict[str, str] = {}
        self.line = 0
        self.count = 0
        self.parser = new_parser()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words.append

    def start(self, name: str, _: object) -> None:
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise ValueError("elements nested too deep")
        self.words.clear()
        if len(self.path) == 4:
            self.fields, self.line = {}, self.parser.CurrentLineNumber
            self.count += 1
            if self.count > MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS:,} rows")

    def end(self, name: str) -> None:
        words = "".join(self.words)
        self.words.clear()
        depth, path = len(self.path), self.path
        if depth == 5 and path[2] == "rows":
            self.fields[name] = words
        elif depth == 4 and path[2] == "rows":
            table = self.tables.rows.setdefault(path[1], [])
            table.append(Row(path[1], len(table), self.line, self.fields))
        elif depth == 2 and name == "LimeSurveyDocType":
            self.tables.kind = words.strip()
        elif depth == 2 and name == "DBVersion":
            self.tables.version = words.strip()
        elif depth == 3 and path[1] == "languages" and words.strip():
            self.tables.languages.append(words.strip())
        path.pop()


def read_tables(path: Path) -> Tables:
    """The tables of an .lss file. Raises InstrumentError with what keeps it from being read."""
    data = read_bytes(path)
    if data.startswith(ZIP):
        hint = "Unpack it: the structure is the .lss file inside."
        raise InstrumentError([refusal(path, "format", "the XML of a survey structure", "an archive", hint)])
    tables = Tables(path)
    reader = _Reader(tables)
    problems = xml_problems(path, data, parser=reader.parser)
    if not problems and tables.kind != "Survey":
        found = f"LimeSurveyDocType {tables.kind or 'none'}"
        hint = "In LimeSurvey: Display/Export, Survey structure (.lss)."
        problems = [refusal(path, "format", "the structure of a whole survey", found, hint, line=1)]
    if not problems and not tables.table("questions"):
        hint = "Export the whole survey structure."
        problems = [refusal(path, "questions", "a table of questions", "none", hint, line=1)]
    if problems:
        raise InstrumentError(problems)
    return tables
