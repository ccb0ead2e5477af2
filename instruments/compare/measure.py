"""Two texts in, how far apart they are out: whether a change is editorial is measured here, never felt."""

import re
from difflib import SequenceMatcher

from instruments.compare.normal import normalised

WORD = re.compile(
    r"\{[a-z_]+(?::[a-z0-9_]+)?\}|(?:(?<![^\W_])[-+<>≤≥](?=\d))?[^\W_]+(?:['-][^\W_]+)*(?: ?%)?"
)
"""A placeholder is one word; a sign before a number and a per cent behind it belong to it."""
SMALL_SHARE = 0.1
"""A small change touches one word, or at most this share of the words."""
NEAR_SHARE = 0.2
"""What may be called editorial with a reasoned declaration: one word, or at most this share of the words."""
TAKEN = 0.75
"""Share of words from which on a label is another code's label in other order or spelling."""
NEGATIONS = frozenset(
    "no not never none without nor neither nobody nothing nowhere cannot hardly "  # noqa: SIM905
    "не нет ни никогда без никто ничего нельзя едва "
    "емес жоқ ешқашан ешкім ештеңе emas yo'q hech hechkim".split()
)
NUMBERS = frozenset(
    "three four five seven eight nine seventeen seventy eighteen eighty eighth fourth seventh "  # noqa: SIM905
    "четыре пять шесть семь восемь девять пятый шестой седьмой восьмой девятый семьдесят восемьдесят "
    "жеті сегіз тоғыз жетпіс сексен тоқсан yetti sakkiz to'qqiz yetmish sakson to'qson".split()
)
"""Words for numbers that resemble each other in their first three letters."""
WEIGHTLESS = frozenset("a an the that please пожалуйста же вы өтінемін iltimos marhamat".split())  # noqa: SIM905
"""Words that may come or go without another thing being asked.

No preposition or conjunction is among them: before and after, and and or are other questions.
"""
SUFFIXES = re.compile(r"[мбп][ае]|с[ыі]з|m[ae]|siz")
"""What denies inside a word in Kazakh and Uzbek: келісемін, келіспеймін; ishli, ishsiz."""
DENYING_PREFIXES = frozenset(("en", "ru"))
"""Languages that deny by a prefix or a word of its own, never inside a word."""


def tokens(words: str) -> list[str]:
    """The words without case and punctuation."""
    return WORD.findall(normalised(words).casefold())


def share_changed(before: str, after: str) -> float:
    """Words deleted, inserted or replaced over the words of the longer text: 0 to 1."""
    old, new = tokens(before), tokens(after)
    edits = (max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in _edits(old, new))
    return min(1.0, sum(edits) / max(len(old), len(new), 1))


def is_small(before: str, after: str, language: str) -> bool:
    """Whether a change is small: only punctuation and case differ, or words are respelled (`alike`).

    At most one word or a tenth of them. A number, a placeholder, a negation, a word more or less is never so.
    """
    old, new = tokens(before), tokens(after)
    respelled, weightless = _minor(old, new, language)
    return respelled is not None and not weightless and respelled <= _most(SMALL_SHARE, old, new)


def is_near(before: str, after: str, language: str) -> bool:
    """Whether a change may be called editorial at all: at most one word or a fifth of them, none of weight.

    Words may be respelled (`alike`), and words without weight may come or go. Any other word that is added,
    left out, moved or exchanged makes another question, however long the text around it.
    """
    old, new = tokens(before), tokens(after)
    if not before.strip() or not after.strip():
        return False
    respelled, weightless = _minor(old, new, language)
    return respelled is not None and respelled + weightless <= _most(NEAR_SHARE, old, new)


def alike(one: str, other: str, language: str) -> bool:
    """Whether two words are spellings or endings of one: the same first three letters, two edits at most."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()) or {one, other} & (NEGATIONS | NUMBERS):
        return False
    if language not in DENYING_PREFIXES and len(SUFFIXES.findall(one)) != len(SUFFIXES.findall(other)):
        return False
    return min(len(one), len(other)) >= 4 and one[:3] == other[:3] and _distance(one, other) <= 2


def says_other(before: str, after: str, language: str) -> bool:
    """Whether a label is another one: fewer than half of the shorter label's words are in the longer."""
    old, new = tokens(before), tokens(after)
    if {*old} & NEGATIONS != {*new} & NEGATIONS:
        return True
    shorter, longer = sorted((old, new), key=len)
    kept = sum(any(alike(word, there, language) for there in longer) for word in shorter)
    return bool(shorter) and 2 * kept < len(shorter)


def nearer_to(now: str, own: str, other: str, language: str) -> bool:
    """Whether a label says what another code's label said, in other order or spelling, more than its own.

    At least three quarters of the words of both are in each other, and more than are shared with its own.
    """
    shared = _shared(tokens(now), tokens(other), language)
    return shared >= TAKEN and shared > _shared(tokens(now), tokens(own), language)


def _shared(one: list[str], other: list[str], language: str) -> float:
    """Words that both texts hold, wherever they stand, over the words of the longer one: 0 to 1."""
    left = list(other)
    kept = 0
    for word in one:
        found = next((there for there in left if alike(word, there, language)), None)
        if found is not None:
            left.remove(found)
            kept += 1
    return kept / max(len(one), len(other), 1)


def _minor(old: list[str], new: list[str], language: str) -> tuple[int | None, int]:
    """Words respelled and words without weight added or left out; None where anything else differs."""
    light_old = [word for word in old if word not in WEIGHTLESS]
    light_new = [word for word in new if word not in WEIGHTLESS]
    respelled = 0
    for tag, i1, i2, j1, j2 in _edits(light_old, light_new):
        pairs = zip(light_old[i1:i2], light_new[j1:j2], strict=False)
        if tag != "replace" or i2 - i1 != j2 - j1 or not all(alike(a, b, language) for a, b in pairs):
            return None, 0
        respelled += i2 - i1
    changed = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in _edits(old, new))
    return respelled, max(0, changed - respelled)


def _most(share: float, old: list[str], new: list[str]) -> float:
    return max(1.0, share * max(len(old), len(new)))


def _edits(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [code for code in codes if code[0] != "equal"]


def _distance(one: str, other: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row = row, [i]
        for j, there in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != there)))
    return row[-1]
