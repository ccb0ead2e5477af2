"""Passwords: what is refused, what is stored, how much work at once."""

import threading
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from survey.people import passwords
from survey.people.passwords import NOBODYS, BusyError, Passwords, weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "short"),
        ("x" * 201, "long"),
        ("password1234", "common"),
        ("парольпароль", "common"),
        ("йцукенгшщзхъ", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("aigul.s2026!", "common"),
        ("қызыл алма бұлт тау", ""),
        ("correct battery staple horse", ""),
        ("purple7kettle", ""),
    ],
)
def test_a_password_that_others_use_is_refused(password: str, why: str) -> None:
    assert weakness(password, "aigul.s") == why


def test_a_long_password_is_judged_at_once() -> None:
    begun = time.process_time()
    weakness("қаз" * 66)
    assert time.process_time() - begun < 2


def test_what_is_stored_is_argon2id_and_the_same_letters_composed_otherwise_open_it(tmp_path: Path) -> None:
    made = Passwords(tmp_path)
    stored = made.hash("й" + "ёлка и ещё три слова")
    assert stored.startswith("$argon2id$v=19$m=65536,t=2,p=1$")
    assert made.right(stored, "и\u0306" + "е\u0308лка и еще\u0308 три слова")
    assert not made.right(stored, "ёлка и ещё три слова")
    assert not made.outdated(stored)


def test_a_hash_made_with_less_work_than_today_is_outdated(tmp_path: Path) -> None:
    weak = Passwords(tmp_path, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)).hash("x")
    assert Passwords(tmp_path).outdated(weak)


def test_an_unknown_name_costs_as_much_work_as_a_known_one(tmp_path: Path) -> None:
    """What it is checked against asks for today's work, and no password opens it."""
    made = Passwords(tmp_path)
    assert not made.outdated(NOBODYS)
    assert not made.right(None, "anything at all")
    assert not made.right("no hash", "anything at all")


def test_two_hashes_are_made_at_a_time_over_all_processes(tmp_path: Path) -> None:
    """The turns are locks on files, which other processes see, too."""
    made, now, most = Passwords(tmp_path), 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal now, most
        with made._turn():
            with guard:
                now += 1
                most = max(most, now)
            time.sleep(0.05)
            with guard:
                now -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == passwords.AT_ONCE == 2


def test_whoever_waits_too_long_for_a_turn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    made = Passwords(tmp_path)
    with made._turn(), made._turn(), pytest.raises(BusyError):
        made.hash("anything at all")
