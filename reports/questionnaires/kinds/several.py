"""All that apply: boxes of which several may be ticked."""

from collections.abc import Mapping
from typing import Any

from instruments import SeveralOf
from reports.questionnaires.blocks import Block, Ticks
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.kinds.options import order_mark, quoted, style_of, ticks
from reports.questionnaires.setting import Setting


class PrintedSeveral(Printed[SeveralOf]):
    """As one answer, with its limit and the options that stand alone said."""

    several = True

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("several answers")

    def how(self, item: SeveralOf, setting: Setting) -> str:
        """How many boxes may be ticked, and which alone."""
        many = (
            setting.words.say("Several boxes may be ticked, at most {n}.", n=item.max)
            if item.max
            else setting.words.say("Several boxes may be ticked.")
        )
        return " ".join([many, *(f"{mark[0].upper()}{mark[1:]}." for mark in _alone(item, setting))])

    def body(self, item: SeveralOf, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The options as this form shows them."""
        options = item.options if setting.draw is None else item.shown_options(setting.draw)
        boxes = ticks(options, setting, then)
        return (Ticks(boxes, style_of(boxes)),)

    def marks(self, item: SeveralOf, setting: Setting) -> tuple[str, ...]:
        """Limit, options that stand alone, order."""
        limit = (setting.words.say("at most {n} answers", n=item.max),) if item.max else ()
        return (*limit, *_alone(item, setting), *order_mark(item.random_options, item.last, setting))

    def outcomes(self, item: SeveralOf) -> tuple[tuple[int, Any], ...]:
        """The options that stand alone: beside any other box, others may be ticked too."""
        return tuple((code, [code]) for code in item.exclusive)

    def answer(self, item: SeveralOf, value: Any, setting: Setting) -> str:
        """The option's words."""
        return quoted(item.options, value, setting)


def _alone(item: SeveralOf, setting: Setting) -> tuple[str, ...]:
    codes = ", ".join(map(str, item.exclusive))
    return (setting.words.say("not together with others: {codes}", codes=codes),) if item.exclusive else ()
