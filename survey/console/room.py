"""What the console keeps in its process: settings in, the reception, the signers and the limits out."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, current_app
from itsdangerous import BadSignature

from survey.config import Config
from survey.instance import Instance
from survey.keys import people_key
from survey.limiter import SHARED, Limiter
from survey.people.codes import Sealer
from survey.people.entering import Reception
from survey.people.passkeys import Site
from survey.people.passwords import Passwords
from survey.people.refused import Tally
from survey.signing import Signer, lasting
from survey.store.engine import Database

HERE = "tolqyn.console"
ASSETS = Path(__file__).parent.parent / "templates" / "console"
STATIC = {"style.css": "text/css", "passkey.js": "text/javascript"}
FORM_LIFE = 12 * 3600


def _print_of_assets() -> str:
    files = (ASSETS / name for name in STATIC)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


@dataclass(frozen=True)
class Room:
    """One process's console."""

    config: Config
    database: Database
    keys: tuple[bytes, ...]
    reception: Reception
    posts: Limiter
    """From one network; in this process's memory only."""
    refusals: Tally = field(default_factory=Tally)
    boot: str = field(default_factory=_print_of_assets)
    """Stands in the address of style and script: they are fetched anew when they change."""

    def form_token(self, binding: str) -> str:
        """What a form carries to show that this server made it for this browser."""
        return self._signer(binding).sign("form").decode()

    def made_form(self, binding: str, token: str) -> bool:
        """Whether the token is such a one, and not too old."""
        try:
            self._signer(binding).unsign(token, max_age=FORM_LIFE)
        except BadSignature:
            return False
        return True

    def device_mark(self, owner: str, mark: str) -> str:
        """The cookie that knows a browser again."""
        return str(lasting(self.keys, "console:device").dumps([owner, mark]))

    def device(self, cookie: str) -> tuple[str, str]:
        """Owner and mark in such a cookie; empty words for any other."""
        try:
            owner, mark = lasting(self.keys, "console:device").loads(cookie)
        except (BadSignature, ValueError, TypeError):
            return "", ""
        return str(owner), str(mark)

    def _signer(self, binding: str) -> Signer:
        return Signer(list(self.keys), salt=f"console:form:{binding}")


def furnish(app: Flask) -> Room:
    """Make the room of an application."""
    instance: Instance = app.extensions["tolqyn"]
    config = instance.config
    reception = Reception(
        database=instance.database,
        passwords=Passwords(Path(config.home) / "keys"),
        sealer=Sealer(people_key(config.keys)),
        site=Site(config.console_address),
    )
    posts = Limiter(120, 60, SHARED if config.fronted else 0)
    made = Room(config, instance.database, instance.secrets, reception, posts)
    app.extensions[HERE] = made
    return made


def room() -> Room:
    """This application's."""
    found: Room = current_app.extensions[HERE]
    return found
