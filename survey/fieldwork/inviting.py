"""A wave and the words of a template in, what letters, posters and messages say by language out.

No word names the subject. What is filled in comes from the wave; where a QR code leads, from the caller.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from instruments import FileProblem, Phone, Questionnaire, placeholders
from survey.fieldwork.helplines import lines_before
from survey.i18n import translator
from survey.refusal import Reason, Refused
from survey.store.models import Wave
from survey.store.rules import reason_of

if TYPE_CHECKING:
    from reports import HelpLine, LetterText, PosterText, WayIn

TEXTS = "invitation-texts.yaml"
FILLS = ("title", "organisation", "contact", "minutes", "last_day")
SHAPE: Mapping[str, tuple[str, ...]] = {
    "letter": ("subject", "body", "how", "code", "help", "signed"),
    "reminder": ("subject", "body"),
    "mail": ("subject", "body"),
    "poster": ("heading", "body"),
    "qr": (),
}
"""The template's parts and their texts."""

Texts = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where invitations lead: the server's public address, and the wave's words below it."""

    base: str
    """As `https://opinion.example.org`."""
    path: str
    """As `/s/opinion-27/`."""

    @property
    def whole(self) -> str:
        """The address that a QR code opens."""
        return self.base.rstrip("/") + self.path

    @property
    def typed(self) -> str:
        """The address as it is typed by hand: browsers add the rest."""
        return re.sub(r"^https?://", "", self.whole).rstrip("/")


def read_texts(path: Path | None = None) -> Texts:
    """The office's own template over the one that comes along. Refused lists every problem, by line."""
    own = _shipped()
    if path is None:
        return own
    from analysis import FileKind, read_checked  # noqa: PLC0415  slow, and most letters need no template

    read = read_checked(path, _schema(), FileKind("a template of invitations", "format: 1"))
    problems = list(read.notes.problems)
    if isinstance(read.data, dict):
        for at, words in _words_in(read.data):
            for name in placeholders(words):
                if name not in FILLS:
                    expected = f"one of {', '.join(f'{{{fill}}}' for fill in FILLS)}"
                    line = read.notes.line(at)
                    problems.append(
                        FileProblem(str(path), line, ".".join(at), "fill", expected, f"{{{name}}}", "")
                    )
    if problems:
        raise Refused(*map(reason_of, sorted(problems, key=lambda problem: problem.line)))
    return {
        part: {**own[part], **(read.data.get(part) or {})}
        if not names
        else {name: {**own[part][name], **(read.data.get(part) or {}).get(name, {})} for name in names}
        for part, names in SHAPE.items()
    }


def spoken(wave: Wave, languages: Iterable[str]) -> tuple[str, ...]:
    """The languages asked for, all of the wave's when none. Raises Refused for one it does not have."""
    wanted = tuple(languages) or tuple(wave.languages)
    if unknown := [language for language in wanted if language not in wave.languages]:
        expected = f"languages of the wave: {', '.join(wave.languages)}"
        raise Refused(Reason(expected, ", ".join(unknown), f"--languages {wave.languages[0]}", "--languages"))
    return wanted


