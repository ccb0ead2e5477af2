"""Words with markup in, plain words out, and what was taken away."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from instruments.wording import PLACEHOLDER

FILLS = ("organisation", "contact", "code", "date")
"""Placeholders that Tolqyn itself fills; others in braces belong to the form's own language."""
BLOCKS = frozenset(
    """p div br li tr td th h1 h2 h3 h4 h5 h6 ul ol table hr dt dd section article
    blockquote""".split()  # noqa: SIM905
)
SILENT = frozenset(["script", "style", "head", "title"])
MEDIA = frozenset(["img", "audio", "video", "iframe", "object", "embed", "source", "svg", "canvas"])
TAG = re.compile(r"<\s*[/!]?\s*[a-zA-Z][^<>]*>|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);|<!--")
MARKDOWN = (
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"\[([^\]\n]+)\]\((\S+?)\)"), r"\1 (\2)"),
)
BRACED = re.compile(r"\$?\{([^{}]*)\}")
SPACES = re.compile(r"\s+")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Words:
    """Plain words, and how they differ from what stood in the form."""

    text: str
    changes: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    """Names whose answers the form put into the words."""


@dataclass
class _Strip(HTMLParser):
    pieces: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    scripts: int = 0
    _silent: int = 0
    _link: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT:
            self._silent += 1
            self.scripts += tag in ("script", "style")
        if tag in MEDIA:
            self.media.append(given.get("src") or given.get("data") or tag)
        if tag == "a":
            self._link = given.get("href") or ""
        if tag in BLOCKS:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "a" and self._link.startswith(("http://", "https://", "mailto:", "tel:")):
            self.pieces.append(f" ({self._link})")
            self._link = ""
        if tag in BLOCKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def plain(words: str, *, markdown: bool = False, own_fills: bool = True) -> Words:
    """Words without markup, entities, line breaks and foreign placeholders.

    `markdown`: the form's words may hold some. `own_fills`: `{organisation}` and the like are Tolqyn's own;
    in a form whose language writes `{expression}` they are not.
    """
    changes: list[str] = []
    text = UNWRITABLE.sub("", words)
    if text != words:
        changes.append("characters that cannot be written taken out")
    if TAG.search(text):
        text = _without_tags(text, changes)
    if markdown:
        text = _without_markdown(text, changes)
    text, filled = _without_fills(text, changes, own=own_fills)
    return Words(SPACES.sub(" ", text).strip(), tuple(changes), filled)


def _without_tags(text: str, changes: list[str]) -> str:
    strip = _Strip()
    strip.feed(text)
    strip.close()
    stripped = "".join(strip.pieces)
    if SPACES.sub("", stripped) != SPACES.sub("", html.unescape(text)):
        changes.append("markup taken out")
    if strip.media:
        changes.append(f"left out: {', '.join(name[:60] for name in strip.media)}")
    if strip.scripts:
        changes.append("scripts and styles left out")
    return stripped


def _without_markdown(text: str, changes: list[str]) -> str:
    before = text
    for pattern, kept in MARKDOWN:
        text = pattern.sub(kept, text)
    if text != before and "markup taken out" not in changes:
        changes.append("markup taken out")
    return text


def _without_fills(text: str, changes: list[str], *, own: bool) -> tuple[str, tuple[str, ...]]:
    """Answers the form put into its words stand in square brackets: whoever reads them must reword them."""
    filled: list[str] = []

    def replace(match: re.Match[str]) -> str:
        inside = match[1].strip()
        if own and not match[0].startswith("$") and PLACEHOLDER.fullmatch(match[0]) and inside in FILLS:
            return match[0]
        filled.append(inside)
        return f"[{inside}]"

    text = BRACED.sub(replace, text)
    kept = PLACEHOLDER.sub("", text)
    if "{" in kept or "}" in kept:
        text = "".join(
            piece if PLACEHOLDER.fullmatch(piece) else piece.replace("{", "(").replace("}", ")")
            for piece in re.split(r"(\{[a-z_]+\})", text)
        )
        changes.append("braces became round brackets")
    if filled:
        names = ", ".join(dict.fromkeys(name[:40] for name in filled))
        changes.append(f"what was filled in stands in square brackets, reword it: {names}")
    return text, tuple(filled)
