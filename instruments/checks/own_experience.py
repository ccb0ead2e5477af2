"""Questions that are never asked: what a respondent suffered. All that is read as question or answer.

Asked without a trained interviewer and a way to help, such a question can harm, and its answers can be
demanded by others (WHO 2003, Ethical and Safety Recommendations for Interviewing Trafficked Women; WHO 2016,
the same for research on violence against women). That holds for an option ("I myself was ...") as for the
question, and for the statements of a list or a pair: they hide the answer, not what is asked. (What is asked
of such a list, "how many happened to you", tells nothing without them.) Who has good reason says it in
`asks_anyway`. Info is left out: it asks nothing, and often says where those who suffered find help.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from instruments.checks.finding import Finding, item_path
from instruments.checks.own_words import BUILT_IN, Lists, Words
from instruments.codebook import Text
from instruments.items import Info, Item
from instruments.questionnaire import Content, Recall, recalls_in
from instruments.wording import RECALL, fill_known


def check_own_experience(content: Content) -> Iterator[Finding]:
    """Findings about items whose words match a list, unless the item says why it asks anyway."""
    lists = {rule: Words(rule, languages) for rule, languages in _lists(content).items()}
    for item in content.items.values():
        path = item_path(content, item.id)
        for rule in item.asks_anyway:
            if rule not in lists:
                hint = f"Known: {', '.join(lists)}."
                yield Finding(f"{path}.asks_anyway", "never_ask", "a rule of never_ask", rule, hint)
    for battery in content.batteries.values():
        rows = [content.items[row] for row in battery.rows if row in content.items]
        for words in lists.values():
            if not all(words.rule in row.asks_anyway for row in rows):
                stem = ((f"items.{battery.id}.text", said) for said in _said(content, battery.text))
                yield from _first(stem, words, "at each row")
    for item in content.items.values():
        if isinstance(item, Info):
            continue
        for words in lists.values():
            if words.rule not in item.asks_anyway:
                yield from _first(_read(content, item, words), words, "at the item")


def _lists(content: Content) -> Lists:
    """The built-in lists with what the instrument adds."""
    merged = {rule: dict(languages) for rule, languages in BUILT_IN.items()}
    for rule, languages in content.never_ask.items():
        for language, words in languages.items():
            own = tuple(rf"\b{re.escape(word)}" for word in words)
            target = merged.setdefault(rule, {})
            target[language] = (*target.get(language, ()), *own)
    return merged


def _read(content: Content, item: Item, words: Words) -> Iterator[tuple[str, Text]]:
    """All that the item says in question and answers, with the place of each, in every way it may be said."""
    path = item_path(content, item.id)
    for key, text in item.words():
        if not (item.indirect and key in ("text", "hint")):
            yield from ((f"{path}.{key}", said) for said in _said(content, text))
    if item.battery is not None:
        stem = content.batteries[item.battery].text
        # What the stem says alone is found at the battery.
        silent = [language for language in item.text if not words.found_in(stem.get(language, ""), language)]
        both = {language: f"{stem.get(language, '')} {item.text[language]}" for language in silent}
        yield from ((f"{path}.text", said) for said in _said(content, both))


def _said(content: Content, text: Text) -> Iterator[Text]:
    """The text, and the text with the earlier answers in it said again in each of their words."""
    yield text
    recalls = [content.recalls[name] for name in sorted(recalls_in(text)) if name in content.recalls]
    for number in range(max(map(len, map(partial(_recalled, content), recalls)), default=0)):
        words = {}
        for recall in recalls:
            ways = _recalled(content, recall)
            words[f"{RECALL}{recall.name}"] = ways[min(number, len(ways) - 1)]
        yield {
            language: fill_known(said, {name: way.get(language, "") for name, way in words.items()})
            for language, said in text.items()
        }


def _recalled(content: Content, recall: Recall) -> tuple[Text, ...]:
    """All that may stand in place of a recall."""
    item = content.items.get(recall.item)
    labels = [option.label for option in item.choices()] if item is not None else []
    return (recall.missing, *recall.forms.values(), *labels)


def _first(texts: Iterable[tuple[str, Text]], words: Words, where: str) -> Iterator[Finding]:
    """The first place that matches, as a finding."""
    for path, text in texts:
        for language, said in text.items():
            if found := words.found_in(said, language):
                expected = f"no question of the kind never_ask: {words.rule}"
                hint = f"Ask about other people, or write asks_anyway: {{{words.rule}: reason}} {where}."
                yield Finding(path, "never_ask", expected, found, hint, language)
                return
