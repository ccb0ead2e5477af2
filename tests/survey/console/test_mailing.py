"""The page about messages: numbers by batch, the words people read, what to type; nothing is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from survey.cli.acts import note
from survey.store import waves
from survey.store.engine import Database
from survey.store.models import Wave

MAIL = "/waves/kz-thb/2027/mail"


def test_it_says_what_to_type_and_what_people_will_read(
    director: Any, make_wave: Callable[..., Wave], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wave()
    shown = director.get(MAIL).text
    assert "No mail server is set for this server" in shown
    assert "tolqyn wave mail kz-thb/2027 --contacts people.csv --batch members --dry-run" in shown
    assert "--reminder" in shown
    assert "You are invited" in shown
    assert "приглашаем" in shown
    assert "Nothing was sent by e-mail yet" in shown
    monkeypatch.setenv("TOLQYN_SMTP", "smtps://u@mail.example.org")
    monkeypatch.setenv("TOLQYN_MAIL_FROM", "opinion@example.org")
    assert "Messages go out by mail.example.org:465" in director.get(MAIL).text


def test_what_was_sent_is_listed_by_batch_newest_first(
    director: Any, office: Any, make_wave: Callable[..., Wave], database: Database
) -> None:
    made = make_wave()
    other = make_wave(study="another", name="2020", alias="other-20")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        note(session, "wave.mail", found, batch="members", codes=12)
        note(session, "wave.mail.unsent", found, batch="members", codes=2)
        note(session, "wave.mail.remind", found, messages=10)
        note(session, "wave.mail", waves.find_wave(session, other.alias), batch="elsewhere", codes=1)
    shown = director.get(MAIL).text
    places = [
        shown.index(words)
        for words in (
            "Reminders begun</span>",
            "Codes taken back: the message was not taken</span>",
            "Codes made for messages</span>",
        )
    ]
    assert places == sorted(places)
    assert "elsewhere" not in shown
    office.account("timur", ("data_officer", "kz-thb"))
    assert "What to type" not in office.at("timur").get(MAIL).text
