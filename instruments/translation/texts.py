"""An instrument's files in, the texts a translator works on out: its own; what it takes over is fixed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.loader import Assembly, Source, assemble, words_sha
from instruments.loader.reviews import REVIEWED, STEMS
from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import plural_categories
from instruments.tree import said
from instruments.wording import is_plural_form, plain_texts, texts_in

LIMITS = {"public_title": 60, "title": 120, "label": 120, "hint": 300, "finding": 300, "unit": 20}
"""Most letters by key. A label of 120 Cyrillic letters fits the 256 bytes of an SPSS variable label."""
BYTES_OF_ANSWERS = 120
"""What an SPSS value label holds; the linter counts the bytes, the translator reads letters."""
CYRILLIC = ("kk", "ru")
LONGEST = 700
ANSWERS = ("options", "codes", "anchors", "missing_labels", "control")


@dataclass(frozen=True)
class Place:
    """One text: where it stands, its words in the source language, the language shown, the wanted one."""

    path: str
    source: str
    shown: str
    words: str
    reviewed_by: str = ""
    reviewed_on: str = ""
    stale: str = ""
    """Who reviewed words that have changed since."""
    in_source: bool = False
    """Whether the words shown are those of the source because the language shown has none yet."""

    @property
    def is_answer(self) -> bool:
        """Whether it is an option, a code's label or an end of a scale."""
        parts = self.path.split(".")
        return len(parts) > 1 and parts[-2] in ANSWERS

    def limit(self, language: str) -> int:
        """Most letters the translation should have; a Cyrillic letter takes two bytes."""
        if self.is_answer:
            return BYTES_OF_ANSWERS // (2 if language in CYRILLIC else 1)
        return LIMITS.get(self.path.rpartition(".")[2], LONGEST)

    @property
    def mark(self) -> str:
        """The mark of what the file says of this text: its words and its review."""
        status = "reviewed" if self.reviewed_by else "draft"
        return state_mark(self.words, status, self.reviewed_by, self.reviewed_on)

    @property
    def sha(self) -> str:
        """The mark of the words that are translated, as shown to the translator."""
        return words_sha(self.source, self.shown)


def state_mark(words: str, status: str, by: str, day: str) -> str:
    """The mark of a translation and its review, to see which side changed since an export."""
    return words_sha(words, "" if status == "draft" else f"{status} {by} {day}")


def open_for(path: Path, to: str, shown: str, instead: Mapping[str, Source] | None = None) -> Assembly:
    """The files of an instrument for translating into `to`; a missing file of that language is no problem.

    Raises InstrumentError when the languages do not fit or any other file has a problem.
    """
    assembly = assemble(path, instead=instead)
    source = assembly.content.source_language
    known = assembly.content.languages
    problems = []
    for option, language in (("--to", to), ("--from", shown or source)):
        if language not in known:
            hint = f"Add {language} to languages of {path.name} first."
            problems.append(_option(path, option, f"one of {', '.join(known)}", language, hint))
    if to == source:
        hint = f"Its words stand in {path.name} itself."
        problems.append(_option(path, "--to", f"a language other than the source, {source}", to, hint))
    if to == shown:
        problems.append(_option(path, "--from", "another language than --to", shown, "Choose another."))
    missing = f"the file {path.stem}.{to}.yaml"
    problems += [problem for problem in assembly.problems if problem.expected != missing]
    if problems:
        raise InstrumentError(problems)
    return assembly


def places(assembly: Assembly, to: str, shown: str = "") -> tuple[Place, ...]:
    """Every own text of the instrument in file order, with what the files say of it."""
    other = shown if shown != assembly.content.source_language else ""
    from_words = dict(plain_texts(assembly.wordings[other].data)) if other in assembly.wordings else {}
    wording = assembly.wordings.get(to)
    words = dict(plain_texts(wording.data)) if wording is not None else {}
    own = [
        _place(path, source, from_words.get(path, "") if other else source, words.get(path, ""), wording)
        for path, source in plain_texts(assembly.structure.data)
    ]
    return tuple(_with_extra(own, words, wording, to))


def taken_over(assembly: Assembly, to: str, own: tuple[Place, ...]) -> tuple[str, ...]:
    """Paths of the texts that come word for word from another instrument."""
    known = {STEMS.sub(r"items.\1.text", place.path) for place in own}
    found = texts_in(assembly.content.document, to, assembly.content.source_language)
    return tuple(path for path, _ in found if path not in known and not path.startswith(f"{REVIEWED}."))


def _with_extra(
    own: list[Place], words: Mapping[str, str], wording: Source | None, to: str
) -> Iterator[Place]:
    """The places, and behind their siblings those that only this language has or needs: its plural forms."""
    known = {place.path for place in own}
    extra = [path for path in words if path not in known and not path.startswith(f"{REVIEWED}.")]
    recalls = dict.fromkeys(_parent(path) for path in known if is_plural_form(path))
    needed = [f"{forms}.{category}" for forms in recalls for category in plural_categories(to)]
    extra += [path for path in needed if path not in known and path not in extra]
    last = {_parent(place.path): place for place in own}
    for place in own:
        yield place
        for path in extra if last[_parent(place.path)] is place else ():
            if _parent(path) == _parent(place.path):
                yield replace(_place(path, "", place.shown, words.get(path, ""), wording), in_source=False)


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _place(path: str, source: str, shown: str, words: str, wording: Source | None) -> Place:
    place = Place(path, source, shown or source, words, in_source=not shown)
    entries = wording.data.get(REVIEWED) if wording is not None else None
    entry = (entries or {}).get(path)
    if entry is None:
        return place
    if entry["sha"] != words_sha(source, words):
        return replace(place, stale=entry["by"])
    return replace(place, reviewed_by=entry["by"], reviewed_on=entry["date"])


def _option(path: Path, option: str, expected: str, found: str, hint: str) -> FileProblem:
    return FileProblem(str(path), 0, option, "language", expected, said(found), hint)
