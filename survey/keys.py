"""Secrets as files of mode 0600 in TOLQYN_HOME/keys: wave keys, the server secret; sealing of free text."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from nacl.public import PrivateKey, PublicKey, SealedBox

from survey.refusal import Reason, Refused

Chance = Callable[[int], bytes]
"""A number of bytes in, as many random bytes out."""

KEY_BYTES = 32
TOKEN_BYTES = 16


@dataclass(frozen=True)
class WaveKey:
    """The one secret that links a token to its ballot and a respondent's code to its mac."""

    secret: bytes

    def ballot(self, token: str) -> str:
        """Primary key of the ballot of an invitation token: hex HMAC-SHA-256."""
        return self._mac(normalise(token))

    def panel(self, respondent: str) -> str:
        """Primary key of the ballot of an access panel's respondent, by the panel's own mark."""
        return self._mac("panel:" + respondent)

    def paper(self, form: int) -> str:
        """Primary key of the ballot of a printed form; its draws follow from it."""
        return self._mac(f"paper:{form}")

    def content(self, text: str) -> str:
        """What is stored of an entered form's content, to know it again."""
        return self._mac("content:" + text)

    def withdrawn(self, stage: int, ballot: str) -> str:
        """What the list of withdrawals keeps of a ballot, outside the database."""
        return self._mac(f"withdrawn:{stage}:{ballot}")

    def code(self, code: str) -> str:
        """What is stored of a respondent's code for resuming and withdrawal: hex HMAC-SHA-256."""
        return self._mac("code:" + normalise(code))

    def _mac(self, text: str) -> str:
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def normalise(code: str) -> str:
    """A code as people type it: spaces, hyphens and case do not matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def chance(seed: int | None, purpose: str) -> Chance:
    """Where random bytes come from: the system's secrets, or the seed of a synthetic wave and the purpose."""
    if seed is None:
        return secrets.token_bytes
    numbers = count()
    return lambda size: hashlib.shake_256(f"synthetic:{seed}:{purpose}:{next(numbers)}".encode()).digest(size)


def new_token(random_bytes: Chance = secrets.token_bytes) -> str:
    """An invitation token: 128 random bits as 26 base32 letters."""
    return base64.b32encode(random_bytes(TOKEN_BYTES)).decode().rstrip("=")


def token_hash(token: str) -> str:
    """What the database keeps of a token: hex SHA-256."""
    return hashlib.sha256(normalise(token).encode()).hexdigest()


def random_ballot() -> str:
    """Primary key of a ballot without a token (open link)."""
    return secrets.token_hex(32)


def wave_key_file(keys: Path, alias: str) -> Path:
    """Where a wave's key lives until the wave is closed."""
    return keys / f"wave-{alias}.key"


def panel_key_file(keys: Path, alias: str) -> Path:
    """Where the secret shared with a wave's access panel lives until the wave is closed."""
    return keys / f"panel-{alias}.key"


def withdrawn_file(keys: Path, alias: str) -> Path:
    """Where it is remembered which ballots of a wave were withdrawn (`store/withdrawn.py`)."""
    return keys / f"withdrawn-{alias}"


def withdrawn_files(keys: Path, alias: str) -> list[Path]:
    """That list, and those of other machines, laid beside it as `withdrawn-ALIAS.ANYTHING`."""
    own = withdrawn_file(keys, alias)
    return [path for path in (own, *sorted(keys.glob(f"{own.name}.*"))) if path.is_file()]


def create_wave_key(keys: Path, alias: str, random_bytes: Chance = secrets.token_bytes) -> WaveKey:
    """Write a new wave key, and an empty list of withdrawals. Raises Refused when there is a key already."""
    secret = random_bytes(KEY_BYTES)
    private_folder(keys)
    withdrawn_file(keys, alias).touch(mode=0o600)
    write_secret(wave_key_file(keys, alias), secret)
    return WaveKey(secret)


def read_wave_key(keys: Path, alias: str) -> WaveKey:
    """The key of a wave that is not closed. Raises Refused when it is gone or readable by others."""
    return WaveKey(_read_secret(wave_key_file(keys, alias)))


def create_panel_key(keys: Path, alias: str) -> bytes:
    """Write a new secret to share with an access panel. Raises Refused when there is one already."""
    secret = secrets.token_bytes(KEY_BYTES)
    write_secret(panel_key_file(keys, alias), secret)
    return secret


def read_panel_key(keys: Path, alias: str) -> bytes:
    """The secret shared with a wave's access panel. Raises Refused when it is gone or readable by others."""
    return _read_secret(panel_key_file(keys, alias))


def destroy_wave_key(keys: Path, alias: str) -> bool:
    """Overwrite and remove the key, the panel's and the list of withdrawals; whether there was a wave key.

    On flash memory the old cells may survive.
    """
    _destroy(panel_key_file(keys, alias))
    for path in withdrawn_files(keys, alias):
        _destroy(path)
    return _destroy(wave_key_file(keys, alias))


