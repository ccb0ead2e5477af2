"""A date as exact as asked for: boxes for the digits of day, month and year."""

from collections.abc import Mapping

from instruments import Date
from reports.questionnaires.blocks import Block, Boxes, Field
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting

DIGITS = {"day": 2, "month": 2, "year": 4}


class PrintedDate(Printed[Date]):
    """Day before month before year, each under its name, because figures alone do not tell them apart."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("date")

    def how(self, item: Date, setting: Setting) -> str:
        """How the boxes are filled."""
        return setting.words.say("Write one digit into each box.")

    def body(self, item: Date, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The boxes and the range."""
        say = setting.words.say
        named = {"day": say("day"), "month": say("month"), "year": say("year")}
        fields = tuple(Field(DIGITS[part], named[part]) for part in reversed(item.parts))
        return (Boxes(fields, note=f"{item.min}\u2013{item.max}"),)
