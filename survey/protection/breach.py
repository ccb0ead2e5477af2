"""An instance's waves in, the page for the day something was stolen out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from survey.i18n import Translator
from survey.store.base import CLOSED
from survey.store.models import Wave


@dataclass(frozen=True)
class Exposed:
    """One wave, and what a thief of database, log and backups finds out about it."""

    wave: str
    state: str
    finds: str


@dataclass(frozen=True)
class BreachPage:
    """In one language."""

    day: date
    waves: Sequence[Exposed]
    steps: Sequence[str]
    to_authority: str
    to_respondents: str


def breach_page(waves: Sequence[Wave], today: date, say: Translator) -> BreachPage:
    """For a theft of the database, its log and its backups; the notices are drafts to be filled in."""
    return BreachPage(
        today,
        [Exposed(f"{w.study}/{w.name}", w.state, _finds(w, say)) for w in waves if w.state != "draft"],
        _steps(say),
        _authority(say),
        _respondents(say),
    )


def _finds(wave: Wave, say: Translator) -> str:
    if wave.synthetic:
        return say.gettext("Invented answers: nobody.")
    if wave.state in CLOSED:
        return say.gettext(
            "Answers of nobody in particular: their link to codes is destroyed. Somebody may still be "
            "recognised "
            "by an unusual combination of answers."
        )
    return say.gettext(
        "Answers without names. Together with the wave's key (the folder keys) whose code gave which "
        "answers; "
        "with the hour at which people answered, those since the last nightly rewrite."
    )


def _steps(say: Translator) -> list[str]:
    return [
        say.gettext(
            "Write down when and how it was noticed, and what is missing: {command}.",
            command="tolqyn audit verify",
        ),
        say.gettext(
            "If the machine itself was entered: take it off the network, do not switch it off, and keep its "
            "disk."
        ),
        say.gettext(
            "If the keys folder may be known: close the waves in the field now, which destroys their keys: "
            "{command}.",
            command="tolqyn wave close WAVE",
        ),
        say.gettext(
            "Make new keys for all the rest: {command}, new tokens for programs, new passwords.",
            command="tolqyn key rotate",
        ),
        say.gettext("Destroy backups from before a wave's close."),
        say.gettext(
            "Tell the authority and the respondents, by the drafts below, as the law of the day asks."
        ),
        say.gettext(
            "Put the machine back from a sealed backup, on a new disk: {command}.",
            command="tolqyn db restore FILE --key KEY",
        ),
    ]


def _authority(say: Translator) -> str:
    return say.gettext(
        "On [day] we found that [what] of our opinion survey was taken by somebody without right. It holds "
        "answers "
        "to questions and no names, addresses, telephone numbers or internet addresses. Concerned: about "
        "[number] "
        "respondents of [waves]. We have done the following: [steps]. Contact: [name, telephone]."
    )


def _respondents(say: Translator) -> str:
    return say.gettext(
        "Somebody took a copy of the answers to our survey. We store no names, telephone numbers or "
        "addresses, so "
        "the copy does not say who answered. If you fear for your safety, call: [help lines]. Questions: "
        "[contact]."
    )


def said(page: BreachPage, say: Translator) -> list[str]:
    """The page as lines to read and print."""
    lines = [say.gettext("What a thief of database, log and backups finds out"), ""]
    lines += [f"{each.wave} ({each.state}): {each.finds}" for each in page.waves]
    lines += ["", say.gettext("What to do, in this order")]
    lines += [f"{number}. {step}" for number, step in enumerate(page.steps, start=1)]
    lines += ["", say.gettext("Draft for the authority"), page.to_authority]
    lines += ["", say.gettext("Draft for the public"), page.to_respondents]
    return lines
