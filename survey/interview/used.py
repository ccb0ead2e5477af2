"""An invitation used in another browser: the first page sent with it in, one page for all of them out.

Whether that interview is unfinished, complete, deleted or was turned away is not told: whoever holds a list
of codes must not read from it who answered (decision 0051).
"""

from dataclasses import replace

from flask import Response

from survey.interview import doors, reply
from survey.interview.visit import Visit, arrive
from survey.store import invitations


def begins(visit: Visit) -> bool:
    """Whether nothing was saved yet of what an invitation began in this browser."""
    return bool(visit.own.seat) and visit.sitting.ballot is None


def turn_back(visit: Visit) -> Response | None:
    """The way to that page, for a first page that was not saved; None where another reason kept it.

    The try is counted against its network, as a wrong code is, and for the day's snapshot.
    """
    if not begins(visit):
        return None
    database = visit.instance.database
    with database.reading() as session:
        used = invitations.is_used(session, visit.own.ballot)
    if not used:
        return None
    doors.count_wrong_code()
    database.saving(lambda session: invitations.count_used(session, visit.wave))
    there = visit.path("used")
    if visit.carries:
        return reply.onward(there)
    return reply.without_state(reply.see_other(f"{there}?lang={visit.language}"), visit.alias)


def show(alias: str) -> Response:
    """`/used`: the same whoever opens it; reading it changes nothing."""
    visit = replace(arrive(alias, ignore_cookie=True), state=None)
    say = visit.say.gettext
    return reply.page(
        visit,
        "code",
        purpose="resume",
        heading=say("This code has been used"),
        paragraphs=(
            say("An interview was begun with it, and a code begins one interview only."),
            say(
                "If it was you, go on in the browser in which you began, or with your own code, "
                "if you asked for one. If you have finished: thank you, there is nothing more to do."
            ),
            say("If it was not you, please tell whoever gave you the code."),
        ),
        button=say("Continue"),
        typed="",
        error="",
    )
