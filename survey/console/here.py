"""Acts on the wave in the address: what is to be done in, the act with its entry in the record out."""

from collections.abc import Callable, Mapping

from flask import Response, request

from survey.console import forms, words
from survey.console.frame import go, t
from survey.console.room import room
from survey.console.visitor import visitor
from survey.console.waves import there
from survey.people.entering import act
from survey.refusal import Refused
from survey.store import waves as store
from survey.store.models import Wave
from survey.store.people import Session
from survey.store.second import MANAGERS, WATCHERS

__all__ = ["MANAGERS", "WATCHERS", "Again", "Detail", "back_to", "change", "named"]

Detail = Mapping[str, str | int]
Again = Callable[[int, list[str]], Response]
"""The page once more, with a status and what was wrong."""


def change(
    study: str, wave: str, what: str, work: Callable[[Session, Wave], Detail | None], again: Again
) -> Response | None:
    """Do it in one transaction with its entry in the record; a page that says why not, or None when done."""
    try:
        with room().database.writing() as session:
            found = store.hold(session, there(store.wave_named(session, study, wave)))
            detail = work(session, found) or {}
            act(session, visitor().name, what, f"{study}/{wave}", **detail)
    except Refused as refused:
        return again(409, words.problems(t(), refused))
    return None


def back_to(endpoint: str, study: str, wave: str, refused: Response | None) -> Response:
    """The refusal, or on to a page of the wave."""
    return refused or go(endpoint, study=study, wave=wave)


def named(study: str, wave: str, again: Again) -> Response | None:
    """A refusal unless the wave's name was typed."""
    typed = forms.clean(request.form.get("typed")).casefold()
    if typed in (f"{study}/{wave}".casefold(), wave.casefold()):
        return None
    return again(400, [t().gettext(words.PROBLEMS["typed"])])
