"""Every chart shape with the longest words and extreme figures: no text collides, none is clipped."""

import re
from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from instruments import load_library
from reports import LANGUAGES
from reports.charts import (
    BarRow,
    Dot,
    DotBlock,
    Factor,
    FactorLevel,
    Figure,
    FlowStep,
    Line,
    Loss,
    Margin,
    MarginCell,
    Segment,
    WaveTick,
    bars,
    diverging_bars,
    dots,
    effect_dots,
    flow,
    group_dots,
    lines,
    sample_flow,
    small_multiples,
    style,
    trend_lines,
    vignette_effects,
    vignettes,
    weighting,
    weighting_plot,
)
from reports.charts.boxes import clipped, collisions, text_boxes
from reports.i18n import words
from reports.rows import Reading

NAN = float("nan")
EXTREME = (0.0, 0.004, 0.5, 0.996, 1.0)
CORE = load_library("kz_thb_core").codebook()
LONGEST = {
    language: sorted(
        {v.label[language] for v in CORE.variables if v.label.get(language)}, key=len, reverse=True
    )
    for language in LANGUAGES
}


def assert_readable(canvas: "style.Canvas") -> None:
    assert text_boxes(canvas)
    assert clipped(canvas) == []
    assert collisions(canvas) == []


def read(wave: str, value: float, base: int = 400, half: float = 0.05, **more: object) -> Reading:
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Reading(wave, value, low, high, base, **more)  # type: ignore[arg-type]


def block(language: str, count: int, values: tuple[float, ...] = EXTREME) -> DotBlock:
    """`count` groups with the longest labels there are; one small, one hidden."""
    names = LONGEST[language]
    made = [
        Dot(
            names[i + 1],
            read("2026", values[i % len(values)], 12380 - i),
            read("2025", values[(i + 1) % len(values)]),
        )
        for i in range(count)
    ]
    if count > 2:
        hidden = read("2026", 0.4, 12, publish="suppress", reason="base_under_30")
        made[1] = Dot(names[2], hidden, None, words(language).say("too uncertain to print"))
        made[2] = Dot(names[3], read("2026", 0.6, 64, publish="flag", reason="base_under_100"))
    return DotBlock(names[0], tuple(made))


def effects(language: str, count: int, size: float) -> DotBlock:
    first, *others = block(language, count).dots
    sides = [
        Dot(dot.label, Reading("2026", s := size * (-1) ** i, s - size / 2, s + size / 2, 12380))
        for i, dot in enumerate(others)
    ]
    return DotBlock("x", (Dot(first.label, None), *sides))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_no_label_of_a_group_plot_collides_or_is_clipped(language: str, count: int, width: float) -> None:
    blocks = [block(language, count)]
    with style.drawing():
        for total in (*EXTREME, None):
            whole = None if total is None else read("2026", total)
            assert_readable(
                dots.draw_groups(
                    blocks,
                    words(language),
                    higher="harmful",
                    wave="2026",
                    before="2025",
                    total=whole,
                    width=width,
                )
            )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", [(0.0, 10.0), (1.0, 5.0), (0.0, 100.0), (0.0, 1.0)])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_no_label_of_a_score_plot_collides_or_is_clipped(
    language: str, scale: tuple[float, float], width: float
) -> None:
    blocks = [block(language, 6)]
    with style.drawing():
        assert_readable(
            dots.draw_groups(
                blocks,
                words(language),
                higher="neutral",
                wave="2026",
                unit="score",
                scale=scale,
                width=width,
            )
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["points", "difference", "odds"])
@pytest.mark.parametrize("size", [0.001, 0.13, 0.97])
def test_no_label_of_an_effect_plot_collides_or_is_clipped(language: str, unit: str, size: float) -> None:
    found = [effects(language, 8, size)]
    if unit == "odds":
        found = [
            DotBlock(
                "x",
                tuple(
                    Dot(d.label, d.reading and Reading("2026", 1 + 50 * size, 0.004, 900.0 * size + 2, 0))
                    for d in b.dots
                ),
            )
            for b in found
        ]
    with style.drawing():
        assert_readable(dots.draw_effects(found, words(language), "harmful", unit))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["percent", "score"])
