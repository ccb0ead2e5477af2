"""Signing in and out: name and password, then a code or a passkey; or a passkey alone."""

import time

from flask import Response, abort, request

from survey.config import LANGUAGES
from survey.console import forms, words
from survey.console.frame import go, message, page, safe_next, see_other, t
from survey.console.room import room
from survey.console.visitor import (
    LANGUAGE,
    SESSION,
    VISIT,
    know_again,
    let_in,
    me,
    put,
    session_token,
    take,
    visitor,
)
from survey.people import passkeys
from survey.people.context import words_known
from survey.people.entering import BlockedError, act
from survey.people.passkeys import PasskeyError
from survey.people.passwords import weakness
from survey.store import people, sign_ins
from survey.store.models import Account


def login() -> Response:
    """The form; whoever is signed in goes on."""
    if visitor().level == "full":
        return go("home")
    return _login_page(forms.Login(), 200)


def send_login() -> Response:
    """Name and password. A wrong name and a wrong password look and last alike."""
    form = forms.Login(forms.posted())
    if not form.validate():
        return _login_page(form, 400)
    try:
        token = room().reception.by_password(
            form.name.data, form.password.data, visitor().browser, int(time.time())
        )
    except BlockedError:
        return _login_page(form, 429, "blocked")
    if token is None:
        return _login_page(form, 401, "wrong")
    _forget_session()
    return let_in(go("second", **_onward()), token)


def send_passkey() -> Response:
    """A passkey alone: it is two factors."""
    try:
        token = room().reception.by_passkey(
            request.form.get("credential", ""), "enter", int(time.time()), None, visitor().browser
        )
    except PasskeyError:
        return _login_page(forms.Login(), 401, "passkey")
    _forget_session()
    return _arrived(token)


def second() -> Response:
    """The page that asks for the second factor."""
    return _next_step() or _second_page(forms.Code(), 200)


def send_second() -> Response:
    """A code or a passkey after the password."""
    return _next_step() or _prove("second")


def confirm() -> Response:
    """Password and second factor, or a passkey, once more, before something that matters."""
    return _second_page(forms.Again(), 200, again=True)


def send_confirm() -> Response:
    """The same, sent."""
    return _prove("confirm")


def _prove(where: str) -> Response:
    account, found = me()
    again = where == "confirm"
    form = forms.Again(forms.posted()) if again else forms.Code(forms.posted())
    browser, now = visitor().browser, int(time.time())
    try:
        if sent := request.form.get("credential", ""):
            purpose = f"prove:{found.token_hash}"
            return _arrived(room().reception.by_passkey(sent, purpose, now, found, browser))
        if not form.validate():
            return _second_page(form, 400, again=again)
        problem, token = "password", None
        if not isinstance(form, forms.Again) or _knows_password(account, form, now):
            problem, token = "code", room().reception.by_code(found, form.code.data, browser, now)
    except PasskeyError:
        return _second_page(form, 401, "passkey", again=again)
    except BlockedError:
        return _second_page(form, 429, "blocked", again=again)
    return _arrived(token) if token is not None else _second_page(form, 401, problem, again=again)


def _knows_password(account: Account, form: forms.Again, now: int) -> bool:
    return room().reception.is_password(account, form.password.data, visitor().browser, now)


def ask_enter() -> Response:
    """What a passkey is to sign, for whoever has shown nothing yet; it names no account."""
    return _asked("enter", ())


def ask_prove() -> Response:
    """The same for somebody who is known: only his or her own passkeys will do."""
    account, found = me()
    with room().database.reading() as session:
        own = [key.credential for key in people.passkeys_of(session, account.id)]
    return _asked(f"prove:{found.token_hash}", own)


def _asked(purpose: str, known: tuple[str, ...] | list[str]) -> Response:
    options, challenge = passkeys.to_sign(room().reception.site, known)
    with room().database.writing() as session:
        sign_ins.add_challenge(session, challenge, purpose, int(time.time()))
    return Response(options, mimetype="application/json")


