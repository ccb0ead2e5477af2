"""Show cards: a page's items in, the answer options of each alone in large type out.

A card lies in the interviewer's page itself and covers it while its address names it: nothing typed is lost.
"""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from instruments import Draw, Item, ListExperiment, Ranking, SeveralOf, SingleChoice
from survey.i18n import Translator
from survey.interview.fields import Wording
from survey.interview.pages import Press


def cards(
    press: Press, items: Iterable[Item], words: Wording, draw: Draw, say: Translator
) -> Mapping[str, Markup]:
    """Item -> its card and the link to it, for those that have options to be shown."""
    found = {}
    for item in items:
        lines = _lines(item, words, draw)
        if lines:
            found[item.id] = press.part("card", say, id=item.id, lines=lines, numbered=_numbered(item, lines))
    return found


def _lines(item: Item, words: Wording, draw: Draw) -> list[str]:
    if isinstance(item, SingleChoice) and (item.role or item.display == "dropdown"):
        return []
    if isinstance(item, SingleChoice | SeveralOf | Ranking):
        return [words.say(option.label) for option in item.shown_options(draw)]
    if isinstance(item, ListExperiment):
        return [words.say(text) for text in item.shown_list(draw)]
    return []


def _numbered(item: Item, lines: list[str]) -> bool:
    """An option is named by its number on the card, unless numbers are the answers or a count is asked."""
    return not isinstance(item, ListExperiment) and not any(line[:1].isdigit() for line in lines)
