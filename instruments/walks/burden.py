"""One walk in, how long a respondent takes in each language out.

Reading: about 1,000 characters a minute of running text (Trauzettel-Klosinski and Dietz 2012, Investigative
Ophthalmology & Visual Science 53:5452-5461: English 987, Russian 986, Turkish 1,054; Turkish stands in for
Kazakh and Uzbek, which were not measured); words met before, like a scale's answers, are not read again.
Answering: working assumptions, to be replaced by what the waves measure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from instruments.codebook import Text
from instruments.items import Item
from instruments.questionnaire import Page, Questionnaire
from instruments.walks.walking import Walk

CHARACTERS_A_MINUTE = {"en": 987, "ru": 986, "kk": 1054, "uz": 1054}
OTHER_LANGUAGE = 1000
DECIDE, TYPE, TURN = 3.0, 8.0, 2.0
"""Seconds to decide and tap, to type an answer, and to turn a page on a slow network."""


@dataclass(frozen=True)
class Burden:
    """Minutes of one language over many walks: shortest, middle and longest."""

    language: str
    shortest: float
    middle: float
    longest: float


def seconds(questionnaire: Questionnaire, walk: Walk, language: str) -> float:
    """Reading and answering time of one walk."""
    pace = CHARACTERS_A_MINUTE.get(language, OTHER_LANGUAGE) / 60
    read = sum(map(len, {text.get(language, "") for text in _texts(questionnaire, walk)}))
    answering = sum(_answering(step.item) for step in walk.steps)
    return read / pace + answering + TURN * walk.pages


def _texts(questionnaire: Questionnaire, walk: Walk) -> Iterator[Text]:
    seen: set[int] = set()
    for step in walk.steps:
        page = questionnaire.page(step.page)
        if step.page not in seen:
            seen.add(step.page)
            yield from _around(questionnaire, page)
        yield from step.item.reads(walk.draw)


def _around(questionnaire: Questionnaire, page: Page) -> Iterator[Text]:
    """The texts before and after the items of a page, its battery's question among them."""
    yield from (questionnaire.texts[name] for name in (page.before, page.after) if name)
    if page.battery is not None:
        yield questionnaire.batteries[page.battery].text


def _answering(item: Item) -> float:
    if not item.stores:
        return 0.0
    return TYPE if item.typed else DECIDE
