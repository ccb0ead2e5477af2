"""Second factors: an app's codes, passkeys, recovery codes; set up, shown once, taken away."""

import base64
import io
import time

import segno
from flask import Response, abort, request

from survey.config import study_today
from survey.console import forms, words
from survey.console.frame import go, page, t
from survey.console.room import room
from survey.console.visitor import know_again, let_in, me
from survey.people import codes, passkeys
from survey.people.entering import act
from survey.people.passkeys import PasskeyError
from survey.store import people, sign_ins
from survey.store.models import Account, Passkey, StaffSession


def factors() -> Response:
    """What proves who I am; on the first visit, what has to be set up."""
    account, found = me()
    with room().database.reading() as session:
        mine = session.get_one(Account, account.id)
        keys = people.passkeys_of(session, account.id)
        left = people.recovery_codes_left(session, mine)
    return page(
        "factors",
        first=found.level == "enrol",
        totp=mine.totp is not None,
        passkeys=keys,
        left=left,
        form=forms.NewPasskey(),
        problems=[],
    )


def begin_totp() -> Response:
    """Draw a seed; it waits in the session, sealed, until its first code."""
    account, found = me()
    with room().database.writing() as session:
        _refuse_second_way_in(session, account, found)
        mine = session.get(StaffSession, found.token_hash)
        if mine is None:
            abort(400)
        mine.pending = room().reception.sealer.seal(account.handle, codes.new_seed())
    return go("totp")


def totp() -> Response:
    """The seed to scan or to type."""
    return _totp_page(forms.FirstCode(), 200)


def send_totp() -> Response:
    """The first code: from now on codes are asked for."""
    account, found = me()
    form, sealer, now = forms.FirstCode(forms.posted()), room().reception.sealer, int(time.time())
    seed = sealer.open(account.handle, found.pending) if found.pending else None
    if seed is None:
        return go("factors")
    step = codes.step_of(seed, form.code.data, now) if form.validate() else None
    if step is None:
        form.code.errors = form.code.errors or [words.PROBLEMS["code"]]
        return _totp_page(form, 400)
    with room().database.writing() as session:
        _refuse_second_way_in(session, account, found)
        mine = session.get_one(Account, account.id)
        mine.totp, mine.totp_step = sealer.seal(mine.handle, seed), step
        act(session, mine.name, "user.factor", mine.name, added="totp")
        shown = _first_codes(session, mine)
        token = _grown(session, found, now)
    return _done(token, account.name, shown)


def ask_passkey() -> Response:
    """What a new passkey is to sign."""
    account, found = me()
    with room().database.writing() as session:
        known = [key.credential for key in people.passkeys_of(session, account.id)]
        options, challenge = passkeys.to_make(room().reception.site, account.handle, account.name, known)
        sign_ins.add_challenge(session, challenge, f"add:{found.token_hash}", int(time.time()))
    return Response(options, mimetype="application/json")


def send_passkey() -> Response:
    """A passkey that the browser made."""
    account, found = me()
    form, now = forms.NewPasskey(forms.posted()), int(time.time())
    if not form.validate():
        return _factors_again(account, found, form)
    sent = form.credential.data or ""
    try:
        challenge = passkeys.challenge_in(sent)
        with room().database.writing() as session:
            asked = sign_ins.spend_challenge(session, challenge, f"add:{found.token_hash}", now)
        if not asked:
            raise PasskeyError
        made = passkeys.made(room().reception.site, sent, challenge)
    except PasskeyError:
        return _factors_again(account, found, form, words.PROBLEMS["passkey"])
    with room().database.writing() as session:
        _refuse_second_way_in(session, account, found)
        mine = session.get_one(Account, account.id)
        if session.get(Passkey, made.credential) is not None:
            return go("factors")
        session.add(
            Passkey(
                credential=made.credential,
                account=mine.id,
                name=form.name.data,
                public_key=made.public_key,
                uses=made.uses,
                made_on=study_today(),
            )
        )
        act(session, mine.name, "user.factor", mine.name, added="passkey")
        shown = _first_codes(session, mine)
        token = _grown(session, found, now)
    return _done(token, account.name, shown)


def remove(kind: str) -> Response:
    """Take a factor away; never the last one."""
    account, _ = me()
    with room().database.writing() as session:
        mine = session.get_one(Account, account.id)
        keys = people.passkeys_of(session, mine.id)
        wanted = [key for key in keys if key.credential == request.form.get("credential")]
        if (mine.totp is not None) + len(keys) < 2:
            return _factors_again(account, me()[1], forms.NewPasskey(), _last())
        if kind == "totp":
            mine.totp = None
        elif kind == "passkey" and wanted:
            session.delete(wanted[0])
        else:
            abort(404)
        act(session, mine.name, "user.factor", mine.name, removed=kind)
    return go("factors")


def new_codes() -> Response:
    """Ten recovery codes in the place of all former ones, shown now and never again."""
    account, _ = me()
    with room().database.writing() as session:
        mine = session.get_one(Account, account.id)
        shown = _codes(session, mine)
        act(session, mine.name, "user.codes", mine.name)
    return page("codes", codes=shown)


def _last() -> str:
    return words.say("This is your only second factor: set up another one first.")


def _refuse_second_way_in(session: people.Session, account: Account, found: StaffSession) -> None:
    """A session that has shown a password alone adds no factor to an account that has one by now."""
    if found.level == "enrol" and people.has_factor(session, session.get_one(Account, account.id)):
        abort(403)


def _first_codes(session: people.Session, account: Account) -> list[str]:
    """Recovery codes with the first factor."""
    return [] if people.recovery_codes_left(session, account) else _codes(session, account)


def _codes(session: people.Session, account: Account) -> list[str]:
    made = codes.new_recovery_codes()
    people.keep_recovery_codes(session, account, [codes.stored_of(account.handle, code) for code in made])
    return made


def _grown(session: people.Session, found: StaffSession, now: int) -> str:
    """The session's next token; the first factor set up signs in."""
    if found.level == "enrol":
        return sign_ins.rotate(session, found, level="full", begun=now, seen=now, proved=now, pending=None)
    return sign_ins.rotate(session, found, proved=now, pending=None)


def _done(token: str, name: str, shown: list[str]) -> Response:
    binding = sign_ins.hashed(token)
    response = page("codes", codes=shown, binding=binding) if shown else go("factors")
    return know_again(let_in(response, token), name)


def _totp_page(form: forms.FirstCode, status: int) -> Response:
    account, found = me()
    seed = room().reception.sealer.open(account.handle, found.pending) if found.pending else None
    if seed is None:
        return go("factors")
    drawn = io.BytesIO()
    segno.make(codes.address(seed, account.name, "Tolqyn"), error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False
    )
    image = "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
    spelled = " ".join(seed[i : i + 4] for i in range(0, len(seed), 4))
    return page("totp", status, form=form, image=image, seed=spelled, problems=[])


def _factors_again(
    account: Account, found: StaffSession, form: forms.NewPasskey, problem: str = ""
) -> Response:
    with room().database.reading() as session:
        mine = session.get_one(Account, account.id)
        return page(
            "factors",
            400,
            first=found.level == "enrol",
            totp=mine.totp is not None,
            passkeys=people.passkeys_of(session, mine.id),
            left=people.recovery_codes_left(session, mine),
            form=form,
            problems=[t().gettext(problem)] if problem else [],
        )
