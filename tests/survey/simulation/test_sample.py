"""The field plan: who is invited, with what weight, and what nonresponse does."""

import dataclasses

from survey.simulation.people import Person
from survey.simulation.sample import ADULTS, plan_open_link, plan_wave
from survey.simulation.settings import Settings


def people_of(settings: Settings, seed: int = 7, wave: str = "2025") -> list[Person]:
    return [p for batch in plan_wave(settings, seed, wave, 120) for p in batch.people]


def test_the_same_seed_gives_the_same_plan(settings: Settings) -> None:
    fresh = dataclasses.replace(settings)  # nothing remembered from the first plan
    assert plan_wave(settings, 7, "2024", 60) == plan_wave(fresh, 7, "2024", 60)


def test_another_seed_gives_other_people(settings: Settings) -> None:
    first, other = people_of(settings), people_of(settings, seed=8)
    assert [p.facts for p in first[:50]] != [p.facts for p in other[:50]]


def test_the_wanted_interviews_are_in_the_plan(settings: Settings) -> None:
    assert sum(p.completes for p in people_of(settings)) >= 120


def test_base_weights_of_everybody_invited_add_up_to_the_adults(settings: Settings) -> None:
    batches = plan_wave(settings, 7, "2023", 60)
    assert abs(sum(b.base_weight * len(b.people) for b in batches) / ADULTS - 1) < 0.001


def test_every_stratum_has_at_least_two_places(settings: Settings) -> None:
    batches = plan_wave(settings, 7, "2023", 60)
    for stratum in settings.strata:
        assert len({b.name for b in batches if b.place.stratum == stratum.name}) == stratum.places >= 2


def test_the_smallest_wave_has_interviews_from_two_places_of_every_stratum(settings: Settings) -> None:
    batches = plan_wave(settings, 7, "2023", 1)
    for stratum in settings.strata:
        row = [b for b in batches if b.place.stratum == stratum.name]
        assert sum(any(p.completes for p in b.people) for b in row) >= 2, "one place has no variance"


def test_an_interview_withdrawn_at_its_end_does_not_count_as_completed(settings: Settings) -> None:
    finished = [p for p in people_of(settings) if p.arrives and p.course == "completes"]
    withdrawn = [p for p in finished if "withdraws" in p.habits]
    assert withdrawn
    assert not any(p.completes for p in withdrawn)


def test_women_and_the_educated_take_part_more_often_than_they_live_here(settings: Settings) -> None:
    people = people_of(settings)
    arrived = [p for p in people if p.arrives]

    def share(group: list[Person], fact: str, code: int) -> float:
        return sum(p.facts[fact] == code for p in group) / len(group)

    assert share(arrived, "sex", 1) > share(people, "sex", 1) + 0.03
    assert share(arrived, "education", 5) > share(people, "education", 5) + 0.02


def test_an_open_link_draws_the_young(settings: Settings) -> None:
    came = plan_open_link(settings, 7, "2026", 100)
    invited = people_of(settings)
    young = {"18-24", "25-34"}
    assert (
        sum(p.band in young for p in came) / len(came)
        > sum(p.band in young for p in invited) / len(invited) + 0.1
    )
