"""Responses shared by all addresses: a template or a target in, a response that carries the state out."""

from typing import Any

from flask import Response

from survey.interview import carried, idle, script
from survey.interview.device import KIOSK, device
from survey.interview.instance import instance, room
from survey.interview.state import ASKED, HANDED, State, forget, keep
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
        "carried": visit.seals.cookie(visit.state) if visit.carries and visit.state else "",
        "here": carried.here(),
        **way_out(visit.alias),
    }
    return Response(room().press.page(template, visit.say, **(shared | values)), status)


def leave_to(alias: str) -> str:
    """Where leaving at once leads: to a neutral page; from a kiosk to its start, which then stands there."""
    here = device()
    return here.home(alias) if here.kind == KIOSK else instance().config.leave_url


def way_out(alias: str) -> dict[str, str]:
    """What the script needs, on the pages that have it."""
    if not script.wanted():
        return {}
    return {"script": room().press.script_path, "leave_to": leave_to(alias)}


def go(visit: Visit, target: str, state: State | None = None) -> Response:
    """Continue there by GET, with the new state, if any, in the cookie; without cookies, at once."""
    if visit.carries:
        return onward(target, state or visit.state)
    response = see_other(target)
    return response if state is None else with_state(visit, response, state)


def see_other(target: str) -> Response:
    """The answer to a post: what follows is to be got there."""
    return Response(status=303, headers={"Location": target})


def onward(target: str, state: State | None = None) -> Response:
    """What follows: to be got there, or, for a browser that keeps no cookies, shown at once."""
    if carried.sent() is None:
        return see_other(target)
    shown: Response = carried.show(target, state)
    return shown


def asks_to_repeat(alias: str) -> Response | None:
    """For a browser that shows no cookie: send this once more, so that it shows whether it keeps any."""
    response = carried.asks_to_repeat()
    if response is not None:
        keep(response, ASKED, alias=alias, secure=not instance().config.plain_http)
    return response


def with_state(visit: Visit, response: Response, state: State) -> Response:
    """The response with the state in the cookie; without cookies it stands in the page."""
    if visit.carries:
        return response
    secure = not visit.instance.config.plain_http
    keep(response, visit.seals.cookie(state), alias=visit.alias, secure=secure)
    return response


def without_state(response: Response, alias: str) -> Response:
    """The response that takes the cookie away."""
    secure = not instance().config.plain_http
    forget(response, alias=alias, secure=secure)
    return response
