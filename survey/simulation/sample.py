"""Settings and a wave in, its field plan out: drawn places, invitations, base weights and people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from survey.simulation.chance import pick, uniform
from survey.simulation.people import Person, Place, draw_person
from survey.simulation.settings import Settings, Stratum

ADULTS = 12_723_348
"""Adults of Kazakhstan, census 2021: what base weights add up to over everybody invited."""


@dataclass(frozen=True)
class PlannedBatch:
    """The invitations of one place."""

    name: str
    place: Place
    base_weight: float
    people: tuple[Person, ...]


def plan_wave(settings: Settings, seed: int, wave: str, completes: int) -> tuple[PlannedBatch, ...]:
    """Equal numbers of invitations per place, as few as hold the wanted completed interviews.

    Every stratum gets interviews from two places or more: with one its variance could not be estimated.
    Places are drawn in each stratum with probability proportional to the adults of their region, so that the
    people of a stratum have one probability, and its base weight is adults / invited.
    """
    places = {stratum: _places(settings, seed, wave, stratum) for stratum in settings.strata}
    series = list(settings.waves)
    position = series.index(wave) if wave in series else 0
    takes = {
        place.name: _people(settings, seed, wave, position, place) for row in places.values() for place in row
    }
    invited: dict[str, list[Person]] = {name: [] for name in takes}
    while not _enough(invited, places.values(), completes):
        for name, people in takes.items():
            invited[name].append(next(people))
    size = len(next(iter(invited.values())))
    return tuple(
        PlannedBatch(
            name=place.name,
            place=place,
            base_weight=round(adults_of(settings, stratum) / (size * len(row)), 4),
            people=tuple(invited[place.name]),
        )
        for stratum, row in places.items()
        for place in row
    )


def _enough(
    invited: Mapping[str, Sequence[Person]], strata: Iterable[tuple[Place, ...]], completes: int
) -> bool:
    found = {name: sum(person.completes for person in people) for name, people in invited.items()}
    return sum(found.values()) >= completes and all(
        sum(found[place.name] > 0 for place in row) >= 2 for row in strata
    )


def plan_open_link(settings: Settings, seed: int, wave: str, completes: int) -> tuple[Person, ...]:
    """Those who come by themselves until the wanted number has completed; nobody drew them."""
    people: list[Person] = []
    anywhere = {
        (region, settlement): row["share"] * (row["urban"] if settlement == "urban" else 100 - row["urban"])
        for region, row in settings.population["regions"].items()
        for settlement in ("urban", "rural")
    }
    number = 0
    while sum(person.completes for person in people) < completes:
        number += 1
        key = (seed, "open", wave, number)
        region, settlement = pick(anywhere, uniform(*key, "place"))
        person = draw_person(
            settings,
            *key,
            wave=len(settings.waves) - 1,
            place=Place(f"{region}-{settlement}", "", region, settlement),
            response=settings.open_response,
        )
        if person.arrives:
            people.append(person)
    return tuple(people)


@cache
def adults_of(settings: Settings, stratum: Stratum) -> float:
    """Adults living in a stratum."""
    return ADULTS * sum(_region_share(settings, region, stratum.settlement) for region in stratum.regions)


def _region_share(settings: Settings, region: int, settlement: str) -> float:
    row = settings.population["regions"][region]
    part = row["urban"] if settlement == "urban" else 100 - row["urban"]
    return row["share"] * part / 10_000


def _places(settings: Settings, seed: int, wave: str, stratum: Stratum) -> tuple[Place, ...]:
    """Systematic draw with probability proportional to size along the stratum's regions."""
    shares = {region: _region_share(settings, region, stratum.settlement) for region in stratum.regions}
    start = uniform(seed, wave, stratum.name, "start")
    return tuple(
        Place(
            name=f"{stratum.name}-{number + 1:02d}",
            stratum=stratum.name,
            region=pick(shares, (number + start) / stratum.places),
            settlement=stratum.settlement,
        )
        for number in range(stratum.places)
    )


def _people(settings: Settings, seed: int, wave: str, position: int, place: Place) -> Iterator[Person]:
    number = 0
    while True:
        number += 1
        yield draw_person(settings, seed, wave, place.name, number, wave=position, place=place)
