"""Every address of the console with who may enter it; what stands here and in docs/rights.md is the same."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort

from survey.console import (
    account,
    asking,
    audit,
    factors,
    giving,
    people,
    progress,
    protection,
    shelf,
    sign_in,
    standing,
    tables,
    taking,
    waves,
)
from survey.console.room import ASSETS, STATIC
from survey.console.route import Route
from survey.console.wave_routes import WAVE_ROUTES
from survey.people.rights import anyone, enrolling, half, roles, rows_given, signed_in


def asset(name: str) -> Response:
    """The style and the one script."""
    if name not in STATIC:
        abort(404)
    return Response((ASSETS / name).read_bytes(), mimetype=STATIC[name])


def nothing(path: str) -> Response:
    """Any other address."""
    del path
    abort(404)


__all__ = ["ROUTES", "Route"]

OFFICE = ("director", "data_officer")
SHELF = "/releases/<study>/<wave>"


def of_releases(method: str, path: str, endpoint: str, view: Callable[..., Response], **more: Any) -> Route:
    """A page about a wave's releases."""
    names = more.pop("names", waves.RELEASE_ROLES)
    return Route(method, SHELF + path, endpoint, view, roles(*names, place="wave", **more))


SHELF_ROUTES = (
    of_releases("GET", "", "shelf", shelf.shelf),
    of_releases("POST", "/export", "export_shelf", shelf.export_shelf, fresh=True),
    of_releases("GET", "/report/<name>", "take_report", shelf.take_report),
    of_releases("POST", "/bundle", "take_bundle", shelf.take_bundle, names=shelf.BUNDLE_ROLES, fresh=True),
    Route("POST", SHELF + "/rows", "take_rows", taking.take_rows, rows_given(taking.ANALYST)),
    of_releases("GET", "/tables", "tables", tables.tables),
    of_releases("POST", "/tables/export", "export_tables", tables.export_tables, fresh=True),
)
ROUTES = (
    Route("GET", "/a/<boot>/<name>", "asset", lambda boot, name: asset(name), anyone()),
    Route("GET", "/login", "login", sign_in.login, anyone()),
    Route("POST", "/login", "send_login", sign_in.send_login, anyone()),
    Route("POST", "/login/passkey/ask", "ask_enter", sign_in.ask_enter, anyone()),
    Route("POST", "/login/passkey", "enter", sign_in.send_passkey, anyone()),
    Route("GET", "/welcome/<token>", "welcome", sign_in.welcome, anyone()),
    Route("POST", "/welcome/<token>", "send_welcome", sign_in.send_welcome, anyone()),
    Route("POST", "/language", "language", sign_in.choose_language, anyone()),
    Route("POST", "/logout", "logout", sign_in.logout, anyone()),
    Route("GET", "/login/second", "second", sign_in.second, half()),
    Route("POST", "/login/second", "send_second", sign_in.send_second, half()),
    Route("POST", "/passkey/ask", "ask_prove", sign_in.ask_prove, half()),
    Route("GET", "/factors", "factors", factors.factors, enrolling()),
    Route("POST", "/factors/totp", "begin_totp", factors.begin_totp, enrolling(fresh=True)),
    Route("GET", "/factors/totp", "totp", factors.totp, enrolling(fresh=True)),
    Route("POST", "/factors/totp/code", "send_totp", factors.send_totp, enrolling(fresh=True)),
    Route("POST", "/factors/passkey/ask", "ask_passkey", factors.ask_passkey, enrolling(fresh=True)),
    Route("POST", "/factors/passkey", "send_passkey", factors.send_passkey, enrolling(fresh=True)),
    Route("POST", "/factors/remove/<kind>", "remove", factors.remove, signed_in(fresh=True)),
    Route("POST", "/factors/codes", "new_codes", factors.new_codes, signed_in(fresh=True)),
    Route("GET", "/confirm", "confirm", sign_in.confirm, signed_in()),
    Route("POST", "/confirm", "send_confirm", sign_in.send_confirm, signed_in()),
    Route("GET", "/", "home", account.home, signed_in()),
    Route("GET", "/account", "account", account.account, signed_in()),
    Route("POST", "/account/password", "change_password", account.change_password, signed_in()),
    Route("POST", "/account/sessions", "end_session", account.end_session, signed_in(fresh=True)),
    Route("GET", "/waves", "waves", waves.waves, roles(*waves.WAVE_ROLES, place="some")),
    Route(
        "POST",
        "/waves/export",
        "export_waves",
        waves.export_waves,
        roles(*waves.WAVE_ROLES, place="some", fresh=True),
    ),
    Route("GET", "/waves/<study>/<wave>", "wave", standing.wave, roles(*waves.WAVE_ROLES, place="wave")),
    *WAVE_ROUTES,
    Route(
        "GET",
        "/waves/<study>/<wave>/monitor",
        "monitor",
        progress.monitor,
        roles(*progress.MONITOR_ROLES, place="wave"),
    ),
    Route(
        "GET",
        "/waves/<study>/<wave>/monitor/figures",
        "figures",
        progress.figures,
        roles(*progress.MONITOR_ROLES, place="wave"),
    ),
    Route(
        "POST",
        "/waves/<study>/<wave>/monitor/figures/export",
        "export_figures",
        progress.export_figures,
        roles(*progress.MONITOR_ROLES, place="wave", fresh=True),
    ),
    Route(
        "GET",
        "/waves/<study>/<wave>/protection",
        "protection",
        protection.record,
        roles(*protection.RECORD_ROLES, place="wave"),
    ),
    Route("GET", "/asking", "asking", asking.asking, roles("interviewer", place="some")),
    Route("GET", "/breach", "breach", protection.breach, roles(*OFFICE)),
    Route("GET", "/releases", "releases", waves.releases, roles(*waves.RELEASE_ROLES, place="some")),
    Route(
        "POST",
        "/releases/export",
        "export_releases",
        waves.export_releases,
        roles(*waves.RELEASE_ROLES, place="some", fresh=True),
    ),
    *SHELF_ROUTES,
    Route("GET", "/people", "people", people.people, roles("director")),
    Route("POST", "/people/export", "export_people", people.export_people, roles("director", fresh=True)),
    Route("GET", "/people/new", "new_person", people.new_person, roles("director", fresh=True)),
    Route("POST", "/people/new", "add_person", people.add_person, roles("director", fresh=True)),
    Route("GET", "/people/of/<name>", "person", people.person, roles("director")),
    Route("POST", "/people/of/<name>/role", "add_role", people.add_role, roles("director", fresh=True)),
    Route(
        "POST", "/people/of/<name>/role/take", "take_role", people.take_role, roles("director", fresh=True)
    ),
    Route("POST", "/people/of/<name>/rows", "give_rows", giving.give_rows, roles("director", fresh=True)),
    Route(
        "POST",
        "/people/of/<name>/rows/take",
        "take_rows_back",
        giving.take_rows_back,
        roles("director", fresh=True),
    ),
    Route("POST", "/people/of/<name>/disable", "disable", people.disable, roles("director", fresh=True)),
    Route("POST", "/people/of/<name>/enable", "enable", people.enable, roles("director", fresh=True)),
    Route("POST", "/people/of/<name>/reset", "reset", people.reset, roles("director", fresh=True)),
    Route("POST", "/people/of/<name>/sign-out", "sign_out", people.sign_out, roles("director", fresh=True)),
    Route("GET", "/audit", "audit", audit.audit, roles(*OFFICE)),
    Route("POST", "/audit/export", "export_audit", audit.export_audit, roles(*OFFICE, fresh=True)),
    Route("GET", "/<path:path>", "nothing", nothing, anyone()),
)
