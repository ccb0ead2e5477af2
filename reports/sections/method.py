"""The method statement: AAPOR's eleven items from disclosure and weights; what is unknown is said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reports.counts import counted, parts_counted
from reports.evidence import Wave
from reports.i18n import Words, own_name
from reports.report import Section
from reports.sections.material import Material
from reports.sections.method_facts import fieldwork_facts, precision_rows, rate_facts, weighting_facts
from reports.sections.method_figures import method_figures
from reports.sections.published_facts import fieldwork_days, mode_names, not_random, published_facts
from reports.sections.reading import review_status
from reports.sections.requirements import gaps
from reports.sections.template import render


@dataclass(frozen=True)
class Item:
    """One item: its number and name, and paragraphs; an empty one prints as not stated."""

    number: int
    name: str
    paragraphs: tuple[str, ...]


def method_section(material: Material, wording: str = "") -> Section:
    """Eleven items, each said plainly, and the table of sizes and precision by wave.

    `wording`: where the questions' wording stands, where there is no such chapter.
    """
    words = material.words
    facts = published_facts(material)
    if wording:
        facts = tuple(replace(fact, text=wording, anchor="") if fact.anchor else fact for fact in facts)
    html = render(
        "sections/method.html",
        words,
        items=items(material),
        facts=facts,
        gaps=gaps(material),
        precision=precision_rows(material),
        figures=method_figures(material),
        infers=material.infers,
        modelled=material.modelled,
        synthetic=material.synthetic,
        comparisons=material.evidence.comparisons,
    )
    return Section("method", words.say("How the survey was done"), html, flows=True)


def items(material: Material) -> tuple[Item, ...]:
    """AAPOR's eleven items in order."""
    words = material.words
    names = (
        (words.say("Data collection strategy"), _stated(material, "strategy")),
        (words.say("Sponsor and conductor"), _sponsors(material)),
        (words.say("Measurement tools"), _tools(material)),
        (words.say("Population under study"), _population(material)),
        (words.say("Sampling and recruitment"), _sampling(material)),
        (words.say("Modes and languages"), _modes(material)),
        (words.say("Dates of data collection"), fieldwork_days(material)),
        (words.say("Sample sizes and precision"), _precision(material)),
        (words.say("Weighting"), _weighting(material)),
        (words.say("Processing and data quality"), _processing(material)),
        (words.say("Limitations"), _limitations(material)),
    )
    return tuple(Item(number, name, tuple(text)) for number, (name, text) in enumerate(names, start=1))


def _stated(material: Material, key: str, label: str = "") -> list[str]:
    """The disclosed statements under a key, each with its waves when they differ."""
    found = material.disclosed(key)
    whole = len(found) == 1 and found[0][0] == material.wave_names
    texts = [text if whole else f"{', '.join(waves)}: {text}" for waves, text in found]
    return [f"{label}: {text}" if label else text for text in texts]


def _sponsors(material: Material) -> list[str]:
    words = material.words
    labels = {
        "sponsor": words.say("Sponsor"),
        "conductor": words.say("Conducted by"),
        "funder": words.say("Funded by"),
        "contact": words.say("Contact"),
    }
    lines = []
    for key, label in labels.items():
        lines += _stated(material, key, label) or [words.say("{label}: not stated", label=label)]
    return lines


def _tools(material: Material) -> list[str]:
    words, codebook = material.words, material.evidence.codebook
    lines = _stated(material, "instrument")
    lines.append(
        words.say(
            "Questionnaire {name}, version {version}; the exact wording is in the chapter “Questions asked”.",
            name=codebook.instrument,
            version=codebook.version,
        )
    )
    reviews = ", ".join(
        f"{own_name(language)} – {review_status(language, codebook, words)}"
        for language in codebook.languages
    )
    lines.append(words.say("Review of the wording: {reviews}.", reviews=reviews))
    lines += [line for wave in material.evidence.waves for line in _corrections(wave.name, material)]
    return lines


