"""Every address that takes a post, with anything in it: never a fault, and a refusal stores nothing."""

from collections import Counter
from typing import Any

import pytest
from flask import abort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey.store.models import Wave
from tests.survey.console.conftest import TOKEN

from .addresses import TRIED, UNSHOWN, level_of
from .posted import Posted, parts, posts
from .scene import Scene, Shown

# A torn upload leaves the file it began for the parser of the framework to close.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
EXCUSED: dict[str, str] = {}
"""Addresses that are not tried, with the reason."""
EXAMPLES = 10
MANY = 150
"""Of an address."""
PRINTED = {"console.poster": 4}
"""Fewer where a good form is a PDF of some seconds."""
REFUSED = ("missing", "empty", "forged", "zero", "foreign")
UNTOKENED = ("interview.ends_leave", "interview.landing_start", "interview.landing_resume", "api.nothing")


def test_every_address_that_takes_a_post_is_tried_or_excused(scene: Scene) -> None:
    takes = {rule.endpoint for rule in scene.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert takes == {*TRIED, *EXCUSED}
    assert not {*TRIED} & {*EXCUSED}
    assert all(EXCUSED.values())
    assert {name for name in TRIED if not scene.forms.get(name)} <= {*UNSHOWN}


@pytest.mark.parametrize("name", TRIED)
def test_nothing_that_is_posted_is_a_fault_or_half_stored(scene: Scene, name: str) -> None:
    try_it(scene, name, PRINTED.get(name, EXAMPLES))


@pytest.mark.long
@pytest.mark.parametrize("name", TRIED)
def test_nothing_of_very_many_posts_is_a_fault_or_half_stored(scene: Scene, name: str) -> None:
    try_it(scene, name, MANY)


@pytest.mark.parametrize("fault", ["stores half", "fails"])
def test_a_view_that_stores_and_refuses_or_fails_is_caught(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def view(study: str, wave: str) -> None:
        if fault == "fails":
            raise ValueError
        with scene.office.database.writing() as session:
            found = session.scalars(select(Wave).where(Wave.name == "2026")).one()
            found.organisation += "!"
        abort(400)

    monkeypatch.setitem(scene.app.view_functions, "console.add_site", view)
    with pytest.raises(AssertionError):
        try_it(scene, "console.add_site", EXAMPLES)


def try_it(scene: Scene, name: str, examples: int) -> None:
    """Hypothesis' so many posts to the address, each judged."""
    known = [*scene.forms.get(name, ())]
    if name in UNSHOWN:
        path, fields = UNSHOWN[name]
        known.append(Shown(path, dict.fromkeys(fields, ("",))))
    told: Counter[int] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.data(), st.sampled_from(known), parts())
    def judged(data: st.DataObject, shown: Shown, other: dict[str, Any]) -> None:
        posted = data.draw(posts(shown))
        path = elsewhere(shown.path, other)
        answer = send(scene, name, path, shown, posted)
        told[answer.status_code] += 1
        changed = scene.changed()
        if changed:
            scene.put_back()
        assert answer.status_code < 500, (path, posted)
        assert b"<script>alert(1)" not in answer.data
        if answer.status_code >= 400 or forged(scene, name, path, posted):
            assert changed == [], (answer.status_code, path, posted)

    judged()
    assert told.total() >= examples
    print(name, dict(told))


def elsewhere(path: str, other: dict[str, Any]) -> str:
    """The address with another word in one of its parts."""
    found = path.split("/")
    if other and other["at"] < len(found):
        found[other["at"]] = other["to"]
    return "/".join(found)


def forged(scene: Scene, name: str, path: str, posted: Posted) -> bool:
    """Whether a form without a good token came to an address that asks for one."""
    return posted.token in REFUSED and name not in UNTOKENED and scene.endpoint(path) not in UNTOKENED


def send(scene: Scene, name: str, path: str, shown: Shown, posted: Posted) -> TestResponse:
    """From the browser of whoever may post there, from a network of its own."""
    if name.startswith("console."):
        level = level_of(name)
        person = scene.person(level)
        page = {"": "/login", "password": "/login/second"}.get(level, "/account")
        found = TOKEN.search(person.get(page).text)
        assert found is not None
        body, kind = posted.body(found[1])
        return person.client.post(path, data=body, content_type=kind, environ_base=scene.network())
    body, kind = posted.body(shown.fields.get("csrf_token", ("a.b.c",))[0])
    client, cookie = scene.app.test_client(use_cookies=False), shown.cookie
    for _ in range(2):
        headers, network = {"Cookie": cookie} if cookie else {}, scene.network()
        answer = client.post(path, data=body, content_type=kind, headers=headers, environ_base=network)
        if answer.status_code != 307:
            break
        # What the server wants twice is sent twice, with the cookie that it gave.
        path = answer.headers["Location"]
        given = [each.split(";")[0] for each in answer.headers.getlist("Set-Cookie")]
        cookie = "; ".join([*given, *([cookie] if cookie else [])])
    return answer
