"""A picture's foot: under everything drawn, whole, on any width, the mark before the line."""

import pytest

from reports.charts import Line, WaveTick, footed, lines, style
from reports.charts.boxes import clipped, collisions, text_boxes
from reports.i18n import LANGUAGES, words
from reports.rows import Reading

LINE = "Conducted by: a bureau of polls · Ordered by: a shelter · Population: adults of the whole country"


def drawn(width: float, language: str) -> "style.Canvas":
    tick = WaveTick("2026", 2026.4)
    return lines.draw(
        [Line("x", "harmful", (Reading("2026", 0.4, 0.3, 0.5, 400),))], [tick], words(language), width
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_the_foot_stands_below_the_drawing_and_hides_nothing(width: float, language: str) -> None:
    mark = words(language).say("SYNTHETIC DATA")
    with style.drawing():
        before = text_boxes(drawn(width, language))
        canvas = footed(drawn(width, language), LINE, mark)
        after = text_boxes(canvas)
        assert clipped(canvas) == collisions(canvas) == []
    foot = after[len(before) :]
    assert [text for text, _ in after[: len(before)]] == [text for text, _ in before]
    assert " ".join(text for text, _ in foot) == f"{mark} {LINE}"
    assert max(box.y1 for _, box in foot) < min(box.y0 for _, box in after[: len(before)])


def test_without_words_a_drawing_stays_as_it_is() -> None:
    with style.drawing():
        assert style.to_svg(footed(drawn(style.WIDTH, "en"), "")) == style.to_svg(drawn(style.WIDTH, "en"))
