"""The addresses: every route of an interview and the function that answers it."""

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import BadRequest, TooManyRequests

from survey.interview import (
    carried,
    ends,
    errors,
    handover,
    idle,
    interviewer,
    landing,
    notice,
    privacy,
    questions,
    script,
    used,
)
from survey.interview.headers import protect
from survey.interview.instance import HERE, Room, instance, room
from survey.interview.limits import Limits
from survey.interview.squeeze import squeeze
from survey.limiter import SHARED

blueprint = Blueprint("interview", __name__, url_prefix="/s/<alias>")

for rule, function, method in (
    ("", landing.without_slash, "GET"),
    ("/", landing.show, "GET"),
    ("/i/<token>", landing.invited, "GET"),
    ("/p/<word>", landing.site, "GET"),
    ("/k/<word>", landing.kiosk, "GET"),
    ("/w/<token>", interviewer.show, "GET"),
    ("/w/<token>", interviewer.count, "POST"),
    ("/v/<mark>/<signature>", landing.from_panel, "GET"),
    ("/notice", notice.show, "GET"),
    ("/start", landing.start, "POST"),
    ("/used", used.show, "GET"),
    ("/resume", landing.ask_code, "GET"),
    ("/resume", landing.resume, "POST"),
    ("/q/<int:number>", questions.show, "GET"),
    ("/q/<int:number>", questions.answer, "POST"),
    ("/private", privacy.ask, "GET"),
    ("/private", privacy.answer, "POST"),
    ("/hand", handover.ask_hand, "GET"),
    ("/hand", handover.hand, "POST"),
    ("/return", handover.ask_return, "GET"),
    ("/return", handover.take_back, "POST"),
    ("/idle/<name>", idle.script, "GET"),
    ("/done", ends.done, "GET"),
    ("/done", ends.nothing_to_post, "POST"),
    ("/stop", ends.ask_stop, "GET"),
    ("/stop", ends.stop, "POST"),
    ("/withdraw", ends.ask_withdraw, "GET"),
    ("/withdraw", ends.withdraw, "POST"),
    ("/leave", ends.leave, "POST"),
):
    blueprint.add_url_rule(
        rule, f"{function.__module__.rpartition('.')[2]}_{function.__name__}", function, methods=[method]
    )

errors.register(blueprint)


@blueprint.record_once
def _furnish(setup: BlueprintSetupState) -> None:
    fronted = setup.app.extensions["tolqyn"].config.fronted
    setup.app.extensions[HERE] = Room(limits=Limits.sized(SHARED if fronted else 0))
    setup.app.add_url_rule(script.RULE, script.ENDPOINT, script.serve)


@blueprint.before_request
def _refuse_strangers() -> None:
    """No other site may post here; browsers say where a post comes from."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest


@blueprint.before_request
def _refuse_floods() -> None:
    """More pages from one network than people there could send; the answers stay in the page."""
    if request.method == "POST" and not room().limits.posts.allows(request.remote_addr):
        raise TooManyRequests


@blueprint.before_request
def _lead_on() -> Response | None:
    """A browser that keeps no cookies opens a page by a post that carries its state."""
    if not carried.wants_to_see():
        return None
    shown: Response = carried.show(request.path, None)
    return shown


@blueprint.after_request
def _protect(response: Response) -> Response:
    style, leave_url = room().press.style_source, instance().config.leave_url
    protected = protect(response, style, leave_url, script=script.wanted())
    return squeeze(request, idle.allow_script(protected))
