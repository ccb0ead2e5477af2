"""Waves and releases to look at: what there is, what a wave says of itself, what it still lacks."""

from dataclasses import dataclass
from datetime import date

from flask import Response, url_for
from werkzeug.exceptions import NotFound

from survey.console import exporting, forms, words
from survey.console.frame import page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.visitor import visitor
from survey.people.rights import covers
from survey.store import releases as register
from survey.store import waves as store
from survey.store.models import Release, Wave

WAVE_ROLES = ("director", "field_manager", "translator", "analyst", "data_officer")
RELEASE_ROLES = ("director", "field_manager", "analyst", "data_officer")


@dataclass(frozen=True)
class Row:
    """One wave in the list."""

    study: str
    name: str
    state: str
    opens: date
    closes: date
    synthetic: bool


def wave_columns() -> tuple[Column, ...]:
    """Of the list of waves."""
    say = t().gettext
    return (
        Column("wave", words.say("Wave"), lambda row: f"{row.study}/{row.name}", _to_wave),
        Column("state", words.say("State"), lambda row: say(words.STATES[row.state])),
        Column("opens", words.say("Opens"), lambda row: row.opens),
        Column("closes", words.say("Last day"), lambda row: row.closes),
        Column(
            "synthetic", words.say("Synthetic"), lambda row: say(words.say("Yes")) if row.synthetic else ""
        ),
    )


def wave_rows() -> list[Row]:
    """Those for which the visitor holds a role."""
    with room().database.reading() as session:
        return [
            Row(each.study, each.name, each.state, each.opens, each.closes, each.synthetic)
            for each in store.all_waves(session)
            if _mine(WAVE_ROLES, each.study, each.name)
        ]


def waves() -> Response:
    """The list."""
    return page("waves", listing=listed(wave_rows(), wave_columns(), Wanted.read()), export=forms.Export())


def export_waves() -> Response:
    """The list as a file."""
    return exporting.export("waves", wave_rows(), wave_columns())


def release_columns() -> tuple[Column, ...]:
    """Of the list of releases."""
    say = t().gettext
    return (
        Column("wave", words.say("Wave"), lambda row: f"{row.study}/{row.wave_name}", _to_shelf),
        Column("number", words.say("Number"), lambda row: row.number),
        Column("source", words.say("Origin"), lambda row: say(words.SOURCES[row.source])),
        Column("made_on", words.say("Made on"), lambda row: row.made_on),
        Column("fingerprint", words.say("Fingerprint"), lambda row: row.fingerprint[:16]),
    )


def release_rows() -> list[Release]:
    """Those of waves for which the visitor holds a role."""
    with room().database.reading() as session:
        return [
            each for each in register.listing(session) if _mine(RELEASE_ROLES, each.study, each.wave_name)
        ]


def releases() -> Response:
    """The list."""
    listing = listed(release_rows(), release_columns(), Wanted.read())
    return page("releases", listing=listing, export=forms.Export())


def export_releases() -> Response:
    """The list as a file."""
    return exporting.export("releases", release_rows(), release_columns())


def _mine(roles: tuple[str, ...], study: str, name: str) -> bool:
    return any(grant.role in roles and covers(grant, study, name) for grant in visitor().grants)


def there(found: Wave | None) -> Wave:
    """The wave in the address. Raises NotFound where there is none."""
    if found is None:
        raise NotFound
    return found


def _to_wave(row: Row) -> str:
    return url_for("console.wave", study=row.study, wave=row.name)


def _to_shelf(row: Release) -> str:
    return url_for("console.shelf", study=row.study, wave=row.wave_name)
