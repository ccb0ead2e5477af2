"""Words between questions: shown, never answered."""

from dataclasses import dataclass
from typing import Any, ClassVar

from instruments.assignment import Draw
from instruments.items.base import Context, Item
from instruments.problem import Problem
from instruments.tree import Node


@dataclass(frozen=True, kw_only=True)
class Info(Item):
    """A text to read."""

    kind: ClassVar[str] = "info"
    stores: ClassVar[bool] = False

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        return {**super().fields(node, name, context), "text": node.text("text", required=True)}

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        return (Problem("takes_no_answer"),)
