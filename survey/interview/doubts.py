"""Whether an answer that ends the interview may be a slip: a post in, the question that is asked once out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instruments import Exit, Item
from survey.i18n import Translator

SURE = "sure"
"""Hidden field of the page that asks: the answer it asked about."""
UNLIKELY_AGE = 10
"""Years below which an age is rather a slip of the finger than a child's."""


@dataclass(frozen=True)
class Doubt:
    """What is asked, and the mark by which the next post shows that it was."""

    mark: str
    words: str


def doubt(
    way_out: Exit,
    items: Sequence[Item],
    values: Mapping[str, Any],
    *,
    later: bool,
    say: Translator,
) -> Doubt | None:
    """An age hardly anybody has, and whatever would discard pages answered after this one (`later`)."""
    ages = (values.get(item.id) for item in items if item.role == "age" and way_out in item.exits)
    slip = next((age for age in ages if isinstance(age, int) and age < UNLIKELY_AGE), None)
    if slip is not None:
        words = say.gettext(
            "You typed {age} as your age. If that is so, press “Next” again; otherwise please correct it.",
            age=slip,
        )
        return Doubt(f"{way_out.to}:{slip}", words)
    if later:
        words = say.gettext(
            "With this answer the interview ends and what you answered before is discarded. "
            "If that is what you want, press “Next” again; otherwise please correct it."
        )
        return Doubt(way_out.to, words)
    return None
