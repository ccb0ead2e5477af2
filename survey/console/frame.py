"""Every page's frame: a template in, a page in the visitor's language with navigation out."""

from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, g, render_template, request, url_for

from survey.config import LANGUAGES
from survey.console import words
from survey.console.room import room
from survey.console.visitor import language, visitor
from survey.i18n import Translator, translator

NAMES = {"kk": "Қазақша", "ru": "Русский", "uz": "Oʻzbekcha", "en": "English"}
NAVIGATION = (
    ("console.home", words.say("Overview"), ()),
    (
        "console.waves",
        words.say("Waves"),
        ("director", "field_manager", "translator", "analyst", "data_officer"),
    ),
    ("console.asking", words.say("In the field"), ("interviewer",)),
    ("console.releases", words.say("Releases"), ("director", "analyst", "data_officer", "field_manager")),
    ("console.people", words.say("People"), ("director",)),
    ("console.audit", words.say("Record of acts"), ("director", "data_officer")),
    ("console.breach", words.say("When something is stolen"), ("director", "data_officer")),
    ("console.account", words.say("My account"), ()),
)


def t() -> Translator:
    """The words of this request."""
    if "translator" not in g:
        g.translator = translator(language())
    found: Translator = g.translator
    return found


def page(template: str, status: int = 200, *, binding: str = "", **values: Any) -> Response:
    """A page of the console; `binding` is the next session's where this answer begins one."""
    say, found = t(), visitor()
    html = render_template(
        f"console/{template}.html",
        lang=say.language,
        languages=[(code, NAMES[code]) for code in LANGUAGES],
        _=say.gettext,
        _n=say.ngettext,
        t=say,
        words=words,
        translated=lambda named: [(code, say.gettext(title)) for code, title in named.items()],
        visitor=found,
        navigation=navigation(),
        csrf=room().form_token(binding or found.binding),
        here=request.path,
        boot=room().boot,
        **values,
    )
    return Response(html, status)


def navigation() -> list[tuple[str, str, bool]]:
    """The ways this visitor has: address, words, whether it is here."""
    found = visitor()
    if found.level != "full":
        return []
    return [
        (url_for(endpoint), t().gettext(title), _is_here(endpoint))
        for endpoint, title, roles in NAVIGATION
        if not roles or found.holds(*roles)
    ]


def download(content: bytes | str, kind: str, name: str) -> Response:
    """A file that the browser keeps under this name. `kind`: its media type, with the charset of a text."""
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def message(title: str, text: str, status: int, way: str = "", way_words: str = "") -> Response:
    """A page that says one thing, and where to go on."""
    return page(
        "message", status, title=t().gettext(title), text=t().gettext(text), way=way, way_words=way_words
    )


def go(endpoint: str, **values: Any) -> Response:
    """Continue there by GET."""
    return see_other(url_for(f"console.{endpoint}", **values))


def see_other(target: str) -> Response:
    """The answer to a post."""
    return Response(status=303, headers={"Location": target})


def safe_next(target: str) -> str:
    """An address of the console to go on to; whatever leads elsewhere becomes its start."""
    start = url_for("console.home")
    parts = urlsplit(target)
    plain = target.isascii() and target.isprintable() and "\\" not in target and ".." not in parts.path
    if not plain or parts.scheme or parts.netloc or not parts.path.startswith("/console/"):
        return start
    return quote(parts.path, safe="/%") + (f"?{quote(parts.query, safe='=&%+')}" if parts.query else "")


def _is_here(endpoint: str) -> bool:
    own = url_for(endpoint)
    return request.path == own if endpoint == "console.home" else request.path.startswith(own)
