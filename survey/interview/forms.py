"""A page's form: its items and what was posted in, values to store, problems and a judged token out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

from instruments import Draw, Item, Missing, Problem
from survey.interview.fields import FIELD_BUILDERS, ItemField
from survey.interview.messages import SOFT
from survey.interview.state import Seals, State, TicketError
from survey.interview.stay import Stay

TOKEN = "csrf_token"  # noqa: S105  the name of a form field
STALE = Problem("stale")


@dataclass(frozen=True)
class Ticket:
    """What binds a form to one browser's interview and one of its pages."""

    seals: Seals
    state: State
    page: str


class TicketCSRF(CSRF):
    """WTForms' protection, bound to the interview's state; the token also says when the page was served."""

    def setup_form(self, form: BaseForm) -> Any:
        """Remember the ticket the form was made with."""
        self.ticket: Ticket = form.meta.csrf_context
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """A token for this interview and page, with the present second in it."""
        return self.ticket.seals.form(self.ticket.state, self.ticket.page)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Refuse another interview's, another page's and an old token."""
        try:
            form.stay = self.ticket.seals.stay(self.ticket.state, self.ticket.page, field.data or "")
        except TicketError as error:
            raise StopValidation(STALE) from error


class Meta(DefaultMeta):
    """Every form of an interview carries a ticket; messages are ours, so WTForms translates nothing."""

    csrf = True
    csrf_class = TicketCSRF
    csrf_field_name = TOKEN
    locales = False

    def __init__(self, ticket: Ticket) -> None:
        self.csrf_context = ticket


class BareForm(BaseForm):
    """A form that asks nothing: only its token is judged."""

    stay = Stay()
    """On this page until now."""

    def __init__(
        self, ticket: Ticket, posted: MultiDict[str, str], fields: Sequence[tuple[str, Any]] = ()
    ) -> None:
        super().__init__(fields, meta=Meta(ticket))
        self.process(posted)
        self.validate()

    @property
    def genuine(self) -> bool:
        """Whether the post came from a page this server made for this interview, not too long ago."""
        return not self[TOKEN].errors


class PageForm(BareForm):
    """The items of one page, bound to what was posted."""

    def __init__(
        self, items: Sequence[Item], draw: Draw, ticket: Ticket, posted: MultiDict[str, str]
    ) -> None:
        self.items = tuple(items)
        super().__init__(ticket, posted, [(item.id, FIELD_BUILDERS[item.kind](item, draw)) for item in items])

    @cached_property
    def values(self) -> dict[str, Any]:
        """Item -> what was given, right or wrong; blanks are left out."""
        return {item.id: self.field(item).data for item in self.items if self.field(item).data is not None}

    @cached_property
    def faults(self) -> dict[str, Problem]:
        """Item -> what is wrong with its answer, in page order."""
        return {item.id: self.field(item).errors[0] for item in self.items if self.field(item).errors}

    def field(self, item: Item) -> ItemField:
        """The field of one of the items."""
        found: ItemField = self[item.id]
        return found

    def problems(self, keep: Mapping[str, Any], *, asked: bool) -> dict[str, Problem]:
        """What keeps the page from being accepted: faults, and blanks, unless these were asked about."""
        found = {}
        for item in self.items:
            fault = self.faults.get(item.id)
            blank = self.field(item).data is None and (fault is None or fault.code == "required")
            if blank and item.id in keep:
                continue
            if fault is not None:
                found[item.id] = fault
            elif blank and self.field(item).asks and item.ask_again and not asked:
                found[item.id] = Problem(SOFT)
        return found


def kept(items: Sequence[Item], stored: Mapping[str, Any], *, echoes: bool) -> dict[str, Any]:
    """Stored values that a blank leaves as they are.

    On a page shown with its answers a blank is the respondent's will, except where nothing could be shown
    (free text) or where a blank was accepted before.
    """
    return {
        item.id: stored[item.id]
        for item in items
        if item.id in stored
        and (not echoes or not FIELD_BUILDERS[item.kind].echoes or stored[item.id] == Missing.NO_ANSWER)
    }


def uncounted(items: Sequence[Item], given: Mapping[str, Any]) -> list[str]:
    """Items whose answer does not count beside the others given: words beside an option not chosen."""
    return [item.id for item in items if item.id in given and not item.counts(given)]


def answered(form: PageForm, keep: Mapping[str, Any]) -> dict[str, Any]:
    """Item -> value to store for an accepted page: a blank keeps what it may, else it is `no answer`."""
    return {
        item.id: form.values.get(item.id, keep.get(item.id, FIELD_BUILDERS[item.kind].blank))
        for item in form.items
        if item.stores
    }
