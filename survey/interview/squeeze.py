"""A page in, the same compressed out for browsers that take it: a phone waits for bytes.

Behind nginx it is nginx that compresses: the configuration of the guide asks for plain pages. No secret of
long life stands beside what others may put into a page: every form's token is new.
"""

import deflate
from flask import Request, Response

LEVEL = 4
"""Of libdeflate: as many bytes as zlib's 4 in a third of its time; 6 takes a third longer for 2 % fewer."""
LEAST = 600
"""Bytes that fit one packet as they are."""


def squeeze(request: Request, response: Response) -> Response:
    """The response, its body compressed where that is worth it."""
    if response.mimetype != "text/html" or response.direct_passthrough or not response.is_sequence:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= LEAST and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(bytes(deflate.gzip_compress(body, LEVEL)))
        response.headers["Content-Encoding"] = "gzip"
    return response
