"""A table and a map come in, everything found wrong with either is gathered as `FileProblem`s."""

from dataclasses import dataclass, field

import numpy as np

from analysis.imports.coding import Fault
from analysis.imports.formats import Table
from analysis.imports.noting import Path
from analysis.imports.shape import near
from analysis.imports.spec import ImportMap
from instruments import FileProblem

FIRST_ROWS = 5


@dataclass
class Gathering:
    """Problems of one import; `map_path` is the map as the user named it."""

    table: Table
    built: ImportMap
    map_path: str
    problems: list[FileProblem] = field(default_factory=list)

    def in_map(self, path: Path, rule: str, expected: str, found: str, hint: str = "") -> None:
        """A problem that is mended in the map."""
        line = self.built.line(path)
        self.problems.append(FileProblem(self.map_path, line, ".".join(path), rule, expected, found, hint))

    def in_data(self, path: Path, fault: Fault) -> None:
        """A problem of values: the first row they stand in gives the line, the others follow in words."""
        shown = [str(row) for row in fault.rows[:FIRST_ROWS]]
        more = ", ..." if len(fault.rows) > FIRST_ROWS else ""
        found = f"{fault.found} ({self.table.unit} {', '.join(shown)}{more})"
        place = ".".join(path)
        self.problems.append(
            FileProblem(
                self.table.path, int(fault.rows[0]), place, fault.rule, fault.expected, found, fault.hint
            )
        )

    def in_rows(self, path: Path, at: np.ndarray, rule: str, *, expected: str, found: str, hint: str) -> None:
        """A problem of the rows at these positions of the table; nothing when there are none."""
        if len(at):
            self.in_data(path, Fault(rule, expected, f"{found} in {len(at)} rows", self.table.rows[at], hint))

    def has_column(self, name: str, path: Path) -> bool:
        """Whether the file has the column; notes the nearest names when not."""
        if name in self.table.columns:
            return True
        hint = near(name, list(self.table.columns))
        self.in_map(path, "unknown-column", f"a column of {self.table.path}", name, hint)
        return False

    def in_order(self) -> tuple[FileProblem, ...]:
        """Every problem once: those of the map by line, then those of the data by row."""
        return tuple(sorted(dict.fromkeys(self.problems), key=self._order))

    def _order(self, problem: FileProblem) -> tuple[bool, int, str]:
        return problem.file != self.map_path, problem.line, problem.path
