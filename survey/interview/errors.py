"""What goes wrong in words: an exception in, a friendly page out; typed answers are kept."""

from collections.abc import Sequence

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from survey.config import LANGUAGES
from survey.i18n import Translator, translator
from survey.interview import idle, reply, script
from survey.interview.device import device
from survey.interview.headers import protect
from survey.interview.instance import instance, room
from survey.interview.messages import typed_is_here
from survey.interview.state import CookieError
from survey.interview.visit import NAMES, SessionLostError, SurveyOverError, language_of_browser
from survey.logs import trace
from survey.store.engine import DatabaseError

RETRY_AFTER = {429: 60, 503: 10}
"""Seconds."""

Sentences = tuple[str, ...]


def register(blueprint: Blueprint) -> None:
    """Every failure of an interview, and every address nobody knows, is answered from here."""
    blueprint.app_errorhandler(HTTPException)(_http)
    blueprint.app_errorhandler(DatabaseError)(_no_database)
    blueprint.app_errorhandler(OSError)(_no_disk)
    blueprint.app_errorhandler(Exception)(_failure)
    blueprint.errorhandler(CookieError)(_malformed)
    blueprint.errorhandler(SessionLostError)(_no_session)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 429 and request.method == "POST":
        return _retry(429)
    say = _say()
    heading, words = WORDS.get(status, WORDS[400])(say)
    response = _message(status, heading, words, say, phones=_lines(error, say))
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def _malformed(_error: CookieError) -> Response:
    """A cookie of nobody's, or of a key that is gone; beginning again replaces it, what was typed stays."""
    say = _say()
    words = say.gettext("Your browser sent a note we cannot read. Nothing that was saved is lost.")
    return _begin_again(say, (words,))


def _no_session(_error: SessionLostError) -> Response:
    """No cookie, or one that is too old. What was typed stays in the page, to be sent once there is one."""
    say = _say()
    words = (
        say.gettext("Your browser no longer knows this interview. What was saved is not lost."),
        say.gettext("Continue with your code, if you were given one, or begin again."),
    )
    return _begin_again(say, words)


def _begin_again(say: Translator, words: Sentences) -> Response:
    heading = say.gettext("Please begin again")
    if request.method != "POST":
        return _message(400, heading, words, say, begin=True)
    return _resend(400, say, heading, (*words, typed_is_here(say)), _beginnings(say))


def _no_database(error: Exception) -> Response:
    current_app.logger.error("the database failed: %s", type(error).__name__)
    return _retry(503)


def _no_disk(error: Exception) -> Response:
    """A file that cannot be read or written now: a passing trouble of the machine's, like the database's."""
    current_app.logger.error("the disk failed: %s", trace(error))
    return _retry(503)


def _failure(error: Exception) -> Response:
    """A fault of ours. The log names it without what the respondent sent."""
    current_app.logger.error("unexpected %s", trace(error))
    return _retry(500)


def _retry(status: int) -> Response:
    """What was sent comes back in a form that sends it again; without a post, a link that tries again."""
    say = _say()
    if request.method != "POST":
        heading, words = WORDS[503](say)
        return _message(status, heading, words, say)
    if status == 429:
        flooded = say.gettext(
            "Too many answers come from your network at this moment. Your answers are still in this page. "
            "Please wait a minute and try again."
        )
        return _resend(status, say, say.gettext("Not saved yet"), (flooded,))
    unsaved = say.gettext(
        "Something went wrong on our side. Your answers are still in this page. "
        "Please wait a moment and try again."
    )
    return _resend(status, say, say.gettext("Not saved yet"), (unsaved,))


def _resend(
    status: int, say: Translator, heading: str, words: Sentences, links: Sequence[tuple[str, str]] = ()
) -> Response:
    """A page whose form sends again what was sent."""
    sent = list(request.form.items(multi=True))
    shown = {"heading": heading, "paragraphs": words, "links": links}
    return _page("retry", status, say, address=request.path, sent=sent, **shown)


def _message(
    status: int, heading: str, words: Sentences, say: Translator, *, begin: bool = False, **values: object
) -> Response:
    links = _beginnings(say) if begin else []
    return _page("message", status, say, heading=heading, paragraphs=words, links=links, **values)


def _lines(error: HTTPException, say: Translator) -> list[dict[str, str]]:
    """The help lines of a survey that has ended."""
    if not isinstance(error, SurveyOverError):
        return []
    return error.visit.speaking(say.language).phones(before=True)


def _beginnings(say: Translator) -> list[tuple[str, str]]:
    alias = _alias()
    if (here := device()).kind:
        return [(here.home(alias), say.gettext("Begin again"))]
    return [
        (f"/s/{alias}/resume?lang={say.language}", say.gettext("Continue with your code")),
        (f"/s/{alias}/", say.gettext("Begin again")),
    ]


def _page(template: str, status: int, say: Translator, **values: object) -> Response:
    langs = [(code, NAMES[code]) for code in LANGUAGES] if request.method == "GET" else []
    shared = {"title": say.gettext("Opinion survey"), "faulty": True, "alias": _alias(), "langs": langs}
    html = room().press.page(
        template, say, **shared, **reply.way_out(_alias()), kiosk=idle.parts(_alias()), **values
    )
    response = Response(html, status)
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = str(RETRY_AFTER[status])
    style, leave_url = room().press.style_source, instance().config.leave_url
    return idle.allow_script(protect(response, style, leave_url, script=script.wanted()))


def _alias() -> str:
    """The wave's word; where no route was found for the method or the page, as it stands in the address."""
    known = request.view_args or {}
    start, _, rest = request.path[1:].partition("/")
    return str(known.get("alias", rest.partition("/")[0] if start == "s" else ""))


def _say() -> Translator:
    return translator(language_of_browser(_alias()))


def _not_found(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext("There is nothing at this address. Please check the link or the code you were given.")
    return say.gettext("Page not found"), (words,)


def _gone(say: Translator) -> tuple[str, Sentences]:
    words = (
        say.gettext("It takes no more answers."),
        say.gettext(
            "Answers that were given can no longer be found or deleted: the link between a code and "
            "its answers is destroyed when a survey ends. They are published only as totals."
        ),
    )
    return say.gettext("This survey has ended"), words


def _not_like_this(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext("Please go back and use the buttons on the page.")
    return say.gettext("This page cannot be opened like this"), (words,)


def _too_much(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext(
        "Your browser sent more than we can take, so nothing of this page was saved. Please go back, where "
        "your browser may still show what you typed, and shorten your text."
    )
    return say.gettext("Too much text"), (words,)


def _unreadable(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext("The server could not read what your browser sent. Please go back and try again.")
    return say.gettext("This did not work"), (words,)


def _too_many(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext("Too many people come from your network at this moment. Please wait a minute.")
    return say.gettext("Please try again"), (words,)


def _later(say: Translator) -> tuple[str, Sentences]:
    words = say.gettext("Something went wrong on our side. Please wait a moment and load the page again.")
    return say.gettext("Please try again"), (words,)


WORDS = {
    400: _unreadable,
    404: _not_found,
    405: _not_like_this,
    410: _gone,
    413: _too_much,
    429: _too_many,
    500: _later,
    503: _later,
}
