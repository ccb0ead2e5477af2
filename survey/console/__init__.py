"""The office's pages at /console/: every address says who may enter. Writes no SQL, loads no analysis."""

from collections.abc import Iterable

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from survey.console import guard
from survey.console.matrix import rights_table
from survey.console.room import furnish
from survey.console.routes import ROUTES, Route
from survey.people.passwords import BusyError
from survey.people.rights import Entry
from survey.refusal import Refused
from survey.store.engine import DatabaseError

__all__ = ["ROUTES", "Route", "install", "rights_table"]


def install(app: Flask, routes: Iterable[Route] = ROUTES) -> None:
    """Give the application its console. Raises RuntimeError for an address that lets in nobody knows whom."""
    entries: dict[str, Entry] = {route.name: route.entry for route in routes}
    blueprint = Blueprint("console", __name__, url_prefix="/console")

    @blueprint.before_request
    def check() -> Response | None:
        return guard.check(entries)

    blueprint.after_request(guard.protect)
    blueprint.errorhandler(HTTPException)(guard.of_http)
    blueprint.errorhandler(Exception)(guard.of_fault)
    blueprint.errorhandler(BusyError)(guard.of_busy)
    blueprint.errorhandler(DatabaseError)(guard.of_database)
    blueprint.errorhandler(Refused)(guard.of_refused)
    for route in routes:
        blueprint.add_url_rule(route.rule, route.endpoint, route.view, methods=[route.method])
    furnish(app)
    app.register_blueprint(blueprint)
    refuse_undeclared(app, entries)


def refuse_undeclared(app: Flask, entries: dict[str, Entry]) -> None:
    """Raises RuntimeError naming every address of the console that does not say who may enter."""
    open_to_nobody = sorted(
        str(rule)
        for rule in app.url_map.iter_rules()
        if (str(rule.endpoint).startswith("console.") or str(rule).startswith("/console"))
        and not isinstance(entries.get(str(rule.endpoint)), Entry)
    )
    if open_to_nobody:
        raise RuntimeError(f"who may enter is not declared: {', '.join(open_to_nobody)}")
