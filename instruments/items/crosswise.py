"""Crosswise question: two statements shown together, answered as one. Nobody says which of them is true.

Yu, J.-W., Tian, G.-L. & Tang, M.-L. (2008). Two new models for survey sampling with sensitive characteristic:
design and analysis. Metrika 67:251-263. With p the known share for whom the innocuous statement is true and L
the share that answers "both or neither", the sensitive share is (L + p - 1) / (2 p - 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from instruments.assignment import Decision, Draw, Order
from instruments.codebook import Level, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.items.options import Option
from instruments.problem import Problem
from instruments.tree import Node, said
from instruments.wording import STANDARD_LABELS, in_every

INNOCUOUS, SENSITIVE = "innocuous", "sensitive_item"
SAME, DIFFERENT = 1, 2


@dataclass(frozen=True, kw_only=True)
class Crosswise(Item):
    """The order of the statements is drawn but never kept.

    `prevalence`: for what share the innocuous statement is true, known from `source`.
    """

    kind: ClassVar[str] = "crosswise"
    indirect: ClassVar[bool] = True

    innocuous: Text
    sensitive_item: Text
    prevalence: float
    source: str

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        share = node.decimal("prevalence", required=True)
        if node.has("prevalence") and (not 0 < share < 1 or share == 0.5):
            hint = "At .5 the answers say nothing; choose a statement that holds for about a quarter."
            node.problem(
                "range", "a share between 0 and 1, not .5", said(node.raw("prevalence")), hint, "prevalence"
            )
        return {
            **super().fields(node, name, context),
            "innocuous": node.text(INNOCUOUS, required=True),
            "sensitive_item": node.text(SENSITIVE, required=True),
            "prevalence": share,
            "source": node.string("source", required=True),
        }

    def choices(self) -> tuple[Option, ...]:
        """1 both or neither, 2 exactly one; the words are Tolqyn's own, the same in every instrument."""
        words = {SAME: "both_or_neither", DIFFERENT: "exactly_one"}
        return tuple(
            Option(code, in_every(self.text, STANDARD_LABELS[word].__getitem__))
            for code, word in words.items()
        )

    def variables(self) -> tuple[Variable, ...]:
        """One nominal column; the known share goes with it, because no estimate can be made without it."""
        codes = {option.code: option.label for option in self.choices()}
        design = {self.kind: {"prevalence": self.prevalence, "source": self.source}}
        return (self.column(level=Level.NOMINAL, codes=codes, design=design),)

    def decisions(self) -> tuple[Decision, ...]:
        """Which statement stands first."""
        return (Order(self.id, (INNOCUOUS, SENSITIVE)),)

    def shown_statements(self, draw: Draw) -> tuple[tuple[str, Text], ...]:
        """Name and words of both statements, in the drawn order."""
        texts = {INNOCUOUS: self.innocuous, SENSITIVE: self.sensitive_item}
        return tuple((name, texts[name]) for name in draw.order(self.id))

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """The question, both statements and both answers."""
        statements = (text for _, text in self.shown_statements(draw))
        return (*super().reads(draw), *statements, *(option.label for option in self.choices()))

    def words(self) -> tuple[tuple[str, Text], ...]:
        """The question and both statements."""
        return (*super().words(), (INNOCUOUS, self.innocuous), (SENSITIVE, self.sensitive_item))

    def sample(self, draw: Draw, chance: Chance) -> int:
        """One of the two answers."""
        return (SAME, DIFFERENT)[chance(2)]

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """Both answers."""
        return [SAME, DIFFERENT]

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if type(value) is int and value in (SAME, DIFFERENT):
            return ()
        return (Problem("not_an_option", {"value": str(value)}),)
