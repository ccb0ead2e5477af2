"""Free words: lines to write on."""

from collections.abc import Mapping

from instruments import OpenText
from reports.questionnaires.blocks import Block, Lines
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting

ON_A_LINE = 80
"""Letters of a hand on one line of A4."""


class PrintedText(Printed[OpenText]):
    """At least one line, at most eight."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("free words")

    def how(self, item: OpenText, setting: Setting) -> str:
        """Who writes what."""
        return setting.words.say("Write the answer word for word.")

    def body(self, item: OpenText, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """Lines for the longest answer taken."""
        return (Lines(min(8, -(-item.max_len // ON_A_LINE))),)

    def marks(self, item: OpenText, setting: Setting) -> tuple[str, ...]:
        """The limit, and what becomes of the words."""
        say = setting.words.say
        return (
            say("at most {n} characters", n=item.max_len),
            say("the words are sealed and never enter the data"),
        )
