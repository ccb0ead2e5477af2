"""A questionnaire and a seed in, what many random walks met, missed out and took out, as one report."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from instruments.items import Item
from instruments.questionnaire import Questionnaire
from instruments.walks.arms import Arm, arms
from instruments.walks.burden import Burden, seconds
from instruments.walks.walking import Walk, Walker

TOLERATED = 1.0
"""Minutes that the middle walk may take longer than the consent page promises, a round number."""
Progress = Callable[[int], None]


@dataclass(frozen=True)
class WalkReport:
    """What `walks` walks through one version found; no `troubles`: the questionnaire may be fielded."""

    instrument: str
    version: str
    fingerprint: str
    seed: int
    walks: int
    endings: dict[str, int]
    pages: tuple[int, int, int]
    """Fewest, middle and most pages of a completed walk."""
    never_shown: tuple[str, ...]
    always_shown: tuple[str, ...]
    """Items whose rule never failed: where the linter has too many answers to try, the walks tell."""
    never_chosen: tuple[tuple[str, int], ...]
    """Item and code of options that no walk could take."""
    untold: tuple[tuple[str, str], ...]
    """Language and item of questions met without words."""
    arms: tuple[Arm, ...]
    minutes: tuple[Burden, ...]
    announced: int
    """Minutes promised on the consent page."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What must be mended before respondents come."""
        return tuple(self._troubles())

    def _troubles(self) -> Iterator[str]:
        if "complete" not in self.endings:
            yield "no walk reached the last page"
        for name in self.never_shown:
            yield f"{name} was never shown"
        for name, code in self.never_chosen:
            yield f"option {code} of {name} was never chosen"
        for language, name in self.untold:
            yield f"{name} has no words in {language}"
        for arm in self.arms:
            if arm.uneven:
                yield f"{arm.variable} {arm.code} was drawn {arm.drawn} times, not about {arm.expected:.0f}"
        for burden in self.minutes:
            if burden.middle > self.announced + TOLERATED:
                yield (
                    f"{burden.language} takes about {burden.middle:.1f} minutes, the consent page promises "
                    f"{self.announced}"
                )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody should look at; it keeps nobody from coming."""
        return tuple(
            f"{name} was shown to all who came so far, though it has a rule" for name in self.always_shown
        )

    def as_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {**asdict(self), "troubles": list(self.troubles), "warnings": list(self.warnings)}


def walk_randomly(
    questionnaire: Questionnaire, *, walks: int = 400, seed: int = 1, progress: Progress = lambda done: None
) -> WalkReport:
    """Walk `walks` times. The same seed gives the same report."""
    walker = Walker(questionnaire, seed)
    made: list[Walk] = []
    for number in range(walks):
        made.append(walker.walk(number))
        progress(1)
    whole = [walk for walk in made if walk.ended == "complete"]
    lengths = [walk.pages for walk in whole] or [0]
    return WalkReport(
        questionnaire.name,
        questionnaire.version,
        questionnaire.fingerprint,
        seed,
        walks,
        dict(sorted(Counter(walk.ended for walk in made).items())),
        (min(lengths), round(median(lengths)), max(lengths)),
        _never_shown(questionnaire, made),
        _always_shown(questionnaire, whole),
        _never_chosen(questionnaire, made),
        _untold(questionnaire, made),
        arms(questionnaire, (walk.draw for walk in made)),
        tuple(_burden(questionnaire, whole, language) for language in questionnaire.languages),
        questionnaire.minutes,
    )


def _never_shown(questionnaire: Questionnaire, walks: Sequence[Walk]) -> tuple[str, ...]:
    met = {step.item.id for walk in walks for step in walk.steps}
    return tuple(name for name in questionnaire.items if name not in met)


def _always_shown(questionnaire: Questionnaire, walks: Sequence[Walk]) -> tuple[str, ...]:
    """Items with a rule that every completed walk met whose forms ask them."""
    met = [({step.item.id for step in walk.steps}, walk.draw.unasked) for walk in walks]
    ruled = (item.id for item in questionnaire.items.values() if item.show_if is not None)
    return tuple(
        name
        for name in ruled
        if (asked := [name in seen for seen, unasked in met if name not in unasked]) and all(asked)
    )


def _never_chosen(questionnaire: Questionnaire, walks: Sequence[Walk]) -> tuple[tuple[str, int], ...]:
    """Options of items that were shown; those of items never shown are told once, by the item."""
    chosen: dict[str, set[int]] = {}
    for step in (step for walk in walks for step in walk.steps):
        value = step.value
        chosen.setdefault(step.item.id, set()).update(value if isinstance(value, list) else (value,))
    return tuple(
        (item.id, code)
        for item in questionnaire.items.values()
        if item.id in chosen
        for code in _codes(item)
        if code not in chosen[item.id]
    )


def _codes(item: Item) -> tuple[int, ...]:
    return tuple(option.code for option in item.choices())


def _untold(questionnaire: Questionnaire, walks: Sequence[Walk]) -> tuple[tuple[str, str], ...]:
    found = {
        (language, step.item.id)
        for walk in walks
        for step in walk.steps
        for text in step.item.reads(walk.draw)
        if text
        for language in questionnaire.languages
        if not text.get(language, "").strip()
    }
    return tuple(sorted(found))


def _burden(questionnaire: Questionnaire, walks: Sequence[Walk], language: str) -> Burden:
    times = [seconds(questionnaire, walk, language) / 60 for walk in walks] or [0.0]
    return Burden(language, min(times), median(times), max(times))
