"""Addresses of the API: a request with a token in, JSON out. Writes nothing but that a token was used."""

import json
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from survey.api import problems
from survey.api.description import ENDPOINTS, NUMBER, Endpoint, description
from survey.api.problems import Problem
from survey.config import study_today
from survey.limiter import SHARED, Limiter
from survey.store import audit, releases, snapshots, tokens, waves
from survey.store.engine import DatabaseError
from survey.store.models import ApiToken, InstrumentVersion, Release, Wave

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.errorhandler(Problem)(problems.of_problem)
blueprint.errorhandler(HTTPException)(problems.of_http)
blueprint.errorhandler(DatabaseError)(problems.of_database)
blueprint.errorhandler(OSError)(problems.of_disk)
blueprint.errorhandler(Exception)(problems.of_fault)

HERE = "tolqyn.api"
NOTED = "tolqyn.api.noted"
BEARER = re.compile(r"Bearer +([A-Za-z0-9_\-]{1,200})", re.IGNORECASE)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

SINCE_FORMAT_2: dict[str, Any] = {"strata": [], "quotas": [], "target": None, "used_codes": 0}
"""What the snapshots of a wave closed long ago do not hold."""

Found = dict[str, Any] | list[dict[str, Any]]


@blueprint.record_once
def _furnish(setup: BlueprintSetupState) -> None:
    """Wrong tokens from one network, counted in this process: 256 random bits are not guessed, and whoever
    tries should be slow."""
    fronted = setup.app.extensions["tolqyn"].config.fronted
    setup.app.extensions[HERE] = Limiter(40, 600, SHARED if fronted else 0)
    setup.app.extensions[NOTED] = set()


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of all below; it needs no token and holds nothing of this instance but its address."""
    return _json(description(version("tolqyn"), current_app.extensions["tolqyn"].config.base_url))


@blueprint.route("/", defaults={"path": ""}, methods=METHODS)
@blueprint.route("/<path:path>", methods=METHODS)
def nothing(path: str) -> Response:
    """Any other address or method, in JSON too."""
    if request.method not in ("GET", "HEAD"):
        return problems.answer(405, f"the API only reads: send GET, not {request.method}")
    known = ", ".join(endpoint.path for endpoint in ENDPOINTS)
    return problems.answer(404, f"no such address; there are {known} and /openapi.json")


def _waves(session: Session, study: str = "") -> Found:
    return [_wave_record(session, each) for each in waves.all_waves(session) if study in ("", each.study)]


def _wave(session: Session, study: str, wave: str) -> Found:
    return _wave_record(session, _find_wave(session, study, wave))


def _monitor(session: Session, study: str, wave: str) -> Found:
    there = _find_wave(session, study, wave)
    found = snapshots.snapshot_of(session, there.id, study_today(there.time_zone))
    if found is None:
        raise Problem(
            404,
            "no snapshot of this wave yet: the night makes one (tolqyn db rewrite), or tolqyn wave monitor",
        )
    return {**SINCE_FORMAT_2, **found}


def _releases(session: Session, study: str = "") -> Found:
    # Chosen here and not in SQL: PostgreSQL knows no text with a zero byte.
    return [_release_record(each) for each in releases.listing(session) if study in ("", each.study)]


def _codebook(session: Session, study: str, wave: str, number: int) -> Found:
    known = {(each.study, each.wave_name, each.number) for each in releases.listing(session)}
    if (study, wave, number) not in known:
        raise Problem(
            404, f"no release {number} of {study}/{wave} in the register; /releases lists what there is"
        )
    folder: Path = current_app.extensions["tolqyn"].config.releases / study / wave / str(number)
    try:
        found: dict[str, Any] = json.loads((folder / "codebook.json").read_bytes())
    except FileNotFoundError:
        raise Problem(404, "the release is in the register and its folder is not on this machine") from None
    return found


def _estimates(session: Session, study: str) -> Found:
    del session
    site: Path = current_app.extensions["tolqyn"].config.home / "results"
    place = re.compile(rf"{re.escape(study)}@(\d+)")
    found = {
        int(match[1]): path
        for path in site.glob("*/*@*/estimates.json")
        if (match := place.fullmatch(path.parent.name))
    }
    if not found:
        raise Problem(404, f"nothing of {study} is published here: tolqyn results publish")
    content: dict[str, Any] = json.loads(found[max(found)].read_bytes())
    return content


READERS: dict[str, Callable[..., Found]] = {
    "waves": _waves,
    "wave": _wave,
    "monitor": _monitor,
    "releases": _releases,
    "codebook": _codebook,
    "estimates": _estimates,
}


def _add(endpoint: Endpoint) -> None:
    read = READERS[endpoint.name]

    def view(**parts: Any) -> Response:
        with current_app.extensions["tolqyn"].database.reading() as session:
            token = _refuse_stranger(session)
        if endpoint.scope not in token.scopes:
            _note(token.name, "api.refused", endpoint.scope)
            raise Problem(403, f"the token {token.name} lacks the scope {endpoint.scope}")
        names = [str(parts[name]) for name in ("study", "wave") if name in parts]
        _note(token.name, "api.read", "/".join(names) or "waves", path=request.path)
        with current_app.extensions["tolqyn"].database.reading() as session:
            given = {name: request.args[name] for name in endpoint.query if name in request.args}
            return _json(read(session, **given, **parts))

    rule = endpoint.path.replace("{number}", f"<int(max={NUMBER['maximum']}):number>")
    rule = rule.replace("{", "<").replace("}", ">")
    blueprint.add_url_rule(rule, endpoint.name, view, methods=["GET"])


for _endpoint in ENDPOINTS:
    _add(_endpoint)


def _refuse_stranger(session: Session) -> ApiToken:
    """Raises Problem unless the request brings a token that is good."""
    wrong_tokens: Limiter = current_app.extensions[HERE]
    if wrong_tokens.exhausted(request.remote_addr):
        raise Problem(429, "too many wrong tokens came from your network; wait ten minutes")
    sent = BEARER.fullmatch(request.headers.get("Authorization", ""))
    token = tokens.find_token(session, sent[1], study_today()) if sent else None
    if token is None:
        if sent:
            wrong_tokens.allows(request.remote_addr)
        raise Problem(401, "send the header Authorization: Bearer TOKEN; tolqyn token add makes a token")
    return token


def _note(token: str, what: str, subject: str, **detail: str) -> None:
    """An act a token and day: that it was used and of what first, or which scope it was refused.

    Without it nothing is read.
    """
    today, noted = study_today(), current_app.extensions[NOTED]
    key = (token, what, subject if what == "api.refused" else "", today)
    if key in noted:
        return
    with current_app.extensions["tolqyn"].database.writing() as session:
        actor = f"token:{token}"
        if not audit.has_act(session, actor, what, today, key[2]):
            audit.record(session, actor=actor, what=what, subject=subject, day=today, detail=detail)
    noted.add(key)


def _find_wave(session: Session, study: str, name: str) -> Wave:
    wave = waves.wave_named(session, study, name)
    if wave is None:
        raise Problem(404, f"no wave {study}/{name}; /waves lists what there is")
    return wave


def _wave_record(session: Session, wave: Wave) -> dict[str, Any]:
    instrument = session.get_one(InstrumentVersion, wave.fingerprint)
    return {
        "study": wave.study,
        "name": wave.name,
        "alias": wave.alias,
        "title": wave.title,
        "state": wave.state,
        "opens": wave.opens.isoformat(),
        "closes": wave.closes.isoformat(),
        "languages": wave.languages,
        "sample_type": wave.sample_type,
        "mode": wave.mode,
        "access": wave.access,
        "synthetic": wave.synthetic,
        "instrument": {
            "name": instrument.name,
            "version": instrument.version,
            "fingerprint": instrument.fingerprint,
        },
    }


def _release_record(release: Release) -> dict[str, Any]:
    return {
        "study": release.study,
        "wave": release.wave_name,
        "number": release.number,
        "source": release.source,
        "fingerprint": release.fingerprint,
        "made_on": release.made_on.isoformat(),
    }


def _json(content: Any) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), mimetype="application/json")
