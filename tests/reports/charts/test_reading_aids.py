"""What helps to read a figure: the rule between bars of a changed question, and the sample with its notes."""

import pytest
from matplotlib.colors import to_rgba

from reports import LANGUAGES
from reports.charts import BarRow, Segment, bars, sample, sample_figure, style
from reports.charts.axis import Axis
from reports.charts.boxes import clipped, collisions
from reports.charts.rowplot import Panel, Row, draw_rows, draw_slim
from reports.i18n import words


def test_a_broken_question_is_ruled_off_between_its_bars() -> None:
    shares = (0.11, 0.19, 0.17, 0.29, 0.24)
    segments = tuple(Segment(wave, 900, shares) for wave in ("2023", "2024", "2025"))
    drawn = {}
    for breaks in ((), ("2025",), ("2023",)):
        row = BarRow("x", segments, breaks, "question changed")
        with style.drawing():
            canvas = bars.draw([row], list("abcde"), "harmful", words("en"))
        (axes,) = canvas.axes
        rules = [line for line in axes.lines if line.get_linestyle() == "--"]
        drawn[breaks] = [line.get_ydata()[0] for line in rules]
        told = "question changed" in [text.get_text() for text in axes.texts]
        assert told == bool(rules)
        tops = [patch.get_y() for patch in axes.patches if patch.get_height() == pytest.approx(bars.BAR)]
    assert drawn[()] == drawn["2023",] == [], "before the first wave there is nothing to part"
    assert len(drawn["2025",]) == 1
    assert min(tops) < drawn["2025",][0]


@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_why_a_row_has_no_mark_hides_the_grid_and_not_the_axis(width: float) -> None:
    panel = Panel("", Axis("percent", 0, 0.8, (0, 0.4, 0.8)))
    rows = [Row("North", ((),), ("(s)",), "too few answers")]
    with style.drawing():
        if width == style.WIDTH:
            canvas = draw_rows(rows, [panel], ("n",), [], words("en"))
        else:
            canvas = draw_slim(rows, panel, ("n",), [], words("en"), width=width)
    (axes,) = canvas.axes
    (ground,) = [each for each in axes.patches if each.get_facecolor() == to_rgba(style.PAPER)]
    axis, grid, _ = sorted({line.get_xdata()[0] for line in axes.lines})
    assert axis < ground.get_x() < grid


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("several", "infers"), [(True, True), (True, False), (False, True)])
def test_the_sample_has_a_note_for_each_of_its_numbers_and_nothing_collides(
    language: str, several: bool, infers: bool
) -> None:
    made = sample_figure(words(language), several=several, infers=infers)
    with style.drawing():
        canvas = sample.draw(words(language), several=several, infers=infers)
    (axes,) = canvas.axes
    badges = [text.get_text() for text in axes.texts if text.get_color() == style.PAPER]
    numbers = [text for text in badges if len(text) == 1]
    assert numbers == [str(number) for number in range(1, len(made.key) + 1)]
    assert made.figure.alt != made.figure.caption
    assert collisions(canvas) == []
    assert clipped(canvas) == []
