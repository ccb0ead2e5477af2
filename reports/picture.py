"""A logo drawn in lines in, the same in points out, as the report prints it; nothing is fetched."""

import base64
import io

import pypdfium2
from PIL import Image

from reports.document import Document
from reports.errors import ReportError
from reports.printing import print_document

SIDE, TIMES = 300, 4
"""Points of the square it is printed in, and pixels of a point."""
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>logo</title><style>
@page {{ size: {side}pt; margin: 0 }} body {{ margin: 0 }}
img {{ display: block; width: {side}pt; height: {side}pt; object-fit: contain }}
</style></head><body><img alt="logo" src="data:image/svg+xml;base64,{source}"></body></html>"""


def png_of(svg: bytes) -> bytes:
    """Its PNG on no ground, without empty edges. ReportError where it loads something or shows nothing."""
    source = base64.b64encode(svg).decode()
    printed = print_document(Document(_PAGE.format(side=SIDE, source=source), b"logo"))
    with pypdfium2.PdfDocument(printed) as document:
        drawn = document[0].render(scale=TIMES, fill_color=(0, 0, 0, 0), rev_byteorder=True).to_pil()
    picture = drawn.convert("RGBA")
    edges = picture.getchannel("A").getbbox()
    if edges is None:
        raise ReportError(
            "the logo is an SVG of which nothing can be drawn: export it again, with its letters as shapes"
        )
    return _saved(picture.crop(edges))


def _saved(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