def test_no_label_of_a_vignette_plot_collides_or_is_clipped(language: str, unit: str) -> None:
    means, differences = block(language, 8).dots, effects(language, 8, 0.4).dots
    levels = tuple(
        FactorLevel(mean.label, mean.reading, effect.reading, mean.hidden)
        for mean, effect in zip(means, differences, strict=True)
        if mean.reading is not None
    )
    factors = [Factor(LONGEST[language][0], levels[:2]), Factor(LONGEST[language][9], levels[2:])]
    with style.drawing():
        assert_readable(vignettes.draw(factors, words(language), "protective", unit, (1.0, 5.0)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("off", [0.0, 0.004, 0.09, 0.8])
def test_no_label_of_a_weighting_plot_collides_or_is_clipped(language: str, off: float) -> None:
    names = LONGEST[language]
    cells = tuple(MarginCell(names[i], 0.1, 0.1 + off * (-1) ** i, 0.1 + off / 50) for i in range(7))
    with style.drawing():
        assert_readable(weighting.draw([Margin(names[8], cells)], words(language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [9, 1234567])
def test_no_label_of_a_sample_flow_collides_or_is_clipped(language: str, count: int) -> None:
    names = LONGEST[language]
    losses = tuple(Loss(name, count) for name in names[:4])
    steps = [
        FlowStep(names[0], count, losses[:1]),
        FlowStep(names[1], count, losses),
        FlowStep(names[2], count),
    ]
    with style.drawing():
        assert_readable(flow.draw(steps, words(language)))


@st.composite
def trends(draw: Callable[..., object]) -> tuple[str, list[Line], tuple[WaveTick, ...], Line | None]:
    """1-12 lines over 1-10 waves at any distances, with breaks, hidden and small readings, extreme values."""
    language = draw(st.sampled_from(LANGUAGES))
    gaps = draw(st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0, 7.0]), min_size=1, max_size=10))
    ticks = tuple(WaveTick(f"{2005 + i}", 2005 + sum(gaps[:i])) for i in range(len(gaps)))  # type: ignore[arg-type,index]
    label = words(language).say("question changed")  # type: ignore[arg-type]
    values = st.one_of(st.sampled_from(EXTREME), st.floats(0, 1))
    publish = st.sampled_from(["show"] * 6 + ["flag", "suppress"])

    def line(name: str) -> Line:
        readings = tuple(
            read(t.name, draw(values), 64 if (p := draw(publish)) == "flag" else 12380, publish=p)
            for t in ticks  # type: ignore[arg-type]
        )
        broken = draw(st.lists(st.sampled_from([t.name for t in ticks]), max_size=3, unique=True))
        shown = [r for r in readings if r.printable]
        return Line(
            name,
            draw(st.sampled_from(["harmful", "protective", "neutral"])),  # type: ignore[arg-type]
            readings,
            breaks=tuple(sorted(broken)),  # type: ignore[type-var,arg-type]
            break_label=label,
            note="▼ −4 · " + label,
            last=words(language).percent(shown[-1].estimate) if shown else "",  # type: ignore[arg-type]
            hidden=words(language).say("too uncertain to print"),  # type: ignore[arg-type]
        )

    count = draw(st.integers(1, 12))
    made = [line(name) for name in LONGEST[language][5 : 5 + count]]  # type: ignore[index,operator]
    return language, made, ticks, line(LONGEST[language][3]) if draw(st.booleans()) else None  # type: ignore[index,return-value]


@given(trends())
@settings(deadline=None, max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_no_label_of_any_trend_collides_or_is_clipped(
    given_: tuple[str, list[Line], tuple[WaveTick, ...], Line | None],
) -> None:
    language, several, ticks, total = given_
    with style.drawing():
        assert_readable(lines.draw(several, ticks, words(language)))
        assert_readable(lines.draw(several, ticks, words(language), style.NARROW))
        assert_readable(lines.draw_multiples(several, ticks, words(language), total))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [2, 4, 5, 7])
@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("width", [style.WIDTH, style.NARROW])
def test_no_label_of_bars_with_extreme_shares_collides_or_is_clipped(
    language: str, size: int, count: int, width: float
) -> None:
    answers = LONGEST[language][:size]
    one = tuple(1.0 if i == size - 1 else 0.0 for i in range(size))
    segments = tuple(
        Segment(
            str(2016 + i),
            12380,
            one if i % 2 else one[::-1],
            (0.0, 0.6, None, 1.0)[i % 4],
            (0.4, None, 0.0)[i % 3],
        )
        for i in range(count)
    )
    rows = [BarRow(name, segments) for name in LONGEST[language][8:12]]
    with style.drawing():
        assert_readable(bars.draw(rows, answers, "harmful", words(language), width))


def every_shape(language: str) -> dict[str, Figure]:
    """One figure of each kind, all of them with something that may not be printed."""
    spoken, groups, differences = words(language), block(language, 6), effects(language, 6, 0.2)
    ticks = tuple(WaveTick(str(2023 + i), 2023.4 + i) for i in range(4))
    hidden = read("2026", 0.777, 12, publish="suppress", reason="base_under_30")
    line = Line(LONGEST[language][5], "harmful", (*(read(t.name, 0.4) for t in ticks[:3]), hidden))
    levels = tuple(
        FactorLevel(mean.label, mean.reading, effect.reading, mean.hidden)
        for mean, effect in zip(groups.dots, differences.dots, strict=True)
        if mean.reading is not None
    )
    bar = BarRow(
        LONGEST[language][6],
        (Segment("2025", 900, (0.3, 0.7), None, 0.1), Segment("2026", 12, (), hidden="x")),
    )
    margin = Margin(LONGEST[language][0], (MarginCell(LONGEST[language][1], 0.5, 0.61, 0.5),))
    flowing = [FlowStep("a", 1140), FlowStep("b", 418, (Loss("c", 722),))]
    said = {"caption": "Caption", "table": "TABLE"}
    return {
        "trend": trend_lines([line], ticks, spoken, **said),
        "multiples": small_multiples([line, line], ticks, spoken, total=line, **said),
        "bars": diverging_bars([bar], ["No", "Yes"], "harmful", spoken, **said),
        "groups": group_dots([groups], spoken, higher="harmful", wave="2026", before="2025", **said),
        "effects": effect_dots([differences], spoken, higher="harmful", **said),
        "vignettes": vignette_effects([Factor(groups.label, levels)], spoken, higher="harmful", **said),
        "weighting": weighting_plot([margin], spoken, **said),
        "flow": sample_flow(flowing, spoken, **said),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shape_says_what_it_shows_in_one_sentence_that_is_not_its_caption(language: str) -> None:
    for name, figure in every_shape(language).items():
        assert figure.alt != figure.caption, name
        assert figure.alt.endswith("."), name
        assert re.findall(r"[.!?] [A-ZА-ЯӘҒҚҢӨҰҮҺІ]", figure.alt.replace("п. п.", "")) == [], name
        assert "TABLE" in figure.alt, name
        assert "{" not in figure.alt, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shape_has_real_horizontal_text_of_readable_size(language: str) -> None:
    for name, figure in every_shape(language).items():
        texts = [e for e in etree.fromstring(figure.svg.encode()).iter() if str(e.tag).endswith("}text")]
        sizes = [float(size) for e in texts for size in re.findall(r"([\d.]+)px", e.get("style", ""))]
        turned = [
            t for e in texts for t in re.findall(r"rotate\((-?[\d.]+)", e.get("transform", "")) if float(t)
        ]
        assert len(sizes) == len(texts) > 0, name
        assert min(sizes) >= style.SMALL, name
        assert turned == [], name
        assert {"Tolqyn Sans"} == set(
            re.findall(r"'([^']+)'", " ".join(e.get("style", "") for e in texts))
        ), name


def test_no_shape_shows_or_says_a_figure_that_may_not_be_printed() -> None:
    for name, figure in every_shape("en").items():
        drawn = " ".join(
            e.text or "" for e in etree.fromstring(figure.svg.encode()).iter() if str(e.tag).endswith("}text")
        )
        assert "78%" not in drawn + figure.alt, name


def test_an_effect_is_marked_by_shape_and_by_colour_only_where_its_interval_leaves_no_doubt() -> None:
    axis = dots.effect_axis([Reading("2026", 0.1, -0.2, 0.4, 400)], "points")
    clear, unclear = Reading("2026", 0.1, 0.05, 0.15, 400), Reading("2026", 0.1, -0.05, 0.25, 400)
    more, less = (dots.effect_mark(clear, axis, higher) for higher in ("harmful", "protective"))
    doubt = dots.effect_mark(unclear, axis, "harmful")
    assert (more.colour, less.colour, doubt.colour) == (style.HARMFUL[0], style.PROTECTIVE[0], style.QUIET)
    assert len({more.shape, less.shape, doubt.shape}) == 3


def test_values_stand_where_the_axis_says() -> None:
    found = DotBlock("", (Dot("a", read("2026", 0.2)), Dot("b", read("2026", 0.6))))
    with style.drawing():
        canvas = dots.draw_groups([found], words("en"), higher="harmful", wave="2026")
    marks = [float(e.get_xdata()[0]) for e in style.axes_of(canvas).lines if e.get_marker() == "o"]
    zero = next(float(e.get_xdata()[0]) for e in style.axes_of(canvas).lines if e.get_linewidth() == 0.8)
    assert (marks[1] - zero) / (marks[0] - zero) == pytest.approx(3)


def test_a_line_of_another_break_or_scale_has_a_panel_of_its_own() -> None:
    ticks = tuple(WaveTick(str(2023 + i), 2023.4 + i) for i in range(3))
    readings = tuple(read(t.name, 0.4) for t in ticks)
    whole, broken = (
        Line("a", "harmful", readings),
        Line("b", "harmful", readings, breaks=("2024",), break_label="x"),
    )
    with style.drawing():
        alone = lines.draw([whole, broken], ticks, words("en"))
        together = lines.draw([whole, whole], ticks, words("en"))
    heights = [style.axes_of(canvas).get_ylim()[0] for canvas in (alone, together)]
    assert [text for text, _ in text_boxes(alone)].count("2024") == 2
    assert [text for text, _ in text_boxes(together)].count("2024") == 1
    assert min(heights) > 0