def _corrections(wave: str, material: Material) -> Iterator[str]:
    """Versions put into the field after the first, with their day or week, what they changed and why."""
    words = material.words
    for version in material.record(wave).fieldwork.get("versions", ())[1:]:
        day = version.get("first_day")
        yield words.say(
            "{wave}: interviews from {since} on had the corrected version {version}: {reason} ({items}).",
            wave=wave,
            since=words.days(day, day) if day else _week(version["first_week"], words),
            version=version["version"],
            reason=material.in_words(version["reason"]).rstrip("."),
            items=", ".join(change["item"] for change in version["changes"]),
        )


def _week(week: str, words: Words) -> str:
    """`2027-W20` as the Monday it begins with."""
    return words.say("the week of {day}", day=words.day(date.fromisoformat(f"{week}-1")))


def _population(material: Material) -> list[str]:
    stated = _stated(material, "population")
    population = material.in_words(material.evidence.codebook.population).rstrip(".")
    if stated or not population:
        return stated
    if material.infers:
        return [population]
    return [
        material.words.say(
            "The questionnaire is meant for: {population}. "
            "Those who took part are not a random sample of them.",
            population=population,
        )
    ]


def _sampling(material: Material) -> list[str]:
    words = material.words
    labels = {
        "sampling": "",
        "frame": words.say("Frame"),
        "recruitment": words.say("Recruitment"),
        "incentives": words.say("Incentives"),
    }
    lines = [line for key, label in labels.items() for line in _stated(material, key, label)]
    kinds = {
        "probability": words.say("probability sample"),
        "nonprobability": words.say("not a random sample; margins of error do not apply"),
    }
    for kind, waves in _by(material.evidence.waves, lambda wave: wave.meta.sample_type).items():
        lines.append(f"{', '.join(waves)}: {kinds[kind]}")
    opened = [
        w.name for w in material.evidence.waves if material.record(w.name).fieldwork.get("access") == "open"
    ]
    if opened:
        lines.append(
            words.say(
                "{waves}: by an open link; whoever had it could answer, "
                "from another device also more than once",
                waves=", ".join(opened),
            )
        )
    for model, waves in _by(material.evidence.waves, lambda wave: wave.meta.model).items():
        if model:
            lines.append(
                words.say("{waves}: intervals are modelled: {model}", waves=", ".join(waves), model=model)
            )
    return lines


def _modes(material: Material) -> list[str]:
    words = material.words
    names = mode_names(words)
    lines = _stated(material, "modes")
    for wave in material.evidence.waves:
        by_mode, by_language = (parts_counted(parts, words) for parts in (wave.modes, wave.languages))
        modes = ", ".join(f"{names.get(mode, mode)} {n}" for mode, n in by_mode.items())
        spoken = ", ".join(f"{_language(code)} {n}" for code, n in by_language.items())
        if modes or spoken:
            lines.append(f"{wave.name}: " + "; ".join(part for part in (modes, spoken) if part))
    return lines


def _language(code: str) -> str:
    try:
        return own_name(code)
    except ValueError:
        return code


def _precision(material: Material) -> list[str]:
    words = material.words
    lines = _stated(material, "precision")
    for wave in material.evidence.waves:
        facts = fieldwork_facts(material.record(wave.name).fieldwork, words)
        if facts:
            lines.append(f"{wave.name}: {facts}")
    lines += _rates(material)
    uncounted = [
        material.record(wave.name).fieldwork.get("not_counted", "") for wave in material.evidence.waves
    ]
    lines += dict.fromkeys(material.in_words(text) for text in uncounted if text)
    if material.modelled:
        lines.append(words.say("Intervals rest on the model stated under item 5 and are called modelled."))
    if material.infers:
        lines.append(
            words.say(
                "Intervals and tests follow the sample design (Taylor linearisation); "
                "the design effect and the effective sample size of each wave are in the table below."
            )
        )
    else:
        lines.append(not_random(words))
    return lines


