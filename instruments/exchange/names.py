"""Names of a form in, names Tolqyn takes out: identifiers, instrument names, language codes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from instruments.checks.columns import DIFFERENT_NAMES
from instruments.tree import IDENTIFIER

LONGEST = 32
RESERVED = frozenset(name.lower() for name in (*DIFFERENT_NAMES, "scale_direction"))
LANGUAGE_NAMES: Mapping[str, str] = {
    name: code
    for code, names in {
        "en": "english",
        "ru": "russian русский",
        "kk": "kazakh қазақ қазақша казахский",
        "uz": "uzbek oʻzbek ozbek o'zbek o‘zbek узбекский",
        "ky": "kyrgyz кыргызча кыргыз",
        "tg": "tajik тоҷикӣ",
        "tk": "turkmen türkmen",
        "de": "german deutsch",
        "fr": "french français francais",
        "es": "spanish español espanol",
        "pt": "portuguese português portugues",
        "it": "italian italiano",
        "ar": "arabic العربية",
        "uk": "ukrainian українська",
        "tr": "turkish türkçe",
        "fa": "persian farsi فارسی",
        "ps": "pashto",
        "ur": "urdu اردو",
        "hi": "hindi हिन्दी",
        "bn": "bengali bangla বাংলা",
        "ne": "nepali नेपाली",
        "sw": "swahili kiswahili",
        "am": "amharic",
        "so": "somali",
        "zh": "chinese 中文",
        "id": "indonesian bahasa",
        "pl": "polish polski",
        "ro": "romanian română",
        "nl": "dutch nederlands",
    }.items()
    for name in names.split()
}


def identifier(name: str) -> str:
    """A name of letters, digits and _ that begins with a letter; the name itself when it is one already."""
    if IDENTIFIER.fullmatch(name):
        return name
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9_]+", "_", letters).strip("_")
    if not made or not made[0].isalpha():
        made = f"Q_{made}" if made else "Q"
    return made[:LONGEST]


@dataclass
class Identifiers:
    """Names already taken, columns among them, in any case: SPSS knows no difference."""

    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    renamed: dict[str, str] = field(default_factory=dict)

    def give(
        self, wanted: str, columns: Callable[[str], Iterable[str]] = lambda _: (), within: str = ""
    ) -> str:
        """A free identifier near `wanted`; `columns`: further columns that a question of that name makes.

        `within`: a group or question to name it after when the plain name is taken.
        """
        room = LONGEST - max((len(column) for column in columns("")), default=0)
        first = identifier(wanted)[:room]
        for made in self._tries(first, within, room):
            needed = {made.lower(), *(column.lower() for column in columns(made))}
            if not needed & self.taken:
                self.taken |= needed
                if made != wanted:
                    self.renamed[f"{within}/{wanted}" if wanted in self.renamed else wanted] = made
                return made
        raise AssertionError("tries do not end")

    @staticmethod
    def _tries(first: str, within: str, room: int) -> Iterable[str]:
        yield first
        if within:
            yield f"{identifier(within)}_{first}"[:room]
        number = 2
        while True:
            suffix = f"_{number}"
            yield first[: room - len(suffix)] + suffix
            number += 1


def instrument_name(wanted: str) -> str:
    """A name for files: small letters, digits and _."""
    made = identifier(wanted).lower()
    return "form" if made == "q" else made


@dataclass(frozen=True)
class Languages:
    """How a form names its languages. `known`: spelling in the form (in small letters) -> code."""

    known: Mapping[str, str] = field(default_factory=dict)
    unnamed: str = ""
    """The language of words the form does not name the language of."""

    def code(self, spelling: str) -> str | None:
        """The code of a language: from the command, in brackets, as written, or by its name."""
        name = " ".join(spelling.split()).lower()
        bare = re.sub(r"\s*\([^)]*\)\s*$", "", name)
        if name in self.known or bare in self.known:
            return self.known.get(name) or self.known[bare]
        if match := re.search(r"\(\s*([a-z]{2,3})(?:[-_][a-z0-9-]+)?\s*\)$", name):
            return match[1]
        if bare in LANGUAGE_NAMES:
            return LANGUAGE_NAMES[bare]
        if match := re.fullmatch(r"([a-z]{2,3})(?:[-_][a-z0-9-]+)?", bare):
            return match[1]
        return None


def read_languages(option: str) -> Languages:
    """`en=English,ru=Русский` or `en`: names by code; a code alone is of words without a language.

    Raises ValueError with the part that is neither.
    """
    known: dict[str, str] = {}
    unnamed = ""
    for part in filter(None, (piece.strip() for piece in option.split(","))):
        code, sign, name = (piece.strip() for piece in part.partition("="))
        if not re.fullmatch(r"[a-z]{2,3}", code):
            raise ValueError(part)
        if sign and name:
            known[" ".join(name.split()).lower()] = code
        else:
            unnamed = code
    return Languages(known, unnamed)
