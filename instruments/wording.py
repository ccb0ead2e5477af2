"""Words by language: placeholders found and filled, and the few words Tolqyn adds to a codebook itself."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{([a-z_]+(?::[a-z0-9_]+)?)\}")
"""`{organisation}` is filled when shown; `{minutes}`, `{period:ID}`, `{phone:ID}` when the file is read."""

RECALL = "recall:"
"""Begins the placeholder of an earlier answer: `{recall:NAME}` is filled when the page is shown."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories."""

WORDS = frozenset(
    [
        "title",
        "public_title",
        "population",
        "text",
        "hint",
        "label",
        "finding",
        "question",
        "reason",
        "what",
        "unit",
        "sensitive_item",
        "innocuous",
        "missing",
    ]
)
"""Keys whose value is a text."""
MAPS_OF_WORDS = frozenset(
    ["options", "codes", "texts", "missing_labels", "control", "anchors", "forms", "stems"]
)
"""Keys whose values are texts."""

STANDARD_LABELS: Mapping[str, Mapping[str, str]] = {
    "ticked": {"en": "Selected", "ru": "Отмечено", "kk": "Белгіленген", "uz": "Belgilangan"},
    "not_ticked": {"en": "Not selected", "ru": "Не отмечено", "kk": "Белгіленбеген", "uz": "Belgilanmagan"},
    "no_text": {"en": "No text", "ru": "Нет текста", "kk": "Мәтін жоқ", "uz": "Matn yoʻq"},
    "text_given": {
        "en": "Text given",
        "ru": "Текст есть",
        "kk": "Мәтін бар",
        "uz": "Matn bor",
    },
    "other_number": {
        "en": "Another number",
        "ru": "Другой номер",
        "kk": "Басқа нөмір",
        "uz": "Boshqa raqam",
    },
    "position": {
        "en": "Position shown: {of}",
        "ru": "Место при показе: {of}",
        "kk": "Көрсетілген орны: {of}",
        "uz": "Koʻrsatilgan oʻrni: {of}",
    },
    "scale_direction": {
        "en": "Direction of the answer scales",
        "ru": "Направление шкал ответов",
        "kk": "Жауап шкалаларының бағыты",
        "uz": "Javob shkalalarining yoʻnalishi",
    },
    "as_written": {"en": "As written", "ru": "Прямое", "kk": "Тура", "uz": "Toʻgʻri"},
    "reversed": {"en": "Reversed", "ru": "Обратное", "kk": "Кері", "uz": "Teskari"},
    "form": {"en": "Form {of}", "ru": "Форма {of}", "kk": "{of} нұсқасы", "uz": "{of} shakli"},
    "list_group": {
        "en": "Group of the list experiment",
        "ru": "Группа списочного эксперимента",
        "kk": "Тізімдік эксперимент тобы",
        "uz": "Roʻyxatli eksperiment guruhi",
    },
    "control": {
        "en": "Control list",
        "ru": "Контрольный список",
        "kk": "Бақылау тізімі",
        "uz": "Nazorat roʻyxati",
    },
    "treatment": {
        "en": "List with the sensitive item",
        "ru": "Список с чувствительным пунктом",
        "kk": "Сезімтал тармағы бар тізім",
        "uz": "Nozik bandli roʻyxat",
    },
    "both_or_neither": {
        "en": "Both are true, or neither is",
        "ru": "Верны оба или не верно ни одно",
        "kk": "Екеуі де дұрыс немесе екеуі де дұрыс емес",
        "uz": "Ikkalasi ham toʻgʻri yoki ikkalasi ham notoʻgʻri",
    },
    "exactly_one": {
        "en": "Exactly one of them is true",
        "ru": "Верно только одно из двух",
        "kk": "Екеуінің біреуі ғана дұрыс",
        "uz": "Ikkalasidan faqat bittasi toʻgʻri",
    },
    "year": {"en": "{of}: year", "ru": "{of}: год", "kk": "{of}: жыл", "uz": "{of}: yil"},
    "month": {"en": "{of}: month", "ru": "{of}: месяц", "kk": "{of}: ай", "uz": "{of}: oy"},
    "day": {"en": "{of}: day", "ru": "{of}: день", "kk": "{of}: күн", "uz": "{of}: kun"},
    "and": {"en": "and", "ru": "и", "kk": "және", "uz": "va"},
    "or": {"en": "or", "ru": "или", "kk": "немесе", "uz": "yoki"},
    "not": {"en": "not", "ru": "не", "kk": "емес", "uz": "emas"},
    "answered": {"en": "answered", "ru": "есть ответ", "kk": "жауап бар", "uz": "javob bor"},
}


def placeholders(words: str) -> tuple[str, ...]:
    """The names between braces, in order."""
    return tuple(PLACEHOLDER.findall(words))


def fill(words: str, values: Mapping[str, str]) -> str:
    """Words with every placeholder replaced; a KeyError names one that has no value."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], words)


def fill_known(words: str, values: Mapping[str, str]) -> str:
    """Words with the placeholders that have a value replaced, the others left."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), words)


def in_every(languages: Iterable[str], say: Callable[[str], str]) -> dict[str, str]:
    """Words by language, made by `say(language)`; languages for which it lacks a word are left out."""
    spoken = {}
    for language in languages:
        try:
            spoken[language] = say(language)
        except KeyError:
            continue
    return spoken


def offered_phones(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The phones of a stored document as respondents are offered them, in the order of its `support_info`.

    A canonical document sorts its keys, so the order of the questionnaire's own list is lost in it.
    """
    phones, support = document.get("phones") or {}, document.get("texts", {}).get("support_info", {})
    named = [name.partition("phone:")[2] for words in support.values() for name in placeholders(words)]
    order = dict.fromkeys([*(name for name in named if name in phones), *phones])
    return tuple(phones[name] for name in order)


def is_words(key: str, parent: str) -> bool:
    """Whether the value of `key` in a mapping that is itself the value of `parent` is a text."""
    return key in WORDS or parent in MAPS_OF_WORDS


def plain_texts(document: Any, path: str = "", key: str = "", parent: str = "") -> Iterator[tuple[str, str]]:
    """Every text of one file, in one language, with its dotted path."""
    if isinstance(document, Mapping):
        for name, child in document.items():
            yield from plain_texts(child, f"{path}.{name}" if path else name, name, key)
    elif isinstance(document, str) and is_words(key, parent):
        yield path, document


def is_plural_form(path: str) -> bool:
    """Whether a dotted path is that of one plural form, of which each language has its own."""
    parts = path.split(".")
    return len(parts) == 4 and parts[0] == "recalls" and parts[2] == "forms"


def texts_in(document: Any, language: str, source: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of a document that a language needs: those of the source, and its own plural forms."""
    return ((path, words) for path, words in slots(document) if words.get(source) or words.get(language))


def slots(
    document: Any, path: str = "", key: str = "", parent: str = ""
) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a document with its dotted path."""
    if not isinstance(document, Mapping):
        return
    if is_words(key, parent) and all(isinstance(words, str) for words in document.values()):
        yield path, dict(document)
    else:
        for name, child in document.items():
            yield from slots(child, f"{path}.{name}" if path else name, name, key)