def _rates(material: Material) -> list[str]:
    """Each wave's rates, then what the letters of their formulas count."""
    words = material.words
    rates = {
        wave.name: rate_facts(wave, material.record(wave.name).fieldwork, words)
        for wave in material.evidence.waves
    }
    lines = [f"{name}: {told}" for name, told in rates.items() if told]
    if any("=" in line for line in lines):
        lines.append(
            words.say(
                "Rates by AAPOR’s Standard Definitions (RR: response rate; I complete, P partial, "
                "R refused or broken off, NC not reached, O another reason, "
                "UH and UO of unknown eligibility, e the share eligible among those)"
            )
        )
    return lines


def _weighting(material: Material) -> list[str]:
    """What was done, then the figures of each wave; what waves have in common is said once."""
    lines = _stated(material, "weighting")
    found: dict[str, list[str]] = {}
    for wave in material.evidence.waves:
        for fact in weighting_facts(wave, material):
            found.setdefault(fact, []).append(wave.name)
    return lines + [f"{', '.join(waves)}: {fact}" for fact, waves in found.items()]


def _processing(material: Material) -> list[str]:
    words = material.words
    left_out = [
        words.plural(
            "{wave}: {n} row left out: {reason}",
            "{wave}: {n} rows left out: {reason}",
            rows,
            wave=wave,
            reason=reason,
        )
        for wave, rows, reason in _exclusions(material)
    ]
    flagged = [line for wave in material.evidence.waves for line in _flagged(wave.name, material)]
    return _stated(material, "processing") + left_out + [*_withheld(material)] + flagged + _closing(material)


def _withheld(material: Material) -> Iterator[str]:
    """Which questions are in no table of a wave, because their counts would tell of few people."""
    words = material.words
    for wave in material.evidence.waves:
        for each in material.record(wave.name).fieldwork.get("withheld", {}).values():
            yield words.say(
                "{wave}: “{question}” is not in the data: "
                "beside “{group}” its counts would tell of fewer than {n} people.",
                wave=wave.name,
                question=material.in_words(each["label"]),
                group=material.in_words(each["within"]),
                n=words.number(each["under"]),
            )


def _flagged(wave: str, material: Material) -> Iterator[str]:
    """How many interviews of a wave carry flags for careless answers; nothing where nobody looked."""
    quality = material.record(wave).fieldwork.get("quality")
    if not quality:
        return
    words = material.words
    judged = [entry for entry in quality["flags"].values() if entry["judged"]]
    yield words.say(
        "{wave}: interviews flagged for careless answers {n} of {all}, none left out for it ({flags}).",
        wave=wave,
        n=counted(quality["any"], words),
        all=words.number(quality["interviews"]),
        flags="; ".join(f"{material.in_words(e['label'])} {counted(e['flagged'], words)}" for e in judged),
    )


def _closing(material: Material) -> list[str]:
    """Who closed each wave, named with its waves: the sentence speaks of one."""
    if not material.several:
        return _stated(material, "closing")
    return [f"{', '.join(waves)}: {text}" for waves, text in material.disclosed("closing")]


def _exclusions(material: Material) -> Iterator[tuple[str, int, str]]:
    for wave in material.evidence.waves:
        for entry in material.record(wave.name).fieldwork.get("exclusions", ()):
            yield wave.name, int(entry["rows"]), material.in_words(entry["reason"]).rstrip(".")


def _limitations(material: Material) -> list[str]:
    words = material.words
    lines = _stated(material, "limitations") + _stated(material, "few_codes")
    lines.append(
        words.say(
            "A survey measures what people say about their views, not what they do; "
            "some views are said less openly."
        )
    )
    if material.synthetic:
        lines.append(words.say("The answers in this report were made by a computer. They describe nobody."))
    return lines


def _by(waves: Sequence[Wave], key: Callable[[Wave], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for wave in waves:
        groups.setdefault(key(wave), []).append(wave.name)
    return groups
