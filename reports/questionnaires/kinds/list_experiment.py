"""How many of these, not which: on a form the drawn group's list, in a preview both groups."""

from collections.abc import Mapping

from instruments import ListExperiment
from reports.questionnaires.blocks import Block, Boxes, Field, Listing
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting


class PrintedListExperiment(Printed[ListExperiment]):
    """No statement has a box: which of them are true must not be known."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("count of a list")

    def how(self, item: ListExperiment, setting: Setting) -> str:
        """What is never written down."""
        return setting.words.say("Write only how many. Mark nothing in the list.")

    def body(self, item: ListExperiment, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """The list and a box for the count."""
        if setting.draw is not None:
            shown = item.shown_list(setting.draw)
            entries = tuple(("", setting.pick(text, item.id)) for text in shown)
            return (Listing(entries), _count(item.highest(setting.draw)))
        (group,) = item.assigned()
        own = tuple((name, setting.pick(text, f"{item.id}.{name}")) for name, text in item.control.items())
        added = ("sensitive_item", setting.pick(item.sensitive_item, f"{item.id}.sensitive_item"))
        heads = {
            code: f"{group.name} = {code} ({setting.plain(words, group.name)})"
            for code, words in group.codes.items()
        }
        return (
            Listing(own, heads[1]),
            Listing((*own, added), heads[2]),
            _count(item.highest(None)),
        )

    def marks(self, item: ListExperiment, setting: Setting) -> tuple[str, ...]:
        """Two groups, random order that is not kept."""
        return (
            setting.words.say("one of two lists, drawn at random"),
            setting.words.say("statements in random order, which is not kept"),
        )


def _count(highest: int) -> Boxes:
    return Boxes((Field(len(str(highest))),), note=f"0\u2013{highest}")
