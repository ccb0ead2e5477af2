"""What a respondent may know about his or her answers: a wave's facts in, headings and sentences out."""

from dataclasses import dataclass
from datetime import date

from survey.i18n import Translator
from survey.store.protection import Protection

Part = tuple[str, list[str]]
"""A heading and the sentences under it."""


@dataclass(frozen=True)
class Asker:
    """Who asks, until when, and how people come in."""

    organisation: str
    contact: str
    closes: date
    invited: bool
    """By personal codes, which are printed or sent."""
    free_words: bool
    """Whether the questionnaire has a place for them."""
    copies_days: int
    """Until every backup of a day is gone."""
    few: bool = False
    """Whether there is a batch of so few invitations that its answers can be told apart."""


def notice(say: Translator, asker: Asker, facts: Protection) -> list[Part]:
    """The privacy notice in one language, as the wave is set up."""
    return [
        (say.gettext("Who asks, and why"), _who(say, asker, facts)),
        (say.gettext("What is stored, and what is not"), _stored(say, asker)),
        (say.gettext("Who can see it"), _seen(say, asker, facts)),
        (say.gettext("How long, and how to have it deleted"), _kept(say, asker, facts)),
        (say.gettext("Your choice"), _choice(say, asker, facts)),
    ]


def _who(say: Translator, asker: Asker, facts: Protection) -> list[str]:
    usual = say.gettext("We want to know what people think, and whether that changes from year to year.")
    return [
        say.gettext(
            "{organisation} asks. Contact: {contact}.", organisation=asker.organisation, contact=asker.contact
        ),
        facts.purpose.get(say.language) or usual,
    ]


def _stored(say: Translator, asker: Asker) -> list[str]:
    found = [
        say.gettext(
            "Stored: your answers, the language, the week, and how many seconds each page was open. "
            "Not stored: your name, your telephone number, your internet address, your device, or the hour."
        ),
        say.gettext(
            "Also stored: the questionnaire's version, the group of invitations or the place you came "
            "through, how often a page was opened, changed or not accepted, whether it was filled in by a "
            "program, and, where a survey takes only so many people of a kind, which kind you count for."
        ),
        say.gettext(
            "If an interviewer asks you: also the interviewer's number, whether others were present, and "
            "which pages you filled in yourself."
        ),
    ]
    if asker.invited:
        found.append(
            say.gettext(
                "Your invitation code is not stored with your answers. While the survey runs, only a key "
                "that lies outside the database could bring both together; when it ends, that key is "
                "destroyed."
            )
        )
        found.append(
            say.gettext(
                "The browser in which you begin gets a mark, which is stored with your answers while the "
                "survey runs. So nobody else who holds your invitation can read or change what you answered, "
                "or find out whether you did; you yourself go on elsewhere with your own code alone."
            )
        )
    if asker.free_words:
        found.append(
            say.gettext(
                "What you write in your own words is locked at once: it cannot be read on the server. "
                "Please write no names."
            )
        )
    return found


def _seen(say: Translator, asker: Asker, facts: Protection) -> list[str]:
    place = facts.place.get(say.language)
    found = [
        say.gettext(
            "Results are published as totals, never for groups so small that somebody could be recognised."
        ),
        place
        or say.gettext("The answers lie on a server of {organisation}.", organisation=asker.organisation),
    ]
    if asker.free_words:
        found.append(
            say.gettext(
                "Own words are read by one person chosen for it, apart from all other answers, before "
                "anybody uses them."
            )
        )
    return found


def _kept(say: Translator, asker: Asker, facts: Protection) -> list[str]:
    code = say.gettext(
        "At the end you get a code. With it you can have your answers deleted while the survey runs. "
        "After it ends nobody can find them any more, and we cannot either.",
    )
    if asker.few:
        code = say.gettext(
            "At the end you get a code. With it you can have your answers deleted while the survey runs. "
            "Some invitations of this survey went to very few people: whoever knows to whom may find out, "
            "after it ends too, which answers are theirs."
        )
    found = [
        code,
        say.gettext(
            "Deleted answers are gone from here at once, and within {days} days from sealed backup copies. "
            "If such a copy has to be put back meanwhile, they are deleted again.",
            days=asker.copies_days,
        ),
        say.gettext("New answers are taken until {date}.", date=say.in_figures(asker.closes)),
        say.gettext(
            "Answers without any link to a person are kept, so that later years can be compared with "
            "this one."
        ),
    ]
    if asker.free_words:
        until = say.in_figures(facts.texts_until(asker.closes))
        found.append(say.gettext("Own words are deleted by {date} at the latest.", date=until))
    return found


def _choice(say: Translator, asker: Asker, facts: Protection) -> list[str]:
    found = [
        say.gettext("Taking part is your choice. You may skip any question and stop at any time."),
        say.gettext(
            "If something troubles you about this survey, tell {organisation}: {contact}.",
            organisation=asker.organisation,
            contact=asker.contact,
        ),
    ]
    return found + [text for text in (facts.authority.get(say.language), facts.law.get(say.language)) if text]
