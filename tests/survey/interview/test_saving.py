"""What a respondent sees of the store's turns, and what travels compressed."""

import errno
import fcntl
import gzip
import os
from pathlib import Path

import pytest

from survey.store import commits

FIRST = {"CONSENT": "1", "Z_AGE": "47", "S_RES": "1"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_post_that_finds_no_turn_is_not_saved_and_keeps_what_was_typed(
    person, app, wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE", 0.2)
    person.start()
    answers = FIRST
    turn = os.open(tmp_path / "home/tolqyn.sqlite-writer", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(turn, fcntl.LOCK_EX)
    try:
        response = person.send(answers)
    finally:
        os.close(turn)
    assert response.status_code == 503
    form = person.page.get_element_by_id("retry")
    sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert sent.items() >= answers.items()
    again = person.client.post(form.get("action"), data=sent)
    assert (again.status_code, again.headers["Location"]) == (303, "/s/opinion/q/2")


def _retried(person, mend) -> None:
    """The page holds what was sent, and sends it once the trouble is over."""
    assert person.response.status_code == 503
    assert person.response.headers["Retry-After"]
    form = person.page.get_element_by_id("retry")
    sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert sent.items() >= FIRST.items()
    mend()
    again = person.client.post(form.get("action"), data=sent)
    assert (again.status_code, again.headers["Location"]) == (303, "/s/opinion/q/2")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lock_file_that_cannot_be_opened_keeps_what_was_typed(person, wave, tmp_path: Path) -> None:
    """As on a disk that became read-only, where it cannot be made."""
    lock = tmp_path / "home/tolqyn.sqlite-writer"
    person.start()
    lock.unlink(missing_ok=True)
    lock.mkdir()
    person.send(FIRST)
    _retried(person, lock.rmdir)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lock_that_the_file_system_does_not_give_keeps_what_was_typed(
    person, wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    person.start()
    with monkeypatch.context() as broken:
        broken.setattr(fcntl, "flock", refuses)
        person.send(FIRST)
    _retried(person, lambda: None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_read_keeps_what_was_typed_and_logs_none_of_it(
    person, wave, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "secret answer")

    person.start()
    with monkeypatch.context() as broken:
        broken.setattr("survey.interview.questions.save", unreadable)
        person.send(FIRST)
    assert "the disk failed: OSError" in caplog.text
    assert "secret" not in caplog.text
    _retried(person, lambda: None)


def test_pages_travel_compressed_to_browsers_that_take_it(person, wave) -> None:
    plain = person.client.get("/s/opinion/")
    small = person.client.get("/s/opinion/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(small.data) == plain.data
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2


def test_a_redirect_is_left_as_it_is(person, wave) -> None:
    response = person.client.get("/s/opinion", headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 303
    assert "Content-Encoding" not in response.headers
