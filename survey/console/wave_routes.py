"""The addresses below a wave's own page, each with who may enter it."""

from collections.abc import Callable

from flask import Response

from survey.console import (
    asking,
    batches,
    calendar,
    cloning,
    lines,
    mailing,
    quotas,
    reading,
    sample,
    settings,
    sheets,
    steps,
    wording,
)
from survey.console.here import MANAGERS, WATCHERS
from survey.console.route import Route
from survey.people.rights import roles

BELOW = "/waves/<study>/<wave>"
View = Callable[..., Response]


def read(path: str, endpoint: str, view: View, *names: str) -> Route:
    """A page of the wave; for whoever watches it where no roles are named."""
    return Route("GET", BELOW + path, endpoint, view, roles(*(names or WATCHERS), place="wave"))


def write(path: str, endpoint: str, view: View, *names: str, fresh: bool = False) -> Route:
    """An act on the wave; for managers where no roles are named."""
    return Route("POST", BELOW + path, endpoint, view, roles(*(names or MANAGERS), place="wave", fresh=fresh))


WAVE_ROUTES = (
    write("/rehearse", "rehearse", steps.rehearse),
    write("/pilot", "pilot", steps.pilot),
    write("/pilot/end", "end_pilot", steps.end_pilot, fresh=True),
    write("/open", "open_wave", steps.open_wave, fresh=True),
    write("/close", "propose", steps.propose, fresh=True),
    write("/close/withdraw", "withdraw_close", steps.withdraw, fresh=True),
    write("/close/confirm", "confirm_close", steps.confirm, *WATCHERS, fresh=True),
    read("/lines", "lines", lines.lines),
    write("/lines/export", "export_lines", lines.export_lines, *WATCHERS, fresh=True),
    write("/lines/called", "call_line", lines.call_line),
    read("/batches", "batches", batches.batches),
    write("/batches/export", "export_batches", batches.export_batches, *WATCHERS, fresh=True),
    read("/invite", "invite", batches.invite, *MANAGERS),
    write("/invite", "send_invite", batches.send_invite, fresh=True),
    read("/clone", "clone", cloning.clone, *MANAGERS),
    write("/clone", "send_clone", cloning.send_clone, fresh=True),
    read("/settings", "settings", settings.settings),
    write("/settings", "send_settings", settings.send_settings),
    read("/record", "disclosure", settings.disclosure),
    write("/record/export", "export_disclosure", settings.export_disclosure, *WATCHERS, fresh=True),
    read("/record/of/<item>", "item", settings.item),
    write("/record/of/<item>", "send_item", settings.send_item),
    read("/design", "design", sample.design),
    write("/design", "send_stratum", sample.send_stratum),
    write("/design/drop", "drop_stratum", sample.drop_stratum),
    write("/design/export", "export_design", sample.export_design, *WATCHERS, fresh=True),
    read("/mail", "mail", mailing.mail),
    write("/mail/export", "export_mail", mailing.export_mail, *WATCHERS, fresh=True),
    read("/quotas", "quotas", quotas.quotas),
    write("/quotas", "add_quota", quotas.add_quota),
    write("/quotas/change", "change_quota", quotas.change_quota),
    write("/quotas/export", "export_quotas", quotas.export_quotas, *WATCHERS, fresh=True),
    read("/sites", "sites", sheets.sites),
    write("/sites", "add_site", sheets.add_site),
    write("/sites/export", "export_sites", sheets.export_sites, *WATCHERS, fresh=True),
    write("/sites/poster", "poster", sheets.poster),
    write("/remind", "remind", sheets.remind),
    read("/calendar", "calendar", calendar.calendar),
    write("/calendar/export", "export_calendar", calendar.export_calendar, *WATCHERS, fresh=True),
    read("/calendar.ics", "ics_file", calendar.ics_file),
    read("/interviewers", "askers", asking.askers),
    write("/interviewers", "add_asker", asking.add_asker, fresh=True),
    write("/interviewers/export", "export_askers", asking.export_askers, *WATCHERS, fresh=True),
    read("/wording", "translations", wording.translations, *wording.WORDERS),
    read("/wording/<to>", "wording", wording.wording, *wording.WORDERS),
    write("/wording/<to>", "send_wording", wording.send_wording, *wording.WORDERS),
    write("/wording/<to>/export", "export_wording", wording.export_wording, *wording.WORDERS, fresh=True),
    read("/wording/<to>/workbook", "workbook", wording.workbook, *wording.WORDERS),
    read("/texts", "texts", reading.queue, *reading.READERS),
    write("/texts/look", "look", reading.look, *reading.READERS, fresh=True),
    write("/texts/decide", "decide", reading.decide, *reading.READERS, fresh=True),
)
