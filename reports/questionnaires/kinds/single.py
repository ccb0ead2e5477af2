"""One answer out of several: boxes below each other, or beside each other on a scale of numbers."""

from collections.abc import Mapping
from typing import Any

from instruments import SingleChoice
from reports.questionnaires.blocks import Block, Ticks
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.kinds.options import order_mark, quoted, style_of, ticks
from reports.questionnaires.setting import Setting


class PrintedSingle(Printed[SingleChoice]):
    """Rows of a battery and numbered scales lie flat, because their options are short and the same."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("one answer")

    def body(self, item: SingleChoice, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The options as this form shows them."""
        options = item.options if setting.draw is None else item.shown_options(setting.draw)
        flat = item.battery is not None or item.display == "scale"
        boxes = ticks(options, setting, then)
        return (Ticks(boxes, "row" if flat else style_of(boxes)),)

    def marks(self, item: SingleChoice, setting: Setting) -> tuple[str, ...]:
        """Order, direction of the scale, a place among its rows, the attention check."""
        say, scale = setting.words.say, setting.questionnaire.scales.get(item.scale or "")
        found = list(order_mark(item.random_options, item.last, setting))
        if scale is not None:
            found.append(say("scale {name}", name=scale.name))
            if scale.reversible:
                found.append(say("shown from the last option to the first to half of the respondents"))
        if item.between is not None:
            low, high = item.between
            found.append(say("at a random place from {low} to {high} among its rows", low=low, high=high))
        if item.attention:
            codes = ", ".join(map(str, item.attention))
            found.append(say("attention check, passed by {codes}", codes=codes))
        return tuple(found)

    def outcomes(self, item: SingleChoice) -> tuple[tuple[int, Any], ...]:
        """Every option."""
        return tuple((option.code, option.code) for option in item.options)

    def answer(self, item: SingleChoice, value: Any, setting: Setting) -> str:
        """The option's words."""
        return quoted(item.options, value, setting)
