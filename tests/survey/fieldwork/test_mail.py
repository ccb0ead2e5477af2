"""Messages over a real SMTP server: who gets what, what is tried again, and that nothing links the two."""

import csv
import re
import socket
import stat
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from sqlalchemy import MetaData, select

from instruments import load_library
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.fieldwork import post
from survey.fieldwork.contacts import Journal, read_bounces, read_contacts
from survey.refusal import Refused
from survey.store import invitations, waves
from survey.store.engine import Database
from survey.store.models import Batch, Invitation, Wave

CORE = load_library("kz_thb_core")
LANGUAGES = ("kk", "ru", "uz", "en")
PEOPLE = [(f"person{n}@example.org", LANGUAGES[n % 4] if n % 5 else "") for n in range(12)]


class Office:
    """A mail server that keeps what it is given, and refuses or puts off whom it is told to."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        self.puts_off: dict[str, int] = {}
        self.hangs_up = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        if self.puts_off.get(address, 0) > 0:
            self.puts_off[address] -= 1
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.hangs_up > 0:
            self.hangs_up -= 1
            return "421 4.3.2 going down"
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


class Loopback(Controller):
    def factory(self) -> smtp.SMTP:
        return smtp.SMTP(self.handler, enable_SMTPUTF8=True)


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = Office()
    controller = Loopback(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def sends(
    environment: Config, office: tuple[Office, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Type `tolqyn wave mail` with a mail server at hand; waits between tries are cut short."""
    monkeypatch.setenv("TOLQYN_SMTP", f"smtp://127.0.0.1:{office[1]}")
    monkeypatch.setenv("TOLQYN_MAIL_FROM", "opinion@centre.example")
    monkeypatch.setenv("TOLQYN_PUBLIC_URL", "https://opinion.example.org")
    monkeypatch.setattr(post, "WAIT", 0.0)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "people.csv", PEOPLE)

    def run(*words: str) -> Result:
        typed = ["wave", "mail", "opinion-27", "--contacts", "people.csv", "--few", "a test", *words]
        return CliRunner().invoke(main, typed)

    return run


@pytest.fixture(autouse=True)
def wave(make_wave: Callable[..., Wave]) -> Wave:
    return make_wave(CORE, languages=LANGUAGES)


