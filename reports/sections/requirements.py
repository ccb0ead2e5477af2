"""Records of the waves in, every item of the disclosure lists that they do not give out.

Three lists at once, because one record serves them: the eleven items of AAPOR's code, the facts that
Kazakhstan's law asks of a published poll (constitutional law on elections, article 28), and ESOMAR's minimum.
The last two are parts of the first.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.errors import ReportError
from reports.evidence import Wave
from reports.sections.material import Material
from reports.sections.method_facts import weighting_facts
from reports.sections.wording import sources

CORRECTION = "correction_{number}"
"""Key of the disclosure record under which a release says why it replaced the one before."""


@dataclass(frozen=True)
class Requirement:
    """One thing that has to be known; `key`: its place in the disclosure record, empty for none."""

    item: str
    what: str
    key: str
    met: Callable[[Material, Wave], bool] = lambda material, wave: False
    """Whether something beside the disclosure record gives it."""
    place: str = "disclosure"


@dataclass(frozen=True)
class Gap:
    """What a release does not give, and what to type where."""

    item: str
    what: str
    waves: tuple[str, ...]
    place: str
    typed: str

    def __str__(self) -> str:
        return f"{self.item}  {self.what} ({', '.join(self.waves)}): under {self.place} type  {self.typed}"


def gaps(material: Material) -> tuple[Gap, ...]:
    """Every missing item, in the order of the list; waves that lack the same one together."""
    found = [_gap(each, material) for each in REQUIREMENTS]
    return (*(gap for gap in found if gap), *_unexplained(material))


def refuse_incomplete(material: Material) -> None:
    """ReportError with every missing item, where it belongs and what to type."""
    missing = gaps(material)
    if not missing:
        return
    latest = material.evidence.latest
    lines = "\n".join(f"  {gap}" for gap in missing)
    raise ReportError(
        f"the method statement lacks {len(missing)} item{'s' * (len(missing) > 1)}, "
        f"and no report is printed without:\n{lines}\n"
        "Of a wave collected here the disclosure is completed by "
        f"`tolqyn release build {latest.meta.study}/WAVE --disclosure FILE.yaml`, of an imported one by "
        "the import map and `tolqyn release import`; either makes a new release, which says why under "
        f"{CORRECTION.format(number='N')} (N is its number). To print the report all the same, stamped "
        "“incomplete methods” on every page: --incomplete-methods"
    )


def _gap(required: Requirement, material: Material) -> Gap | None:
    waves = material.evidence.waves
    lacking = [wave.name for wave in waves if not _given(required, material, wave)]
    if lacking:
        return Gap(required.item, required.what, tuple(lacking), required.place, _typed(required, material))
    foreign = {wave.name: _elsewhere(required.key, material, wave) for wave in waves}
    return _unspoken(required.item, required.what, required.key, foreign, material)


def _unspoken(
    item: str, what: str, key: str, foreign: Mapping[str, tuple[str, ...]], material: Material
) -> Gap | None:
    """That something is said in other languages alone; `foreign`: by wave, in which."""
    waves = tuple(wave for wave, languages in foreign.items() if languages)
    if not waves:
        return None
    own = material.words.language
    have = ", ".join(dict.fromkeys(language for wave in waves for language in foreign[wave]))
    said = f"{what}: not in {own}, it stands in {have} alone"
    return Gap(item, said, waves, "disclosure", f"{key}: {{{own}: …}}")


def _elsewhere(key: str, material: Material, wave: Wave) -> tuple[str, ...]:
    """The languages in which a wave's record says something that it does not say in the report's; one text
    without a language stands for all."""
    return tuple(foreign_languages(wave.meta.disclosure.get(key), material.words.language))


def foreign_languages(value: Any, own: str) -> Iterator[str]:
    """The languages of words that lack their own one."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from foreign_languages(each, own)
    elif isinstance(value, Mapping) and not str(value.get(own) or "").strip():
        yield from sorted(language for language, words in value.items() if str(words or "").strip())


