"""Hashes of a batch's codes in, those that nobody was sent yet out, wherever the sending process ends.

A code goes out of the file before its message leaves. The file is in order of the hashes and holds no
address, no code and no hash of a code that somebody has: it says no more than database and journal do.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.refusal import Reason, Refused

HASH = re.compile(r"[0-9a-f]{64}")
GONE = "-" * 64


class Unsent:
    """`CONTACTS.unsent`, beside the file of contacts: there while a sending is unfinished."""

    def __init__(self, contacts: Path) -> None:
        self.path = contacts.with_suffix(f"{contacts.suffix}.unsent")
        self._places: dict[str, int] = {}

    @property
    def batch(self) -> tuple[str, str] | None:
        """Wave and batch of the sending that is unfinished; None when there is none."""
        try:
            head = self._lines()[0]
            found = json.loads(head)
        except (FileNotFoundError, IndexError, ValueError):
            return None  # torn while it was made: then no code was stored yet
        return str(found["wave"]), str(found["batch"])

    def hashes(self) -> list[str]:
        """Of codes that were made and not sent."""
        try:
            return [line for line in self._lines()[1:] if HASH.fullmatch(line)]
        except FileNotFoundError:
            return []

    def refuse_other(self, wave: str, batch: str) -> None:
        """Raises Refused while another batch of the same contacts is unfinished."""
        if self.batch is not None and self.batch != (wave, batch):
            of, unfinished = self.batch
            expected = f"the batch {unfinished} of {of}, whose sending is unfinished"
            hint = f"tolqyn wave mail {of} … --batch {unfinished} goes on with it"
            raise Refused(Reason(expected, f"{batch} of {wave}", hint, "--batch", "batch", str(self.path)))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else sends to the same contacts meanwhile. Raises Refused when somebody does."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = self.path.exists() and os.fstat(handle).st_ino == self.path.stat().st_ino
            except BlockingIOError:
                mine = False
            if not mine:
                hint = "wait until it ends"
                reason = Reason("nobody else sending to these contacts", "another tolqyn wave mail", hint)
                raise Refused(reason)
            try:
                yield
            finally:
                if self.batch is None:
                    self.path.unlink(missing_ok=True)
        finally:
            os.close(handle)

    def begin(self, wave: str, batch: str, hashes: Iterable[str]) -> None:
        """Note the codes, on the disk before they are stored anywhere; with none, that the batch goes on."""
        ordered = sorted(hashes)
        head = json.dumps({"wave": wave, "batch": batch}, ensure_ascii=False) + "\n"
        start = len(head.encode())
        self._places = {each: start + place * (len(GONE) + 1) for place, each in enumerate(ordered)}
        with self.path.open("r+b") as file:
            file.truncate(0)
            file.write((head + "".join(f"{each}\n" for each in ordered)).encode())
            file.flush()
            os.fsync(file.fileno())

    def out(self, code_hash: str) -> None:
        """Somebody is sent this one, or has it for all that is known."""
        self._put(code_hash, GONE)

    def back(self, code_hash: str) -> None:
        """The message was not taken: nobody has this one."""
        self._put(code_hash, code_hash)

    def finish(self) -> None:
        """Everybody was written to: nothing goes on."""
        self.path.unlink(missing_ok=True)

    def _put(self, code_hash: str, content: str) -> None:
        with self.path.open("r+b") as file:
            file.seek(self._places[code_hash])
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8", errors="replace").splitlines()
