"""A public file's columns in one language in, a page that lists them with their codes and counts out."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis import PublicFile
from reports.bundle.columns import Column, shown_counts
from reports.i18n import Words
from reports.questionnaires.documents import STYLES
from reports.sections.template import blanks, render


@dataclass(frozen=True)
class Entry:
    """One column. `codes` and `missing`: code, words, how many (empty where that may not be said)."""

    name: str
    label: str
    question: str
    codes: tuple[tuple[str, str, str], ...]
    missing: tuple[tuple[str, str, str], ...]


def dictionary_html(public: PublicFile, columns: Sequence[Column], words: Words) -> str:
    """The page, one file without script."""
    return render(
        "bundle/dictionary.html",
        words,
        title=words.pick(public.meta.title or public.codebook.title, "title"),
        wave=public.meta.wave,
        rows=words.number(len(public.frame)),
        style=(STYLES / "questionnaire-screen.css").read_text("utf-8"),
        synthetic=public.meta.synthetic,
        entries=[_entry(column, words) for column in columns],
    )


def _entry(column: Column, words: Words) -> Entry:
    counts = shown_counts(column)

    def lines(told: dict[int, str]) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (words.number(code), text, words.number(counts[code]) if code in counts else "–")
            for code, text in told.items()
        )

    return Entry(
        column.name,
        column.label,
        blanks(column.variable.question.get(words.language, "")),
        lines(dict(column.codes)),
        lines(dict(column.missing)),
    )
