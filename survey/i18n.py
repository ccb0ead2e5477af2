"""Interface words: a language code in, gettext functions and Babel formatting out."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_skeleton, get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"
"""The language message ids are written in."""


def spoken(text: Mapping[str, str], language: str) -> str:
    """A text by language in this one; one that exists only in another is better than none."""
    return str(text.get(language) or next(iter(text.values()), ""))


@dataclass(frozen=True)
class Translator:
    """One language's words for the interface."""

    language: str
    translations: Translations

    def gettext(self, message: str, **values: object) -> str:
        """The message in this language, `{name}` filled from the values."""
        return (
            self.translations.gettext(message).format(**values)
            if values
            else self.translations.gettext(message)
        )

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The plural form for n in this language; `{n}` is filled too."""
        text: str = self.translations.ungettext(one, many, n)
        return text.format(n=self.number(n), **values)

    def number(self, value: float) -> str:
        """A number as this language writes it."""
        return format_decimal(value, locale=self.language)

    def in_figures(self, day: date) -> str:
        """A day in figures, where a word would need its case."""
        return format_date(day, format="dd.MM.yyyy", locale=self.language)

    def date(self, day: date) -> str:
        """A day in words of this language."""
        return format_date(day, format="long", locale=self.language)

    def when(self, iso: str) -> str:
        """A year, a month of a year or a day, written as ISO text of that length, in words."""
        if "-" not in iso:
            return iso
        day = date.fromisoformat(iso if iso.count("-") > 1 else f"{iso}-01")
        if iso.count("-") > 1:
            return self.date(day)
        return format_skeleton("yMMMM", day, locale=self.language)

    def months(self) -> tuple[str, ...]:
        """The names of the twelve months, as they stand alone."""
        return tuple(get_month_names("wide", "stand-alone", self.language).values())


@cache
def translator(language: str) -> Translator:
    """The catalogue of `translations/LANG/LC_MESSAGES/messages.po`; the source language needs none."""
    return Translator(language, _compiled(language))


def untranslated(language: str) -> tuple[str, ...]:
    """Messages that some catalogue knows and for which this language has no words, sorted."""
    if language == SOURCE:
        return ()
    found = FOLDER.glob("*/LC_MESSAGES/messages.po")
    known = {path.parents[1].name: _messages(path) for path in found}
    wanted = {key for messages in known.values() for key in messages}
    have = {key for key, filled in known.get(language, {}).items() if filled}
    return tuple(sorted(wanted - have))


@cache
def _messages(file: Path) -> Mapping[str, bool]:
    """Each message of a catalogue, and whether it has words: a file takes 30 ms, and each gate asks."""
    return {_key(each.id): _filled(each.string) for each in _read(file) if each.id}


def _po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def _compiled(language: str) -> Translations:
    """Compiled in memory, so that no .mo file can be older than its .po file."""
    path = _po(language)
    if not path.exists():
        return Translations()
    buffer = io.BytesIO()
    write_mo(buffer, _read(path))
    buffer.seek(0)
    return Translations(fp=buffer)


def _key(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _filled(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)
