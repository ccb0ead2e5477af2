"""`wave mail` killed at every kind of point, against a real SMTP server: the same again goes on."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from sqlalchemy import select

from instruments import load_library
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.fieldwork import post
from survey.fieldwork.contacts import Journal
from survey.fieldwork.unsent import Unsent
from survey.store.engine import Database
from survey.store.models import Batch, Invitation, Wave

CORE = load_library("kz_thb_core")
LANGUAGES = ("kk", "ru", "uz", "en")
PEOPLE = [f"person{n}@example.org" for n in range(9)]
TYPED = ("wave", "mail", "opinion-27", "--contacts", "people.csv", "--batch", "members", "--few", "a test")
AT_ONCE = """
import os, signal, sys
from survey.fieldwork import sending, unsent
from survey.cli import main
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
kind, name = sys.argv.pop(1).split(".")
owner = {"Unsent": unsent.Unsent, "Sending": sending.Sending, "Journal": sending.Journal}[kind]
if name == "begin" and kind == "Unsent":
    real = owner.begin
    owner.begin = lambda *given: (real(*given), die())
else:
    setattr(owner, name, die)
main()
"""
"""Runs the command with one step that kills the process instead: before it, or, of the codes, right after."""


class Killer:
    """A mail server that kills who sends to it, at the message and the moment it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.at: tuple[str, int] = ("", 0)
        self.pid = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        self._kill("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self._kill("before"):
            return "421 4.3.2 whoever sent it is gone"
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(preferencelist=("plain",)).get_content()
        self.taken.append((message["To"], re.search(r"/i/([A-Z2-7]+)", body)[1]))
        self._kill("after", len(self.taken))
        return "250 OK"

    def _kill(self, moment: str, number: int | None = None) -> bool:
        if not self.pid or self.at != (moment, len(self.taken) + 1 if number is None else number):
            return False
        # It waits for this answer, so it does not see another line of its program.
        os.kill(self.pid, signal.SIGKILL)
        self.pid = 0
        return True


class Loopback(Controller):
    def factory(self) -> smtp.SMTP:
        return smtp.SMTP(self.handler)


@pytest.fixture
def office() -> Iterator[tuple[Killer, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = Killer()
    controller = Loopback(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture(autouse=True)
def typed(
    environment: Config,
    office: tuple[Killer, int],
    make_wave: Callable[..., Wave],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_wave(CORE, languages=LANGUAGES)
    monkeypatch.setenv("TOLQYN_SMTP", f"smtp://127.0.0.1:{office[1]}")
    monkeypatch.setenv("TOLQYN_MAIL_FROM", "opinion@centre.example")
    monkeypatch.setenv("TOLQYN_PUBLIC_URL", "https://opinion.example.org")
    monkeypatch.setattr(post, "WAIT", 0.0)
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("\n".join(["email,language", *(f"{each},en" for each in PEOPLE)]))


def run(*more: str) -> Result:
    return CliRunner().invoke(main, [*TYPED, *more])


def killed(killer: Killer, moment: tuple[str, int] = ("", 0), step: str = "") -> None:
    """Type it in a process of its own, which is killed on the way."""
    words = ["-c", AT_ONCE, step] if step else ["-c", "from survey.cli import main; main()"]
    process = subprocess.Popen([sys.executable, *words, *TYPED], stdout=subprocess.DEVNULL)
    killer.pid, killer.at = process.pid, moment
    try:
        code = process.wait(60)
    finally:
        process.kill()
    killer.pid = 0
    assert code == -signal.SIGKILL
    assert Unsent(Path("people.csv")).path.exists()


def stored(database: Database) -> tuple[list[tuple[str, int]], set[str]]:
    with database.reading() as session:
        batches = [(name, size) for name, size in session.execute(select(Batch.name, Batch.size))]
        return batches, set(session.scalars(select(Invitation.token_hash)))


def settled(killer: Killer, database: Database, *, doubt: int) -> None:
    """Everybody has exactly one code that opens the wave, but for at most one message in doubt."""
    people = Counter(address for address, _ in killer.taken)
    assert max(people.values()) == 1, "nobody got two codes"
    missed = set(PEOPLE) - set(people)
    assert len(missed) <= doubt
    batches, hashes = stored(database)
    assert {keys.token_hash(token) for _, token in killer.taken} <= hashes, "every code that went out opens"
    assert batches == [("members", len(hashes))], "the batch counts what it has"
    assert len(hashes) <= len(PEOPLE), "and no more than there are people"
    assert missed <= set(Journal(Path("people.csv")).in_doubt()), "who may lack one is named"
    assert not Unsent(Path("people.csv")).path.exists()


@pytest.mark.parametrize(
    ("moment", "sent"),
    [(("RCPT", 1), 0), (("before", 4), 3), (("after", 4), 4), (("RCPT", 6), 5), (("after", 9), 9)],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_killed_with_the_mail_server_the_same_again_writes_to_the_rest(
    office: tuple[Killer, int], database: Database, moment: tuple[str, int], sent: int
) -> None:
    killer = office[0]
    killed(killer, moment)
    assert len(killer.taken) == sent
    left = len(Unsent(Path("people.csv")).hashes())
    assert left == len(PEOPLE) - sent - (moment[0] != "after")
    told = run("--dry-run").output
    assert f"the batch members of kz-thb/2027 is unfinished: {left} codes were made" in told
    assert "may have got its message or not" in told
    again = run()
    assert again.exit_code == 0, again.output
    settled(killer, database, doubt=moment[0] != "after")
    assert run().exit_code == 1, "nobody is left"


@pytest.mark.parametrize(
    "step",
    ["Unsent.begin", "Sending._send_codes", "Journal.begin", "Unsent.out", "Journal.end", "Unsent.finish"],
)
def test_killed_between_two_steps_of_its_own_the_same_again_writes_to_the_rest(
    office: tuple[Killer, int], database: Database, step: str
) -> None:
    killed(office[0], step=step)
    again = run()
    assert again.exit_code == 0 or "nobody is left" in again.output, again.output
    settled(office[0], database, doubt=1)


def test_killed_twice_it_still_goes_on(office: tuple[Killer, int], database: Database) -> None:
    killed(office[0], ("before", 3))
    killed(office[0], ("before", 6))
    assert run().exit_code == 0
    settled(office[0], database, doubt=2)


def test_two_at_once_do_not_write_to_the_same_people(office: tuple[Killer, int], database: Database) -> None:
    with Unsent(Path("people.csv")).held():
        refused = run()
    assert refused.exit_code == 1
    assert "another tolqyn wave mail" in refused.output
    assert stored(database) == ([], set())


def test_a_message_whose_line_broke_keeps_its_code_and_gets_no_other(
    office: tuple[Killer, int], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes a message and hangs up without a word, each time: nobody knows what became of it."""
    killer = office[0]

    async def hangs_up(server, session, envelope) -> str:
        to = message_from_bytes(envelope.content, policy=policy.default)["To"]
        if to != PEOPLE[2]:
            return await Killer.handle_DATA(killer, server, session, envelope)
        server.transport.close()
        return "250 OK"

    monkeypatch.setattr(killer, "handle_DATA", hangs_up, raising=False)
    done = run()
    assert done.exit_code == 1, done.output
    assert "take their lines out of people.csv.sent" in done.output
    assert f"it may have arrived or not (SMTPServerDisconnected): {PEOPLE[2]}" in done.output
    assert stored(database)[0] == [("members", len(PEOPLE))]
    assert Journal(Path("people.csv")).in_doubt() == (PEOPLE[2],)
    assert "nobody is left" in run().output
