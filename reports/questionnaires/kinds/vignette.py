"""A situation in several versions: on a form the drawn one, in a preview all with their factor levels."""

from collections.abc import Mapping

from instruments import Cell, Text, Vignette
from reports.questionnaires.blocks import Block, Passage
from reports.questionnaires.kinds.base import Printed
from reports.questionnaires.setting import Setting


class PrintedVignette(Printed[Vignette]):
    """Which cell it is stands at the form's data entry codes, not beside the text the respondent sees."""

    def name(self, setting: Setting) -> str:
        """The kind in words."""
        return setting.words.say("situation, one of several versions")

    def text(self, item: Vignette, setting: Setting) -> Text:
        """The drawn cell; without a draw what stands before all cells, which may be nothing."""
        return item.shown_text(setting.draw) if setting.draw is not None else item.text

    def body(self, item: Vignette, setting: Setting, then: Mapping[int, str]) -> tuple[Block, ...]:
        """Without a draw every cell."""
        if setting.draw is not None:
            return ()
        return tuple(
            Passage(setting.pick(cell.text, f"{item.id}.{name}"), name, _levels(item, cell, setting))
            for name, cell in item.cells.items()
        )

    def marks(self, item: Vignette, setting: Setting) -> tuple[str, ...]:
        """Every respondent reads one."""
        return (setting.words.say("each respondent reads one of {n}, drawn at random", n=len(item.cells)),)


def _levels(item: Vignette, cell: Cell, setting: Setting) -> tuple[str, ...]:
    """`VGN_SEX = 1 (Sex of the person: Woman)`, one a factor."""
    return tuple(
        f"{factor.variable} = {cell.levels[factor.variable]} "
        f"({setting.plain(factor.label, factor.variable)}: "
        f"{setting.plain(factor.codes[cell.levels[factor.variable]], factor.variable)})"
        for factor in item.factors
    )