def _destroy(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(max(KEY_BYTES, path.stat().st_size)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)
    return True


def server_secrets(keys: Path) -> tuple[bytes, ...]:
    """The secrets that sign cookies and forms, the present one last; it is made on first use.

    A key that was moved aside as `server.key.ANYTHING` signs nothing more, but what it signed stays valid.
    """
    path = keys / "server.key"
    private_folder(keys)
    if keys.stat().st_mode & 0o077:
        with suppress(OSError):  # somebody else's folder, or one that cannot be written; its files are 0600
            keys.chmod(0o700)
    if keys.stat().st_mode & 0o022:
        mode = oct(keys.stat().st_mode & 0o777)
        raise Refused(
            Reason("a folder only its owner can change", f"mode {mode}", f"chmod 700 {keys}", path=str(keys))
        )
    if not path.exists():
        with suppress(Refused):  # another worker was faster
            write_secret(path, secrets.token_bytes(KEY_BYTES))
    found = (*map(_read_secret, sorted(keys.glob("server.key.*"))), _read_secret(path))
    _refuse_guessable(found[-1], path)
    return found


LEAST_DIFFERENT = 12
"""Different bytes of a secret; 32 random ones hold at least so many but once in some ten thousand million."""


def _refuse_guessable(secret: bytes, path: Path) -> None:
    """A default or a typed word signs whatever a stranger likes. Raises Refused."""
    if len(secret) < KEY_BYTES or len(set(secret)) < LEAST_DIFFERENT:
        hint = f"move {path} away: a new one is made at the next start"
        raise Refused(
            Reason(f"{KEY_BYTES} random bytes", "a secret that can be guessed", hint, path=str(path))
        )


def people_key(keys: Path) -> bytes:
    """What seals the seeds of staff's one-time codes, outside the database; it is made on first use."""
    path = keys / "people.key"
    if not path.exists():
        with suppress(Refused):  # another worker was faster
            write_secret(path, secrets.token_bytes(KEY_BYTES))
    return _read_secret(path)


def next_people_key(keys: Path) -> bytes:
    """The one that is to come; made once, and the same again until it has come."""
    path = keys / "people.key.next"
    if not path.exists():
        write_secret(path, secrets.token_bytes(KEY_BYTES))
    return _read_secret(path)


def take_next_people_key(keys: Path) -> None:
    """Put it in its place, at no moment with none there, and destroy the one before."""
    present, before = keys / "people.key", keys / "people.key.before"
    before.unlink(missing_ok=True)
    os.link(present, before)
    (keys / "people.key.next").replace(present)
    sync_folder(keys)
    _destroy(before)


def seal(public_key: str, text: str) -> str:
    """Free text sealed to the wave's public key (hex), as base64; nothing on the server opens it."""
    box = SealedBox(PublicKey(bytes.fromhex(public_key)))
    return base64.b64encode(box.encrypt(text.encode())).decode()


def unseal(private_key: bytes, sealed: str) -> str:
    """What `seal` closed, for whoever holds the private key."""
    return SealedBox(PrivateKey(private_key)).decrypt(base64.b64decode(sealed)).decode()


def create_text_key(path: Path) -> str:
    """Write the private half as hex to a file its owner takes away; the public half as hex is returned."""
    private = PrivateKey.generate()
    write_secret(path, private.encode().hex().encode() + b"\n")
    return private.public_key.encode().hex()


def write_secret(path: Path, secret: bytes) -> None:
    """A new file of mode 0600, whole or not at all. Raises Refused when the path is taken."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError as error:
        hint = "move the file away, or name another"
        raise Refused(Reason("a new file", "one that exists", hint, path=str(path))) from error
    finally:
        draft.unlink()
    sync_folder(path.parent)


def private_folder(folder: Path) -> None:
    """Make it, and what is missing above it, for its owner alone; one that is there stays as it is."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_names(path: Path, names: Iterable[str]) -> None:
    """Lines in alphabetical order, on the disk whole; the file tells neither their order nor their time."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}\n" for name in sorted(names))
            file.flush()
            os.utime(draft, (0, 0))
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def _read_secret(path: Path) -> bytes:
    if not path.exists():
        hint = "restore the keys folder; the key of a closed wave is destroyed for good"
        raise Refused(Reason("a key file", "none", hint, path=str(path)))
    if path.stat().st_mode & 0o077:
        mode = oct(path.stat().st_mode & 0o777)
        raise Refused(
            Reason("a key file only its owner can read", f"mode {mode}", f"chmod 600 {path}", path=str(path))
        )
    return path.read_bytes()


def sync_folder(folder: Path) -> None:
    """Names made or taken away in the folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


OLD_DAYS = 30
"""After these a cookie of the old secret is too old anyway."""


def place_of_old_secret(keys: Path, today: date) -> Path:
    """Where a rotation puts the server's secret today. Raises Refused for a second one on the day."""
    aside = keys / f"server.key.{today.isoformat()}"
    if aside.exists():
        raise Refused(Reason("one rotation a day", "one today", "type it again tomorrow", path=str(aside)))
    return aside


def rotate_server_secret(keys: Path, today: date) -> Path:
    """Put a new secret in the place of the server's; where the old one lies, which still verifies.

    Raises Refused as above.
    """
    aside = place_of_old_secret(keys, today)
    server_secrets(keys)
    (keys / "server.key").rename(aside)
    server_secrets(keys)
    sync_folder(keys)
    return aside


def old_secrets(keys: Path, today: date, days: int = OLD_DAYS) -> list[Path]:
    """Secrets that were put aside more than `days` ago; not those put aside by hand."""
    found = []
    for path in sorted(keys.glob("server.key.*")):
        try:
            since = date.fromisoformat(path.name.removeprefix("server.key."))
        except ValueError:
            continue
        if (today - since).days > days:
            found.append(path)
    return found


def drop_secret(path: Path) -> bool:
    """Destroy a secret that was put aside; whether there was one."""
    return _destroy(path)
