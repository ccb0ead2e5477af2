"""Which words a native speaker has reviewed: the files of a version in, what still holds of its reviews out.

A wording file keeps `reviewed: {PATH: {by, date, sha}}`; `sha` is that of the source words and the
translation, so a review of a text is over as soon as either changes.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from instruments.loader.source import Source
from instruments.questionnaire import REVIEWS
from instruments.tree import said
from instruments.wording import is_plural_form, plain_texts, slots, texts_in

REVIEWED = "reviewed"
KEYS = ("by", "date", "sha")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STEMS = re.compile(r"reuse\.stems\.(\w+)")
Reviews = dict[str, dict[str, dict[str, str]]]
"""Language -> path -> by, date."""


def words_sha(source: str, words: str) -> str:
    """The mark of a reviewed pair: the first 16 hex digits of SHA-256(source, line feed, translation)."""
    return hashlib.sha256(f"{source}\n{words}".encode()).hexdigest()[:16]


def holding(document: Mapping[str, Any], wordings: Mapping[str, Source]) -> Reviews:
    """The reviews of each wording file whose words are still the reviewed ones; others are left out.

    An entry that is none is noted on its file.
    """
    source_language = document.get("source_language")
    pairs = dict(slots(document))
    found: Reviews = {}
    for language, wording in wordings.items():
        for path, entry in _entries(wording):
            words = pairs.get(path, {})
            if entry["sha"] == words_sha(words.get(str(source_language), ""), words.get(language, "")):
                place = STEMS.sub(r"items.\1.text", path)
                found.setdefault(language, {})[place] = {"by": entry["by"], "date": entry["date"]}
    return found


def _entries(wording: Source) -> list[tuple[str, Mapping[str, str]]]:
    written = wording.data.get(REVIEWED)
    entries = []
    for path, entry in (written or {}).items() if isinstance(written, Mapping | None) else [("", written)]:
        good = isinstance(entry, Mapping) and set(entry) == set(KEYS)
        if good and all(isinstance(entry[key], str) and entry[key] for key in KEYS):
            if DAY.fullmatch(entry["date"]):
                entries.append((path, entry))
                continue
            found = said(entry["date"])
        else:
            found = said(entry)
        hint = "Leave this part to tolqyn instrument translate import."
        place = f"{REVIEWED}.{path}" if path else REVIEWED
        wording.refuse(place, REVIEWED, "{by: NAME, date: YYYY-MM-DD, sha: MARK}", found, hint=hint)
    return entries


def with_reviews(
    document: dict[str, Any],
    structure: Source,
    wordings: Mapping[str, Source],
    reviews: Reviews,
    other: Mapping[str, Any],
) -> dict[str, Any]:
    """The document with the reviews that hold, those of the texts taken from `other` among them.

    The status of a language whose file keeps reviews follows from them: `reviewed by NAME, DATE` when every
    text is, and a draft otherwise.
    """
    source_language = str(document.get("source_language"))
    own_texts = {STEMS.sub(r"items.\1.text", path) for path, _ in plain_texts(structure.data)}
    taken = _taken(other, source_language)
    kept: Reviews = {}
    for language in wordings:
        own = reviews.get(language, {})
        for path, words in texts_in(document, language, source_language):
            pair = (language, words.get(source_language, ""), words.get(language, ""))
            # A plural form that the source has not stands in the wording file alone.
            mine = path in own_texts or (path in own and is_plural_form(path))
            review = own.get(path) if mine else taken.get(pair)
            if review:
                kept.setdefault(language, {})[path] = review
    if not kept and not any(REVIEWED in wording.data for wording in wordings.values()):
        return document
    status = dict(document.get("status", {}))
    for language, wording in wordings.items():
        if REVIEWED in wording.data:
            texts = sum(1 for _ in texts_in(document, language, source_language))
            status[language] = status_of(kept.get(language, {}), texts, status.get(language, ""))
    return {**document, "status": status, **({REVIEWS: _listed(kept)} if kept else {})}


def _listed(kept: Reviews) -> dict[str, list[dict[str, str]]]:
    # A list, because whoever looks for texts in a document looks into mappings.
    return {
        language: [{"path": path, **review} for path, review in reviews.items()]
        for language, reviews in kept.items()
    }


def status_of(reviews: Mapping[str, Mapping[str, str]], texts: int, written: str) -> str:
    """The status of a language: reviewed by whom and when, or what is written unless that claims a review."""
    if texts and len(reviews) == texts:
        names = sorted({review["by"] for review in reviews.values()})
        return f"reviewed by {', '.join(names)}, {max(review['date'] for review in reviews.values())}"
    return written if written and not written.startswith("reviewed") else "draft, needs native review"


def _taken(other: Mapping[str, Any], source_language: str) -> dict[tuple[str, str, str], dict[str, str]]:
    """Reviews of another document by language, source words and translation."""
    pairs = dict(slots(other))
    return {
        (
            language,
            pairs[review["path"]].get(source_language, ""),
            pairs[review["path"]].get(language, ""),
        ): {"by": review["by"], "date": review["date"]}
        for language, reviews in other.get(REVIEWS, {}).items()
        for review in reviews
        if review["path"] in pairs
    }
