"""Settings and a name in, one simulated person out: facts, latent opinions, and what happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt
from typing import Any

from survey.simulation.chance import normal, pick, uniform
from survey.simulation.settings import Settings

AGE_RANGES = {
    "18-24": (18, 24),
    "25-34": (25, 34),
    "35-44": (35, 44),
    "45-54": (45, 54),
    "55-64": (55, 64),
    "65+": (65, 84),
}


@dataclass(frozen=True)
class Place:
    """Where people are drawn: a primary sampling unit of a stratum, or anywhere (open link)."""

    name: str
    stratum: str
    region: int
    settlement: str


@dataclass(frozen=True)
class Person:
    """One simulated adult (or the child who opens the letter); `key` names the person to chance."""

    key: tuple[object, ...]
    wave: int
    """Position of the wave in the series, from 0: picks the wave's figure where settings give several."""
    facts: Mapping[str, int]
    band: str
    settlement: str
    language: str
    factors: Mapping[str, float]
    arrives: bool
    course: str
    """`completes`, or the reason why not: refuses, minor, screened_out, breaks_off."""
    habits: frozenset[str]
    reticence: float
    """Multiplies every rate of don't know, refused and skipped; mean 1."""

    @property
    def completes(self) -> bool:
        """Whether a complete interview of this person is left at the end."""
        return self.arrives and self.course == "completes" and "withdraws" not in self.habits


def draw_person(
    settings: Settings, *key: object, wave: int, place: Place, response: Mapping[str, Any] | None = None
) -> Person:
    """The person of that name, living in `place`; `response` says who takes part (default: the sample's)."""
    facts, band = _facts(settings, key, place)
    groups = {
        "sex": facts["sex"],
        "age": band,
        "education": facts["education"],
        "settlement": place.settlement,
    }
    course = pick(_course_shares(settings), uniform(*key, "course"))
    if course == "minor":
        facts = {**facts, "age": 13 + int(5 * uniform(*key, "young"))}
    if course == "screened_out":
        facts = {**facts, "resident": 2}
    if course == "refuses":
        facts = {**facts, "consent": 2}
    spread = settings.item_nonresponse["spread"]
    return Person(
        key=key,
        wave=wave,
        facts=facts,
        band=band,
        settlement=place.settlement,
        language=pick(settings.language[facts["home_language"]], uniform(*key, "language")),
        factors=_factors(settings, key, groups, place.name),
        arrives=uniform(*key, "arrives") < _propensity(response or settings.response, groups),
        course=course,
        habits=frozenset(h for h, share in settings.habits.items() if uniform(*key, h) < share),
        reticence=exp(spread * normal(*key, "reticence") - spread**2 / 2),
    )


def _facts(settings: Settings, key: tuple[object, ...], place: Place) -> tuple[dict[str, int], str]:
    population = settings.population
    sex, band = pick(_age_by_sex(settings), uniform(*key, "age"))
    low, high = AGE_RANGES[band]
    region = population["regions"][place.region]
    facts = {
        "consent": 1,
        "resident": 1,
        "sex": sex,
        "age": low + int((high - low + 1) * uniform(*key, "year")),
        "region": place.region,
        "place": _place_code(population, place, uniform(*key, "place")),
        "education": pick(population["education"][band], uniform(*key, "education")),
        "home_language": pick(population["home_language"][region["speech"]], uniform(*key, "home")),
        "employment": pick(population["employment"][band], uniform(*key, "employment")),
    }
    return facts, band


def _place_code(population: Mapping[str, Any], place: Place, u: float) -> int:
    if place.settlement == "rural":
        return 4
    return 1 if place.region in population["cities"] else pick(population["town"], u)


def _propensity(response: Mapping[str, Any], groups: Mapping[str, Any]) -> float:
    chance = response["base"]
    for group, category in groups.items():
        chance *= response[group].get(category, 1.0)
    return min(chance, 0.95)


def _factors(
    settings: Settings, key: tuple[object, ...], groups: Mapping[str, Any], place: str
) -> dict[str, float]:
    """Each factor: centred group differences, what it shares with earlier ones, place, own; variance 1."""
    values: dict[str, float] = {}
    for name, rule in settings.factors.items():
        shared = rule.get("with", {})
        centres, between = _centres(settings, name)
        own = sqrt(1 - between - sum(r**2 for r in shared.values()))
        luck = sqrt(1 - settings.icc) * normal(*key, "factor", name)
        luck += sqrt(settings.icc) * normal(*key[:-1], "place", place, name)
        values[name] = (
            own * luck
            + sum(r * values[other] for other, r in shared.items())
            + sum(rule[g].get(groups[g], 0.0) - centre for g, centre in centres.items())
        )
    return values


@cache
def _age_by_sex(settings: Settings) -> dict[tuple[int, str], float]:
    table = settings.population["age_by_sex"]
    return {(sex, band): share for sex, bands in table.items() for band, share in bands.items()}


@cache
def _course_shares(settings: Settings) -> dict[str, float]:
    return {"completes": 1 - sum(settings.course.values()), **settings.course}


@cache
def _group_shares(settings: Settings, group: str) -> dict[Any, float]:
    """Share of each category of a grouping in the population, from the settings' own margins."""
    population = settings.population
    if group == "settlement":
        urban = sum(r["share"] * r["urban"] for r in population["regions"].values()) / 10_000
        return {"urban": urban, "rural": 1 - urban}
    shares: dict[Any, float] = {}
    for (sex, band), share in _age_by_sex(settings).items():
        detail = (
            population["education"][band] if group == "education" else {sex if group == "sex" else band: 1.0}
        )
        total = sum(detail.values())
        for category, part in detail.items():
            shares[category] = shares.get(category, 0.0) + share * part / total / 100
    return shares


@cache
def _centres(settings: Settings, factor: str) -> tuple[dict[str, float], float]:
    """Population mean of each group difference, and their variance together (groups as if independent)."""
    centres, between = {}, 0.0
    for group, effects in settings.factors[factor].items():
        if group == "with":
            continue
        shares = _group_shares(settings, group)
        mean = sum(shares[c] * e for c, e in effects.items())
        centres[group] = mean
        between += sum(s * (effects.get(c, 0.0) - mean) ** 2 for c, s in shares.items())
    return centres, between
