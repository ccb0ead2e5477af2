"""Words in, the same without markup, entities, typography, white space out; two texts as one run."""

import html
import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

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


@lru_cache(maxsize=1 << 14)
def normalised(words: str) -> str:
    """What is read: entities resolved, markup and invisible signs gone, one kind of quote, dash and space."""
    plain = MARKS.sub("", TAG.sub("", BLOCK.sub(" ", html.unescape(words))))
    plain = INVISIBLE.sub("", unicodedata.normalize("NFC", plain)).translate(TYPOGRAPHY)
    return " ".join(plain.split())


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
