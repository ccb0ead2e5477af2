"""The sheet draws what matplotlib's own axes draw, and lines break where measuring would break them."""

import io
import random

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reports.charts import style, text
from reports.i18n import LANGUAGES, words

LOOK = {"fc": "#8c4a00", "ec": style.PAPER, "lw": 0.8, "zorder": 3}
STROKE = {"color": style.INK, "lw": 0.7, "zorder": 1}
SEED = 20261126


def marks(axes) -> None:
    """What charts are made of, by the methods that both kinds of axes have."""
    axes.add_patch(Rectangle((10, 12), 40, 9, **LOOK))
    axes.plot([0, 90], [30, 30], **STROKE)
    axes.plot([50], [40], marker="o", ms=4, mfc=style.INK, mec=style.PAPER, ls="", zorder=4)


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_sheet_gives_the_bytes_of_matplotlib_s_own_axes(align, form):
    with style.drawing():
        canvas, sheet = style.sheet(60, 100)
        marks(sheet)
        style.write(sheet, 50, 20, "Алматы, 12,5 %", align=align)

        plain = Figure(figsize=canvas.get_size_inches(), dpi=72)
        axes = plain.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 100), ylim=(60, 0))
        axes.set_axis_off()
        marks(axes)
        for artist in (*axes.lines, *axes.patches):
            artist.set_clip_on(False)
        axes.text(50, 20, "Алматы, 12,5 %", fontsize=7.5, color=style.INK, ha=align, va="baseline", zorder=5)
        assert saved(canvas, form) == saved(plain, form)


def saved(canvas: Figure, form: str) -> bytes:
    buffer = io.BytesIO()
    nothing = {"svg": dict.fromkeys(("Date", "Creator", "Format", "Type")), "png": {"Software": None}}[form]
    with mpl.rc_context({"text.hinting": "none"}):
        canvas.savefig(buffer, format=form, metadata=nothing)
    return buffer.getvalue()


def measured(words: list[str], room: float, size: float) -> tuple[str, ...]:
    """Lines of which every one is measured at every word."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text.text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def test_lines_break_where_measuring_every_one_would_break_them():
    chance = random.Random(SEED)
    sentences = ("Refused or skipped (% of all asked)", "Don’t know, of all asked")
    spoken = [
        word
        for language in LANGUAGES
        for sentence in sentences
        for word in words(language).say(sentence).split()
    ]
    pieces = [*spoken, "AV.", "T—", "(2026)", "1,5", "(s)", "“To", "Ту́", "n=1\u202f234", "ҰҚ", "w"]
    for _ in range(400):
        chosen = chance.choices(pieces, k=chance.randint(1, 25))
        size, room = chance.choice([6.5, 7.0, 7.5]), chance.uniform(80, 460)
        assert text.wrap(" ".join(chosen), room, size) == measured(chosen, room, size)
