"""A sample of interviews in, for each page how many saw it and which share left there out."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from instruments import Questionnaire
from survey.monitor.rules import at_least, percent
from survey.monitor.sample import Sampled


def funnel(
    questionnaire: Questionnaire, complete: Iterable[Sampled], unfinished: Iterable[Sampled]
) -> list[dict[str, Any]]:
    """A row a page in the questionnaire's order: `page`, `module`, `shown`, `left` (whole per cent of those).

    Who is still answering stands somewhere too: the day's shares are upper bounds.
    """
    saved: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for interview in complete:
        saved.update(page.page for page in interview.pages)
    for interview in unfinished:
        saved.update(page.page for page in interview.pages)
        if (page := interview.standing_at) is not None:
            left[page] += 1
    return [_row(page.number, page.module, saved, left) for page in questionnaire.pages]


def _row(number: int, module: str, saved: Counter[int], left: Counter[int]) -> dict[str, Any]:
    shown = saved[number] + left[number]
    return {"page": number, "module": module, "shown": at_least(shown), "left": percent(left[number], shown)}