def write(path: Path, people: list[tuple[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "language"))
        writer.writerows(people)


def plain(message: EmailMessage) -> str:
    return str(message.get_body(preferencelist=("plain",)).get_content())


def token_in(message: EmailMessage) -> str:
    return re.search(r"/s/opinion-27/i/([A-Z2-7]+)", plain(message))[1]


def test_everybody_gets_one_message_with_a_code_of_their_own_in_their_language(
    sends: Callable[..., Result], office: tuple[Office, int], database: Database
) -> None:
    done = sends("--batch", "members")
    assert done.exit_code == 0, done.output
    taken = office[0].taken
    assert sorted(message["To"] for message in taken) == sorted(address for address, _ in PEOPLE)
    tokens = [token_in(message) for message in taken]
    assert len(set(tokens)) == len(PEOPLE)
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
        assert all(invitations.find(session, found, token) for token in tokens)
    words = {"kk": "шақырамыз", "ru": "приглашаем", "uz": "taklif qilamiz", "en": "You are invited"}
    language = dict(PEOPLE)
    for message in taken:
        said = {code for code, word in words.items() if word in plain(message)}
        assert said == ({language[message["To"]]} if language[message["To"]] else set(words))
        assert "111" in plain(message)


def test_a_message_is_plain_and_html_loads_nothing_and_names_no_subject(
    sends: Callable[..., Result], office: tuple[Office, int]
) -> None:
    sends("--batch", "members")
    for message in office[0].taken:
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        html = message.get_body(preferencelist=("html",)).get_content()
        assert not re.search(r"<(img|script|link|iframe)|src=|url\(", html)
        assert token_in(message) in html
        for topic in ("traffick", "торгов", "сауда", "savdo", "116 16"):
            assert topic not in (message["Subject"] + plain(message).replace(token_in(message), "")).lower()
        assert message["Auto-Submitted"] == "auto-generated"
        assert "opinion@centre.example" in message["From"]


def test_nothing_in_database_or_folder_links_a_contact_to_a_code(
    sends: Callable[..., Result],
    office: tuple[Office, int],
    database: Database,
    config: Config,
    tmp_path: Path,
) -> None:
    sends("--batch", "members")
    tokens = {message["To"]: token_in(message) for message in office[0].taken}
    tables = MetaData()
    with database.engine.connect() as connection:
        tables.reflect(connection)
        rows = [
            str(tuple(row)) for table in tables.sorted_tables for row in connection.execute(table.select())
        ]
    whole = "\n".join(rows)
    assert not [address for address in tokens if address in whole], "no address is in the database"
    assert not [token for token in tokens.values() if token in whole], "nor any code as it was sent"
    journal = Journal(tmp_path / "people.csv")
    assert journal.written_to() == set(tokens)
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [token for token in tokens.values() if token.encode() in content], path
    with database.reading() as session:
        hashes = list(session.scalars(select(Invitation.token_hash)))
    lines = [line.split() for line in journal.path.read_text().splitlines()]
    assert [line[1:] for line in lines] == [[], ["taken"]] * len(PEOPLE)
    by_contact = [keys.token_hash(tokens[line[0]]) for line in lines[::2]]
    assert sorted(by_contact) == sorted(hashes), (
        "the same codes, and the list of contacts is in another order"
    )


def test_what_is_put_off_is_tried_again_and_what_is_refused_gives_its_code_back(
    sends: Callable[..., Result], office: tuple[Office, int], database: Database
) -> None:
    kept = office[0]
    kept.refuses = {"person3@example.org": "550 5.1.1 no such user"}
    kept.puts_off = {"person5@example.org": 2}
    kept.hangs_up = 1
    done = sends("--batch", "members")
    assert done.exit_code == 1, "somebody was not written to"
    assert "not taken (550): person3@example.org" in done.output
    assert "1 addresses are not known to the mail server: correct them in people.csv" in done.output
    assert len(kept.taken) == len(PEOPLE) - 1
    assert "person5@example.org" in [message["To"] for message in kept.taken]
    with database.reading() as session:
        assert session.scalar(select(Batch.size)) == len(PEOPLE) - 1
        hashes = set(session.scalars(select(Invitation.token_hash)))
    assert hashes == {keys.token_hash(token_in(message)) for message in kept.taken}


def test_a_server_that_greylists_is_tried_again_by_the_next_run_and_only_it(
    sends: Callable[..., Result], office: tuple[Office, int], database: Database
) -> None:
    """Longer than one run waits: the code is taken back, and the same again makes another for who is left."""
    kept = office[0]
    grey = ["person2@example.org", "person5@example.org", "person9@example.org"]
    kept.puts_off = dict.fromkeys(grey, 2 * post.TRIES)
    for run in (1, 2):
        done = sends("--batch", "members")
        assert done.exit_code == 1, done.output
        assert "3 messages were put off by the mail server" in done.output
        assert "type the same again" in done.output
        assert all(f"put off, the same again tries anew (451): {each}" in done.output for each in grey)
        assert len(kept.taken) == len(PEOPLE) - 3, f"nobody is written to twice, in run {run}"
        with database.reading() as session:
            assert session.scalar(select(Batch.size)) == len(PEOPLE) - 3
    last = sends("--batch", "members")
    assert last.exit_code == 0, last.output
    assert sorted(message["To"] for message in kept.taken[-3:]) == grey
    assert sorted(message["To"] for message in kept.taken) == sorted(address for address, _ in PEOPLE)
    with database.reading() as session:
        assert session.execute(select(Batch.name, Batch.size)).all() == [("members", len(PEOPLE))]
        hashes = set(session.scalars(select(Invitation.token_hash)))
    assert hashes == {keys.token_hash(token_in(message)) for message in kept.taken}
    assert "nobody is left" in sends("--batch", "members").output


def test_a_reminder_that_was_put_off_says_so_with_its_status(
    sends: Callable[..., Result], office: tuple[Office, int]
) -> None:
    sends("--batch", "members")
    office[0].puts_off = {"person2@example.org": post.TRIES}
    done = sends("--reminder")
    assert done.exit_code == 1
    assert "put off" in done.output
    assert "the same again goes to everybody once more" in done.output


def test_a_server_that_is_gone_takes_all_codes_back_and_the_rest_is_written_to_later(
    sends: Callable[..., Result], office: tuple[Office, int], database: Database, monkeypatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with monkeypatch.context() as gone:
        gone.setenv("TOLQYN_SMTP", f"smtp://127.0.0.1:{closed}")
        done = sends("--batch", "first")
    assert done.exit_code == 1
    assert "the mail server" in done.output
    with database.reading() as session:
        assert session.scalars(select(Invitation.token_hash)).all() == []
        assert session.scalars(select(Batch.name)).all() == []
    assert sends("--batch", "other").exit_code == 1, "the batch that was begun goes on, no other"
    assert sends("--batch", "first").exit_code == 0
    assert len(office[0].taken) == len(PEOPLE)
    again = sends("--batch", "second")
    assert again.exit_code == 1, "who was written to is not written to again"
    assert "nobody is left" in again.output


def test_a_dry_run_sends_nothing_and_makes_no_code(
    sends: Callable[..., Result], office: tuple[Office, int], database: Database
) -> None:
    done = sends("--batch", "members", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "/i/CODE" in done.output
    assert office[0].taken == []
    with database.reading() as session:
        assert session.scalars(select(Batch.name)).all() == []


def test_a_reminder_goes_to_everybody_without_a_code(
    sends: Callable[..., Result], office: tuple[Office, int]
) -> None:
    sends("--batch", "members")
    office[0].taken.clear()
    assert sends("--reminder").exit_code == 0
    assert len(office[0].taken) == len(PEOPLE)
    assert not [message for message in office[0].taken if "/i/" in plain(message)]
    assert any("everybody gets this letter" in plain(message) for message in office[0].taken)


def test_bounced_addresses_are_left_out(
    sends: Callable[..., Result], office: tuple[Office, int], tmp_path: Path
) -> None:
    (tmp_path / "bounced.txt").write_text("Person1@example.org\nperson2@example.org\n")
    assert sends("--batch", "members", "--bounced", "bounced.txt").exit_code == 0
    assert len(office[0].taken) == len(PEOPLE) - 2


DSN = """\
From: MAILER-DAEMON@mail.example.org
To: opinion@centre.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I am sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; Gone@example.org
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; slow@example.org
Action: delayed
Status: 4.4.1

--B--
"""


def test_reports_of_failed_delivery_are_read_from_a_message_and_a_mailbox(tmp_path: Path) -> None:
    one = tmp_path / "one.eml"
    one.write_text(DSN)
    assert read_bounces(one) == {"gone@example.org"}
    box = tmp_path / "box"
    other = DSN.replace("Gone@", "left@")
    box.write_text(f"From x Mon Jan  4 00:00:00 2027\n{DSN}\n\nFrom x Mon Jan  4 00:00:00 2027\n{other}\n")
    assert read_bounces(box) == {"gone@example.org", "left@example.org"}


def test_every_problem_of_a_contacts_file_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        'email,language\nnobody\na@b.example,de\nA@b.example,kk\n"x@y.example\nBcc: z@y.example",kk\n'
    )
    with pytest.raises(Refused) as refused:
        read_contacts(path, LANGUAGES)
    assert [reason.line for reason in refused.value.reasons] == [2, 3, 4, 6]
    path.write_text("mail\nx@y.example\n")
    with pytest.raises(Refused, match="column email"):
        read_contacts(path, LANGUAGES)


def test_sending_is_off_until_a_server_is_named_and_passwords_stand_in_no_address() -> None:
    with pytest.raises(Refused, match="switched off"):
        post.mailer_from_env({})
    with pytest.raises(Refused, match="password"):
        post.mailer_from_env({"TOLQYN_SMTP": "smtp://u:secret@h", "TOLQYN_MAIL_FROM": "a@b.example"})
    made = post.mailer_from_env({"TOLQYN_SMTP": "smtps://u@h", "TOLQYN_MAIL_FROM": "a@b.example"})
    assert (made.port, made.user) == (465, "u")
    assert "secret" not in repr(post.Mailer("smtp", "h", 25, "a@b.example", "u", "secret"))


def test_links_that_only_this_machine_opens_are_not_sent(
    sends: Callable[..., Result], office: tuple[Office, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOLQYN_PUBLIC_URL")
    assert sends("--batch", "members").exit_code == 1
    assert office[0].taken == []
