"""Forms about waves: what was posted in, values or a message beside each field out (WTForms)."""

from wtforms import (
    BooleanField,
    FloatField,
    Form,
    IntegerField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from survey.console.forms import DAY, Day, Typed, Why, clean
from survey.console.words import PROBLEMS, say

NUMBER = say("Write a whole number in figures.")


class Whole(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with a message id."""
        try:
            super().process_formdata([clean(text) for text in valuelist])
        except ValueError as error:
            raise ValueError(NUMBER) from error


class Number(FloatField):
    """A number; the comma of kk, ru and uz is taken too."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with a message id."""
        try:
            super().process_formdata([clean(text).replace(",", ".") for text in valuelist])
        except ValueError as error:
            raise ValueError(say("Write a number in figures.")) from error


class Invite(Form):
    """A batch of codes."""

    batch = Typed(say("Name of the batch"), say("As the office calls the place or the list."), 60)
    size = Whole(
        say("Number of codes"),
        [InputRequired(PROBLEMS["needed"]), NumberRange(1, 5000, say("From 1 to 5,000 in one batch."))],
        description=say(
            "One for each person. Fewer than ten are refused outside a pilot: their answers could be told "
            "apart, after the close too."
        ),
        render_kw={"inputmode": "numeric"},
    )
    stratum = Typed(
        say("Stratum"), say("Of the sample design; empty where the sample has none."), 60, needed=False
    )
    psu = Typed(
        say("Primary sampling unit"),
        say("The settlement or district that was drawn first; empty where there is none."),
        60,
        needed=False,
    )
    fpc = Number(
        say("Units of the stratum in the population"),
        [Optional()],
        description=say("For the finite population correction; may stay empty."),
        render_kw={"inputmode": "decimal"},
    )
    base_weight = Number(
        say("Base weight"),
        [Optional()],
        description=say("One divided by the probability of selection. Empty: 1."),
        render_kw={"inputmode": "decimal"},
    )
    few = Typed(
        say("Why fewer than ten codes"),
        say("Empty otherwise. It is published in the wave's disclosure record."),
        300,
        needed=False,
    )
    letters = SelectMultipleField(
        say("Letters"),
        validate_choice=False,
        description=say("Languages of the printed letters. None chosen: the list of codes alone."),
    )
    reason = Why(
        say("Reason"),
        say("What it is needed for. It stands in the record of acts beside your name."),
    )


class Sheet(Form):
    """A reminder or a poster."""

    of = SelectField(say("For whom"), validate_choice=False)
    size = SelectField(
        say("Paper"),
        choices={"A4": "A4", "A5": "A5"},
        validate_choice=False,
        description=say("A5 is half as large as A4."),
    )
    letters = SelectMultipleField(
        say("Languages"), validate_choice=False, description=say("In which it is printed; none chosen: all.")
    )


class Site(Form):
    """A place where a poster hangs."""

    name = Typed(say("Name of the place"), say("As the office calls it: Clinic 3, Shymkent."), 60)
    word = Typed(
        say("Word in the address"),
        say("2 to 20 small Latin letters and digits; empty: one is drawn."),
        20,
        needed=False,
    )


class Clone(Form):
    """The next wave."""

    name = Typed(say("Name of the new wave"), say("Usually the year: 2028."), 60)
    alias = Typed(
        say("Word in respondents' address"),
        say("Neutral, so that it tells nobody the subject: small Latin letters, digits, hyphens."),
        30,
    )
    opens = Day(say("First day"), [InputRequired(PROBLEMS["needed"])], description=DAY)
    closes = Day(
        say("Last day"),
        [InputRequired(PROBLEMS["needed"])],
        description=say("On which somebody may begin; who began may finish."),
    )


class Settings(Form):
    """Who asks, and when."""

    organisation = Typed(say("Organisation"), say("Who asks, as respondents read it."), needed=False)
    contact = Typed(
        say("Contact"), say("A telephone number or address where people reach you."), needed=False
    )
    opens = Clone.opens
    closes = Clone.closes
    target = Whole(
        say("Interviews wanted"),
        [Optional(), NumberRange(1, 10_000_000, NUMBER)],
        description=say("In all; empty where none is set."),
        render_kw={"inputmode": "numeric"},
    )


class Target(Form):
    """Another target of a cell."""

    target = Whole(
        say("Target"),
        [InputRequired(PROBLEMS["needed"]), NumberRange(0, 10_000_000, NUMBER)],
        description=say("How many interviews are wanted in this cell."),
        render_kw={"inputmode": "numeric"},
    )


class Quota(Target):
    """A cell more."""

    name = Typed(say("Name of the quota"), say("As the office knows it."), 60)
    item = SelectField(
        say("Question"), validate_choice=False, description=say("Whose answer decides who falls into it.")
    )
    answers = Typed(
        say("Answers"),
        say("Codes with commas between them, as 1, 2; of a number also a range, as 18-29."),
        60,
    )
    item2 = SelectField(
        say("Second question"),
        validate_choice=False,
        description=say("Where both have to hold; may stay empty."),
    )
    answers2 = Typed(
        say("Answers to the second"), say("As above; empty without a second question."), 60, False
    )
    kind = SelectField(
        say("Kind"), validate_choice=False, description=say("What happens to whoever comes after the target.")
    )
    counts = SelectField(
        say("What is counted"), validate_choice=False, description=say("Against the target.")
    )

    def pairs(self) -> list[tuple[str, str]]:
        """Question and answers, of those that were filled in."""
        given = ((self.item.data, self.answers.data), (self.item2.data, self.answers2.data))
        return [(item or "", answers or "") for item, answers in given if item and (answers or item)]


class Asker(Form):
    """An interviewer's link."""

    name = Typed(say("Interviewer's number"), say("A letter and a number of the office; never a name."), 20)
    batch = Typed(
        say("Sampling point"), say("Where the interviewer asks; empty where the sample has none."), 60, False
    )
    stratum = Invite.stratum
    psu = Invite.psu
    renew = BooleanField(
        say("A new link in the place of a lost one"),
        description=say("The lost link leads nowhere from now on."),
    )


class StratumForm(Form):
    """A stratum of the sample."""

    name = Typed(say("Name of the stratum"), say("As batches name it; a name that is there is changed."), 60)
    target = Whole(
        say("Interviews wanted"),
        [Optional(), NumberRange(1, 10_000_000, NUMBER)],
        description=say("In this stratum; empty where none is set."),
        render_kw={"inputmode": "numeric"},
    )
    psus = Whole(
        say("Sampling units in the population"),
        [Optional(), NumberRange(1, 10_000_000, NUMBER)],
        description=say(
            "Settlements or districts from which some are drawn first; empty where there are none."
        ),
        render_kw={"inputmode": "numeric"},
    )
