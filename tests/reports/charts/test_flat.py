"""A chart's SVG for the printer: the same drawing in fewer elements, every text from its left end."""

import re

from lxml import etree

from reports.charts import style
from reports.charts.flat import flat
from reports.charts.text import text_width

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> str:
    with style.drawing():
        canvas, axes = style.sheet(40.0, 100.0)
        axes.plot([0, 10], [5, 5], color="#1c2733", linewidth=0.5)
        axes.plot([0, 10], [9, 9], color="#1c2733", linewidth=0.5)
        axes.plot([0, 10], [12, 12], color="#1c2733", linewidth=0.5, alpha=0.5)
        style.write(axes, 90.0, 20.0, "қ 12", align="right", weight=600)
        style.write(axes, 50.0, 30.0, "middle", align="center")
        return style.to_svg(canvas)


def test_a_text_that_ends_at_a_place_begins_where_its_width_says() -> None:
    texts = list(etree.fromstring(flat(drawn())).iter(f"{SVG}text"))
    wanted = [90.0 - text_width("қ 12", style.TEXT, 600), 50.0 - text_width("middle") / 2]
    assert [text.text for text in texts] == ["қ 12", "middle"]
    for text, x in zip(texts, wanted, strict=True):
        assert abs(float(text.get("x")) - x) < 0.001
        assert "text-anchor" not in text.attrib


def test_strokes_of_one_look_are_one_path_and_lucent_ones_stay_apart() -> None:
    paths = [path.get("d") for path in etree.fromstring(flat(drawn())).iter(f"{SVG}path")]
    assert [path.count("M") for path in paths] == [2, 1]


def test_nothing_is_styled_but_by_attributes_and_no_made_up_name_is_left() -> None:
    made = flat(drawn())
    assert "style" not in made
    assert not re.search(r'id="\w+_\d+"', made)
    assert len(made) < len(drawn()) / 2


def test_marks_of_numbers_stay_around_their_text() -> None:
    letter = "\U000f0000"
    svg = drawn().replace('<g id="text_1">', f'<g id="{letter}">')
    (text,) = (each for each in etree.fromstring(flat(svg)).iter(f"{SVG}text") if each.text == "қ 12")
    assert text.getparent().get("id") == letter
