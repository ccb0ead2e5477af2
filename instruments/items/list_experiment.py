"""A list experiment: how many of these, not which. Half of the respondents see one sensitive item more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from instruments.assignment import Decision, Draw, Groups, Order
from instruments.codebook import Level, Role, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.problem import Problem
from instruments.tree import Node
from instruments.wording import STANDARD_LABELS, in_every

CONTROL, TREATMENT = 1, 2
SENSITIVE = "sensitive_item"


@dataclass(frozen=True, kw_only=True)
class ListExperiment(Item):
    """The order of the list is drawn but never kept: with the count it could give the answer away."""

    kind: ClassVar[str] = "list_experiment"
    indirect: ClassVar[bool] = True

    control: Mapping[str, Text]
    sensitive_item: Text

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        control = node.texts("control", required=True)
        if node.has("control") and len(control) < 2:
            node.problem(
                "control",
                "at least two control items",
                str(len(control)),
                "Write {L1: words, ...}.",
                "control",
            )
        return {
            **super().fields(node, name, context),
            "control": control,
            "sensitive_item": node.text(SENSITIVE, required=True),
        }

    @property
    def group_variable(self) -> str:
        """Name of the column that keeps the group."""
        return f"{self.id}_GRP"

    def variables(self) -> tuple[Variable, ...]:
        """One interval column: the count; the length of the short list goes with it, for the estimators."""
        design = {self.kind: {"control_items": len(self.control)}}
        return (self.column(level=Level.INTERVAL, design=design),)

    def assigned(self) -> tuple[Variable, ...]:
        """The group: 1 control, 2 treatment."""
        words = {CONTROL: "control", TREATMENT: "treatment"}
        codes = {code: in_every(self.text, STANDARD_LABELS[word].__getitem__) for code, word in words.items()}
        label = in_every(self.text, STANDARD_LABELS["list_group"].__getitem__)
        return (
            Variable(
                self.group_variable,
                label,
                Level.NOMINAL,
                codes=codes,
                item=self.id,
                role=Role.ASSIGNMENT,
                module=self.module,
            ),
        )

    def decisions(self) -> tuple[Decision, ...]:
        """Group, and order of the list."""
        return (Groups(self.id, self.group_variable, 2), Order(self.id, (*self.control, SENSITIVE)))

    def highest(self, draw: Draw | None) -> int:
        """The largest count this respondent can give."""
        treated = draw is None or draw.group(self.id) == TREATMENT
        return len(self.control) + int(treated)

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """The question and the statements of the drawn list."""
        return (*super().reads(draw), *self.shown_list(draw))

    def words(self) -> tuple[tuple[str, Text], ...]:
        """The question and the whole list."""
        control = ((f"control.{name}", text) for name, text in self.control.items())
        return (*super().words(), *control, (SENSITIVE, self.sensitive_item))

    def shown_list(self, draw: Draw) -> tuple[Text, ...]:
        """The list this respondent sees, in the drawn order."""
        texts = {**self.control, SENSITIVE: self.sensitive_item}
        treated = draw.group(self.id) == TREATMENT
        return tuple(texts[entry] for entry in draw.order(self.id) if treated or entry != SENSITIVE)

    def typical(self) -> tuple[int, ...]:
        """None of the list."""
        return (0,)

    def sample(self, draw: Draw, chance: Chance) -> int:
        """A count of the list this respondent sees."""
        return chance(self.highest(draw) + 1)

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if type(value) is not int:
            return (Problem("not_a_number", {"value": str(value)}),)
        if value < 0:
            return (Problem("too_small", {"min": 0}),)
        if value > self.highest(draw):
            return (Problem("too_large", {"max": self.highest(draw)}),)
        return ()
