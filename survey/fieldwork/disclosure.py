"""A wave in, each item of the disclosure lists out: given, known without asking, made later, or missing.

The items are the report's own (AAPOR's eleven, with the facts of Kazakhstan's law on elections and ESOMAR's
minimum as parts of them), so that what is complete here prints without a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from instruments import Questionnaire
from survey.refusal import Said
from survey.store.closing import ATTACKED, CLOSING
from survey.store.invitations import FEW
from survey.store.models import Wave


class Standing(StrEnum):
    """How an item stands."""

    GIVEN = "given"
    KNOWN = "known"
    LATER = "later"
    MISSING = "missing"


@dataclass(frozen=True)
class DisclosureItem:
    """One thing that has to be known of a wave before anything of it is published."""

    item: str
    """`A1` to `A11`, as AAPOR numbers them."""
    what: str
    key: str
    standing: Standing
    words: str = ""
    """What is given or known, in short."""
    lacking: tuple[str, ...] = ()
    """Languages in which it is not said."""

    @property
    def typed(self) -> str:
        """What to write into the design file."""
        return f"{self.key}: {{{', '.join(f'{language}: …' for language in self.lacking)}}}"


PRECISION = ("A8", "sizes of the sample and precision")


def disclosure_of(wave: Wave, questionnaire: Questionnaire) -> tuple[DisclosureItem, ...]:
    """Every item of the list, in its order."""
    from reports import REQUIREMENTS  # noqa: PLC0415  loads estimators, which most commands need not

    known, later = _known(wave, questionnaire), _later()
    found = []
    for required in REQUIREMENTS:
        key = required.key or "dates"
        given = wave.disclosure.get(key)
        lacking = tuple(missing_languages(given, wave.languages))
        standing, words = Standing.MISSING, ""
        if not lacking:
            standing, words = Standing.GIVEN, _short(given, wave.languages)
        elif key in known:
            standing, words, lacking = Standing.KNOWN, known[key], ()
        elif key in later:
            standing, words, lacking = Standing.LATER, later[key], ()
        found.append(DisclosureItem(required.item, required.what, key, standing, words, lacking))
    number, what = PRECISION
    computed = DisclosureItem(number, what, "precision", Standing.LATER, Said("computed from the data"))
    after = next(place for place, each in enumerate(found) if _order(each.item) > _order(number))
    return (*found[:after], computed, *found[after:])


def from_acts(wave: Wave) -> tuple[DisclosureItem, ...]:
    """What acts added to the record: small batches, who closed, how the thief's attack ended."""
    said = (
        (FEW, "batches of few invitations"),
        (CLOSING, "how the wave was closed"),
        (ATTACKED, "the thief's attack on the closed wave"),
    )
    return tuple(
        DisclosureItem("", what, key, Standing.KNOWN, _short(wave.disclosure[key], wave.languages))
        for key, what in said
        if key in wave.disclosure
    )


def missing_languages(given: Any, languages: list[str]) -> list[str]:
    """Languages of the wave in which the item has no words; one text stands for all."""
    if isinstance(given, str) and given.strip():
        return []
    texts = given if isinstance(given, Mapping) else {}
    return [language for language in languages if not str(texts.get(language) or "").strip()]


def _known(wave: Wave, questionnaire: Questionnaire) -> dict[str, str]:
    """What the wave itself says, by key of the disclosure record."""
    found: dict[str, str] = {
        "instrument": Said(
            "{name}, printed with the report", name=f"{questionnaire.name} {questionnaire.version}"
        ),
        "modes": Said("{mode}, in {languages}", mode=wave.mode, languages=wave.languages),
        "dates": Said("{first} to {last}", first=wave.opens, last=wave.closes),
    }
    if wave.organisation.strip():
        found["conductor"] = wave.organisation
    if all(questionnaire.population.get(language) for language in wave.languages):
        found["population"] = _short(questionnaire.population, wave.languages)
    if wave.sample_type != "probability":
        found["frame"] = Said("none: the sample is not drawn from a list")
    return found


def _later() -> dict[str, str]:
    return {
        "weighting": Said("written by release build: base weights, or the targets of --targets"),
        "processing": Said("written by release build: the checks of quality and what they found"),
    }


def _short(given: Any, languages: list[str]) -> str:
    if isinstance(given, str):
        return given.strip()
    texts = given if isinstance(given, Mapping) else {}
    return str(texts.get("en") or next((texts[code] for code in languages if code in texts), "")).strip()


def _order(item: str) -> int:
    return int(item.removeprefix("A"))