def logout() -> Response:
    """The session is gone here and in the database."""
    found = visitor()
    with room().database.writing() as session:
        sign_ins.end(session, session_token())
        if found.account is not None:
            act(session, found.name, "user.logout", found.name)
    response = take(go("login"), SESSION)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def welcome(token: str) -> Response:
    """An invitation's form. Looking at it spends nothing."""
    with room().database.reading() as session:
        link = sign_ins.find_link(session, token, int(time.time()))
        account = session.get(Account, link.account) if link else None
    if account is None or account.disabled:
        return _no_link()
    return page("welcome", name=account.name, form=forms.NewPassword(), problems=[])


def send_welcome(token: str) -> Response:
    """The password chosen; the link is spent, and what stands before the console now is a second factor."""
    form, now = forms.NewPassword(forms.posted()), int(time.time())
    with room().database.reading() as session:
        link = sign_ins.find_link(session, token, now)
        account = session.get(Account, link.account) if link else None
        known = words_known(room().config, session)
    if account is None or account.disabled:
        return _no_link()
    weak = weakness(form.new.data or "", account.name, *known) if form.validate() else ""
    if weak:
        form.new.errors = [words.PROBLEMS[weak]]
    if form.new.errors:
        return page("welcome", 400, name=account.name, form=form, problems=[])
    stored = room().reception.passwords.hash(form.new.data)
    with room().database.writing() as session:
        if sign_ins.spend_link(session, token, now) is None:
            return _no_link()
        mine = session.get_one(Account, account.id)
        mine.password = stored
        act(session, mine.name, "user.welcome", mine.name)
        level = "password" if people.has_factor(session, mine) else "enrol"
        begun = sign_ins.begin(session, mine.id, level, visitor().browser.words, now)
    _forget_session()
    return let_in(go("factors"), begun)


def choose_language() -> Response:
    """Keep a language, in the browser and with the account."""
    chosen, found = request.form.get("lang", ""), visitor()
    if chosen not in LANGUAGES:
        abort(400)
    if found.account is not None:
        with room().database.writing() as session:
            session.get_one(Account, found.account.id).language = chosen
    return put(see_other(safe_next(request.form.get("back", ""))), LANGUAGE, chosen, 365 * 24 * 3600)


def _arrived(token: str) -> Response:
    with room().database.reading() as session:
        found = sign_ins.find(session, token, int(time.time()))
        name = session.get_one(Account, found.account).name if found else ""
    response = let_in(see_other(safe_next(request.form.get("next", ""))), token)
    return take(know_again(response, name), VISIT)


def _next_step() -> Response | None:
    return go("home") if visitor().level == "full" else None


def _forget_session() -> None:
    """Whatever session the browser came with is no way in any more (fixation)."""
    if token := session_token():
        with room().database.writing() as session:
            sign_ins.end(session, token)


def _no_link() -> Response:
    text = words.say("This link was used or is too old. Ask the director for a new one.")
    return message(words.say("The link opens nothing"), text, 404)


def _login_page(form: forms.Login, status: int, problem: str = "") -> Response:
    target = (request.form if request.method == "POST" else request.args).get("next", "")
    problems = [t().gettext(words.PROBLEMS[problem])] if problem else []
    return page("login", status, form=form, problems=problems, next=safe_next(target))


def _second_page(form: forms.Code, status: int, problem: str = "", *, again: bool = False) -> Response:
    account, _ = me()
    with room().database.reading() as session:
        keys = bool(people.passkeys_of(session, account.id))
    target = (request.form if request.method == "POST" else request.args).get("next", "")
    problems = [t().gettext(words.PROBLEMS[problem])] if problem else []
    return page(
        "second", status, form=form, problems=problems, next=safe_next(target), again=again, passkeys=keys
    )


def _onward() -> dict[str, str]:
    target = request.form.get("next", "")
    return {"next": safe_next(target)} if target else {}
