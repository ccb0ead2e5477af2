"""A string of digits, such as a telephone number: a box for each."""

from collections.abc import Mapping

from instruments import Digits
from reports.questionnaires.blocks import Block, Boxes, Field
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting


class PrintedDigits(Printed[Digits]):
    """The known numbers are said in the preview only: on paper they would give the answer away."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("digits")

    def how(self, item: Digits, setting: Setting) -> str:
        """How the boxes are filled."""
        return setting.words.say("Write one digit into each box, from the left.")

    def body(self, item: Digits, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """As many boxes as digits are taken."""
        return (Boxes((Field(item.max_len),)),)

    def marks(self, item: Digits, setting: Setting) -> tuple[str, ...]:
        """What becomes of the digits."""
        known = ", ".join(f"{place} = {number}" for place, number in enumerate(item.known, start=1))
        return (
            setting.words.say("kept is only which known number it is ({known}; 0 = another)", known=known),
        )
