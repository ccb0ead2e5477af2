"""What respondents' cookies are called: a short name in, the one that browsers guard out.

`__Secure-` makes a browser take the cookie over TLS alone, so nobody on the line plants one. `__Host-` would
forbid the path that keeps the cookies of two waves apart.
"""

from flask import request

from survey.interview.instance import instance

PREFIX = "__Secure-"


def name(short: str, *, secure: bool) -> str:
    """The cookie's name; over plain HTTP, on this machine alone, no browser would take the prefix."""
    return PREFIX + short if secure else short


def sent(short: str) -> str | None:
    """What the browser sent under that name."""
    return request.cookies.get(name(short, secure=not instance().config.plain_http))
