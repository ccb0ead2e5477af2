"""The office's people, for directors: who there is, what each may do, and how somebody comes and goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, request, url_for

from survey.config import study_today
from survey.console import exporting, forms, words
from survey.console.frame import go, page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.visitor import visitor
from survey.people import accounts
from survey.refusal import Reason, Refused
from survey.store import people as store
from survey.store import row_grants, sign_ins
from survey.store.models import Account, Grant

SELF = Refused(Reason("another account", "your own", rule="self"))


@dataclass(frozen=True)
class Row:
    """One account in the list."""

    name: str
    roles: str
    state: str
    factor: bool


def columns() -> tuple[Column, ...]:
    """Of the list of people."""
    say = t().gettext
    return (
        Column("name", words.say("Name"), lambda row: row.name, _to_person),
        Column("roles", words.say("Roles"), lambda row: row.roles),
        Column("state", words.say("State"), lambda row: say(words.ACCOUNTS[row.state])),
        Column(
            "factor",
            words.say("Second factor"),
            lambda row: say(words.say("Set up") if row.factor else words.say("Not yet")),
        ),
    )


def rows() -> list[Row]:
    """All of them."""
    with room().database.reading() as session:
        held = store.all_grants(session)
        return [
            Row(each.name, said_roles(held.get(each.id, [])), state_of(each), store.has_factor(session, each))
            for each in store.all_accounts(session)
        ]


def people() -> Response:
    """The list, and a form for one more."""
    return page("people", listing=listed(rows(), columns(), Wanted.read()), export=forms.Export())


def export_people() -> Response:
    """The list as a file."""
    return exporting.export("people", rows(), columns())


def new_person() -> Response:
    """The form for one more."""
    return page("new_person", form=forms.Person(), problems=[])


def add_person() -> Response:
    """An account, its role, and the link that is shown once."""
    form, problems = forms.Person(forms.posted()), []
    if form.validate():
        try:
            study, wave = accounts.parse_place(form.place.data)
            with room().database.writing() as session:
                token = accounts.invite(
                    session,
                    visitor().name,
                    form.name.data,
                    language=form.language.data,
                    now=int(time.time()),
                    today=study_today(),
                )
                made = store.account_named(session, form.name.data)
                accounts.grant(session, visitor().name, made, form.role.data or "", study=study, wave=wave)
            return _link_page(made.name, token)
        except Refused as refused:
            problems = [words.problem(t(), refused)]
    return page("new_person", 400, form=form, problems=problems)


def person(name: str) -> Response:
    """One account."""
    return person_page(name, 200)


def add_role(name: str) -> Response:
    """A role more."""
    form = forms.RoleAt(forms.posted())
    if not form.validate():
        return person_page(name, 400, form=form)

    def work(session: store.Session, account: Account) -> None:
        study, wave = accounts.parse_place(form.place.data)
        accounts.grant(session, visitor().name, account, form.role.data or "", study=study, wave=wave)

    return change(name, work)


def take_role(name: str) -> Response:
    """A role less."""

    def work(session: store.Session, account: Account) -> None:
        study, wave = accounts.parse_place(forms.clean(request.form.get("place")))
        role = forms.clean(request.form.get("role"))
        accounts.revoke(session, visitor().name, account, role, study=study, wave=wave)

    return change(name, work)


def disable(name: str) -> Response:
    """Out, at once; its name typed."""

    def work(session: store.Session, account: Account) -> None:
        refuse_own(account)
        accounts.disable(session, visitor().name, account)

    return named(name) or change(name, work)


def enable(name: str) -> Response:
    """In again."""
    return change(name, lambda session, account: accounts.enable(session, visitor().name, account))


def reset(name: str) -> Response:
    """A new link for somebody who lost password or telephone; its name typed."""
    tokens: list[str] = []

    def work(session: store.Session, account: Account) -> None:
        refuse_own(account)
        tokens.append(accounts.reset(session, visitor().name, account, int(time.time())))

    refused = named(name) or change(name, work)
    return _link_page(store.normal(name), tokens[0]) if tokens else refused


def sign_out(name: str) -> Response:
    """End all sessions of somebody."""

    def work(session: store.Session, account: Account) -> None:
        accounts.end_sessions(session, visitor().name, account)

    return change(name, work)


def change(name: str, work: Callable[[store.Session, Account], None]) -> Response:
    """Do it to the account; its page again, with what was wrong."""
    try:
        with room().database.writing() as session:
            account = store.find_account(session, name)
            if account is None:
                abort(404)
            work(session, account)
    except Refused as refused:
        return person_page(name, 409, words.problem(t(), refused))
    return go("person", name=account.name)


def refuse_own(account: Account) -> None:
    """Raises Refused for the visitor's own account."""
    if account.name == visitor().name:
        raise SELF


def named(name: str) -> Response | None:
    """A refusal unless the account's name was typed."""
    if forms.clean(request.form.get("typed")).lower() == store.normal(name):
        return None
    return person_page(name, 400, t().gettext(words.PROBLEMS["typed"]))


def person_page(
    name: str,
    status: int,
    problem: str = "",
    form: forms.RoleAt | None = None,
    rows_form: forms.Rows | None = None,
) -> Response:
    """One account's page."""
    now = int(time.time())
    with room().database.reading() as session:
        account = store.find_account(session, name)
        if account is None:
            abort(404)
        grants = store.grants_of(session, account.id)
        rows = row_grants.rows_of(session, account.id, study_today())
        factor, sessions = (
            store.has_factor(session, account),
            len(sign_ins.sessions_of(session, account.id, now)),
        )
    return page(
        "person",
        status,
        person=account,
        state=state_of(account),
        grants=grants,
        rows=rows,
        rows_form=rows_form or forms.Rows(),
        analyst=any(each.role == row_grants.ANALYST for each in grants),
        factor=factor,
        sessions=sessions,
        form=form or forms.RoleAt(),
        named=forms.Named(),
        problems=[problem] if problem else [],
        own=account.name == visitor().name,
    )


def _link_page(name: str, token: str) -> Response:
    address = room().config.console_address + url_for("console.welcome", token=token)
    return page("link", name=name, address=address)


def _to_person(row: Row) -> str:
    return url_for("console.person", name=row.name)


def state_of(account: Account) -> str:
    """`active`, `invited` or `disabled`."""
    if account.disabled:
        return "disabled"
    return "active" if account.password else "invited"


def said_roles(grants: list[Grant]) -> str:
    """In words, with the places."""
    say = t().gettext
    named = (f"{say(words.ROLES[g.role])}" + (f" ({g.place})" if g.study else "") for g in grants)
    return ", ".join(named)
