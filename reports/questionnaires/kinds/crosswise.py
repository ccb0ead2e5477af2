"""Two statements answered as one: both without boxes, then the two answers."""

from collections.abc import Mapping
from typing import Any

from instruments import Crosswise
from reports.questionnaires.blocks import Block, Listing, Ticks
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.kinds.options import quoted, ticks
from reports.questionnaires.setting import Setting


class PrintedCrosswise(Printed[Crosswise]):
    """No statement has a box: which of them is true must not be known."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("two statements, one answer")

    def how(self, item: Crosswise, setting: Setting) -> str:
        """What is never written down."""
        return setting.words.say("Tick one of the two answers. Mark nothing at the statements.")

    def body(self, item: Crosswise, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The statements as this form shows them, or with their names, and the answers."""
        statements = [("innocuous", item.innocuous), ("sensitive_item", item.sensitive_item)]
        if setting.draw is not None:
            statements = [("", text) for _, text in item.shown_statements(setting.draw)]
        entries = tuple((name, setting.pick(text, item.id)) for name, text in statements)
        return (Listing(entries), Ticks(ticks(item.choices(), setting, then)))

    def marks(self, item: Crosswise, setting: Setting) -> tuple[str, ...]:
        """The order, and the share that estimates rest on."""
        say, share = setting.words.say, setting.words.number(100 * item.prevalence, 1)
        return (
            say("statements in random order, which is not kept"),
            say("innocuous is true for {share}% ({source})", share=share, source=item.source),
        )

    def outcomes(self, item: Crosswise) -> tuple[tuple[int, Any], ...]:
        """Both answers."""
        return tuple((option.code, option.code) for option in item.choices())

    def answer(self, item: Crosswise, value: Any, setting: Setting) -> str:
        """The answer's words."""
        return quoted(item.choices(), value, setting)