def fills(wave: Wave, questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """What stands for the names in braces. Raises Refused where the wave does not say who asks."""
    for name in ("organisation", "contact"):
        if not getattr(wave, name).strip():
            hint = f"tolqyn wave open … --{name}, or wave create"
            raise Refused(Reason("who asks, as people read it", "nothing", hint, path=f"--{name}"))
    say = translator(language)
    day = say.date(wave.closes) if language == "en" else say.in_figures(wave.closes)
    return {
        "title": questionnaire.public_title[language],
        "organisation": wave.organisation,
        "contact": wave.contact,
        "minutes": str(questionnaire.minutes),
        "last_day": day,
    }


def said(texts: Texts, part: str, name: str, language: str, given: Mapping[str, str]) -> str:
    """One text of the template in a language, filled."""
    words = str(texts[part][name][language]).strip()
    return re.sub(r"\{([a-z_]+)\}", lambda found: given[found[1]], words)


def letter_texts(
    wave: Wave,
    questionnaire: Questionnaire,
    texts: Texts,
    languages: Sequence[str],
    *,
    part: str = "letter",
    all_lines: bool = False,
) -> "tuple[LetterText, ...]":
    """A letter's words (`part`: `letter` or `reminder`) in each language."""
    from reports import LetterText  # noqa: PLC0415  only printing needs it

    found = []
    for language in languages:
        given = fills(wave, questionnaire, language)
        body = said(texts, part, "body", language, given)
        found.append(
            LetterText(
                language=language,
                subject=said(texts, part, "subject", language, given),
                body=tuple(" ".join(words.split()) for words in re.split(r"\n\s*\n", body)),
                how=said(texts, "letter", "how", language, given),
                help=said(texts, "letter", "help", language, given),
                lines=_lines(questionnaire, language, all_lines=all_lines),
                signed=said(texts, "letter", "signed", language, given),
                qr=str(texts["qr"][language]),
                code=said(texts, "letter", "code", language, given) if part == "letter" else "",
            )
        )
    return tuple(found)


def poster_texts(
    wave: Wave,
    questionnaire: Questionnaire,
    texts: Texts,
    languages: Sequence[str],
    *,
    all_lines: bool = False,
) -> "tuple[PosterText, ...]":
    """A poster's words in each language."""
    from reports import PosterText  # noqa: PLC0415  only printing needs it

    found = []
    for language in languages:
        given = fills(wave, questionnaire, language)
        found.append(
            PosterText(
                language=language,
                heading=said(texts, "poster", "heading", language, given),
                body=said(texts, "poster", "body", language, given),
                how=said(texts, "letter", "how", language, given),
                help=said(texts, "letter", "help", language, given),
                lines=_lines(questionnaire, language, all_lines=all_lines),
                signed=f"{wave.organisation} · {wave.contact}",
                qr=str(texts["qr"][language]),
            )
        )
    return tuple(found)


def entries(place: Place, codes: Iterable[tuple[str, str]]) -> "tuple[WayIn, ...]":
    """A letter's way in for each (token, code as it is typed): the link opens it, the code is typed."""
    from reports import WayIn  # noqa: PLC0415  only printing needs it

    return tuple(WayIn(f"{place.whole}i/{token}", place.typed, code) for token, code in codes)


def offered(questionnaire: Questionnaire, *, all_lines: bool) -> tuple[Phone, ...]:
    """The help lines that a letter shows: those of the landing page, or all of them."""
    return tuple(questionnaire.phones.values()) if all_lines else lines_before(questionnaire)


def _lines(questionnaire: Questionnaire, language: str, *, all_lines: bool) -> "tuple[HelpLine, ...]":
    from reports import HelpLine  # noqa: PLC0415  only printing needs it

    return tuple(
        HelpLine(phone.display, phone.what[language]) for phone in offered(questionnaire, all_lines=all_lines)
    )


@cache
def _shipped() -> Texts:
    text = files(__package__).joinpath(TEXTS).read_text(encoding="utf-8")
    found: Texts = yaml.safe_load(text)
    return found


def _schema() -> dict[str, Any]:
    """The JSON Schema of a template: every part may be left out and is then as it comes along."""
    words = {
        "type": "object",
        "propertyNames": {"enum": ["kk", "ru", "uz", "en"], "description": "a language: kk, ru, uz or en"},
        "additionalProperties": {"type": "string", "pattern": "\\S", "description": "words"},
        "description": "words by language",
    }
    parts = {
        part: {
            "type": "object",
            "properties": dict.fromkeys(names, words),
            "additionalProperties": False,
            "description": f"a mapping with {', '.join(names)}",
        }
        if names
        else words
        for part, names in SHAPE.items()
    }
    return {
        "type": "object",
        "required": ["format"],
        "properties": {"format": {"const": 1, "description": "the number 1"}, **parts},
        "additionalProperties": False,
        "description": f"a mapping with format, {', '.join(SHAPE)}",
    }


def _words_in(data: Any, at: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _words_in(value, (*at, str(key)))
    elif isinstance(data, str):
        yield at, data
