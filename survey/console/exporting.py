"""Taking a list away: rows, a reason and a format in, a file and an act in the record out."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from survey.console import forms
from survey.console.frame import page, t
from survey.console.listing import FORMATS, Column, Wanted, as_file, chosen
from survey.console.room import room
from survey.console.visitor import visitor
from survey.people.entering import act

__all__ = ["export"]


def export(name: str, rows: Sequence[Any], columns: Sequence[Column]) -> Response:
    """The rows that the address's filter leaves, in its order; a reason is needed."""
    form = forms.Export(forms.posted())
    if not form.validate() or form.format.data not in FORMATS:
        return page("export", 400, form=form, name=name)
    wanted = Wanted.read()
    found = chosen(rows, columns, wanted)
    detail = {"list": name, "reason": form.reason.data, "rows": len(found), "format": form.format.data}
    with room().database.writing() as session:
        act(session, visitor().name, "console.export", _subject(name), **detail, filter=wanted.words)
    titles = [t().gettext(column.title) for column in columns]
    return as_file(found, columns, titles, name, form.format.data)


def _subject(name: str) -> str:
    """The wave of which the list is, as STUDY/WAVE; of a list of the whole office, its name."""
    of = request.view_args or {}
    return f"{of['study']}/{of['wave']}" if {"study", "wave"} <= of.keys() else name
