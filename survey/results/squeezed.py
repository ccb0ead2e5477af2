"""A page as text in; its answer out, compressed for browsers that take it, once for as long as it stays."""

import gzip
from collections.abc import Mapping
from functools import lru_cache

from flask import Response, request

MOST_KEPT = 16
"""Pages kept compressed: every language's list, and those of before a publication."""


def takes_gzip() -> bool:
    """Whether the browser asked for compressed pages."""
    return request.accept_encodings.quality("gzip") > 0


def page(html: str, headers: Mapping[str, str]) -> Response:
    """The page's answer."""
    told = {**headers, "Vary": "Accept-Encoding"}
    if takes_gzip():
        return Response(_squeezed(html), headers={**told, "Content-Encoding": "gzip"}, mimetype="text/html")
    return Response(html, headers=told, mimetype="text/html")


@lru_cache(maxsize=MOST_KEPT)
def _squeezed(html: str) -> bytes:
    return gzip.compress(html.encode(), 9, mtime=0)
