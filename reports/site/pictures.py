"""Evidence in, charts for the web out: SVG that carries its letters, for wide and narrow screens, and PNG."""

import base64
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from instruments import Variable
from reports.charts import BarRow, Figure, Segment, WaveTick, bars, footed, lines, style
from reports.evidence import Answers, IndicatorEvidence
from reports.fonts import FAMILY, FILES, FOLDER
from reports.i18n import capital
from reports.origin import Origin, origin_of
from reports.phrasing import unprintable
from reports.sections import Material
from reports.sections.trends import trend_line
from reports.site.grids import apart, is_open

MOST_WAVES, MOST_CODES = 6, 7
DPI = 200
_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


@dataclass(frozen=True)
class Picture:
    """One chart in its formats; an SVG waits for its letters (`with_letters`)."""

    figure: Figure
    narrow: str
    """The same as SVG for a telephone."""
    png: bytes


def pictured(draw: Callable[[float], style.Canvas], *, alt: str, caption: str, origin: Origin) -> Picture:
    """What `draw` draws in a width, with a foot that says where it comes from: people pass pictures on."""
    with style.drawing():
        wide, narrow = (
            footed(draw(width), origin.line, origin.mark) for width in (style.WIDTH, style.NARROW)
        )
        return Picture(Figure(style.to_svg(wide), alt, caption), style.to_svg(narrow), to_png(wide))


def indicator_picture(shown: Sequence[IndicatorEvidence], material: Material, caption: str) -> Picture:
    """Indicators over the waves, as the report draws them."""
    words = material.words
    drawn = [trend_line(each, material) for each in shown]
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    alt = lines.trend_alt(drawn, ticks, words, words.say("the table below"))
    return pictured(
        lambda width: lines.draw(drawn, ticks, words, width),
        alt=alt,
        caption=caption,
        origin=origin_of(material),
    )


def answers_picture(
    variable: Variable, answers: Sequence[Answers], closed: frozenset[str], material: Material
) -> Picture | None:
    """A question's answers by wave; None where there are too many to tell apart, or none may be shown."""
    if not 2 <= len(variable.codes) <= MOST_CODES or not any(is_open(each, closed) for each in answers):
        return None
    words = material.words
    caption = capital(words.printed(variable.label, f"label of {variable.name}"))
    codes = sorted(variable.codes)
    labels = [words.printed(variable.codes[code], f"code {code} of {variable.name}") for code in codes]
    kept = answers if len(answers) <= MOST_WAVES else (answers[0], *answers[1 - MOST_WAVES :])
    row = BarRow(caption, tuple(_segment(each, codes, closed, material) for each in kept))
    return pictured(
        lambda width: bars.draw([row], labels, variable.higher, words, width),
        alt=bars.bars_alt([row], labels, words, words.say("the table below")),
        caption=caption,
        origin=origin_of(material),
    )


def _segment(answers: Answers, codes: Sequence[int], closed: frozenset[str], material: Material) -> Segment:
    if not is_open(answers, closed):
        return Segment(answers.wave, answers.base, (), hidden=unprintable(answers.few, material.words))
    shares = {reading.code: reading.estimate for reading in answers.shares}
    dont_know, refused = apart(answers)
    return Segment(
        wave=answers.wave,
        base=answers.base,
        shares=tuple(shares.get(code, 0.0) for code in codes),
        dont_know=dont_know.estimate if dont_know else None,
        refused=refused.estimate if refused else None,
        small=answers.small,
    )


def to_png(canvas: style.Canvas) -> bytes:
    """The drawing as pixels; the same drawing gives the same bytes."""
    out = io.BytesIO()
    canvas.savefig(out, format="png", dpi=DPI, facecolor=style.PAPER, metadata={"Software": None})
    return out.getvalue()


def letters_of(svgs: Iterable[str]) -> str:
    """Every letter drawn."""
    return "".join(sorted({letter for svg in svgs for text in _TEXT.findall(svg) for letter in text}))


def faces(letters: str) -> str:
    """Style rules that hold the fonts' outlines of these letters alone."""
    return "".join(
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{_subset(file, letters)})format('woff2')}}"
        for (weight, slant), file in FILES.items()
        if slant == "normal" and weight in (style.REGULAR, style.SEMIBOLD)
    )


def with_letters(svg: str, rules: str) -> bytes:
    """The SVG with the fonts inside: a picture on a page may fetch nothing."""
    return re.sub(r"(<svg[^>]*>)", lambda found: f"{found[1]}<style>{rules}</style>", svg, count=1).encode()


def _subset(file: str, letters: str) -> str:
    from fontTools import subset  # noqa: PLC0415  heavy; only needed where a site is written

    options = subset.Options(flavor="woff2", hinting=False, layout_features=["kern", "mark", "ccmp", "tnum"])
    maker, out = subset.Subsetter(options), io.BytesIO()
    with subset.load_font(str(FOLDER / file), options) as font:
        maker.populate(text=letters)
        maker.subset(font)
        font.flavor = "woff2"
        font.save(out)
    return base64.b64encode(out.getvalue()).decode()
