"""What every kind of item is printed with; a kind says the rest in a module of its own."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from markupsafe import escape

from instruments import Item, Text
from reports.questionnaires.blocks import Block, Lines, Tick, led, with_ticks
from reports.questionnaires.setting import Setting

K = TypeVar("K", bound=Item)


class Printed(Generic[K]):
    """How items of one kind are printed. The class itself prints a kind nobody has described: as lines."""

    several = False
    """Whether an answer is a list of codes."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("question")

    def text(self, item: K, setting: Setting) -> Text:
        """The words to read out; without a draw those of all respondents."""
        return item.text

    def how(self, item: K, setting: Setting) -> str:
        """How it is answered on paper, in words; empty: one box is ticked."""
        return ""

    def body(self, item: K, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """What is ticked or filled in. `then`: code to where that answer leads."""
        return (Lines(2),)

    def marks(self, item: K, setting: Setting) -> tuple[str, ...]:
        """What chance decides, limits and the like, each in words."""
        return ()

    def outcomes(self, item: K) -> tuple[tuple[int, Any], ...]:
        """(code, stored answer) of each box that alone is the whole answer."""
        return ()

    def answer(self, item: K, value: Any, setting: Setting) -> str:
        """One answer in words."""
        return str(value)

    def blocks(self, item: K, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The whole answer part: the kind's own, then the missing kinds offered."""
        offered: tuple[Tick, ...] = tuple(
            led(int(kind), escape(setting.missing_words[kind]), then) for kind in item.allow
        )
        return with_ticks(self.body(item, setting, then), offered)
