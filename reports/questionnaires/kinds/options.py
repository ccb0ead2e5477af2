"""What kinds with options share: options in, boxes to tick and words for their order out."""

from collections.abc import Collection, Mapping

from markupsafe import Markup

from instruments import Option
from reports.questionnaires.blocks import Tick, led
from reports.questionnaires.setting import Setting

MANY, SHORT = 9, 32
"""So many options of at most so many letters stand in columns."""


def style_of(options: tuple[Tick, ...]) -> str:
    """`columns` for a long list of short words, else `list`."""
    short = all(len(tick.label) <= SHORT for tick in options)
    return "columns" if short and len(options) >= MANY else "list"


def ticks(options: tuple[Option, ...], setting: Setting, then: Mapping[int, str]) -> tuple[Tick, ...]:
    """One box an option."""
    return tuple(led(option.code, label(option, setting), then) for option in options)


def label(option: Option, setting: Setting) -> Markup:
    """The option's words; empty where they only say its code, as on a scale of numbers."""
    words = setting.pick(option.label, f"option {option.code}")
    if words == str(option.code):
        return Markup()
    return Markup(words.removeprefix(f"{option.code} – "))  # noqa: S704  escaped by pick


def quoted(options: tuple[Option, ...], value: object, setting: Setting) -> str:
    """The words of the option with that code, in quotes; the code itself where there is none."""
    named = [option for option in options if option.code == value]
    if not named:
        return str(value)
    return setting.words.say("“{question}”", question=setting.plain(named[0].label, f"option {value}"))


def order_mark(random: bool, last: Collection[int], setting: Setting) -> tuple[str, ...]:
    """How the options are ordered, if chance decides."""
    if not random:
        return ()
    if not last:
        return (setting.words.say("options in random order"),)
    codes = ", ".join(map(str, last))
    return (setting.words.say("options in random order; {codes} stay at the end", codes=codes),)
