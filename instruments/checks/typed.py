"""What is typed into words that respondents read and should be a placeholder: a period, a telephone number.

A question that says `{period:...}` stays the same when the period changes, and a number that is wrong is
corrected, and called before a wave, in one place. Found by lists of words, which may err: warnings only.
"""

import re
from collections.abc import Iterator, Mapping

from instruments.checks.finding import Finding
from instruments.questionnaire import Content
from instruments.wording import PLACEHOLDER, slots

TYPED_PERIOD, TYPED_PHONE = "typed_period", "typed_phone"
READ = ("items", "texts", "scales", "recalls")
"""Parts of a document that hold what respondents read."""
UNREAD = frozenset(("label", "compare", "factors", "nets"))
"""Keys whose words they do not."""
PERIODS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(past|last|previous) (\w+ )?(calendar )?(months?|years?)\b|\bthis (month|year)\b", re.IGNORECASE
    ),
    "ru": re.compile(
        r"\b(последн\w+|прошл\w+|предыдущ\w+|прошедш\w+) (\w+ )?(месяц\w*|год\w*|лет)\b"
        r"|\bв (этом|текущем) (году|месяце)\b",
        re.IGNORECASE,
    ),
    "kk": re.compile(
        r"\b(соңғы|өткен) (\w+ )?(ай|жыл)(да|ды|дың|ы|ында|ға|дағы|дар\w*|лар\w*)?\b|\b(былтыр|биыл)\b",
        re.IGNORECASE,
    ),
    "uz": re.compile(
        r"\b(soʻnggi|oxirgi|oʻtgan) (\w+ )?(oy|yil)(da|ni|ning|i|ida|dagi|lar\w*)?\b|\b(bu yil|bultur)\b",
        re.IGNORECASE,
    ),
}
CALLED = {
    "en": r"call|phone|dial|hotline|helpline",
    "ru": r"звон\w*|телефон\w*|лини\w+",
    "kk": r"қоңырау|телефон\w*|желі\w*",
    "uz": r"qoʻngʻiroq|telefon\w*|liniya\w*",
}
SHORT = r"(?<![\d.,])\d{3}(?: ?\d{2,3})?(?![\d.,]*\d)"
"""Three to six digits, as of the police and of help lines."""
LONG = re.compile(r"(?<!\d)(?:\+\d|[78])[ (-]*\d{3}[ )-]*\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)")


def check_typed(content: Content) -> Iterator[Finding]:
    """Findings about periods and telephone numbers that stand in the wording itself."""
    known = [
        number for phone in content.phones.values() for number in (phone.number, phone.display) if number
    ]
    declared = re.compile("|".join(rf"(?<!\d){re.escape(number)}(?!\d)" for number in known) or r"(?!)")
    for path, text in slots(content.document):
        parts = path.split(".")
        if parts[0] not in READ or not UNREAD.isdisjoint(parts):
            continue
        for language, words in text.items():
            bare = PLACEHOLDER.sub(" ", words)
            if language in PERIODS and (period := PERIODS[language].search(bare)):
                hint = "Declare it under periods, with its months, and write {period:NAME}."
                yield Finding(path, TYPED_PERIOD, "a period by its name", f"'{period[0]}'", hint, language)
            if phone := declared.search(bare) or LONG.search(bare) or _short(bare, language):
                hint = "Declare it under phones and write {phone:NAME}; then it is called before each wave."
                yield Finding(path, TYPED_PHONE, "a number by its name", f"'{phone[0]}'", hint, language)


def _short(words: str, language: str) -> re.Match[str] | None:
    """Few digits near a word about calling."""
    if language not in CALLED:
        return None
    near, called = r"[^.?!\d]{0,20}", rf"\b(?:{CALLED[language]})\b"
    return re.search(rf"{called}{near}{SHORT}|{SHORT}{near}{called}", words, re.IGNORECASE)
