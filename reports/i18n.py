"""Words and numbers of one language: a language code in, translated sentences and formatted figures out."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from reports.errors import ReportError
from reports.trace import Marks

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"
"""The language message ids are written in."""
LANGUAGES = ("kk", "ru", "uz", "en")
MINUS = "\u2212"
_HYPHEN_FOR_DASH = re.compile(r"(?<=\S) - (?=\S)")
_GUILLEMETS = str.maketrans("“”", "«»")
_PERCENT = {"ru": "\u00a0%"}  # the Russian standard sets the sign apart; the other three write it close


@dataclass(frozen=True)
class Words:
    """One language's sentences, numbers and dates."""

    language: str
    translations: Translations
    marks: Marks | None = None
    """Given while a report is built that keeps a ledger: printed figures then carry their source's mark."""

    def say(self, message: str, context: str = "", **values: object) -> str:
        """The message in this language with `{name}` filled; `context` parts what grammar parts."""
        found = (
            self.translations.upgettext(context, message) if context else self.translations.ugettext(message)
        )
        return str(found).format(**values) if values else str(found)

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The plural form this language uses for n; `{n}` is filled with the number."""
        found: str = self.translations.ungettext(one, many, n)
        return found.format(n=self.number(n), **values)

    def pick(self, text: Mapping[str, str], what: str) -> str:
        """This language's words of a text; ReportError when there are none: nothing falls back in silence."""
        if self.language in text:
            return text[self.language]
        have = ", ".join(sorted(text)) or "none"
        raise ReportError(
            f"{what}: no words in {self.language!r} (there are: {have}). "
            f"Add them to the instrument, or build the report in another language with --lang."
        )

    def printed(self, text: Mapping[str, str], what: str) -> str:
        """The same words as the report sets them (`typeset`); questionnaires print theirs as they stand."""
        return typeset(self.pick(text, what), self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with grouping and a true minus sign; never a negative zero."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text: str = format_decimal(rounded(value, decimals), format=pattern, locale=self.language)
        return self._marked(value, text.replace("-", MINUS))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share in 0..1 as a percentage with its sign."""
        return self.number(100 * share, decimals) + _PERCENT.get(self.language, "%")

    def whole(self, share: float, decimals: int = 0) -> str:
        """A share in per cent without the sign; above zero but printing as zero gives `<1` (or `<0.1`)."""
        if share > 0 and rounded(100 * share, decimals) == 0:
            return self._marked(share, "<" + self.number(10.0**-decimals, decimals))
        return self.number(100 * share, decimals)

    def signed(self, value: float, decimals: int = 0) -> str:
        """A number with + or −; a value that rounds to zero has no sign."""
        return ("+" if rounded(value, decimals) > 0 else "") + self.number(value, decimals)

    def points(self, difference: float, decimals: int = 0) -> str:
        """A difference of two shares in signed percentage points, with the unit."""
        return self._unit(self.signed(100 * difference, decimals), 100 * difference, decimals)

    def width(self, difference: float, decimals: int = 0) -> str:
        """A size in percentage points, with the unit and no sign."""
        return self._unit(self.number(100 * difference, decimals), 100 * difference, decimals)

    def _marked(self, value: float, text: str) -> str:
        return self.marks.mark(value, text) if self.marks else text

    def _unit(self, figure: str, value: float, decimals: int) -> str:
        if decimals == 0 and abs(rounded(value, 0)) == 1:
            return self.say("{n} point", n=figure)
        return self.say("{n} points", n=figure)

    def day(self, day: date) -> str:
        """A day in words."""
        if self.language == "uz":
            return f"{day.year}-yil {_uzbek(day)}"
        return str(format_date(day, format="long", locale=self.language))

    def period(self, start: date, end: date) -> str:
        """Two days in words, common parts said once."""
        if start == end:
            return self.day(start)
        if self.language == "uz":
            return self._uzbek_period(start, end)
        return str(format_interval(start, end, "yMMMMd", locale=self.language))

    def _uzbek_period(self, start: date, end: date) -> str:
        if start.year != end.year:
            return f"{self.day(start)} – {self.day(end)}"
        if start.month != end.month:
            return f"{self.day(start)} – {_uzbek(end)}"
        return f"{start.year}-yil {start.day}–{_uzbek(end)}"

    def days(self, first: str, last: str) -> str:
        """Two ISO dates, which may lack day or month (`2018-05`, `2018`), in words."""
        if len(first) == len("2018-05-01") == len(last):
            return self.period(date.fromisoformat(first), date.fromisoformat(last))
        return " – ".join(dict.fromkeys(self._partial(text) for text in (first, last)))

    def _partial(self, text: str) -> str:
        parts = text.split("-")
        if len(parts) == 1:
            return text
        if len(parts) == 2:
            month = date(int(parts[0]), int(parts[1]), 1)
            if self.language == "uz":
                return f"{month.year}-yil {format_date(month, 'MMMM', locale='uz').lower()}"
            return str(format_skeleton("yMMMM", month, locale=self.language))
        return self.day(date.fromisoformat(text))

    @property
    def name(self) -> str:
        """The language's own name."""
        return own_name(self.language)


def _uzbek(day: date) -> str:
    """`15-may`: the year stands before it, as Uzbek writes dates; the library's own order is English."""
    return f"{day.day}-{format_date(day, 'MMMM', locale='uz').lower()}"


def rounded(value: float, decimals: int) -> Decimal:
    """Half away from zero, as readers round; zero has no sign."""
    result = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def typeset(text: str, language: str) -> str:
    """Words as print sets them: a dash between spaces is no hyphen; Russian and Kazakh quote with « »."""
    text = _HYPHEN_FOR_DASH.sub("\u00a0– ", text)
    return text.translate(_GUILLEMETS) if language in ("ru", "kk") else text


def capital(text: str) -> str:
    """Words that begin a sentence or a heading: a battery's row goes on from its stem, in small letters."""
    return text[:1].upper() + text[1:]


def own_name(language: str) -> str:
    """A language's name in itself, with a capital."""
    name = Locale.parse(language).get_display_name(language) or language
    return capital(name).replace("\u2018", "\u02bb")


@cache
def words(language: str) -> Words:
    """The catalogue `translations/LANG/LC_MESSAGES/reports.po`; the source language needs none."""
    if language not in LANGUAGES:
        raise ReportError(f"no report in {language!r}; type one or more of --lang {','.join(LANGUAGES)}")
    return Words(language, _compiled(catalogue_path(language)) if language != SOURCE else Translations())


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / "reports.po"


def _compiled(path: Path) -> Translations:
    """Compiled in memory, so that no .mo file can be older than its .po file."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    translations = Translations(fp=buffer)
    translations.add_fallback(_Untold())
    return translations


class _Untold(NullTranslations):
    """What a message without a translation meets: nothing is printed in another language in silence."""

    def gettext(self, message: str) -> str:
        raise ReportError(f"the catalogue has no words for {message!r}: add them to reports/translations")

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(plural)

    def upgettext(self, context: str, message: str) -> str:
        return self.gettext(f"{message} ({context})")
