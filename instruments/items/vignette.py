"""A situation in several versions, one of them drawn: whole texts per cell in, one column per factor out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from instruments.assignment import Cells, Decision, Draw
from instruments.codebook import Level, Role, Text, Variable
from instruments.items.base import Context, Item
from instruments.problem import Problem
from instruments.tree import IDENTIFIER, Node, said


@dataclass(frozen=True)
class Factor:
    """What the versions differ in, kept as a column."""

    variable: str
    label: Text
    codes: Mapping[int, Text]


@dataclass(frozen=True)
class Cell:
    """One version: its code on each factor and its whole text."""

    name: str
    levels: Mapping[str, int]
    text: Text


@dataclass(frozen=True, kw_only=True)
class Vignette(Item):
    """Every respondent reads one cell. Whole texts, because slot-filling breaks grammatical gender."""

    kind: ClassVar[str] = "vignette"
    stores: ClassVar[bool] = False

    factors: tuple[Factor, ...] = ()
    cells: Mapping[str, Cell]

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        factors = tuple(_read_factor(child, variable) for variable, child in node.children("factors"))
        cells = {label: _read_cell(child, label, factors) for label, child in node.children("cells")}
        if len(cells) < 2:
            node.problem(
                "cells",
                "at least two cells",
                str(len(cells)),
                "Write cells: {NAME: {levels:, text:}}.",
                "cells",
            )
        levels = [tuple(cell.levels.items()) for cell in cells.values()]
        if len(set(levels)) < len(levels):
            node.problem(
                "cells",
                "cells that differ in a factor",
                "two with the same levels",
                "Correct levels.",
                "cells",
            )
        return {**super().fields(node, name, context), "factors": factors, "cells": cells}

    def decisions(self) -> tuple[Decision, ...]:
        """Which cell is read."""
        return (Cells(self.id, {name: cell.levels for name, cell in self.cells.items()}),)

    def assigned(self) -> tuple[Variable, ...]:
        """One column per factor."""
        return tuple(
            Variable(
                factor.variable,
                factor.label,
                Level.NOMINAL,
                codes=factor.codes,
                item=self.id,
                role=Role.ASSIGNMENT,
                module=self.module,
            )
            for factor in self.factors
        )

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        return (Problem("takes_no_answer"),)

    def words(self) -> tuple[tuple[str, Text], ...]:
        """The text of every cell."""
        return (*super().words(), *((f"cells.{name}.text", cell.text) for name, cell in self.cells.items()))

    def shown_text(self, draw: Draw) -> Text:
        """The text of the drawn cell."""
        return self.cells[draw.cell(self.id)].text


def _read_factor(node: Node, variable: str) -> Factor:
    factor = Factor(variable, node.text("label", required=True), dict(node.coded("codes", required=True)))
    node.finish()
    return factor


def _read_cell(node: Node, name: str, factors: tuple[Factor, ...]) -> Cell:
    levels = {}
    given = node.sub("levels")
    for factor in factors:
        code = given.integer(factor.variable, required=True)
        if given.has(factor.variable) and code not in factor.codes:
            known = ", ".join(map(str, factor.codes))
            given.problem(
                "unknown_code", f"one of {known}", said(code), "Use a code of the factor.", factor.variable
            )
        levels[factor.variable] = code
    for variable in given.value:
        if IDENTIFIER.fullmatch(variable) and variable not in levels:
            given.problem("unknown_factor", "a factor of this item", said(variable), "Declare it.", variable)
    cell = Cell(name, levels, node.text("text", required=True))
    node.finish()
    return cell
