"""A page in, the same compressed out for browsers that take it: a phone waits for bytes.

Behind nginx it is nginx that compresses: the configuration of the guide asks for plain pages. No secret of
long life stands beside what others may put into a page: every form's token is new.
"""

import gzip

from flask import Request, Response

LEVEL = 4
"""Of zlib: 6 takes half as long again for two per cent fewer bytes."""
LEAST = 600
"""Bytes that fit one packet as they are."""


def squeeze(request: Request, response: Response) -> Response:
    """The response, its body compressed where that is worth it."""
    if response.mimetype != "text/html" or response.direct_passthrough or not response.is_sequence:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= LEAST and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
