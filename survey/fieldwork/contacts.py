"""Files of contacts and returned messages in, addresses out; none of them ever stands in the database."""

import mailbox
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from instruments import weigh_file
from survey.lists import BOUNDS, read_records
from survey.refusal import Reason, Refused

ADDRESS = re.compile(r"[^@\s<>,;\"()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
FAILED = "failed"
TAKEN, REFUSED, PUT_OFF, UNKNOWN = "taken", "refused", "later", "unknown"
"""How a message ended: with the server; never to be sent; not sent and to be tried again; nobody knows."""


@dataclass(frozen=True)
class Contact:
    """Somebody to be invited by a message; an empty language means all of the wave's."""

    address: str
    language: str = ""


def read_contacts(path: Path, languages: Iterable[str]) -> tuple[Contact, ...]:
    """A CSV file with the column `email` and, if wanted, `language`. Refused lists every problem, by line."""
    known = tuple(languages)
    header, rows = read_records(path, "email,language")
    if "email" not in header:
        found = ", ".join(header)[:200] or "an empty file"
        raise Refused(Reason("a CSV file with a column email", found, "email,language", file=str(path)))
    reasons, contacts = [], []
    seen: dict[str, int] = {}
    for line, row in rows:
        address, language = row["email"].strip(), row.get("language", "").strip()
        if not ADDRESS.fullmatch(address):
            reasons.append(_reason("an e-mail address", repr(address), path, line))
        elif address.lower() in seen:
            found = f"{address}, as in line {seen[address.lower()]}"
            reasons.append(_reason("each address once", found, path, line))
        if language and language not in known:
            reasons.append(_reason(f"a language of the wave: {', '.join(known)}", language, path, line))
        seen.setdefault(address.lower(), line)
        contacts.append(Contact(address, language))
    if not rows:
        reasons.append(_reason("at least one contact", "none", path, 1))
    if reasons:
        raise Refused(*reasons)
    return tuple(contacts)


def read_bounces(path: Path) -> frozenset[str]:
    """Addresses that no longer receive, in lower case: of a mailbox, one message, or a list."""
    if unfit := weigh_file(path, BOUNDS):
        raise Refused(Reason(unfit.expected, unfit.found, "divide it", rule=unfit.rule, file=str(path)))
    content = path.read_bytes()
    if content.startswith(b"From "):
        with closing(mailbox.mbox(path, create=False)) as box:
            messages: Iterable[Message] = [message_from_bytes(each.as_bytes()) for each in box]
    elif b"\nFinal-Recipient:" in content.replace(b"\r\n", b"\n"):
        messages = [message_from_bytes(content, policy=policy.compat32)]
    else:
        words = re.split(r"[\s,;]+", content.decode("utf-8-sig"))
        return frozenset(word.lower() for word in words if ADDRESS.fullmatch(word))
    return frozenset(address for message in messages for address in _failed(message))


def _failed(message: Message) -> Iterator[str]:
    """Recipients for whom a report says `Action: failed` (RFC 3464); a delay is no failure."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():
            if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == FAILED:
                address = str(fields.get("Final-Recipient", "")).partition(";")[2].strip()
                if ADDRESS.fullmatch(address):
                    yield address.lower()


class Journal:
    """Who was written to, and how it ended, beside the file of contacts: what is sent again is the rest.

    It holds addresses in the order of sending, which is random, and no code.
    """

    def __init__(self, contacts: Path) -> None:
        self.path = contacts.with_suffix(f"{contacts.suffix}.sent")

    def written_to(self) -> frozenset[str]:
        """Addresses that get no further message: whatever the server did not put off."""
        return frozenset(address for address, ended in self._entries().items() if ended != PUT_OFF)

    def refused(self) -> frozenset[str]:
        """Addresses that the server does not know."""
        return frozenset(address for address, ended in self._entries().items() if ended == REFUSED)

    def in_doubt(self) -> tuple[str, ...]:
        """Who was being written to when the line broke or the process ended: the message may have arrived."""
        entries = self._entries()
        last = next(reversed(entries), "")
        return tuple(a for a, ended in entries.items() if ended == UNKNOWN or (a == last and not ended))

    def settle(self) -> None:
        """Whoever was being written to when a process ended stays in doubt, also when others follow."""
        last, ended = next(reversed(self._entries().items()), ("", UNKNOWN))
        if not ended:
            self.end(last, UNKNOWN)

    def begin(self, address: str) -> None:
        """Note who is written to, on the disk before the message goes out."""
        self._add(address)

    def end(self, address: str, ended: str) -> None:
        """Note how that ended."""
        self._add(f"{address} {ended}")

    def _entries(self) -> dict[str, str]:
        """Address -> how it ended last; empty where nothing was noted. In the order of sending."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        found: dict[str, str] = {}
        for line in lines:
            address, _, ended = line.partition(" ")
            if address:
                found.pop(address, None)
                found[address] = ended
        return found

    def _add(self, line: str) -> None:
        with os.fdopen(os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"{line.lower()}\n")
            file.flush()
            os.fsync(file.fileno())


def _reason(expected: str, found: str, path: Path, line: int) -> Reason:
    return Reason(
        expected, found, "correct the line or take it out", rule="contacts", file=str(path), line=line
    )
