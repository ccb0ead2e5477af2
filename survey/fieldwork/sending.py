"""A wave, its words and contacts in, a message to each with a code that exists nowhere else out.

Codes are made in memory, stored as hashes, sent and forgotten: nothing kept here links a contact to a code.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from survey import keys
from survey.fieldwork import post
from survey.fieldwork.contacts import PUT_OFF, REFUSED, Contact, Journal
from survey.fieldwork.inviting import Place
from survey.fieldwork.messages import Words, link_of, message
from survey.fieldwork.unsent import Unsent
from survey.store import invitations, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave

Progress = Callable[[int], object]
"""Told of each message that ended."""


@dataclass(frozen=True)
class Sending:
    """Messages of one wave: what they need beside the contacts."""

    database: Database
    mailer: post.Mailer
    wave: Wave
    words: Mapping[str, Words]
    place: Place
    journal: Journal
    unsent: Unsent
    noted: Callable[..., object]
    """Writes an act, in the transaction of what it tells: (session, what, wave, **detail)."""

    def invite(
        self, spec: BatchSpec, chosen: Sequence[Contact], *, progress: Progress = lambda done: None
    ) -> list[post.Sent]:
        """Make codes, send them, take back those of messages nobody took; gives what was not taken.

        Where an earlier sending of the batch ended half-way, this one goes on: codes it had not sent are
        taken back first. Raises Refused while somebody else sends to the same contacts.
        """
        with self.unsent.held():
            self.unsent.refuse_other(self._name, spec.name)
            self._take_back(spec.name)
            with self.database.writing() as session:
                found = waves.find_wave(session, self._name)
                tokens = invitations.invite(session, found, spec, more=self.unsent.batch is not None)
                few = {"few": spec.few} if spec.few else {}
                self.noted(session, "wave.mail", found, batch=spec.name, codes=len(tokens), **few)
                self.unsent.begin(self._name, spec.name, map(keys.token_hash, tokens))
            try:
                refused = self._send_codes(dict(zip(chosen, tokens, strict=True)), progress)
            finally:
                self._take_back(spec.name)
            if all(each.ended != PUT_OFF for each in refused):
                self.unsent.finish()
            return refused

    def _send_codes(self, codes: Mapping[Contact, str], progress: Progress) -> list[post.Sent]:
        hashes = {contact.address: keys.token_hash(token) for contact, token in codes.items()}

        def begins(contact: Contact) -> None:
            self.journal.begin(contact.address)
            self.unsent.out(hashes[contact.address])

        def ended(sent: post.Sent) -> None:
            if sent.ended in (REFUSED, PUT_OFF):
                self.unsent.back(hashes[sent.address])
            self.journal.end(sent.address, sent.ended)

        pairs = [(contact, link_of(self.place, token)) for contact, token in codes.items()]
        return self._send(pairs, begins, ended, progress)

    def take_back_left(self) -> int | None:
        """Finish what was interrupted after its last message: how many codes nobody was sent.

        None where nothing was interrupted.
        """
        with self.unsent.held():
            if self.unsent.batch is None:
                return None
            batch = self.unsent.batch[1]
            self.unsent.refuse_other(self._name, batch)
            gone = self._take_back(batch)
            self.unsent.finish()
            return gone

    def _take_back(self, batch: str) -> int:
        """Codes that were made and not sent, now or by a process that was killed; the batch may go on."""
        gone = 0
        if self.unsent.batch is not None:
            self.journal.settle()
        if left := self.unsent.hashes():
            with self.database.writing() as session:
                found = waves.find_wave(session, self._name)
                if gone := invitations.take_back(session, found, batch, left):
                    self.noted(session, "wave.mail.unsent", found, batch=batch, codes=gone)
            self.unsent.begin(self._name, batch, ())
        return gone

    def remind(self, chosen: Sequence[Contact], *, progress: Progress = lambda done: None) -> list[post.Sent]:
        """Send everybody the same link without a code: who answered is not known; gives what was refused."""
        with self.database.writing() as session:
            found = waves.find_wave(session, self._name)
            self.noted(session, "wave.mail.remind", found, messages=len(chosen))
        pairs = [(contact, link_of(self.place)) for contact in chosen]
        return self._send(pairs, lambda contact: None, lambda sent: None, progress)

    def _send(
        self,
        pairs: Sequence[tuple[Contact, str]],
        begins: Callable[[Contact], object],
        ended: Callable[[post.Sent], object],
        progress: Progress,
    ) -> list[post.Sent]:
        """In random order: neither the journal nor a mail server's log repeats the list."""
        refused: list[post.Sent] = []

        def messages() -> Iterator[EmailMessage]:
            for contact, link in random.SystemRandom().sample(pairs, len(pairs)):
                begins(contact)
                yield message_to(contact, self.words, self.wave, self.mailer.sender, link)

        def done(sent: post.Sent) -> None:
            if not sent.taken:
                refused.append(sent)
            ended(sent)
            progress(1)

        post.send(self.mailer, messages(), done=done)
        return refused

    @property
    def _name(self) -> str:
        return f"{self.wave.study}/{self.wave.name}"


def message_to(
    contact: Contact, words: Mapping[str, Words], wave: Wave, sender: str, link: str
) -> EmailMessage:
    """The message of one contact: in the language of the file, or in all of the wave's."""
    spoken = [words[contact.language]] if contact.language else list(words.values())
    return message(spoken, to=contact.address, sender=sender, organisation=wave.organisation, link=link)
