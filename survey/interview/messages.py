"""Words for what is wrong with an answer: a `Problem` and a language in, one sentence out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from instruments import Problem
from survey.i18n import Translator

SOFT = "unanswered"


@dataclass(frozen=True)
class Message:
    """What stands at an item. `hard`: the page is not accepted before it is settled."""

    words: str
    hard: bool


def message(problem: Problem, say: Translator, choices: Sequence[str] = ()) -> Message:
    """The message for a problem; `choices`: the item's `don't know` and the like, if offered."""
    if problem.code == SOFT:
        return Message(_unanswered(say, choices), hard=False)
    return Message(WORDS[problem.code](problem, say), hard=True)


def _written(problem: Problem, say: Translator) -> dict[str, str]:
    """The numbers of a problem as the language writes them."""
    return {name: v if isinstance(v, str) else say.number(v) for name, v in problem.params.items()}


def _unanswered(say: Translator, choices: Sequence[str]) -> str:
    if not choices:
        return say.gettext("Please answer.")
    quoted = [say.gettext("“{words}”", words=words) for words in choices]
    return say.gettext("Please answer or choose {choices}.", choices=" / ".join(quoted))


def typed_is_here(say: Translator) -> str:
    """Beside a form that sends once more what could not be saved."""
    return say.gettext(
        "What you typed last is still in this page: open the interview in another tab, come back and "
        "press “Try again”."
    )


WORDS: dict[str, Callable[[Problem, Translator], str]] = {
    "required": lambda p, say: say.gettext("Please answer this question: we need it to go on."),
    "not_an_option": lambda p, say: say.gettext(
        "“{value}” is not one of the answers. Please choose one of them.", **p.params
    ),
    "not_a_number": lambda p, say: say.gettext("Please type a whole number in digits, for example 34."),
    "too_small": lambda p, say: say.gettext(
        "Please type a number that is not below {min}.", **_written(p, say)
    ),
    "too_large": lambda p, say: say.gettext(
        "Please type a number that is not above {max}.", **_written(p, say)
    ),
    "not_digits": lambda p, say: say.gettext("Please type digits only."),
    "not_a_year": lambda p, say: say.gettext("Please type the year with four digits, for example 1987."),
    "no_such_date": lambda p, say: say.gettext("There is no such date. Please check every part of it."),
    "date_incomplete": lambda p, say: say.gettext(
        "A part of the date is missing. Please fill it in, or leave all of the date blank."
    ),
    "date_too_early": lambda p, say: say.gettext(
        "This date is too early. The earliest one possible: {date}", date=say.when(str(p.params["min"]))
    ),
    "date_too_late": lambda p, say: say.gettext(
        "This date is too late. The latest one possible: {date}", date=say.when(str(p.params["max"]))
    ),
    "not_text": lambda p, say: say.gettext("Please type your answer in words."),
    "too_long": lambda p, say: say.ngettext(
        "This is too long: at most {n} character fits.",
        "This is too long: at most {n} characters fit.",
        int(p.params["max"]),
    ),
    "too_many": lambda p, say: say.ngettext(
        "Please choose at most {n} answer.", "Please choose at most {n} answers.", int(p.params["max"])
    ),
    "exclusive": lambda p, say: say.gettext(
        "One of the answers you chose cannot stand together with others. Please keep one or the other."
    ),
    "one_or_other": lambda p, say: say.gettext("Please give one answer only."),
    "ranking": lambda p, say: say.gettext(
        "Please give each place from 1 to {max} to one answer, and none twice.", **_written(p, say)
    ),
    "takes_no_answer": lambda p, say: say.gettext("This is a text to read: it takes no answer."),
}
"""Problem code -> its words; the codes of `Item.problems` and of the fields, and no others."""
