"""A file and public keys in, a file that their private halves alone open out, in the age format.

The private half is a text file that lies off the server; the program `age` opens a backup without Tolqyn.
"""

import errno
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pyrage

from survey.keys import write_secret
from survey.refusal import Reason, Refused

PUBLIC, PRIVATE = "age1", "AGE-SECRET-KEY-"


def new_key(path: Path) -> str:
    """Write a private key to a new file of mode 0600; its public half. Refused for a file that exists."""
    identity = pyrage.x25519.Identity.generate()
    write_secret(path, f"# opens backups made for {identity.to_public()}\n{identity}\n".encode())
    return str(identity.to_public())


def recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The public keys; Refused lists every text that is none, and an empty list."""
    found, reasons = [], []
    for text in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError:
            kind = "a private key" if text.upper().startswith(PRIVATE) else repr(text)
            hint = "tolqyn db backup-key FILE makes a key and prints its public half"
            reasons.append(Reason(f"a public key that begins with {PUBLIC}", kind, hint, path="--to"))
    if not texts:
        hint = "tolqyn db backup-key FILE makes one; set TOLQYN_BACKUP_TO=age1… or type --to age1…"
        reasons.append(Reason("a public key to seal the backup to", "none", hint, path="TOLQYN_BACKUP_TO"))
    if reasons:
        raise Refused(*reasons)
    return found


def seal(fill: Callable[[BinaryIO], None], sealed: Path, to: Sequence[pyrage.x25519.Recipient]) -> None:
    """Write `sealed` from what `fill` writes, synced to the disk before this returns.

    It goes through a pipe: no second plain copy lies on the disk.
    """
    reading, writing = os.pipe()

    def pour() -> None:
        with os.fdopen(writing, "wb") as pipe:
            fill(pipe)

    with ThreadPoolExecutor(1) as pool, sealed.open("wb") as target:
        poured = pool.submit(pour)
        # Closed before the thread is waited for: else a full disk would leave it writing for ever.
        try:
            with os.fdopen(reading, "rb") as source:
                pyrage.encrypt_io(source, target, list(to))
            poured.result()
            target.flush()
            os.fsync(target.fileno())
        except (pyrage.EncryptError, OSError) as error:
            raise _unwritten(sealed, error) from error


def _unwritten(sealed: Path, error: Exception) -> OSError:
    """The system's error with the backup's name; pyrage keeps of it nothing but its words."""
    if isinstance(error, OSError) and error.errno is not None:
        return OSError(error.errno, error.strerror, str(sealed))
    number = re.search(r"\[Errno (\d+)\]", str(error))
    known = int(number[1]) if number else errno.EIO
    return OSError(known, os.strerror(known) if number else str(error), str(sealed))


def unseal(sealed: Path, plain: Path, key: Path) -> None:
    """Write `plain`. Raises Refused for a file that is no key, another one's backup or a damaged one."""
    identity = _identity(key)
    try:
        with sealed.open("rb") as source, plain.open("wb") as target:
            pyrage.decrypt_io(source, target, [identity])
    except (pyrage.DecryptError, OSError) as error:
        found = str(error) or "a file that it does not open"
        hint = "name the file whose key it was sealed to; a damaged file cannot be opened by any key"
        raise Refused(
            Reason(f"a backup that the key in {key} opens", found, hint, path=str(sealed), rule="backup")
        ) from error


def _identity(path: Path) -> pyrage.x25519.Identity:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        (text,) = texts
        return pyrage.x25519.Identity.from_str(text)
    except (ValueError, pyrage.IdentityError) as error:
        found = f"{len(texts)} lines of which none does" if len(texts) != 1 else "one that is none"
        raise Refused(
            Reason(
                f"one line that begins with {PRIVATE}",
                found,
                "tolqyn db backup-key wrote such a file",
                path=str(path),
            )
        ) from error
