"""Words of the console that stand in no template: a key in, a message id out."""

from datetime import date
from typing import Any

from survey.i18n import Translator
from survey.refusal import Reason, Refused, Said


def say(message: str) -> str:
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


ROLES = {
    "director": say("Director"),
    "field_manager": say("Field manager"),
    "interviewer": say("Interviewer"),
    "translator": say("Translator"),
    "analyst": say("Analyst"),
    "data_officer": say("Data officer"),
}
DUTIES = {
    "director": say("Gives rights to others, reads the record of acts, sees everything in the console."),
    "field_manager": say("Runs waves: invitations, progress, closing."),
    "interviewer": say("Asks people; works by an own link and sees nothing of others."),
    "translator": say("Works on the wording of questionnaires."),
    "analyst": say("Works with releases and tables, with rows only where a director gives them."),
    "data_officer": say("Answers for the data: record of acts, releases, deletion."),
}
STATES = {
    "draft": say("Draft"),
    "pilot": say("Pilot"),
    "open": say("Open"),
    "closing": say("Closing"),
    "closed": say("Closed"),
    "released": say("Released"),
    "frozen": say("Frozen"),
}
ACCOUNTS = {"active": say("Active"), "invited": say("Invited"), "disabled": say("Disabled")}
SAMPLES = {"probability": say("Probability sample"), "nonprobability": say("Not a random sample")}
ACCESS = {"invited": say("By personal code"), "open": say("By open link")}
SOURCES = {"collected": say("Collected here"), "imported": say("Imported")}
PARTS = {
    "totals": say("All in all"),
    "weeks": say("By the week in which they began"),
    "languages": say("By language"),
    "modes": say("By mode"),
    "strata": say("By stratum"),
    "batches": say("By batch, site and sampling point"),
    "quotas": say("Quota cells"),
    "pages": say("Where people leave"),
    "items": say("Questions without an answer"),
    "flags": say("Signs of careless answers"),
    "rates": say("Outcome rates"),
    "interviewers": say("Interviewers"),
    "effects": say("What interviewers share"),
}
MEASURES = {
    "completes": say("Complete"),
    "complete": say("Complete"),
    "unfinished": say("Unfinished"),
    "screened_out": say("Not asked"),
    "withdrawn": say("Withdrawn"),
    "used_codes": say("Used codes tried again"),
    "invited": say("Invited"),
    "at_least": say("At least"),
    "target": say("Target"),
    "left": say("Left, per cent"),
    "minutes": say("Minutes, median"),
    "shown": say("Shown"),
    "asked": say("Asked"),
    "dont_know": say("Don't know, per cent"),
    "refused": say("Would not say, per cent"),
    "no_answer": say("No answer, per cent"),
    "judged": say("Judged"),
    "flagged": say("Marked, per cent"),
    "percent": say("Per cent"),
    "rho": say("Intraclass correlation"),
    "design_effect": say("Design effect"),
}
CELLS = {
    "open": say("Open"),
    "nearly full": say("Nearly full"),
    "full": say("Full: nobody more is taken"),
    "nearly reached": say("Nearly reached"),
    "reached": say("Reached"),
    "closed by hand": say("Shut by hand"),
    "not shown": say("Not shown"),
}
FIGURES = (
    ("weeks", "week", ("complete",)),
    ("languages", "language", ("complete", "left", "minutes")),
    ("modes", "mode", ("complete", "left", "minutes")),
    ("strata", "stratum", ("target", "invited", "complete")),
    ("batches", "batch", ("invited", "complete")),
    ("quotas", "cell", ("at_least", "target")),
    ("pages", "page", ("shown", "left")),
    ("items", "label", ("asked", "dont_know", "refused", "no_answer")),
    ("flags", "label", ("judged", "flagged")),
    ("rates", "rate", ("percent",)),
    ("interviewers", "interviewer", ("complete", "minutes")),
    ("effects", "label", ("rho", "design_effect")),
)
"""Parts of a snapshot, what names a row of each, and what is measured."""
PROBLEMS = {
    "short": say("Too short: use at least 12 letters or digits. Four ordinary words in a row are good."),
    "long": say("Too long: use at most 200 letters."),
    "common": say(
        "Too easy to guess: others use it too, or it is your name. Take four words that have nothing to do "
        "with each other."
    ),
    "wrong": say("Wrong name or password."),
    "blocked": say(
        "Too many wrong tries. Wait 15 minutes, sign in with a passkey or from a browser you used before, "
        "or ask the director for a new link."
    ),
    "busy": say("Too many people are signing in at this moment. Try again in a minute."),
    "code": say("Wrong code, or one that was used before. Wait for the next one and type it again."),
    "passkey": say("The passkey was not accepted. Try again, or use a code."),
    "password": say("That is not your present password."),
    "typed": say("The name you typed is not the same."),
    "last_director": say("The last director stays one: make somebody else a director first."),
    "name": say("Use small letters, digits, and . - _ between them."),
    "taken": say("That name is taken, perhaps by a disabled account."),
    "everywhere": say("A director is one for the whole office: leave the place empty."),
    "place": say("Write the name of a study, a study and a wave with / between them, or nothing."),
    "no_role": say("That role is not held."),
    "rows_place": say("Write a study, or a study and a wave with / between them."),
    "rows_reason": say("Say why in words: others read it later."),
    "rows_until": say("Choose a day from today on, at most a year from now."),
    "rows_role": say("Only an analyst of that wave gets its rows: give the role first."),
    "rows_none": say("Those rows are not given."),
    "disabled": say("The account is disabled: let it in again first."),
    "self": say("You cannot do that to your own account: ask another director."),
    "own_hands": say(
        "You let this person in within the last 30 days, and could be both: ask another director, or "
        "whoever keeps the server."
    ),
    "needed": say("Please fill this in."),
    "too_long": say("Too long."),
    "choice": say("Please choose one of the list."),
    "unread": say("Open the text first: nobody decides about words that he or she has not read."),
    "xlsx": say(
        "This is no workbook that can be read. Take the workbook from this page, and send that one back."
    ),
    "two_person": say("A second person has to do this: somebody else than who proposed it."),
}


