"""Texts: placeholders, markup, letters of the language, translations."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem

ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "an undeclared placeholder": (
        "exits",
        "fills: [organisation, contact]",
        "fills: [organisation]",
        {"fill"},
    ),
    "a placeholder for an unknown period": ("exits", "{period:last_year}", "{period:last_yaer}", {"fill"}),
    "a code that nobody has yet": (
        "exits",
        'fills: [organisation, contact]\nmodules:\n  A: {title: "Start"',
        'fills: [organisation, contact, code]\nmodules:\n  A: {title: "Start {code}"',
        {"fill"},
    ),
    "a last day before the end": (
        "exits",
        'fills: [organisation, contact]\nmodules:\n  A: {title: "Start"',
        'fills: [organisation, contact, date]\nmodules:\n  A: {title: "Until {date}"',
        {"fill"},
    ),
    "a fill that no page knows": (
        "exits",
        "fills: [organisation, contact]",
        "fills: [organisation, contact, town]",
        {"fill"},
    ),
    "a placeholder in the browser's title": (
        "exits",
        'public_title: "Opinion survey"',
        'public_title: "Survey of {organisation}"',
        {"fill"},
    ),
    "half a placeholder": ("exits", "{minutes} minute", "{minutes minute", {"fill"}),
    "markup": ("info", '"Which colour?"', '"Which <i>colour</i>?"', {"markup"}),
    "an entity": ("info", '"Which colour?"', '"Which&nbsp;colour?"', {"markup"}),
    "Cyrillic in English": ("info", '"Which colour?"', '"Какой цвет?"', {"alphabet"}),
    "a source language that is not declared": (
        "info",
        "source_language: en",
        "source_language: ru",
        {"language", "missing_file", "translation"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])


TRANSLATION_MISTAKES: dict[str, tuple[str, str, set[str]]] = {
    "a missing text": ('text: "Жалпы алғанда, оларға сенесіз бе?", ', "", {"translation"}),
    "an empty text": ("Жалпы алғанда, оларға сенесіз бе?", " ", {"translation"}),
    "a copied text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Do you trust them, on the whole?",
        {"untranslated"},
    ),
    "a Latin text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Umuman olganda, ularga ishonasizmi?",
        {"alphabet"},
    ),
    "a long Russian text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Насколько Вы в целом доверяете этим людям, если подумать об этом хорошо?",
        {"alphabet"},
    ),
    "a Latin letter in a Cyrillic word": ("оларға сенесіз", "олaрға сенесіз", {"alphabet"}),
    "a placeholder too many": (
        "оларға сенесіз бе?",
        "оларға сенесіз бе, {contact}?",
        {"fill", "fill_mismatch"},
    ),
    "words for an unknown place": ("items:\n", 'items:\n  TRUTS: {text: "Сенім"}\n', {"wording"}),
    "another language": ("language: kk", "language: ru", {"language"}),
}


@pytest.mark.parametrize("mistake", TRANSLATION_MISTAKES)
def test_the_mistake_in_a_translation_is_found_in_its_file(
    mistake: str, problems_in: ProblemsIn, edited: Edited
) -> None:
    old, new, rules = TRANSLATION_MISTAKES[mistake]
    path = edited("languages", "minutes: 1", "minutes: 1")
    kazakh = path.with_name("languages.kk.yaml")
    text = kazakh.read_text(encoding="utf-8")
    assert text.count(old) == 1
    kazakh.write_text(text.replace(old, new), encoding="utf-8")
    problems = problems_in(path)
    assert {problem.rule for problem in problems} == rules, "\n".join(map(str, problems))
    assert {problem.file for problem in problems} == {str(kazakh)}
