"""Texts: there in every language, really in it, with the same placeholders, free of markup."""

import re
from collections.abc import Iterator, Mapping

from instruments.checks.alphabets import copied, foreign
from instruments.checks.finding import Finding
from instruments.questionnaire import Content
from instruments.tree import nearest, said
from instruments.wording import PLACEHOLDER, STANDARD_LABELS, is_plural_form, placeholders, slots

MARKUP = re.compile(r"<\s*[/!]?\s*[a-zA-Z][^>]*>?|&[a-z]+;|&#\d+;")

OF_THE_WAVE = ("organisation", "contact")
FILLS = (*OF_THE_WAVE, "code", "date")
"""What the survey fills in when it shows a text; a page with another name could not be shown."""
WITH_CODE = "texts.withdrawal"
PLAIN = "public_title"


def check_texts(content: Content) -> Iterator[Finding]:
    """Findings about single texts, and about languages."""
    yield from _languages(content)
    known = _fills(content)
    yield from _unknown_fills(content)
    for path, words in slots(content.document):
        if is_plural_form(path):
            yield from _plural_form(content, path, words)
            continue
        source = words.get(content.source_language, "")
        for language in content.languages:
            text = words.get(language, "")
            if text.strip():
                yield from _one(path, language, text, known)
                yield from _unfilled(path, language, text)
                besides = "" if language == content.source_language else source
                if why := foreign(text, language, besides):
                    hint = "Write it in that language."
                    yield Finding(path, "alphabet", f"letters of {language}", why, hint, language)
                if language != content.source_language:
                    yield from _against(path, language, text, source)
            elif source or language == content.source_language:
                hint = f"Write it in {language}; the source text is {said(source)}."
                yield Finding(path, "translation", f"a text in {language}", "nothing", hint, language)


def _plural_form(content: Content, path: str, words: Mapping[str, str]) -> Iterator[Finding]:
    """A form of one plural category: its languages need not be the same as the source's."""
    for language in content.languages:
        if text := words.get(language, "").strip():
            yield from _one(path, language, text, ("n",))
            if why := foreign(text, language, ""):
                hint = "Write it in that language."
                yield Finding(path, "alphabet", f"letters of {language}", why, hint, language)


def _languages(content: Content) -> Iterator[Finding]:
    spoken = tuple(STANDARD_LABELS["ticked"])
    for language in content.languages:
        if language not in spoken:
            hint = f"Known: {', '.join(spoken)}. Add its words to instruments/wording.py first."
            yield Finding("languages", "language", "a language with words for codebooks", language, hint)
    if content.source_language not in content.languages:
        hint = "Add it to languages."
        yield Finding("source_language", "language", "one of languages", said(content.source_language), hint)


def _fills(content: Content) -> tuple[str, ...]:
    names = ["minutes", *content.fills]
    for group in ("periods", "phones", "recalls"):
        entries = content.document.get(group)
        names += [f"{group[:-1]}:{name}" for name in entries] if isinstance(entries, Mapping) else []
    return tuple(names)


def _unknown_fills(content: Content) -> Iterator[Finding]:
    for name in content.fills:
        if name not in FILLS:
            yield Finding("fills", "fill", f"some of {', '.join(FILLS)}", said(name), nearest(name, FILLS))


def _unfilled(path: str, language: str, text: str) -> Iterator[Finding]:
    """What the wave says is known on every page but the browser's title; a code only at the end."""
    here = () if path == PLAIN else FILLS if path == WITH_CODE else OF_THE_WAVE
    for name in placeholders(text):
        if name in FILLS and name not in here:
            wanted = f"only {', '.join(f'{{{fit}}}' for fit in here)}" if here else "no placeholder"
            hint = f"It is filled in {WITH_CODE}." if name not in OF_THE_WAVE else "Take it out."
            yield Finding(path, "fill", wanted, f"{{{name}}}", hint, language)


def _one(path: str, language: str, text: str, known: tuple[str, ...]) -> Iterator[Finding]:
    for name in placeholders(text):
        if name not in known:
            yield Finding(
                path, "fill", "a declared placeholder", f"{{{name}}}", nearest(name, known), language
            )
    bare = PLACEHOLDER.sub("", text)
    if "{" in bare or "}" in bare:
        hint = "Braces hold a placeholder, as in {contact}; write no other brace."
        yield Finding(path, "fill", "a whole placeholder", said(text), hint, language)
    if match := MARKUP.search(text):
        hint = "Write plain words; the page is laid out elsewhere."
        yield Finding(path, "markup", "plain text", match[0][:40], hint, language)


def _against(path: str, language: str, text: str, source: str) -> Iterator[Finding]:
    """A translation against its source."""
    used = placeholders(text)
    if sorted(used) != sorted(placeholders(source)):
        wanted = ", ".join(f"{{{name}}}" for name in placeholders(source)) or "none"
        found = ", ".join(f"{{{name}}}" for name in used) or "none"
        yield Finding(
            path, "fill_mismatch", f"the placeholders {wanted}", found, "Use the same ones.", language
        )
    if copied(text, source):
        yield Finding(
            path, "untranslated", f"a translation into {language}", said(text), "Translate it.", language
        )
