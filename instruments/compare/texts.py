"""Two questionnaires in, what differs in words besides the questions out: notes, help lines, end pages."""

from collections.abc import Iterator, Mapping, Sequence

from instruments.codebook import Text
from instruments.compare.normal import normalised
from instruments.compare.verdicts import TextChange
from instruments.questionnaire import Questionnaire

TITLES = ("title", "public_title", "population")


def text_changes(
    before: Questionnaire, after: Questionnaire, languages: Sequence[str]
) -> Iterator[TextChange]:
    """Every text besides the questions that reads otherwise, or stands before or behind another module."""
    old_texts, new_texts = _said(before), _said(after)
    for name in dict.fromkeys((*old_texts, *new_texts)):
        for language in languages:
            old, new = old_texts.get(name, {}).get(language, ""), new_texts.get(name, {}).get(language, "")
            if normalised(old) != normalised(new):
                yield TextChange(name, language, old, new)


def _said(questionnaire: Questionnaire) -> dict[str, Text]:
    document = questionnaire.document
    said: dict[str, Text] = {name: document[name] for name in TITLES if name in document}
    said["access"] = dict.fromkeys(questionnaire.languages, questionnaire.access)
    said |= document.get("texts", {})
    for name, phone in questionnaire.phones.items():
        said[f"phone {name}"] = {
            language: f"{phone.number} ({phone.display}) {phone.what.get(language, '')}"
            for language in questionnaire.languages
        }
    said |= _around_modules(questionnaire)
    return said


def _around_modules(questionnaire: Questionnaire) -> Mapping[str, Text]:
    """Which text stands before and behind a module: its name, where the words are compared on their own."""
    return {
        f"{place} module {name}": dict.fromkeys(questionnaire.languages, text)
        for name, module in questionnaire.modules.items()
        for place, text in (("before", module.before), ("after", module.after))
        if text
    }
