"""The font files of report, charts and results site: in a style name, out a path. Reads no file on import."""

import base64
import io
from functools import cache
from pathlib import Path

FAMILY = "Tolqyn Sans"
"""Own name for an instanced, subset Inter 4 (SIL Open Font License 1.1, `OFL.txt`), see `make_fonts.py`."""

FILES = {
    (400, "normal"): "TolqynSans-Regular.ttf",
    (400, "italic"): "TolqynSans-Italic.ttf",
    (600, "normal"): "TolqynSans-SemiBold.ttf",
    (700, "normal"): "TolqynSans-Bold.ttf",
}
"""One complete file per (weight, style): several files of one style draw each other's glyphs in the PDF."""

FOLDER = Path(__file__).parent


def font_faces() -> str:
    """`@font-face` rules with addresses relative to the `reports` package folder."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style}; '
        f"src: url(fonts/{file}) format('truetype'); }}"
        for (weight, style), file in FILES.items()
    )


@cache
def embedded_faces(weights: tuple[int, ...] = (400, 600)) -> str:
    """`@font-face` rules that hold the upright fonts themselves (WOFF2), for a page that is one file."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-display: swap; '
        f"src: url(data:font/woff2;base64,{_woff2(FILES[weight, 'normal'])}) format('woff2'); }}"
        for weight in weights
    )


def _woff2(file: str) -> str:
    # fontTools is heavy, and only single-file pages need it.
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font, packed = TTFont(FOLDER / file, recalcTimestamp=False), io.BytesIO()
    font.flavor = "woff2"
    font.save(packed)
    return base64.b64encode(packed.getvalue()).decode()


def font_paths() -> tuple[Path, ...]:
    """Every font file, for programs that register fonts by path."""
    return tuple(FOLDER / file for file in FILES.values())
