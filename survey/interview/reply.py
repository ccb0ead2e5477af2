"""Responses shared by all addresses: a template or a target in, a response with or without the cookie out."""

from typing import Any

from flask import Response

from survey.interview import idle
from survey.interview.instance import instance, room
from survey.interview.state import HANDED, State, forget, keep
from survey.interview.visit import Visit


def page(visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
    """A page of a wave in the visit's language.

    Where this browser has no interview, nothing tells a bystander the subject.
    """
    stranger = visit.state is None
    ended = not stranger and visit.over
    shared = {
        "title": visit.title,
        "alias": visit.alias,
        "langs": visit.languages,
        "phones": visit.phones(before=stranger),
        "support": "" if stranger else visit.text("support_info"),
        "kiosk": idle.parts(visit.alias, ended=ended),
        "field": visit.state is not None and visit.state.interviewer is not None,
        "handed": ended and visit.own.hands == HANDED,
    }
    return Response(room().press.page(template, visit.say, **(shared | values)), status)


def go(visit: Visit, target: str, state: State | None = None) -> Response:
    """Continue there by GET, with the new state, if any, in the cookie."""
    response = see_other(target)
    return response if state is None else with_state(visit, response, state)


def see_other(target: str) -> Response:
    """The answer to a post: what follows is to be got there."""
    return Response(status=303, headers={"Location": target})


def with_state(visit: Visit, response: Response, state: State) -> Response:
    """The response with the state in the cookie."""
    secure = not visit.instance.config.plain_http
    keep(response, visit.seals.cookie(state), alias=visit.alias, secure=secure)
    return response


def without_state(response: Response, alias: str) -> Response:
    """The response that takes the cookie away."""
    secure = not instance().config.plain_http
    forget(response, alias=alias, secure=secure)
    return response
