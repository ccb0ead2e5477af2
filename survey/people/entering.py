"""Signing in: names and proofs in, a session's token or a refusal out; all refusals look and last alike.

Tries are counted before anything is checked, under the browser's own mark where the account was signed in
from it before, else under the name ("device cookies", OWASP). So whoever guesses locks out guessers, not the
owner at the usual browser; a passkey cannot be guessed and is never locked.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.config import study_today
from survey.people import codes, passkeys
from survey.people.codes import Sealer
from survey.people.passkeys import PasskeyError, Site
from survey.people.passwords import Passwords
from survey.people.refused import note_failure
from survey.store import audit, people, sign_ins
from survey.store.engine import Database
from survey.store.models import Account, Passkey, StaffSession

TRIES, WINDOW = 5, 15 * 60


class BlockedError(Exception):
    """Too many wrong tries by this way."""


@dataclass(frozen=True)
class Browser:
    """What is known of the browser that asks."""

    words: str
    """Its name and system."""
    mark: str = ""
    """Random; what the cookie kept since an earlier sign-in says."""
    owner: str = ""
    """Whose sign-in that was."""


@dataclass(frozen=True)
class Reception:
    """Lets people in."""

    database: Database
    passwords: Passwords
    sealer: Sealer
    site: Site

    def by_password(self, name: str, password: str, browser: Browser, now: int) -> str | None:
        """The token of a session that awaits the second factor; None for a wrong name or password.

        Raises BlockedError, BusyError.
        """
        key = self._count("password", name, browser, now)
        with self.database.reading() as session:
            account = people.find_account(session, name)
        stored = account.password if account and not account.disabled else None
        if not self.passwords.right(stored, password) or account is None:
            self._failed(name, "password", now)
            return None
        better = self.passwords.hash(password) if stored and self.passwords.outdated(stored) else None
        with self.database.writing() as session:
            sign_ins.forget_failures(session, key)
            sign_ins.forget_old(session, now)
            mine = session.get_one(Account, account.id)
            if mine.password != stored or mine.disabled:
                return None
            if better:
                mine.password = better
            level = "password" if people.has_factor(session, mine) else "enrol"
            return sign_ins.begin(session, mine.id, level, browser.words, now)

    def is_password(self, account: Account, password: str, browser: Browser, now: int) -> bool:
        """Whether somebody who is signed in knows the password. Raises BlockedError, BusyError."""
        key = self._count("change", account.name, browser, now)
        with self.database.reading() as session:
            stored = session.get_one(Account, account.id).password
        if not self.passwords.right(stored, password):
            self._failed(account.name, "change", now)
            return False
        with self.database.writing() as session:
            sign_ins.forget_failures(session, key)
        return True

    def by_code(self, found: StaffSession, code: str, browser: Browser, now: int) -> str | None:
        """The token with which the session goes on after a one-time or recovery code; None for a wrong one.

        Raises BlockedError.
        """
        with self.database.reading() as session:
            account = session.get_one(Account, found.account)
        key = self._count("factor", account.name, browser, now)
        with self.database.writing() as session:
            mine = session.get_one(Account, account.id)
            how = self._proved(session, mine, code, now)
            if not how:
                note_failure(session, self.sealer, account.name, "factor", now)
                return None
            sign_ins.forget_failures(session, key)
            return self._let_in(session, mine, found, how, now=now)

    def _proved(self, session: Session, account: Account, code: str, now: int) -> str:
        """How the account was proved; empty where it was not, which is as much work for every wrong code."""
        seed = self.sealer.open(account.handle, account.totp) if account.totp else None
        step = codes.step_of(seed, code, now) if seed else None
        if people.use_totp_step(session, account, codes.NEVER if step is None else step):
            return "code"
        stored = (codes.stored_of(account.handle, code), self.sealer.former_mac(account.handle, code))
        return "recovery" if people.use_recovery_code(session, account, *stored) else ""

    def by_passkey(
        self, sent: str, purpose: str, now: int, found: StaffSession | None, browser: Browser
    ) -> str:
        """The token of a session whose owner's passkey signed the challenge. Raises PasskeyError."""
        try:
            return self._by_passkey(sent, purpose, now, found, browser)
        except PasskeyError:
            self._failed("", "passkey", now)
            raise

    def _failed(self, name: str, stage: str, now: int) -> None:
        with self.database.writing() as session:
            note_failure(session, self.sealer, name, stage, now)

    def _by_passkey(
        self, sent: str, purpose: str, now: int, found: StaffSession | None, browser: Browser
    ) -> str:
        challenge = passkeys.challenge_in(sent)
        with self.database.writing() as session:
            # Spent in a transaction of its own: a wrong signature spends it too.
            asked = sign_ins.spend_challenge(session, challenge, purpose, now)
        if not asked:
            raise PasskeyError
        with self.database.writing() as session:
            key = session.get(Passkey, passkeys.credential_in(sent))
            if key is None or (found is not None and key.account != found.account):
                raise PasskeyError
            account = session.get_one(Account, key.account)
            if account.disabled or account.password is None:
                raise PasskeyError
            key.uses = passkeys.signed(self.site, sent, challenge, key, account.handle)
            return self._let_in(session, account, found, "passkey", now=now, browser=browser)

    def _let_in(
        self,
        session: Session,
        account: Account,
        found: StaffSession | None,
        how: str,
        *,
        now: int,
        browser: Browser | None = None,
    ) -> str:
        """Signed in, or proved again; the former token opens nothing any more."""
        if found is not None and found.level == "full":
            act(session, account.name, "user.prove", account.name, by=how)
            return sign_ins.rotate(session, found, proved=now)
        act(session, account.name, "user.login", account.name, by=how)
        if found is not None:
            return sign_ins.rotate(session, found, level="full", proved=now, begun=now, seen=now)
        words = browser.words if browser else ""
        return sign_ins.begin(session, account.id, "full", words, now, proved=now)

    def _count(self, stage: str, name: str, browser: Browser, now: int) -> str:
        """Count one try; its key. Raises BlockedError."""
        name = people.normal(name)
        way = f"browser:{browser.mark}" if browser.mark and browser.owner == name else f"name:{name}"
        key = self.sealer.keyed(f"tries:{stage}:{way}")
        with self.database.writing() as session:
            tries = sign_ins.count_failure(session, key, now, WINDOW)
            if tries == TRIES + 1:
                known = people.find_account(session, name)
                act(
                    session, "nobody", "user.blocked", known.name if known else "an unknown name", stage=stage
                )
        if tries > TRIES:
            raise BlockedError
        return key


def act(session: Session, actor: str, what: str, subject: str, **detail: str | int) -> None:
    """Note what somebody did, in the transaction in which it is done."""
    audit.record(session, actor=actor, what=what, subject=subject, day=study_today(), detail=detail)
