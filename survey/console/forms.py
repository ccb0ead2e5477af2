"""The console's forms: what was posted in, values or a message beside each field out (WTForms)."""

from typing import Any

from flask import request
from wtforms import DateField, Form, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from survey.config import LANGUAGES
from survey.console.words import DUTIES, PROBLEMS, ROLES, say
from survey.refusal import says_why

DAY = say("Write it as year, month, day: 2028-05-10.")


def clean(text: str | None) -> str:
    """No zero byte, which PostgreSQL cannot hold; no blanks around."""
    return (text or "").replace("\0", "").strip()


def _needed(longest: int = 200) -> list[Any]:
    return [InputRequired(PROBLEMS["needed"]), Length(max=longest, message=PROBLEMS["too_long"])]


class Why(TextAreaField):
    """A reason: whoever reads the record later has to understand it, so a dot is none."""

    def __init__(self, label: str, help_: str, **more: Any) -> None:
        rules = [*_needed(300), _in_words]
        super().__init__(label, rules, filters=[clean], description=help_, render_kw={"rows": "2"}, **more)


def _in_words(_: Form, field: StringField) -> None:
    if not says_why(field.data):
        raise ValidationError(PROBLEMS["rows_reason"])


class Typed(StringField):
    """A line of text."""

    def __init__(self, label: str, help_: str, longest: int = 200, needed: bool = True, **more: Any) -> None:
        rules = _needed(longest) if needed else [Length(max=longest, message=PROBLEMS["too_long"])]
        super().__init__(label, rules, filters=[clean], description=help_, **more)


class Day(DateField):
    """A day; the message is in the visitor's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with a message id."""
        try:
            super().process_formdata([clean(text) for text in valuelist])
        except ValueError as error:
            raise ValueError(DAY) from error


class Login(Form):
    """Name and password."""

    name = Typed(
        say("Name"), say("The name the director gave you."), 60, render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        say("Password"),
        _needed(),
        description=say("The one you chose with your invitation."),
        render_kw={"autocomplete": "current-password"},
    )


class Code(Form):
    """A second factor that is typed."""

    code = Typed(
        say("Code"),
        say("Six digits from the app on your telephone, or one of your recovery codes."),
        40,
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false"},
    )


class Again(Code):
    """The same with the password: whoever finds an open browser has neither."""

    password = PasswordField(
        say("Present password"),
        _needed(1000),
        description=say("So that nobody changes it who finds your browser open."),
        render_kw={"autocomplete": "current-password"},
    )


class FirstCode(Form):
    """The code that shows that the app works."""

    code = Typed(
        say("Code"),
        say("Six digits that the app shows now."),
        40,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class NewPassword(Form):
    """A password chosen."""

    new = PasswordField(
        say("New password"),
        _needed(1000),
        description=say(
            "At least 12 letters. Four ordinary words in a row are good; signs and digits are not needed."
        ),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePassword(NewPassword):
    """The present one, too."""

    present = PasswordField(
        say("Present password"),
        _needed(1000),
        description=say("So that nobody changes it who finds your browser open."),
        render_kw={"autocomplete": "current-password"},
    )


class NewPasskey(Form):
    """What the browser made."""

    name = Typed(say("Name of the passkey"), say("To know it by: my telephone, the blue key."), 60)
    credential = StringField("", [Length(max=20_000)])


class Person(Form):
    """A new account."""

    name = Typed(say("Name"), say("Typed to sign in: small letters, digits, and . - _ between them."), 40)
    role = RadioField(
        say("Role"),
        choices=dict(ROLES),
        validate_choice=False,
        description=say("Give no more than the work needs."),
    )
    place = Typed(
        say("Where"),
        say("A study, or a study and a wave with / between them. Empty: the whole office."),
        130,
        needed=False,
    )
    language = SelectField(
        say("Language"),
        choices=dict(zip(LANGUAGES, LANGUAGES, strict=True)),
        validate_choice=False,
        description=say("Of the console; it can be changed at the foot of every page."),
    )


class RoleAt(Form):
    """A role more."""

    role = Person.role
    place = Person.place


class Rows(Form):
    """Rows given to an analyst."""

    rows_of = Typed(
        say("Rows of"), say("A study and a wave with / between them; a study alone: all of its waves."), 130
    )
    until = Day(
        say("Until"),
        [InputRequired(PROBLEMS["needed"])],
        description=say("The last day, at most a year from now. After it they open nothing more."),
    )
    because = Why(
        say("What the rows are needed for"),
        say("It stands in the wave's data-protection record beside the name."),
    )


class Named(Form):
    """Something that is done only when its name is typed."""

    typed = Typed(say("Type the name once more"), say("So that it is not done by a slip."), 60)


class Export(Form):
    """Taking a list away."""

    reason = Why(
        say("Reason"),
        say("What it is needed for. It stands in the record of acts beside your name."),
    )
    format = SelectField(
        say("Format"),
        choices={"csv": "CSV", "xlsx": "XLSX"},
        validate_choice=False,
        description=say("Either opens in a spreadsheet."),
    )


def posted() -> Any:
    """What this request sends."""
    return request.form if request.method == "POST" else None


__all__ = [
    "DAY",
    "DUTIES",
    "ChangePassword",
    "Code",
    "Day",
    "Export",
    "FirstCode",
    "Login",
    "Named",
    "NewPasskey",
    "NewPassword",
    "Person",
    "RoleAt",
    "Rows",
    "Typed",
    "clean",
    "posted",
]
