"""What becomes of the answers: the wave's privacy notice, before and during an interview."""

from flask import Response

from survey.interview import reply
from survey.interview.visit import Visit, arrive, unbroken
from survey.protection.notice import Asker, notice
from survey.store import waves
from survey.store.invitations import FEW
from survey.store.protection import protection_of


def show(alias: str) -> Response:
    """`/s/ALIAS/notice`: reading it changes nothing, and names no subject."""
    visit = arrive(alias, ignore_cookie=True)
    return reply.page(visit, "notice", heading=visit.say.gettext("Your answers"), parts=_parts(visit))


def _parts(visit: Visit) -> list[tuple[str, list[str]]]:
    with visit.instance.database.reading() as session:
        disclosure = waves.find_wave(session, visit.alias).disclosure
    wave = visit.wave
    asker = Asker(
        organisation=wave.organisation,
        contact=unbroken(wave.contact),
        closes=wave.closes,
        invited=wave.access == "invited",
        free_words=any(item.kind == "text" for item in visit.questionnaire.items.values()),
        copies_days=visit.instance.config.backup_days,
        few=FEW in disclosure,
    )
    return notice(visit.say, asker, protection_of(disclosure, tuple(wave.languages)))
