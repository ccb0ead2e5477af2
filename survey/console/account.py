"""One's own account: roles, password, where one is signed in; and the console's start."""

import time

from flask import Response, request

from survey.console import forms, words
from survey.console.frame import go, page, t
from survey.console.room import room
from survey.console.visitor import let_in, me, visitor
from survey.people.accounts import end_sessions
from survey.people.context import words_known
from survey.people.entering import BlockedError, act
from survey.people.passwords import weakness
from survey.store import sign_ins
from survey.store.models import Account, StaffSession


def home() -> Response:
    """Where to go from here."""
    return page("home")


def account() -> Response:
    """Everything of one's own."""
    return _page(forms.ChangePassword(), 200)


def change_password() -> Response:
    """Another password; every other session ends."""
    mine, found = me()
    form, now = forms.ChangePassword(forms.posted()), int(time.time())
    if form.validate():
        if weak := weakness(form.new.data, mine.name, *_known_words()):
            form.new.errors = [words.PROBLEMS[weak]]
        else:
            try:
                right = room().reception.is_password(mine, form.present.data, visitor().browser, now)
            except BlockedError:
                return _page(form, 429, words.PROBLEMS["blocked"])
            if not right:
                form.present.errors = [words.PROBLEMS["password"]]
    if form.new.errors or form.present.errors:
        return _page(form, 400)
    stored = room().reception.passwords.hash(form.new.data)
    with room().database.writing() as session:
        changed = session.get_one(Account, mine.id)
        changed.password = stored
        sign_ins.end_all(session, mine.id, but=found.token_hash)
        token = sign_ins.rotate(session, found)
        act(session, mine.name, "user.password", mine.name)
    return let_in(go("account"), token)


def _known_words() -> tuple[str, ...]:
    with room().database.reading() as session:
        return words_known(room().config, session)


def end_session() -> Response:
    """One of the other browsers, or all of them."""
    mine, found = me()
    public_id = forms.clean(request.form.get("session"))
    with room().database.writing() as session:
        if public_id == "others":
            end_sessions(session, mine.name, mine, but=found.token_hash)
        elif sign_ins.end_one(session, mine.id, public_id):
            act(session, mine.name, "user.session_end", mine.name)
    return go("account")


def _page(form: forms.ChangePassword, status: int, problem: str = "") -> Response:
    mine, found = me()
    now = int(time.time())
    with room().database.reading() as session:
        browsers = [_row(each, found, now) for each in sign_ins.sessions_of(session, mine.id, now)]
    problems = [t().gettext(problem)] if problem else []
    return page("account", status, form=form, browsers=browsers, problems=problems)


def _row(each: StaffSession, here: StaffSession, now: int) -> dict[str, object]:
    return {
        "id": each.public_id,
        "browser": each.browser,
        "here": each.token_hash == here.token_hash,
        "begun": (now - each.begun) // 60,
        "seen": (now - each.seen) // 60,
    }
