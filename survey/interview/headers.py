"""What every answer to a respondent carries: a response in, the same with its headers out."""

from functools import cache
from urllib.parse import urlsplit

from flask import Response


def protect(response: Response, style_source: str, leave_url: str, *, script: bool) -> Response:
    """No script, or none but ours; no other host, no copy kept, no address passed on.

    `connect-src` lets the script say that the respondent leaves. The neutral site stands in `form-action`
    because browsers apply it to the redirect after the form, too.
    """
    response.headers["Content-Security-Policy"] = _policy(style_source, leave_url, script=script)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@cache
def _policy(style_source: str, leave_url: str, *, script: bool) -> str:
    parts = urlsplit(leave_url)
    own = "script-src 'self'; connect-src 'self'; " if script else ""
    return (
        f"default-src 'none'; {own}style-src {style_source}; img-src data:; "
        f"form-action 'self' {parts.scheme}://{parts.netloc}; base-uri 'none'; frame-ancestors 'none'"
    )
