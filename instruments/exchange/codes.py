"""The answers of one list in, whole-number codes out; don't know and refused leave the list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from instruments.codebook import Text

WHOLE = re.compile(r"-?\d{1,9}")
NUMBERED = re.compile(r"([A-Za-z_]*)(\d{1,8})")
MISSING_WORDS: Mapping[str, frozenset[str]] = {
    "dont_know": frozenset(
        """don't know|do not know|dont know|i don't know|dk|don't know / not sure|not sure / don't know
        не знаю|затрудняюсь ответить|не знаю / затрудняюсь ответить|затрудняюсь
        білмеймін|жауап беру қиын|жауап беруге қиналамын
        bilmayman|javob berish qiyin|javob berishga qiynalaman""".replace("\n", "|").split("|")
    ),
    "refused": frozenset(
        """prefer not to say|prefer not to answer|refused|refuse to answer|refusal|decline to answer
        отказ|отказ от ответа|отказываюсь отвечать|не хочу отвечать|предпочитаю не отвечать
        жауап беруден бас тарту|жауап бергім келмейді|айтқым келмейді
        javob berishdan bosh tortish|javob berishni istamayman|aytishni istamayman""".replace(
            "\n", "|"
        ).split("|")
    ),
}
_KNOWN = {
    kind: frozenset(" ".join(words.split()).casefold() for words in said)
    for kind, said in MISSING_WORDS.items()
}
MISSING_CODES: Mapping[str, int] = {"dont_know": -1, "refused": -2}


@dataclass(frozen=True)
class Choice:
    """One answer as the form has it."""

    name: str
    label: Text
    missing: str = ""
    """The missing kind it stands for, where the form says so."""


@dataclass(frozen=True)
class Coded:
    """A list with codes. `allow`: the missing kinds it offered, with the form's words."""

    options: tuple[tuple[int, Text], ...]
    codes: Mapping[str, int]
    """Name in the form -> code; a missing kind has its negative code."""
    allow: Mapping[str, Text] = field(default_factory=dict)
    renumbered: bool = False

    @property
    def numeric(self) -> bool:
        """Whether every name is its code, so that comparing sizes means the same here."""
        kept = {name: code for name, code in self.codes.items() if code >= 0}
        return all(WHOLE.fullmatch(name) and int(name) == code for name, code in kept.items())


def missing_kind(label: Text) -> str | None:
    """The missing kind an answer stands for, by its whole words in any language."""
    for words in label.values():
        said = " ".join(words.split()).strip(" .*-–—()").casefold().replace("’", "'")
        for kind, known in _KNOWN.items():
            if said in known:
                return kind
    return None


def coded(choices: Sequence[Choice], *, numbered_names: bool = False) -> Coded:
    """Codes for a list: its own whole numbers, or 1, 2, … in its order.

    `numbered_names`: names such as A1, A2 keep their number where all have one and none repeats.
    """
    allow: dict[str, Text] = {}
    codes: dict[str, int] = {}
    plain: list[Choice] = []
    for choice in choices:
        kind = choice.missing or (missing_kind(choice.label) if len(choices) > 2 else None)
        if kind is not None and kind not in allow:
            allow[kind] = choice.label
            codes[choice.name] = MISSING_CODES[kind]
        else:
            plain.append(choice)
    if not plain:
        return coded_plain(choices, numbered_names)
    given = coded_plain(plain, numbered_names)
    return Coded(given.options, {**given.codes, **codes}, allow, given.renumbered)


def coded_plain(choices: Sequence[Choice], numbered_names: bool = False) -> Coded:
    """Codes for a list in which every answer is an option."""
    names = [choice.name for choice in choices]
    numbers = _own_numbers(names) or (_numbers_in(names) if numbered_names else None)
    renumbered = numbers is None or any(
        str(number) != name for number, name in zip(numbers, names, strict=True)
    )
    numbers = numbers or list(range(1, len(names) + 1))
    options = tuple((number, choice.label) for number, choice in zip(numbers, choices, strict=True))
    return Coded(options, dict(zip(names, numbers, strict=True)), {}, renumbered)


def _own_numbers(names: Sequence[str]) -> list[int] | None:
    if not names or not all(WHOLE.fullmatch(name) for name in names):
        return None
    numbers = [int(name) for name in names]
    return numbers if min(numbers) >= 0 and len(set(numbers)) == len(numbers) else None


def _numbers_in(names: Sequence[str]) -> list[int] | None:
    parts = [NUMBERED.fullmatch(name) for name in names]
    found = [part for part in parts if part is not None]
    numbers = [int(part[2]) for part in found]
    same = len({part[1] for part in found}) == 1
    return numbers if len(found) == len(names) and same and len(set(numbers)) == len(numbers) else None
