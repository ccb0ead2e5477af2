"""A number: a box for each digit."""

from collections.abc import Mapping

from instruments import Number
from reports.questionnaires.blocks import Block, Boxes, Field
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting


class PrintedNumber(Printed[Number]):
    """As many boxes as the largest number has digits, with the range said."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("number")

    def how(self, item: Number, setting: Setting) -> str:
        """How the boxes are filled."""
        return setting.words.say("Write one digit into each box.")

    def body(self, item: Number, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The boxes, the unit, the range."""
        unit = setting.pick(item.unit, f"{item.id}.unit") if item.unit else ""
        return (Boxes((Field(len(str(item.max))),), unit, f"{item.min}\u2013{item.max}"),)
