"""Translated cells in, plain words by language code out."""

from dataclasses import dataclass, field
from pathlib import Path

from instruments.exchange.guard import refusal
from instruments.exchange.ledger import Ledger
from instruments.exchange.names import Languages
from instruments.exchange.plain import plain
from instruments.exchange.xlsform.cells import TRANSLATED, Column, Row
from instruments.exchange.xlsform.workbook import Workbook
from instruments.problem import FileProblem, InstrumentError

FALLBACK = "en"


@dataclass(frozen=True)
class Speaker:
    """How the form's languages are called here. `codes`: spelling in the form -> code."""

    languages: tuple[str, ...]
    source: str
    codes: dict[str, str]
    ledger: Ledger = field(repr=False)

    def said(self, row: Row, column: str) -> dict[str, str]:
        """Language code -> plain words of a column; each cell is settled in the ledger."""
        spoken: dict[str, str] = {}
        cells = [cell for cell in row.cells if cell.name == column]
        # Words without a language come last: they only fill a gap.
        for cell in sorted(cells, key=lambda cell: cell.language == ""):
            self._take(row, cell, spoken)
        return {code: spoken[code] for code in self.languages if code in spoken}

    def _take(self, row: Row, cell: Column, spoken: dict[str, str]) -> None:
        key = (row.sheet, row.number, cell)
        words = plain(row.cells[cell], markdown=True)
        code = self.codes[cell.language]
        if spoken.get(code, words.text) != words.text:
            self.ledger.lost(key, f"the column of {code} has other words")
            return
        if words.text:
            spoken[code] = words.text
        if not words.text:
            self.ledger.lost(key, "; ".join(words.changes) or "no words")
        elif words.changes:
            self.ledger.changed(key, "; ".join(words.changes))
        else:
            self.ledger.mapped(key)


def speaker_of(book: Workbook, languages: Languages, ledger: Ledger) -> Speaker:
    """The languages of a form. Raises InstrumentError for one that has no code."""
    spellings = _spellings(book)
    default = next((row.get("default_language") for row in book.settings if row.get("default_language")), "")
    problems: list[FileProblem] = []
    codes: dict[str, str] = {}
    for spelling in filter(None, spellings):
        code = languages.code(spelling)
        if code is None:
            problems.append(_unknown(book.path, spelling))
        else:
            codes[spelling] = code
    _refuse_twins(book.path, codes, problems)
    named = tuple(dict.fromkeys(codes.values()))
    source = languages.code(default) if default and default.lower() != "default" else None
    if source is None or (named and source not in named and "" not in spellings):
        source = languages.unnamed or (FALLBACK if not named or FALLBACK in named else named[0])
    if "" in spellings and not languages.unnamed and not default and FALLBACK not in named and _differ(book):
        # Words without a language beside others are those of one more: nothing may push them out.
        source = FALLBACK
        ledger.added.append(f"languages: words without a language are taken to be in {source}")
    if "" in spellings:
        codes[""] = languages.unnamed or source
    if problems:
        raise InstrumentError(problems)
    if "" in spellings and not named and not languages.unnamed and not default:
        said = f"the form names no language: its words are taken to be in {source}; else write --languages ru"
        ledger.added.append(f"languages: {said}")
    spoken = tuple(dict.fromkeys([source, *codes.values()]))
    return Speaker(spoken, source, codes, ledger)


def _spellings(book: Workbook) -> tuple[str, ...]:
    cells = (cell for row in (*book.survey, *book.choices) for cell in row.cells if cell.name in TRANSLATED)
    return tuple(dict.fromkeys(cell.language for cell in cells))


def _differ(book: Workbook) -> bool:
    """Whether some row has words of a column without a language beside other words of one with."""
    for row in (*book.survey, *book.choices):
        for name in TRANSLATED:
            words = row.words(name)
            if "" in words and any(said != words[""] for said in words.values()):
                return True
    return False


def _unknown(path: Path, spelling: str) -> FileProblem:
    hint = f"Write --languages xx={spelling} with the code of the language, for example ru={spelling}."
    return refusal(path, "language", "a language with a code, as English (en)", repr(spelling), hint)


def _refuse_twins(path: Path, codes: dict[str, str], problems: list[FileProblem]) -> None:
    spelled: dict[str, set[str]] = {}
    for spelling, code in codes.items():
        spelled.setdefault(code, set()).add(spelling.lower())
    for code, names in spelled.items():
        if len(names) > 1:
            found = " and ".join(sorted(names))
            hint = (
                f"Give one another code, as in --languages {code}={sorted(names)[0]},xx={sorted(names)[1]}."
            )
            problems.append(refusal(path, "language", f"one language with the code {code}", found, hint))