BY_RULE = {
    "translation": say("a text is missing in a language of the wave"),
    "untranslated": say("a text is the same as in the language it was written in"),
    "undeclared": say("the question changed, and the file does not say whether answers still compare"),
    "version": say("the content changed under the same number of version"),
    "replaces": say("what the question takes the place of is not as the file says"),
}
"""What the author of a questionnaire is told in the language of the terminal, in short for whoever waits."""

OF_DESIGNS = (
    say("a name of Latin letters, digits, - and _, at most 40"),
    say("a number of interviews, 30 or more"),
)
"""What the schema of design files expects of a quota, which a form of the console may meet too."""


def worded(t: Translator, text: str) -> str:
    """Words of a refusal or a note in the visitor's language, with what they are filled with."""
    if not isinstance(text, Said):
        return t.gettext(STATES.get(text, text)) if text else ""
    message = STATES.get(text.message, text.message)
    return t.gettext(message, **{name: _filled(t, value) for name, value in text.given.items()})


def _filled(t: Translator, value: Any) -> Any:
    if isinstance(value, Said):
        return worded(t, value)
    if isinstance(value, date):
        return t.in_figures(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(_filled(t, each)) for each in value)
    return value


def problem(t: Translator, refused: Refused) -> str:
    """A refusal of the store in the visitor's words."""
    rule = refused.reasons[0].rule
    return t.gettext(PROBLEMS[rule]) if rule in PROBLEMS else str(refused.reasons[0])


def problems(t: Translator, refused: Refused) -> list[str]:
    """Every reason of a refusal: in the visitor's words where there are some, else what was expected."""
    return [said(t, reason) for reason in refused.reasons]


def said(t: Translator, reason: Reason) -> str:
    """One reason in the visitor's words."""
    typed = reason.path.startswith("--") or reason.path.isupper()
    where = f"{worded(t, reason.path)}: " if reason.path and not typed else ""
    own = t.gettext(PROBLEMS[reason.rule]) if reason.rule in PROBLEMS else ""
    if not own and reason.rule in BY_RULE and not isinstance(reason.expected, Said):
        return where + t.gettext(BY_RULE[reason.rule])
    expected = t.gettext(
        say("expected: {expected}; found: {found}"),
        expected=worded(t, reason.expected),
        found=worded(t, reason.found),
    )
    return own or where + expected
