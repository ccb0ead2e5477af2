"""Rows given to an analyst, for directors: a wave, a reason and a last day in, a grant with its act out."""

from flask import Response, request

from survey.config import study_today
from survey.console import forms, people
from survey.console.room import room
from survey.console.visitor import visitor
from survey.people import accounts
from survey.store import second
from survey.store.models import Account, RowGrant
from survey.store.people import Session


def give_rows(name: str) -> Response:
    """The rows of a wave or a study, until a day; the account's name typed. Nobody gives them to himself."""
    form = forms.Rows(forms.posted())
    if not form.validate():
        return people.person_page(name, 400, rows_form=form)

    def work(session: Session, account: Account) -> None:
        people.refuse_own(account)
        if room().config.two_person:
            second.refuse_own_hands(session, visitor().name, account.name)
        study, wave = accounts.parse_place(form.rows_of.data)
        given = RowGrant(
            account=account.id, study=study, wave=wave, reason=" ".join(form.because.data.split()),
            until=form.until.data, given_by=visitor().name, given_on=study_today(),
        )  # fmt: skip
        accounts.give_rows(session, visitor().name, account, given)

    return people.named(name) or people.change(name, work)


def take_rows_back(name: str) -> Response:
    """At once."""

    def work(session: Session, account: Account) -> None:
        study, wave = accounts.parse_place(forms.clean(request.form.get("place")))
        accounts.take_rows_back(session, visitor().name, account, study, wave)

    return people.change(name, work)
