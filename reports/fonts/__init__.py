"""The font files of report, charts and results site: in a style name, out a path. Reads no file on import."""

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


def font_paths() -> tuple[Path, ...]:
    """Every font file, for programs that register fonts by path."""
    return tuple(FOLDER / file for file in FILES.values())
