"""What holds for every address: whatever the status of an answer, it leaves with its headers."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.helpers import get_debug_flag
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

from survey.config import Config
from survey.refusal import Reason, Refused

SHUT = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
LEAST_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; {SHUT}",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""For an answer that does not state its own."""


OFFICE = ("console", "health")
"""Blueprints that answer under the office's own name."""


class Word(BaseConverter):
    """A part of an address; with a zero byte in it, which PostgreSQL cannot be asked for, it is nobody's."""

    regex = r"[^/\0]+"
    part_isolating = True


def callers(config: Config) -> list[str]:
    """Names by which this server may be called. Raises Refused where nobody said what it is called."""
    if not config.names:
        raise Refused(
            Reason(
                expected="the name under which respondents reach this server",
                found="none: whatever name leads here would be answered",
                hint="TOLQYN_PUBLIC_URL=https://opinion.example.org   (for a trial: --plain-http)",
                path="TOLQYN_PUBLIC_URL",
                rule="hosts",
            )
        )
    return list(config.names)


def refuse_debugging() -> None:
    """Raises Refused where Flask would show its pages of faults, with what is in memory, to whoever asks."""
    if get_debug_flag():
        expected, found = "the server without debugging", "FLASK_DEBUG is on"
        raise Refused(Reason(expected, found, "unset FLASK_DEBUG", path="FLASK_DEBUG"))


def refuse_unlimited(config: Config) -> None:
    """Raises Refused behind a proxy that nobody said is there: all would look like it, and no limit hold.

    This server speaks no TLS, so an address with https:// is a proxy's.
    """
    secure = [url for url in (config.public_url, config.console_url) if url.startswith("https://")]
    if secure and not config.trusted_proxies:
        raise Refused(
            Reason(
                expected="how many proxies stand before this server: the one with TLS hides who calls",
                found=f"0, with {secure[0]}",
                hint="TOLQYN_TRUSTED_PROXIES=1   (and let it set X-Forwarded-For: docs/guide/nginx.conf)",
                path="TOLQYN_TRUSTED_PROXIES",
                rule="proxies",
            )
        )


def guard(app: Flask, config: Config) -> None:
    """Put the headers behind all routes; to be called first, since what is first put there comes last."""
    app.url_map.converters |= {"default": Word, "string": Word}

    office = office_name(config)

    @app.before_request
    def keep_apart() -> None:
        """Where the office's pages have a name of their own, respondents' pages do not stand under it."""
        here = urlsplit(f"//{request.host}").hostname
        if office and here == office and request.blueprint not in OFFICE:
            raise NotFound

    @app.after_request
    def least_headers(response: Response) -> Response:
        if response.mimetype == "application/pdf":  # a browser's viewer is made of styles and objects
            response.headers.setdefault("Content-Security-Policy", SHUT)
        for name, value in LEAST_HEADERS.items():
            response.headers.setdefault(name, value)
        if not config.plain_http:
            response.headers.setdefault("Strict-Transport-Security", strict_transport(config))
        return response


def office_name(config: Config) -> str:
    """The host name of the office's pages alone; empty where they share one with respondents'."""
    office, public = (urlsplit(address).hostname or "" for address in (config.console_url, config.public_url))
    return office if office != public else ""


def strict_transport(config: Config) -> str:
    """For a year over TLS alone, names below this one included unless the settings except them."""
    return "max-age=31536000; includeSubDomains" if config.hsts_subdomains else "max-age=31536000"
