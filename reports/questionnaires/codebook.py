"""A questionnaire and a language in, its codebook for people out: one HTML page, or a PDF/UA-1."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from instruments import Codebook, Level, Questionnaire, Role, Variable
from reports.printing import print_html
from reports.questionnaires.computed import rule_in_words
from reports.questionnaires.documents import compared, paper_page, reviews, screen_page, setting_for
from reports.questionnaires.setting import Setting


@dataclass(frozen=True)
class Entry:
    """One column. `codes` and `missing`: (code, words); `facts`: (term, words)."""

    name: str
    label: str
    level: str
    role: str
    question: Markup
    codes: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    nets: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    rule: tuple[str, ...]
    shown: bool
    """Whether it only says how something was shown; such columns are many, and take one line."""


@dataclass(frozen=True)
class Chapter:
    """The columns of one module, or those that belong to none."""

    id: str
    title: str
    entries: tuple[Entry, ...]


def codebook_html(questionnaire: Questionnaire, language: str) -> str:
    """One file without script. ReportError when a text lacks the language."""
    setting = setting_for(questionnaire, language)
    return screen_page("codebook.html", setting, **_values(setting))


def codebook_pdf(questionnaire: Questionnaire, language: str) -> bytes:
    """The same as a PDF with page numbers in contents and index."""
    setting = setting_for(questionnaire, language)
    html = paper_page("codebook.html", setting, "questionnaire-codebook.css", **_values(setting))
    return print_html(html, f"{questionnaire.fingerprint} {language} codebook".encode())


def _values(setting: Setting) -> dict[str, Any]:
    questionnaire = setting.questionnaire
    chapters = tuple(_chapters(setting))
    entries = [(entry.name, entry.label) for chapter in chapters for entry in chapter.entries]
    return {
        "title": setting.plain(questionnaire.title, "title"),
        "population": setting.plain(questionnaire.population, "population"),
        "reviews": reviews(setting),
        "chapters": chapters,
        "index": sorted(entries, key=lambda entry: (entry[0].casefold(), entry[0])),
    }


def _chapters(setting: Setting) -> Iterator[Chapter]:
    say, codebook = setting.words.say, setting.questionnaire.codebook()
    computed = (Role.DERIVED, Role.INDICATOR)
    asked = [variable for variable in codebook.variables if variable.role not in computed]
    titles = {
        module.id: setting.plain(module.title, f"modules.{module.id}")
        for module in setting.questionnaire.modules.values()
    }
    groups = [
        *((name, title, [v for v in asked if v.module == name]) for name, title in titles.items()),
        (
            "by-chance",
            say("Decided by chance for the whole interview"),
            [v for v in asked if v.module not in titles],
        ),
        ("computed", say("Computed columns"), [v for v in codebook.variables if v.role is Role.DERIVED]),
        ("indicators", say("Indicators"), [v for v in codebook.variables if v.role is Role.INDICATOR]),
    ]
    for name, title, variables in groups:
        if variables:
            yield Chapter(name, title, tuple(_entry(variable, codebook, setting) for variable in variables))


def _entry(variable: Variable, codebook: Codebook, setting: Setting) -> Entry:
    name = variable.name
    return Entry(
        name,
        setting.plain(variable.label, name),
        _levels(setting)[variable.level],
        _roles(setting)[variable.role],
        setting.pick(variable.question, f"{name}.question") if variable.question else Markup(),
        tuple(
            (_signed(code), setting.plain(words, f"{name}.{code}")) for code, words in variable.codes.items()
        ),
        tuple((_signed(kind), setting.missing_words[kind]) for kind in variable.missing),
        tuple(
            (setting.plain(net.label, f"{name}.{key}"), ", ".join(map(str, net.codes)))
            for key, net in variable.nets.items()
        ),
        tuple(_facts(variable, codebook, setting)),
        rule_in_words(variable.rule, codebook, setting) if variable.rule is not None else (),
        variable.role is Role.PARADATA and not variable.codes,
    )


def _facts(variable: Variable, codebook: Codebook, setting: Setting) -> Iterator[tuple[str, str]]:
    say = setting.words.say
    if variable.universe:
        yield say("Asked if"), setting.words.pick(variable.universe, f"{variable.name}.universe")
    if variable.role is not Role.PARADATA:
        yield say("Wording"), "; ".join([str(variable.wording), *compared(variable.compare, setting)])
    if variable.construct:
        key = f" ({variable.key:+d})".replace("-", "\u2212") if variable.key else ""
        yield say("Construct"), variable.construct + key
    higher = {"harmful": say("a harmful attitude"), "protective": say("a protective attitude")}
    if variable.higher in higher:
        yield say("A high code means"), higher[variable.higher]
    for indicator in codebook.indicators:
        if indicator.variable == variable.name:
            yield say("Finding"), setting.plain(indicator.finding, f"{indicator.name}.finding")
            if indicator.headline:
                yield say("Headline"), say("yes")


def _levels(setting: Setting) -> dict[Level, str]:
    say = setting.words.say
    return {
        Level.NOMINAL: say("nominal"),
        Level.ORDINAL: say("ordinal"),
        Level.INTERVAL: say("interval"),
        Level.TEXT: say("text, never the words"),
    }


def _roles(setting: Setting) -> dict[Role, str]:
    say = setting.words.say
    return {
        Role.ANSWER: say("answer"),
        Role.ASSIGNMENT: say("decided by chance"),
        Role.PARADATA: say("how it was shown"),
        Role.DERIVED: say("computed"),
        Role.INDICATOR: say("indicator"),
    }


def _signed(code: int) -> str:
    return str(int(code)).replace("-", "\u2212")
