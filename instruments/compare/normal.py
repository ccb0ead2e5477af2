"""Words in, the same without markup, entities, typography, white space out; how much two texts differ."""

import html
import re
import unicodedata
from difflib import SequenceMatcher

BLOCK = re.compile(r"</?(?:br|p|div|li|ul|ol|h[1-6]|t[dhr]|table)\b[^<>]*>", re.IGNORECASE)
"""Tags that part words; any other stands inside a word or beside a stop."""
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
"""Markdown's bold, emphasis and code; an underscore inside a word or placeholder stays."""
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›ʼʻ`´′", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
    }
)
WORD = re.compile(r"\{[a-z_]+(?::[a-z0-9_]+)?\}|[^\W_]+(?:['-][^\W_]+)*")
SMALL_SHARE = 0.1
"""An editorial change touches one word, or at most this share of the words."""
NEGATIONS = frozenset(
    "no not never none without не нет ни никогда без емес жоқ ешқашан emas yo'q hech".split()  # noqa: SIM905
)


def normalised(words: str) -> str:
    """What is read: entities resolved, markup and invisible signs gone, one kind of quote, dash and space."""
    plain = MARKS.sub("", TAG.sub("", BLOCK.sub(" ", html.unescape(words))))
    plain = INVISIBLE.sub("", unicodedata.normalize("NFC", plain)).translate(TYPOGRAPHY)
    return " ".join(plain.split())


def tokens(words: str) -> list[str]:
    """The words without case and punctuation; a placeholder is one word."""
    return WORD.findall(normalised(words).casefold())


def share_changed(before: str, after: str) -> float:
    """Words deleted, inserted or replaced over the words of the longer text: 0 to 1."""
    old, new = tokens(before), tokens(after)
    edits = (max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in _edits(old, new))
    return min(1.0, sum(edits) / max(len(old), len(new), 1))


def is_small(before: str, after: str) -> bool:
    """Whether a change is editorial by measure.

    Only punctuation and case differ, or words are replaced one for one by another spelling of the same word
    (`alike`), at most one word or a tenth of them. A number, a placeholder, a negation, a word added or left
    out is never small.
    """
    old, new = tokens(before), tokens(after)
    changed = 0
    for tag, i1, i2, j1, j2 in _edits(old, new):
        if tag != "replace" or i2 - i1 != j2 - j1 or not all(map(alike, old[i1:i2], new[j1:j2])):
            return False
        changed += i2 - i1
    return changed <= max(1, SMALL_SHARE * max(len(old), len(new)))


def alike(one: str, other: str) -> bool:
    """Whether two words are spellings or endings of one: the same first three letters, two edits at most."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()) or {one, other} & NEGATIONS:
        return False
    return min(len(one), len(other)) >= 4 and one[:3] == other[:3] and _distance(one, other) <= 2


def says_other(before: str, after: str) -> bool:
    """Whether a label is another one: fewer than half of the shorter label's words are in the longer."""
    old, new = tokens(before), tokens(after)
    if {*old} & NEGATIONS != {*new} & NEGATIONS:
        return True
    shorter, longer = sorted((old, new), key=len)
    kept = sum(any(alike(word, there) for there in longer) for word in shorter)
    return bool(shorter) and 2 * kept < len(shorter)


def word_changes(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The two texts as one run of (`same`, `old` or `new`, words), for people who compare them."""
    old, new = normalised(before).split(), normalised(after).split()
    runs: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("same", " ".join(old[i1:i2])))
            continue
        runs += [("old", " ".join(old[i1:i2]))] if i2 > i1 else []
        runs += [("new", " ".join(new[j1:j2]))] if j2 > j1 else []
    return tuple(runs)


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
