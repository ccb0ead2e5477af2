"""An instance in, the page for the day something was stolen out: what lies where, what to do, what to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from survey.config import Config
from survey.i18n import Translator
from survey.protection.lying import Lying, lying
from survey.store.base import CLOSED
from survey.store.invitations import FEW
from survey.store.models import Wave
from survey.store.waves import all_waves


@dataclass(frozen=True)
class Exposed:
    """One wave, and what a thief of database, log and backups finds out about it."""

    wave: str
    state: str
    finds: str


@dataclass(frozen=True)
class Draft:
    """A notice to be filled in, and when it is the true one."""

    head: str
    words: str


@dataclass(frozen=True)
class BreachPage:
    """In one language."""

    day: date
    waves: Sequence[Exposed]
    lies: Sequence[Lying]
    """What is there to be taken."""
    steps: Sequence[str]
    drafts: Sequence[Draft]
    """For authority and public: nothing that leads to people was taken, or perhaps it was."""


def breach_page(session: Session, config: Config, today: date, say: Translator) -> BreachPage:
    """For a theft of whatever lies here; the notices are drafts to be filled in."""
    waves = [wave for wave in all_waves(session) if wave.state != "draft"]
    return BreachPage(
        today,
        [Exposed(f"{w.study}/{w.name}", w.state, _finds(w, say)) for w in waves],
        lying(session, config, say),
        _steps(_closing(waves, config), say),
        _drafts(say),
    )


def _closing(waves: Sequence[Wave], config: Config) -> str:
    """What to type, line by line as it works, for each wave whose key is worth something to a thief."""
    lines = [line for wave in waves for line in _close(wave, config)]
    return "; ".join(lines or _two(config, "WAVE"))


def _close(wave: Wave, config: Config) -> list[str]:
    name = f"{wave.study}/{wave.name}"
    if wave.state == "pilot":
        return [f"tolqyn wave pilot {name} --end"]
    if wave.state in ("open", "closing"):
        return _two(config, name)[1 if wave.proposed_by else 0 :]
    return []


def _two(config: Config, name: str) -> list[str]:
    """The proposal and the carrying out; the second name is to be another person's."""
    if not config.two_person:
        return [f"tolqyn wave close {name} --confirm"]
    return [f"tolqyn wave close {name} --by NAME", f"tolqyn wave close {name} --by SECOND_NAME --confirm"]


def _finds(wave: Wave, say: Translator) -> str:
    """Of batches of few codes more than of others."""
    if FEW not in wave.disclosure:
        return _usual(wave, say)
    few = say.gettext(
        "But some invitations went to very few people: whoever knows to whom finds out which answers are "
        "theirs."
    )
    return f"{_usual(wave, say)} {few}"


def _usual(wave: Wave, say: Translator) -> str:
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


def _steps(closing: str, say: Translator) -> list[str]:
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
            command=closing,
        ),
        say.gettext(
            "Make new keys for all the rest: {command}, new tokens for programs, new passwords.",
            command="tolqyn key rotate; tolqyn key rotate --people",
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


def _drafts(say: Translator) -> list[Draft]:
    authority, public = say.gettext("Draft for the authority"), say.gettext("Draft for the public")
    alone = say.gettext("if neither keys nor lists of addresses or codes were taken")
    together = say.gettext("if keys or lists of addresses or codes were perhaps taken, too")
    return [
        Draft(f"{authority}, {alone}", _authority(say)),
        Draft(f"{public}, {alone}", _respondents(say)),
        Draft(f"{authority}, {together}", _authority_linked(say)),
        Draft(f"{public}, {together}", _respondents_linked(say)),
    ]


def _authority(say: Translator) -> str:
    return say.gettext(
        "On [day] we found that [what] of our opinion survey was taken by somebody without right. Of "
        "those who answered it holds answers to questions and no names, addresses, telephone numbers or "
        "internet addresses; what they wrote in their own words is locked to a key that was not taken. "
        "Of our staff it holds names, roles and what they did. Concerned: about [number] respondents of "
        "[waves], [number] of staff. We have done the following: [steps]. Contact: [name, telephone]."
    )


def _respondents(say: Translator) -> str:
    return say.gettext(
        "Somebody took a copy of the answers to our survey. It holds no names, telephone numbers or "
        "addresses of those who answered, and what could lead from answers to people was not taken. "
        "Somebody who knows you well might still recognise unusual answers. If you fear for your safety, "
        "call: [help lines]. Questions: [contact]."
    )


def _authority_linked(say: Translator) -> str:
    return say.gettext(
        "On [day] we found that [what] of our opinion survey was taken by somebody without right, perhaps "
        "together with [keys, lists of addresses, lists of codes]. With these it may be found out who took "
        "part in [waves], and of waves that were not closed yet who gave which answers. Concerned: about "
        "[number] respondents, [number] addresses, [number] of staff. We have done the following: [steps]. "
        "Contact: [name, telephone]."
    )


def _respondents_linked(say: Translator) -> str:
    return say.gettext(
        "Somebody took a copy of the answers to our survey, and perhaps also what leads from answers to "
        "people. If you were invited to [waves], he may know that, and perhaps what you answered. Delete "
        "our messages and destroy the letter with your code. If you fear for your safety, call from a "
        "telephone that is safe: [help lines]. Questions: [contact]."
    )


def said(page: BreachPage, say: Translator) -> list[str]:
    """The page as lines to read and print."""
    lines = [say.gettext("What a thief of database, log and backups finds out"), ""]
    lines += [f"{each.wave} ({each.state}): {each.finds}" for each in page.waves]
    lines += [
        "",
        say.gettext("What lies here and could be taken (look wherever else lists were kept, too)"),
    ]
    lines += [
        f"{'' if each.count is None else f'{each.count} × '}{each.what}: {each.where}" for each in page.lies
    ]
    lines += ["", say.gettext("What to do, in this order")]
    lines += [f"{number}. {step}" for number, step in enumerate(page.steps, start=1)]
    for draft in page.drafts:
        lines += ["", draft.head, draft.words]
    return lines