def _given(required: Requirement, material: Material, wave: Wave) -> bool:
    stated = required.key and material.in_words(wave.meta.disclosure.get(required.key, ""))
    return bool(stated) or required.met(material, wave)


def _typed(required: Requirement, material: Material) -> str:
    if not required.key:
        return "dates: {2027: [2027-05-03, 2027-05-28]}"
    return _by_language(required.key, material)


def _by_language(key: str, material: Material) -> str:
    spoken = ", ".join(f"{language}: …" for language in material.evidence.codebook.languages)
    return f"{key}: {{{spoken}}}"


def _unexplained(material: Material) -> Iterator[Gap]:
    """Releases after a wave's first that do not say, in the report's language, why there is another."""
    for wave in material.evidence.waves:
        for number in range(2, wave.meta.release + 1):
            key = CORRECTION.format(number=number)
            what = f"why release {number} replaced release {number - 1}"
            if not material.in_words(wave.meta.disclosure.get(key, "")):
                yield Gap("errata", what, (wave.name,), "disclosure", _by_language(key, material))
                continue
            foreign = {wave.name: _elsewhere(key, material, wave)}
            if gap := _unspoken("errata", what, key, foreign, material):
                yield gap


def _worded(material: Material, wave: Wave) -> bool:
    """Whether the wave's codebook has the words of every question that a printed figure rests on."""
    codebook = material.codebooks.get(wave.name, material.evidence.codebook)
    grouped = {name: group for group in codebook.groups for name in group.variables}
    for name in dict.fromkeys(_printed(material)):
        if name not in codebook:
            continue
        group = grouped.get(name)
        question = codebook.variable(name).question or (group.question if group else {})
        if not any(question.values()):
            return False
    return True


def _printed(material: Material) -> Iterator[str]:
    evidence = material.evidence
    for each in evidence.indicators:
        yield from sources(each.indicator.variable, evidence.codebook)
    for battery in evidence.batteries:
        yield from (variable.name for variable, _ in battery.rows)


def _population(material: Material, wave: Wave) -> bool:
    codebook = material.codebooks.get(wave.name, material.evidence.codebook)
    return any(codebook.population.values())


def _framed(material: Material, wave: Wave) -> bool:
    """A sample that was not drawn has no frame."""
    return wave.meta.sample_type != "probability"


def _spoken(material: Material, wave: Wave) -> bool:
    return bool(wave.modes) and bool(wave.languages)


def _dated(material: Material, wave: Wave) -> bool:
    return bool(wave.meta.dates)


def _weighed(material: Material, wave: Wave) -> bool:
    return bool(weighting_facts(wave, material))


def _checked(material: Material, wave: Wave) -> bool:
    fieldwork = material.record(wave.name).fieldwork
    return bool(fieldwork.get("quality") or fieldwork.get("exclusions"))


REQUIREMENTS = (
    Requirement("A1", "how the data were collected", "strategy"),
    Requirement("A2", "who ordered the survey", "sponsor"),
    Requirement("A2", "who carried it out", "conductor"),
    Requirement("A2", "who paid for it", "funder"),
    Requirement("A3", "the exact wording, or where it is to be had", "instrument", _worded),
    Requirement("A4", "whom the survey is about", "population", _population),
    Requirement("A5", "how people were chosen", "sampling"),
    Requirement("A5", "the list or area they were drawn from", "frame", _framed),
    Requirement("A5", "how they were reached", "recruitment"),
    Requirement("A5", "what they were given for answering, or that it was nothing", "incentives"),
    Requirement("A6", "by which means and in which languages", "modes", _spoken),
    Requirement("A7", "first and last day of fieldwork", "", _dated, "wave, in the import map,"),
    Requirement("A9", "how the weights were made, or that there are none", "weighting", _weighed),
    Requirement("A10", "what was checked, left out or changed, or that nothing was", "processing", _checked),
    Requirement("A11", "what the survey cannot tell", "limitations"),
)
"""Item 8, sizes and precision, is computed from the data and cannot be missing."""
