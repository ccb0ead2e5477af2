"""Codes of a grouping in, the same with those few who did not say counted with a group of their wave out.

Their own figures would be too few to print, and would follow from everybody's and all other groups'. Hiding a
second group for their sake hides half of a comparison. Counted with the largest group they give nothing away:
what that group's figure says, everybody's and the other groups' say already.
"""

from collections.abc import Sequence

import numpy as np

from analysis import SurveyData
from instruments import Text
from reports.i18n import LANGUAGES, words
from reports.rows import LEAST_BASE

NOT_STATED = 9999
"""Code of those who did not say: their column is protected like any other, or totals would give it away."""
_WITH = 1_000_000_000
_NAMED = "+not_stated"


def with_unstated(code: int) -> int:
    """The code of a group together with those who did not say."""
    return _WITH + code


def is_joint(group: int) -> bool:
    """Whether a group holds those who did not say besides its own people."""
    return group >= _WITH


def people_of(group: int) -> tuple[int, ...]:
    """The codes of the people a group holds."""
    return (group - _WITH, NOT_STATED) if is_joint(group) else (group,)


def own_code(group: int) -> int:
    """The code of a group's own people."""
    return people_of(group)[0]


def group_name(column: str, group: int) -> str:
    """`SEX=2`, `SEX=2+not_stated`: as data name a group."""
    return f"{column}={own_code(group)}{_NAMED if is_joint(group) else ''}"


def group_code(text: str) -> int:
    """The group of `2` or `2+not_stated`; zero where it is no code."""
    code = text.removesuffix(_NAMED)
    if not code.lstrip("-").isdigit():
        return 0
    return with_unstated(int(code)) if text != code else int(code)


def joint_label(label: Text) -> dict[str, str]:
    """`Woman, or not stated`, in each language of a label."""
    return {
        language: words(language).say("{group}, or not stated", group=said)
        for language, said in label.items()
        if language in LANGUAGES
    }


def membership(data: SurveyData, column: str) -> np.ndarray:
    """n codes of a grouping; who has none is in a group of their own."""
    return np.where(data.valid(column), data.frame[column].to_numpy(), NOT_STATED).astype(int)


def largest(wave: np.ndarray) -> int | None:
    """The group of a wave with most people in it; None where nobody is in any."""
    stated, sizes = np.unique(wave[wave != NOT_STATED], return_counts=True)
    return int(stated[sizes.argmax()]) if len(stated) else None


def host(asked: np.ndarray, wave: np.ndarray) -> int | None:
    """The group that those who did not say are counted with: codes of those asked and of their whole wave.

    The largest of the wave, so that every question of it takes the same; None where nobody or many did not
    say, and where another group is too small to print too and so protects them.
    """
    codes, counts = np.unique(asked, return_counts=True)
    silent = codes == NOT_STATED
    if not silent.any() or counts[silent][0] >= LEAST_BASE or (counts[~silent] < LEAST_BASE).any():
        return None
    most = largest(wave)
    return most if most in codes else None


def joined(codes: np.ndarray, most: int) -> np.ndarray:
    """The codes with the people of this group and those who did not say under one."""
    return np.where(np.isin(codes, (most, NOT_STATED)), with_unstated(most), codes)


def are_apart(groupings: Sequence[np.ndarray], asked: np.ndarray, wave: np.ndarray) -> bool:
    """Whether groupings, n codes each, of those asked share no sum but the total, and tell of nobody who did
    not say.

    Each grouping's membership columns add up to one. Any further linear relation between the columns (a rank
    below that) is a sum of groups of one grouping that equals a sum of groups of others. Those who did not
    say and are counted with a group are a further column, which no sum of the others may equal.
    """
    shown, silent = [], []
    for at in groupings:
        most = host(at[asked], at[wave])
        codes = at[asked] if most is None else joined(at[asked], most)
        shown.append(codes[:, None] == np.unique(codes))
        if most is not None:
            silent.append((at[asked] == NOT_STATED)[:, None])
    matrix = np.hstack(shown).astype(float)
    if len(matrix) == 0:
        return True
    expected = matrix.shape[1] - (len(groupings) - 1)
    if _rank(matrix) < expected:
        return False
    return all(_rank(np.hstack([matrix, column])) > expected for column in silent)


def _rank(matrix: np.ndarray) -> int:
    gram = matrix.T @ matrix
    return int(np.linalg.matrix_rank(gram, tol=1e-9 * max(1.0, np.trace(gram)), hermitian=True))
