"""Options put in order: a box for the place beside each."""

from collections.abc import Mapping

from instruments import Ranking
from reports.questionnaires.blocks import Block, Listing
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.kinds.options import order_mark
from reports.questionnaires.setting import Setting


class PrintedRanking(Printed[Ranking]):
    """The code stands beside the option, its place is written into the box."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("order of options")

    def how(self, item: Ranking, setting: Setting) -> str:
        """How the boxes are filled."""
        return setting.words.say("Write 1 beside the first, 2 beside the next, up to {n}.", n=item.places)

    def body(self, item: Ranking, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The options as this form shows them."""
        options = item.options if setting.draw is None else item.shown_options(setting.draw)
        entries = ((str(o.code), setting.pick(o.label, f"option {o.code}")) for o in options)
        return (Listing(tuple(entries), box=True),)

    def marks(self, item: Ranking, setting: Setting) -> tuple[str, ...]:
        """How many places, and the order."""
        places = (setting.words.say("{n} places", n=item.places),) if item.max else ()
        return (*places, *order_mark(item.random_options, item.last, setting))
