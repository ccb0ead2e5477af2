"""Words about a wave's way from draft to closed: a gate or a step in, message ids out."""

from dataclasses import dataclass

from survey.console.words import say


@dataclass(frozen=True)
class About:
    """What a gate is, what is to be done where it is shut, and on which page."""

    title: str
    todo: str
    page: str = ""
    """Endpoint of the page where it is done; empty: on the wave's own."""


GATES = {
    "state": About(
        say("State and dates"), say("Set a first and a last day that are still to come."), "settings"
    ),
    "questionnaire": About(
        say("Questionnaire"), say("The questionnaire has faults. Its author puts them right."), "translations"
    ),
    "comparability": About(
        say("Comparable with the wave before"),
        say("A question changed and the questionnaire does not say so. Its author declares the change."),
        "translations",
    ),
    "settings": About(
        say("Settings as in the wave before"),
        say("Something differs from the wave before. Set it back, or say why in the design file."),
        "settings",
    ),
    "translation": About(
        say("Every text translated"), say("Texts are missing. A translator brings them."), "translations"
    ),
    "review": About(
        say("Translations reviewed"),
        say("A second person whose language it is has to read every text."),
        "translations",
    ),
    "organisation": About(
        say("Who asks"), say("Say who asks and how people reach you: respondents read it first."), "settings"
    ),
    "disclosure": About(
        say("Disclosure record"),
        say("Write down what every published poll has to say of itself."),
        "disclosure",
    ),
    "protection": About(
        say("Data protection"), say("The words about data protection cannot be read."), "disclosure"
    ),
    "help_lines": About(
        say("Help lines called"),
        say("Call every number that respondents will see, and note it here."),
        "lines",
    ),
    "design": About(say("Sample design"), say("Batches and strata do not fit together."), "design"),
    "rehearsal": About(
        say("Pages rehearsed"), say("Invented respondents have to answer every page to its end.")
    ),
    "key": About(
        say("Key of the wave"),
        say("The wave's key is not on this server. Whoever runs the server brings it back."),
    ),
}


@dataclass(frozen=True)
class Step:
    """What to do next with a wave."""

    words: str
    page: str = ""
    way: str = ""
    """Words of the link to that page."""
    command: str = ""


STEPS = {
    "gates": Step(say("Before the first respondent comes in, every gate below has to be open.")),
    "ready": Step(say("Every gate is open. Try the wave as a pilot, or open it.")),
    "waiting": Step(
        say("The wave opens by itself on its first day. Until then codes can be printed."),
        "batches",
        say("Invitations"),
    ),
    "field": Step(
        say("People are answering. Look once a day how it goes; remind whole batches, never single people."),
        "monitor",
        say("How it goes"),
    ),
    "last_day_over": Step(say("The last day is over. Propose to close the wave below.")),
    "proposed": Step(
        say("The closing was proposed by {name}. A second person confirms it below, with the wave's name.")
    ),
    "closing_alone": Step(say("Closing was proposed. Confirm it below, with the wave's name.")),
    "cut_off": Step(
        say("The closing was cut off before the attack on the closed wave ended. Take it up again below.")
    ),
    "closed": Step(say("The wave is closed. Next a release is made on the server."), command="release build"),
    "released": Step(
        say("The wave is released. Next the report is made on the server."), command="report build"
    ),
    "frozen": Step(
        say(
            "Figures of the wave are published, so it is frozen: its design, its weights and its release "
            "stay as they are. A mistake is put right by an erratum: another release that says why, typed on "
            "the server with --erratum and the reason. The report then lists every figure that changed."
        ),
        command="release build",
    ),
}
