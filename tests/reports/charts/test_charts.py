"""Charts: nothing collides or is clipped in any language, colours follow the attitude, bytes repeat."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import Codebook, load_library
from reports import LANGUAGES
from reports.charts import (
    BarRow,
    Figure,
    Line,
    Segment,
    WaveTick,
    bars,
    diverging_bars,
    lines,
    style,
    trend_lines,
)
from reports.charts.boxes import clipped, collisions, text_boxes
from reports.charts.text import spread, stagger, text_width, wrap
from reports.colours import contrast
from reports.fonts import FAMILY
from reports.i18n import words
from reports.rows import Reading

TICKS = tuple(WaveTick(str(year), year + 0.37) for year in (2023, 2024, 2025, 2026))
SHARES = (
    (0.46, 0.43, 0.37, 0.33),
    (0.49, 0.50, 0.53, 0.58),
    (0.12, 0.13, 0.17, 0.21),
    (0.31, 0.29, 0.27, 0.26),
)


@pytest.fixture(scope="module")
def core() -> Codebook:
    return load_library("kz_thb_core").codebook()


def line(label: str, values: tuple[float, ...], higher: str = "harmful", **more: object) -> Line:
    readings = tuple(
        Reading(t.name, v, v - 0.04, v + 0.04, 1380 + i)
        for i, (t, v) in enumerate(zip(TICKS, values, strict=True))
    )
    return Line(label, higher, readings, **more)  # type: ignore[arg-type]


def core_lines(core: Codebook, language: str, count: int) -> list[Line]:
    shares = [i for i in core.indicators if i.statistic == "proportion"][:count]
    spoken = words(language)
    note = "▼ " + spoken.say(
        "{amount} {since}", amount=spoken.points(-0.04), since=spoken.say("since {wave}", wave="2025")
    )
    return [
        line(i.label[language], SHARES[n % 4], i.higher, note=note, last=spoken.percent(SHARES[n % 4][-1]))
        for n, i in enumerate(shares)
    ]


def core_rows(core: Codebook, language: str, battery: str) -> tuple[list[BarRow], list[str]]:
    names = next(group.variables for group in core.groups if group.name == battery)
    variables = [core.variable(name) for name in names]
    codes = sorted(variables[0].codes)
    shares = tuple((1 + i % 3) / sum(1 + k % 3 for k in range(len(codes))) for i in range(len(codes)))
    segments = tuple(Segment(t.name, 1391, shares, 0.18, 0.07) for t in TICKS)
    rows = [BarRow(variable.label[language], segments) for variable in variables[:5]]
    return rows, [variables[0].codes[code][language] for code in codes]


def assert_readable(canvas: "style.Canvas") -> None:
    assert text_boxes(canvas)
    assert clipped(canvas) == []
    assert collisions(canvas) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 4, 7, 10])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_no_label_of_a_trend_collides_or_is_clipped(
    core: Codebook, language: str, count: int, width: float
) -> None:
    with style.drawing():
        assert_readable(lines.draw(core_lines(core, language, count), TICKS, words(language), width))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("waves", [1, 2, 6, 12])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_any_number_of_waves_has_room(core: Codebook, language: str, waves: int, width: float) -> None:
    ticks = tuple(WaveTick(str(2010 + i), 2010.4 + i) for i in range(waves))
    readings = tuple(Reading(t.name, 0.4, 0.36, 0.44, 12380) for t in ticks)
    several = [Line(i.label[language], i.higher, readings) for i in core.indicators[:3]]
    with style.drawing():
        for chosen in (several[:1], several):
            assert_readable(lines.draw(chosen, ticks, words(language), width))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("battery", ["VB", "WR1", "TR1", "KN1"])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_no_label_of_an_answer_chart_collides_or_is_clipped(
    core: Codebook, language: str, battery: str, width: float
) -> None:
    rows, answers = core_rows(core, language, battery)
    with style.drawing():
        assert_readable(bars.draw(rows, answers, "harmful", words(language), width))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_break_ends_the_line_and_is_labelled(core: Codebook, language: str) -> None:
    broken = line("x", SHARES[1], breaks=("2025",), break_label=words(language).say("question changed"))
    assert [[r.wave for r in piece] for piece in broken.pieces()] == [["2023", "2024"], ["2025", "2026"]]
    with style.drawing():
        canvas = lines.draw([broken], TICKS, words(language))
        assert_readable(canvas)
    assert broken.break_label in [text for text, _ in text_boxes(canvas)]


def test_a_small_base_is_never_joined_by_a_line() -> None:
    found = list(line("x", SHARES[0]).readings)
    found[1] = Reading("2024", 0.43, 0.3, 0.5, 64, publish="flag", reason="base_under_100")
    found[2] = Reading("2025", 0.37, 0.3, 0.5, 12, publish="suppress", reason="base_under_30")
    assert [[r.wave for r in piece] for piece in Line("x", "harmful", tuple(found)).pieces()] == [
        ["2023"],
        ["2026"],
    ]


def test_a_suppressed_figure_is_in_no_text_of_the_chart() -> None:
    hidden = Reading("2026", 0.777, 0.7, 0.8, 12, publish="suppress")
    with_hidden = Line("x", "harmful", (*line("x", SHARES[0]).readings[:3], hidden))
    figure = trend_lines([with_hidden], TICKS, words("en"), caption="c", table="Table 1")
    assert "78%" not in figure.svg + figure.alt
    assert "37%" in figure.svg


def fills(figure: Figure) -> list[str]:
    return re.findall(r"fill: (#[0-9a-f]{6})", figure.svg)


def test_colour_is_the_direction_of_the_attitude_not_of_agreement() -> None:
    rows = [BarRow("x", (Segment("2025", 900, (0.5, 0.5)),))]
    harmful = diverging_bars(rows, ["No", "Yes"], "harmful", words("en"), caption="c", table="t")
    protective = diverging_bars(rows, ["No", "Yes"], "protective", words("en"), caption="c", table="t")
    brown, blue = style.HARMFUL[0], style.PROTECTIVE[0]
    order = [
        [colour for colour in fills(figure) if colour in (brown, blue)][-2:]
        for figure in (harmful, protective)
    ]
    assert order == [[blue, brown], [brown, blue]]


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7])
def test_the_middle_of_an_odd_scale_is_grey_and_both_ends_are_strong(size: int) -> None:
    colours = style.scale_colours(size, "harmful")
    assert len(set(colours)) == size
    assert (colours[0], colours[-1]) == (style.PROTECTIVE[0], style.HARMFUL[0])
    assert (style.MIDDLE in colours) == (size % 2 == 1)


@pytest.mark.parametrize("higher", ["harmful", "protective", "neutral"])
@pytest.mark.parametrize("size", [2, 4, 5, 7])
def test_numbers_stand_out_from_their_segment(size: int, higher: str) -> None:
    worst = min(contrast(colour, style.ink_on(colour)) for colour in style.scale_colours(size, higher))
    assert worst >= 4.5


def test_segments_are_as_wide_as_their_shares() -> None:
    shares = (0.11, 0.19, 0.17, 0.29, 0.24)
    with style.drawing():
        canvas = bars.draw(
            [BarRow("x", (Segment("2025", 900, shares),))], list("abcde"), "harmful", words("en")
        )
    (axes,) = canvas.axes
    drawn = [p for p in axes.patches if p.get_height() == pytest.approx(bars.BAR)][:5]
    widths = [patch.get_width() for patch in drawn]
    assert [w / sum(widths) for w in widths] == pytest.approx(shares)
    middle = drawn[2].get_x() + drawn[2].get_width() / 2
    (zero,) = [entry for entry in axes.lines if entry.get_xdata()[0] == entry.get_xdata()[-1]]
    assert zero.get_xdata()[0] == pytest.approx(middle)


def test_waves_stand_by_date_not_by_number() -> None:
    uneven = (WaveTick("2018", 2018.5), WaveTick("2021", 2021.5), WaveTick("2022", 2022.5))
    readings = tuple(Reading(t.name, 0.4, 0.36, 0.44, 900) for t in uneven)
    with style.drawing():
        canvas = lines.draw([Line("x", "harmful", readings)], uneven, words("en"))
    centre = {
        text: (box.x0 + box.x1) / 2 for text, box in text_boxes(canvas) if text in ("2018", "2021", "2022")
    }
    assert (centre["2021"] - centre["2018"]) / (centre["2022"] - centre["2021"]) == pytest.approx(3, abs=0.05)


def test_text_stays_text_in_the_shipped_font() -> None:
    figure = trend_lines(
        [line("Сенгіштігі үшін кінәлайды", SHARES[0])], TICKS, words("kk"), caption="c", table="t"
    )
    assert "Сенгіштігі" in figure.svg
    assert FAMILY in figure.svg
    assert "<text" in figure.svg
    sizes = [
        float(one or other)
        for one, other in re.findall(r"font-size: ([\d.]+)px|font: (?:\d+ )?([\d.]+)px", figure.svg)
    ]
    assert sizes
    assert min(sizes) >= style.SMALL


def test_the_same_chart_has_the_same_bytes() -> None:
    made = [
        trend_lines([line("x", SHARES[0])], TICKS, words("en"), caption="c", table="t").svg for _ in range(2)
    ]
    assert made[0] == made[1]
    assert "dc:date" not in made[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alternative_text_tells_the_figures_and_is_not_the_caption(core: Codebook, language: str) -> None:
    spoken = words(language)
    figure = trend_lines(core_lines(core, language, 2), TICKS, spoken, caption="Caption", table="TABLE-1")
    assert figure.alt != figure.caption
    assert spoken.percent(0.46) in figure.alt
    assert "TABLE-1" in figure.alt
    rows, answers = core_rows(core, language, "VB")
    answer_chart = diverging_bars(rows, answers, "harmful", spoken, caption="Caption", table="TABLE-2")
    assert answers[0] in answer_chart.alt
    assert "2026" in answer_chart.alt


def test_wrapping_keeps_every_word_inside_the_room() -> None:
    text = "Адам саудагерлерінің қолына түскендердің көбі тым сенгіш болғаны үшін өздері кінәлі."
    wrapped = wrap(text, 120)
    assert " ".join(wrapped) == text
    assert all(text_width(part) <= 120 for part in wrapped)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
@settings(deadline=None)
def test_spread_places_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    placed = spread(wanted, 10, 0, 100)
    ordered = [place for _, place in sorted(zip(wanted, placed, strict=True))]
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(ordered))
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in placed)


def test_places_that_do_not_crowd_stay_where_they_are() -> None:
    assert spread([5, 40, 80], 10, 0, 100) == (5, 40, 80)


def test_staggered_texts_of_one_row_do_not_touch() -> None:
    rows = stagger([10, 20, 30, 40], [18, 18, 18, 18], 2)
    assert rows == (0, 1, 0, 1)


def test_the_collision_check_catches_a_collision_and_a_clipped_label() -> None:
    with style.drawing():
        canvas, axes = style.sheet(50)
        style.write(axes, 20, 20, "one label")
        style.write(axes, 30, 22, "another label")
        assert collisions(canvas) == [("one label", "another label")]
        style.write(axes, style.WIDTH - 5, 40, "beyond the edge")
        with pytest.raises(AssertionError, match="beyond the edge"):
            assert_readable(canvas)


@pytest.mark.parametrize("share", [0.79, 0.8, 0.99, 1.0])
def test_a_figure_at_the_top_of_its_axis_is_not_struck_through_by_its_mark(share: float) -> None:
    found = Reading("2026", share, float("nan"), float("nan"), 39, publish="flag")
    with style.drawing():
        canvas = lines.draw([Line("x", "harmful", (found,))], TICKS[-1:], words("en"))
        assert_readable(canvas)
    (mark,) = [entry for entry in style.axes_of(canvas).lines if entry.get_marker() == "o"]
    height = 72 * canvas.get_size_inches()[1]
    label = next(
        box for text, box in text_boxes(canvas) if text == words("en").percent(share) and box.x0 > 60
    )
    centre = height - float(mark.get_ydata()[0])
    assert label.y0 > centre + 2.1 or label.y1 < centre - 2.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_panel_without_a_printable_figure_says_why(language: str) -> None:
    hidden = Reading("2026", 0.4, 0.1, 0.8, 60, publish="suppress", reason="interval_wide")
    why = words(language).say("too uncertain to print")
    with style.drawing():
        canvas = lines.draw([Line("x", "harmful", (hidden,), hidden=why)], TICKS, words(language))
        assert_readable(canvas)
    assert why in " ".join(text for text, _ in text_boxes(canvas))
