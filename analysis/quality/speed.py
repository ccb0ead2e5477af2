"""Speeding: SurveyData with seconds in, for each interview 1, 0 or -3 and the thresholds used out."""

from typing import Any

import numpy as np

from analysis.data import SurveyData
from analysis.quality.asked import Questions
from analysis.quality.columns import ABSENT
from instruments import Group, Variable

HALF = 0.5
"""Share of the median that is too fast: the strictest cut of Greszki, Meyer and Schoen (2015)."""
A_WORD = 0.3
"""Seconds a word below which nobody reads (Zhang and Conrad 2014)."""
FEWEST = 30
"""Timed interviews a median needs."""
SECONDS, PAGE = "interview_seconds", "page_seconds"


def speeding(data: SurveyData, found: Questions) -> tuple[np.ndarray, dict[str, Any]]:
    """Who was faster than half the median of the language, or than reading takes; the thresholds."""
    n = len(data.frame)
    total, page = _seconds(data, SECONDS), _seconds(data, PAGE)
    words = words_read(data, found)
    pace = page if PAGE in data.frame else _over(total, words)
    judged, fast = ~np.isnan(pace), np.zeros(n, bool)
    medians: dict[str, float] = {}
    everybody = float(np.median(pace[judged])) if judged.sum() >= FEWEST else np.nan
    languages = _languages(data)
    for language in sorted(set(languages)):
        rows = judged & (languages == language)
        middle = float(np.median(pace[rows])) if rows.sum() >= FEWEST else everybody
        if not np.isnan(middle):
            medians[language] = round(HALF * middle, 3)
            fast |= rows & (pace < HALF * middle)
    timed = ~np.isnan(total) & (words > 0)
    with np.errstate(invalid="ignore"):
        fast |= timed & (total < A_WORD * words)
    unit = "page_seconds_below" if PAGE in data.frame else "seconds_a_word_below"
    limits = {"share_of_median": HALF, unit: medians, "reading_seconds_a_word": A_WORD}
    able = timed | (judged & np.isin(languages, list(medians)))
    return np.where(able, fast, ABSENT).astype(int), limits


def words_read(data: SurveyData, found: Questions) -> np.ndarray:
    """n: words of the questions put to each interview, in its language; a battery's stem is read once."""
    languages = _languages(data)
    result = np.zeros(len(data.frame))
    groups = {group.name: group for group in data.codebook.groups if group.kind == "battery"}
    for language in sorted(set(languages)):
        rows = languages == language
        asked = found.asked[rows]
        own = np.array([_own(columns[0], groups, language) for columns in found.columns], float)
        result[rows] = asked @ own
        for group in groups.values():
            inside = [place for place, columns in enumerate(found.columns) if columns[0].group == group.name]
            if inside:
                result[rows] += asked[:, inside].any(axis=1) * len(_stem(group, language).split())
    return result


def _own(variable: Variable, groups: dict[str, Group], language: str) -> int:
    text = variable.question.get(language, "")
    if variable.group in groups:
        text = text.removeprefix(_stem(groups[variable.group], language))
    return len(text.split())


def _stem(group: Group, language: str) -> str:
    return group.question.get(language, "")


def _languages(data: SurveyData) -> np.ndarray:
    """n languages; the codebook's own where the data do not say."""
    if "language" in data.frame:
        return data.frame["language"].astype(str).to_numpy(object)
    return np.full(len(data.frame), data.codebook.source_language, object)


def _seconds(data: SurveyData, name: str) -> np.ndarray:
    if name not in data.frame:
        return np.full(len(data.frame), np.nan)
    values = data.frame[name].to_numpy(float)
    return np.where(values >= 0, values, np.nan)


def _over(seconds: np.ndarray, words: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(words > 0, seconds / words, np.nan)
