"""Texts of an import map: a string or words by language come in, words by language go out, gaps are noted."""

from typing import Any

from analysis.imports.noting import Notes, Path
from instruments import Text


class Words:
    """Reads the texts of one map in its languages."""

    def __init__(self, languages: tuple[str, ...], source: str, notes: Notes) -> None:
        self.languages = languages
        self.source = source
        self.notes = notes

    def text(self, value: Any, path: Path) -> Text:
        """{} for an absent text; a plain word is in the source language. Gaps are noted.

        A text without letters, such as 18-24, is the same in every language.
        """
        if value is None:
            return {}
        words = self._by_language(value)
        lacking = [language for language in self.languages if not words.get(language, "").strip()]
        if lacking:
            hint = ", ".join(f"{language}: ..." for language in self.languages)
            found = f"only {', '.join(words)}" if words else "no words"
            self.notes.add(
                path, "language-missing", f"words in {', '.join(self.languages)}", found, f"write {{{hint}}}"
            )
        return words

    def _by_language(self, value: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return {key: str(part) for key, part in value.items()}
        plain = str(value)
        wordless = not any(sign.isalpha() for sign in plain)
        return dict.fromkeys(self.languages, plain) if wordless else {self.source: plain}

    def codes(self, value: Any, path: Path) -> dict[int, Text]:
        """Words by code."""
        return {int(code): self.text(words, (*path, code)) for code, words in (value or {}).items()}


def languages_of(data: dict[str, Any]) -> tuple[str, ...]:
    """The map's `languages`; without them those of its first variable's label; English for a plain word."""
    if data.get("languages"):
        return tuple(data["languages"])
    labels = [spec.get("label") for spec in data.get("variables", {}).values() if isinstance(spec, dict)]
    first = labels[0] if labels else None
    return tuple(first) if isinstance(first, dict) and first else ("en",)
