"""The rows of a wave's latest release, for an analyst to whom they were given: a reason in, one ZIP out.

They lie there as `tolqyn release build` wrote them; no data are read here.
"""

import hashlib

from flask import Response, url_for

from survey.config import study_today
from survey.console import forms, shelf, words
from survey.console.frame import download, message
from survey.console.room import room
from survey.console.visitor import me
from survey.people.entering import act
from survey.rows import rows_file
from survey.store import audit, row_grants
from survey.store.row_grants import ANALYST

__all__ = ["ANALYST", "MOST", "take_rows"]

MOST = 3
"""Times a day that one person may take the rows of one wave: they never change, and each copy is one more."""
TAKEN = "console.rows"


def take_rows(study: str, wave: str) -> Response:
    """The file; with a reason, and with the act in the record in the transaction that checks the grant."""
    _, kept = shelf.shelved(study, wave)
    form = forms.Export(forms.posted())
    if not form.reason.validate(form):
        return shelf.shelf_page(study, wave, 400, rows=form)
    latest = next((each.release for each in kept if each.state == "whole"), None)
    path = rows_file(room().config, study, wave, latest.number, latest.fingerprint) if latest else None
    back = url_for("console.shelf", study=study, wave=wave)
    if latest is None or path is None or not path.is_file():
        return message(words.say("Not found"), shelf.GONE, 410, back)
    content, today = path.read_bytes(), study_today()
    with room().database.writing() as session:
        mine, subject = me()[0], f"{study}/{wave}"
        given = row_grants.rows_held(session, mine.id, study, wave, today)
        if given is None:
            return message(words.say("Not found"), words.say("These rows are not yours any more."), 404, back)
        if audit.count_acts(session, mine.name, TAKEN, today, subject) >= MOST:
            often = words.say("You took these rows three times today. They are the same tomorrow.")
            return message(words.say("Too often"), often, 429, back)
        detail = {
            "reason": form.reason.data,
            "release": latest.number,
            "until": given.until.isoformat(),
            "seal": hashlib.sha256(content).hexdigest(),
        }
        act(session, mine.name, TAKEN, subject, **detail)
    return download(content, "application/zip", f"{study}-{wave}-{latest.number}-rows.zip")
