"""A questionnaire, a language and a form number in, one printed form out: PDF/UA-1 with boxes to tick."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from instruments import Draw, Item, Questionnaire, Role
from reports.printing import print_html
from reports.questionnaires.blocks import Block
from reports.questionnaires.conditions import Condition, in_words
from reports.questionnaires.documents import paper_page, review_of, setting_for
from reports.questionnaires.kinds import printed
from reports.questionnaires.setting import Setting
from reports.questionnaires.skips import STOP, Filter, filters, leads
from reports.questionnaires.steps import Step, places, rule_of, steps_of

ENDS = {"refusal": "end_refusal", "minor": "end_minor", "screenout": "end_screenout"}
WITHDRAWAL = "withdrawal_on_paper"
SHORT = 16
"""Letters of the fingerprint at the foot: enough to tell versions apart."""


@dataclass(frozen=True)
class Asked:
    """One question of the form."""

    number: str
    id: str
    text: Markup
    hint: Markup
    how: str
    only: str
    """For whom a row is, where the rows of its battery differ."""
    blocks: tuple[Block, ...]
    stops: tuple[str, ...]
    """Instructions on answers that end the interview."""
    answered: bool
    """Whether there is anything to answer, or only words to read."""
    beside: tuple["Asked", ...] = ()
    """Free words that belong to an option."""


@dataclass(frozen=True)
class Printing:
    """One step as the template prints it: words to read, a question, or a battery with its rows."""

    number: int
    filter: str
    text: Markup
    asked: tuple[Asked, ...]
    battery: str = ""


@dataclass(frozen=True)
class Chapter:
    """One module."""

    title: str
    printings: tuple[Printing, ...]


def ballot_of(form: int, seed: str) -> str:
    """What the form's draws derive from: data entry finds every order again by form number and seed."""
    return f"paper form {form}" + (f", {seed}" if seed else "")


def paper_pdf(
    questionnaire: Questionnaire,
    language: str,
    *,
    form: int = 1,
    seed: str = "",
    ballot: str = "",
    wave: str = "",
    fills: Mapping[str, str] | None = None,
) -> bytes:
    """The printed form. `fills`: words for `{organisation}` and `{contact}`; else a named blank is printed.

    `ballot`: what it draws from instead of number and seed, and never printed; `wave`: printed beside the
    number. ReportError when a text lacks the language.
    """
    html = paper_html(questionnaire, language, form=form, seed=seed, ballot=ballot, wave=wave, fills=fills)
    identifier = " ".join([questionnaire.fingerprint, language, ballot_of(form, seed), wave]).rstrip()
    return print_html(html, identifier.encode())


def paper_html(
    questionnaire: Questionnaire,
    language: str,
    *,
    form: int = 1,
    seed: str = "",
    ballot: str = "",
    wave: str = "",
    fills: Mapping[str, str] | None = None,
) -> str:
    """The form as HTML, addresses relative to the reports package."""
    draw = questionnaire.draw(ballot or ballot_of(form, seed))
    steps = steps_of(questionnaire, draw)
    setting = setting_for(questionnaire, language, draw=draw, fills=fills or {}, where=places(steps))
    title = setting.plain(questionnaire.public_title, "public_title")
    return paper_page(
        "paper.html",
        setting,
        "questionnaire-paper.css",
        title=title,
        form=form,
        seed=seed,
        wave=wave,
        short=questionnaire.fingerprint[:SHORT],
        review=review_of(setting),
        page_of=_page_of(setting),
        missing=setting.missing_words,
        codes=tuple(_drawn(questionnaire, draw)),
        chapters=tuple(_chapters(steps, setting)),
        final=setting.pick(questionnaire.texts["end_complete"], "texts.end_complete")
        if "end_complete" in questionnaire.texts
        else Markup(),
    )


def _page_of(setting: Setting) -> Markup:
    """CSS content of *page x of y*, the counters where the language has the numbers."""
    message = setting.words.say("page {page} of {pages}")
    found = message.replace("{pages}", '" counter(pages) "').replace("{page}", '" counter(page) "')
    return Markup(f'"{found}"')  # noqa: S704  the catalogue's own words


