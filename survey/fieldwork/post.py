"""Messages in, handed to the office's mail server over SMTP out; what is refused and what may be tried again.

Off unless TOLQYN_SMTP is set. Nothing of a message is logged: it holds an address beside a code.
"""

import smtplib
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from survey.config import LOOPBACK
from survey.fieldwork.contacts import ADDRESS, PUT_OFF, REFUSED, TAKEN, UNKNOWN
from survey.refusal import Reason, Refused

TRIES = 4
WAIT = 5.0
"""Seconds before the second try; each further wait is twice as long."""
TIMEOUT = 30
PORTS = {"smtp": 587, "smtps": 465}
TEMPORARY = range(400, 500)


@dataclass(frozen=True)
class Mailer:
    """Where messages are handed in, and who sends them."""

    scheme: str
    """`smtp` (encrypted by STARTTLS, except on this machine) or `smtps`."""
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password, wherever it is printed."""
        return f"Mailer({self.scheme}://{self.host}:{self.port}, from {self.sender})"


@dataclass(frozen=True)
class Sent:
    """How one message ended."""

    address: str
    ended: str
    """`taken`, `refused`, `later` or `unknown`, as a journal keeps it."""
    reason: str = ""
    """The server's number, or what broke; empty for a message that was taken."""

    @property
    def taken(self) -> bool:
        """Whether the server has it."""
        return self.ended == TAKEN


def mailer_from_env(env: Mapping[str, str]) -> Mailer:
    """The mail server of TOLQYN_SMTP and TOLQYN_MAIL_FROM. Raises Refused with every reason."""
    text, sender = env.get("TOLQYN_SMTP", ""), env.get("TOLQYN_MAIL_FROM", "").strip()
    reasons = []
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname:
        found = "nothing: sending is switched off" if not text else "another address"
        hint = "TOLQYN_SMTP=smtp://USER@mail.example.org:587   (the password in TOLQYN_SMTP_PASSWORD_FILE)"
        reasons.append(
            Reason("smtp://USER@HOST:PORT or smtps://USER@HOST:PORT", found, hint, "TOLQYN_SMTP", "mail")
        )
    if parts.password:
        hint = "write it into a file of mode 0600: TOLQYN_SMTP_PASSWORD_FILE=/etc/tolqyn.smtp"
        reasons.append(Reason("no password in an address", "one", hint, "TOLQYN_SMTP", "mail"))
    if not ADDRESS.fullmatch(sender):
        hint = "TOLQYN_MAIL_FROM=opinion@example.org"
        reasons.append(
            Reason("the address messages come from", repr(sender), hint, "TOLQYN_MAIL_FROM", "mail")
        )
    if reasons:
        raise Refused(*reasons)
    return Mailer(
        scheme=parts.scheme,
        host=str(parts.hostname),
        port=parts.port or PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=_password(env.get("TOLQYN_SMTP_PASSWORD_FILE", "")),
    )


def send(
    mailer: Mailer,
    messages: Iterable[EmailMessage],
    *,
    done: Callable[[Sent], object],
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Hand in each message and tell `done` how it ended; a broken connection is made anew.

    What the server puts off (4xx) or a line that breaks is tried again, what it refuses (5xx) is not. Raises
    Refused when no connection can be made at all, after `done` was told of the message under way.
    """
    line = _Line(mailer)
    try:
        for message in messages:
            for attempt in range(1, TRIES + 1):
                try:
                    line.hand_in(message)
                    done(Sent(message["To"], TAKEN))
                    break
                except smtplib.SMTPException as error:
                    if _is_final(error):
                        done(Sent(message["To"], REFUSED, _words(error)))
                        line.reset()
                        break
                    line.leave()
                    if attempt == TRIES:
                        done(Sent(message["To"], line.left_open, _words(error)))
                        break
                except OSError as error:
                    line.leave()
                    if attempt == TRIES:
                        done(Sent(message["To"], line.left_open, type(error).__name__))
                        raise _unreachable(mailer, error) from error
                wait(WAIT * 2 ** (attempt - 1))
    finally:
        line.leave()


class _Line:
    """A connection made when it is needed, and whether a message may have gone through one that broke."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._connection: smtplib.SMTP | None = None
        self._message: EmailMessage | None = None
        self.left_open = PUT_OFF
        """How the message ends that no try brought through."""

    def hand_in(self, message: EmailMessage) -> None:
        """Raises what smtplib raises."""
        if message is not self._message:
            self._message, self.left_open = message, PUT_OFF
        self._connection = self._connection or _connect(self._mailer)
        try:
            self._connection.send_message(message)
        except smtplib.SMTPServerDisconnected:
            self.left_open = UNKNOWN
            raise
        except smtplib.SMTPException:
            raise  # an answer: the server does not have it
        except OSError:
            self.left_open = UNKNOWN
            raise

    def reset(self) -> None:
        """Ready for the next message."""
        with suppress(smtplib.SMTPException, OSError):
            if self._connection is not None:
                self._connection.rset()

    def leave(self) -> None:
        """Close it; the next message makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()


def _connect(mailer: Mailer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    made: smtplib.SMTP
    if mailer.scheme == "smtps":
        made = smtplib.SMTP_SSL(mailer.host, mailer.port, timeout=TIMEOUT, context=context)
    else:
        made = smtplib.SMTP(mailer.host, mailer.port, timeout=TIMEOUT)
        if mailer.host not in LOOPBACK:
            # A server that offers no encryption is refused: a message holds a code beside an address.
            made.starttls(context=context)
    if mailer.user:
        made.login(mailer.user, mailer.password)
    return made


def _is_final(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code not in TEMPORARY for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        raise Refused(Reason("a mail server that takes our name over an encrypted line", _words(error)))
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code not in TEMPORARY


def _words(error: smtplib.SMTPException) -> str:
    """The number the server gave, without its text: that repeats the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in error.recipients.values())
    return str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else type(error).__name__


def _unreachable(mailer: Mailer, error: OSError) -> Refused:
    found = error.strerror or type(error).__name__
    hint = "type the same again: it goes on with whoever was not written to yet"
    return Refused(Reason(f"the mail server {mailer.host}:{mailer.port}", found, hint, "TOLQYN_SMTP", "mail"))


def _password(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        found = error.strerror or "nothing"
        raise Refused(Reason("a file with the password", found, path=path, rule="mail")) from error
