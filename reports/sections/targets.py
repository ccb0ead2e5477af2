"""Indicators against targets: a donor's, the national plan's or one's own, and whether each is reached."""

from dataclasses import dataclass

from reports.evidence import IndicatorEvidence
from reports.i18n import Words
from reports.phrasing import interval_text, level_text, subject, verdict_said
from reports.report import Section
from reports.rows import Reading
from reports.sections.material import Material
from reports.sections.template import render
from reports.spec import Target


@dataclass(frozen=True)
class Aim:
    """One line of the table, ready to print."""

    label: str
    target: str
    by: str
    whose: str
    now: str
    interval: str
    standing: str


def targets_sections(material: Material) -> tuple[Section, ...]:
    """The chapter of targets; none where the specification has none."""
    if not material.spec.targets:
        return ()
    words = material.words
    html = render(
        "sections/targets.html",
        words,
        aims=[_aim(target, material) for target in material.spec.targets],
        wave=material.evidence.latest.name,
        infers=material.infers,
        table_name=targets_table_name(material),
    )
    return (Section("targets", words.say("Indicators against targets"), html, flows=True),)


def targets_table_name(material: Material) -> str:
    return material.table_name("targets", ", ".join(each.indicator for each in material.spec.targets))


def _aim(target: Target, material: Material) -> Aim:
    words, each = material.words, _evidence(target.indicator, material)
    about = subject(each.indicator, words)
    latest = each.reading(material.evidence.latest.name)
    shown = latest is not None and latest.printable
    value = (
        words.percent(target.value / 100, _decimals(target.value))
        if about.share
        else words.number(target.value, 2)
    )
    sign = "≥" if target.direction == "at_least" else "≤"
    whose = {
        "donor": words.say("donor"),
        "national_plan": words.say("national plan"),
        "own": words.say("own target"),
    }[target.whose]
    source = material.in_words(target.source)
    return Aim(
        label=words.printed(each.indicator.label, f"label of indicator {each.indicator.name}"),
        target=f"{sign} {value}",
        by=target.by,
        whose=f"{whose}: {source}" if source else whose,
        now=level_text(about, latest, words) if latest and shown else "(s)" if latest else "…",
        interval=interval_text(about, latest, words) if latest and shown and material.infers else "",
        standing=_standing(target, latest, about.share, material),
    )


def _decimals(value: float) -> int:
    return 0 if value == round(value) else 1


def _evidence(name: str, material: Material) -> IndicatorEvidence:
    found = {each.indicator.name: each for each in material.evidence.indicators}
    return found[name] if name in found else material.further.targeted[name]


def _standing(target: Target, latest: Reading | None, share: bool, material: Material) -> str:
    """Reached or not only where the whole interval lies on one side of the target."""
    words: Words = material.words
    if latest is None:
        return words.say("not asked in that wave")
    if not latest.printable:
        return words.say("no figure")
    if not material.infers:
        return verdict_said("not_inferable", words)
    value = target.value / 100 if share else target.value
    low, high = latest.low - value, latest.high - value
    if target.direction == "at_most":
        low, high = -high, -low
    if low >= 0:
        return words.say("reached")
    if high >= 0:
        return words.say("cannot be told: the interval holds the target")
    due = target.by <= _year(material)
    return words.say("not reached") if due else words.say("not yet reached")


def _year(material: Material) -> str:
    """The year in which the latest wave's last interview was held."""
    dates = material.evidence.latest.meta.dates
    return (dates[1] if dates else material.dated)[:4]
