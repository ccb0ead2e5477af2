"""Questions that are never asked: what a respondent suffered. Words of four languages, by rule.

Asked without a trained interviewer and a way to help, such a question can harm, and its answers can be
demanded by others (WHO 2003, Ethical and Safety Recommendations for Interviewing Trafficked Women; WHO 2016,
the same for research on violence against women). An indirect question is none: its answers say nothing of one
respondent.
"""

import re
from collections.abc import Iterator, Mapping

from instruments.checks.finding import Finding, item_path
from instruments.codebook import Text
from instruments.items import Item
from instruments.questionnaire import Content

Lists = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Rule -> language -> patterns, without regard to capitals."""

_WERE, _VICTIM = r"(был\w*|станов\w+|стал\w*|оказ\w+)", r"(жертвой|пострадавш\w+|потерпевш\w+)"
BUILT_IN: Lists = {
    "own_victimisation": {
        "en": (
            r"\b(have|were|had|are) you (ever )?(yourself )?(been )?(sexually |physically )?(trafficked"
            r"|exploited|enslaved|raped|assaulted|abused|beaten|kidnapped|coerced|threatened|a victim)\b",
            r"\b(have|had) you (ever )?(yourself )?been (sold|hit|hurt|forced|made to)\b",
            r"\bhave you (ever )?(yourself )?(experienced|suffered) [^.?!]{0,30}"
            r"\b(violence|abuse|assault|exploitation)\b",
            r"\bhappened to you\b",
            r"\b(has|did|does) (any|some)(one|body) (ever )?"
            r"(force|sell|sold|rape|beat|abuse|exploit|threaten|hit|hurt)\w* you\b",
            r"\b(has|did|does) your (husband|wife|partner|employer|boss)\b[^.?!]{0,30}"
            r"\b(force|rape|beat|abuse|threaten|hit|hurt|keep|take|took)\w* (you|your)\b",
            r"\b(forced|made) you to (work|have sex|beg|sell)\b",
        ),
        "ru": (
            rf"\bвы\b[^.?!,]{{0,30}}\b{_WERE}\b[^.?!,]{{0,40}}\b{_VICTIM}",
            rf"\b{_WERE}( ли)? вы\b[^.?!,]{{0,40}}\b{_VICTIM}",
            r"\b(подвергал\w+|подверглись)( ли)? вы\b|\bвы\b[^.?!,]{0,30}\b(подвергал\w+|подверглись)\b",
            r"\b(бил|била|били|избивал\w*|насиловал\w*|принуждал\w*|заставлял\w*)( ли)? вас\b",
            r"\bу вас\b[^.?!,]{0,20}\b(отбира\w+|отобра\w+|забира\w+|забра\w+) (паспорт|документы)",
            r"\bс вами\b[^.?!]{0,30}\b(случал\w+|происход\w+|произош\w+)",
            r"\bвас\b[^.?!,]{0,40}"
            r"\b(продавал\w*|продал\w*|эксплуатир\w+|принужд\w+|заставля\w+|насил\w+|избива\w+|били|похища\w+)",
        ),
        "kk": (
            r"\bсіз\w*\b[^.?!]{0,60}\b(құрбан\w+|жәбірлен\w+) бол",
            r"\b(өзіңізбен|сізбен|басыңыздан)\b[^.?!]{0,40}\b(бол\w+|өт\w+)",
            r"\b(зорлық\S*|қанау\S*|қорлық\S*) ұшыра\w*(ңыз|дыңыз)",
            r"\bсізді\b[^.?!]{0,50}\b(сатып жібер\w+|сатты|сатқан|қана\w+|мәжбүр\w+"
            r"|зорла\w+|ұрды|ұрып|ұрған|соққы\w*|ұрла\w+)",
        ),
        "uz": (
            r"\bsiz\w*\b[^.?!]{0,60}\b(qurbon\w+|jabrlan\w+)\b[^.?!]{0,12}\bboʻl",
            r"\b(siz bilan|boshingizdan)\b[^.?!]{0,40}\b(boʻl\w+|oʻt\w+)",
            r"\bsizni\b[^.?!]{0,50}"
            r"\b(sot\w+|ekspluatatsiya|majbur\w+|zoʻrla\w+|urgan\w*|urib|kaltakla\w+|oʻgʻirla\w+)",
        ),
    }
}


def check_own_experience(content: Content) -> Iterator[Finding]:
    """Findings about items whose words match a list, unless the item says why it asks anyway."""
    lists = _lists(content)
    for item in content.items.values():
        path = item_path(content, item.id)
        for rule in item.asks_anyway:
            if rule not in lists:
                hint = f"Known: {', '.join(lists)}."
                yield Finding(f"{path}.asks_anyway", "never_ask", "a rule of never_ask", rule, hint)
        if not item.stores or item.indirect:
            continue
        for rule in lists:
            match = _first_match(_asked(content, item), lists[rule])
            if match is not None and rule not in item.asks_anyway:
                language, words = match
                expected = f"no question of the kind never_ask: {rule}"
                hint = f"Ask about other people, or write asks_anyway: {{{rule}: reason}} at the item."
                yield Finding(f"{path}.text", "never_ask", expected, words, hint, language)


def _lists(content: Content) -> Lists:
    """The built-in lists with what the instrument adds."""
    merged = {rule: dict(languages) for rule, languages in BUILT_IN.items()}
    for rule, languages in content.never_ask.items():
        for language, words in languages.items():
            own = tuple(rf"\b{re.escape(word)}" for word in words)
            target = merged.setdefault(rule, {})
            target[language] = (*target.get(language, ()), *own)
    return merged


def _asked(content: Content, item: Item) -> tuple[Text, ...]:
    """The words of the question and of its hint, those of its battery before the row's own."""
    if item.battery is None:
        return (item.text, item.hint)
    stem = content.batteries[item.battery].text
    both = {language: f"{stem.get(language, '')} {words}" for language, words in item.text.items()}
    return (item.text, both, item.hint)


def _first_match(texts: tuple[Text, ...], languages: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    for text in texts:
        for language, words in text.items():
            for pattern in languages.get(language, ()):
                if match := re.search(pattern, words, re.IGNORECASE):
                    return language, match[0]
    return None