def _drawn(questionnaire: Questionnaire, draw: Draw) -> Iterator[tuple[str, int]]:
    """The columns that hold what chance decided, with this form's codes."""
    values = draw.variables()
    for variable in questionnaire.codebook().variables:
        if variable.role is Role.ASSIGNMENT and variable.name in values:
            yield variable.name, values[variable.name]


def _chapters(steps: tuple[Step, ...], setting: Setting) -> Iterator[Chapter]:
    found = filters(steps)
    for module in dict.fromkeys(step.module for step in steps):
        own = [step for step in steps if step.module == module]
        yield Chapter(
            setting.plain(setting.questionnaire.modules[module].title, f"modules.{module}"),
            tuple(_printing(step, steps, found, setting) for step in own),
        )


def _printing(step: Step, steps: tuple[Step, ...], found: Mapping[int, Filter], setting: Setting) -> Printing:
    if step.text:
        text = setting.pick(setting.questionnaire.texts[step.text], f"texts.{step.text}")
        return Printing(step.number, "", text, ())
    said = _filter(found[step.number], setting) if step.number in found else ""
    then = {code: _onward(target, setting) for code, target in leads(step, steps).items()}
    asked = tuple(_asked(item, step, then, setting) for item in step.items)
    if not step.battery:
        return Printing(step.number, said, Markup(), asked)
    battery = setting.questionnaire.batteries[step.battery]
    return Printing(step.number, said, setting.pick(battery.text, battery.id), asked, battery.id)


def _filter(found: Filter, setting: Setting) -> str:
    """*Ask 13 to 15 only if ...; otherwise go to 16.*"""
    say, clause = setting.words.say, in_words(found.rule, setting)
    if found.first == found.last:
        whom = say("Ask {first} only if {clause}.", first=found.first, clause=clause)
    else:
        whom = say(
            "Ask {first} to {last} only if {clause}.", first=found.first, last=found.last, clause=clause
        )
    other = (
        say("Otherwise go to the end.")
        if found.onward is None
        else say("Otherwise go to {n}.", n=found.onward)
    )
    return f"{whom} {other}"


def _onward(target: int | None, setting: Setting) -> str:
    if target is None:
        return setting.words.say("go to the end")
    if target == STOP:
        return setting.words.say("stop, see below")
    return setting.words.say("go to {n}", n=target)


def _asked(item: Item, step: Step, then: Mapping[int, str], setting: Setting) -> Asked:
    kind, draw = printed(item.kind), setting.draw
    rule: Condition | bool = True
    if item.counts_if is not None:
        rule = item.counts_if.data
    elif step.rule is None and draw is not None:
        rule = rule_of(item, draw)
    return Asked(
        setting.place(item.id),
        item.id,
        setting.pick(kind.text(item, setting), item.id),
        _hint(item, setting),
        _how(item, setting),
        ""
        if isinstance(rule, bool)
        else setting.words.say("Only if {clause}.", clause=in_words(rule, setting)),
        kind.blocks(item, setting, then),
        tuple(_stops(item, setting)),
        item.stores,
        tuple(_asked(companion, step, {}, setting) for companion in item.companions()),
    )


def _hint(item: Item, setting: Setting) -> Markup:
    """Below the consent question stands how answers are taken back: on paper there is no code for that."""
    own = setting.questionnaire.texts.get(WITHDRAWAL)
    if item.role == "consent" and own:
        return setting.pick(own, f"texts.{WITHDRAWAL}")
    return setting.pick(item.hint, f"{item.id}.hint") if item.hint else Markup()


def _how(item: Item, setting: Setting) -> str:
    needed = setting.words.say("An answer is needed.") if item.required else ""
    return " ".join(part for part in (printed(item.kind).how(item, setting), needed) if part)


def _stops(item: Item, setting: Setting) -> Iterator[str]:
    say, texts = setting.words.say, setting.questionnaire.texts
    for exit_ in item.exits:
        words = [say("Stop if {clause}.", clause=in_words(exit_.rule.data, setting))]
        name = ENDS[exit_.to]
        if name in texts:
            words.append(say("Read out: “{text}”", text=setting.plain(texts[name], f"texts.{name}")))
        words.append(
            say("Keep the form.") if exit_.keep else say("Destroy the form: nothing of it may be kept.")
        )
        yield " ".join(words)
