"""Words to read, without an answer."""

from collections.abc import Mapping

from instruments import Info
from reports.questionnaires.blocks import Block
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting


class PrintedInfo(Printed[Info]):
    """The text alone."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("text to read")

    def body(self, item: Info, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """Nothing to answer."""
        return ()
