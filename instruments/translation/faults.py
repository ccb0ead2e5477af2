"""A translation in, what is wrong with it out: the linter's findings about it, and what is too long."""

from collections.abc import Iterable

from instruments.checks import check
from instruments.loader import Assembly
from instruments.problem import FileProblem
from instruments.translation.texts import Place

UNTRANSLATED_YET = "translation"
"""The linter's rule about a text without words: no fault while one translates."""


def linted(assembly: Assembly, to: str) -> tuple[FileProblem, ...]:
    """The linter's findings about the words of one language, with the paths of its file."""
    wording = assembly.wordings.get(to)
    if wording is None:
        return ()
    stems = assembly.structure.data.get("reuse", {}).get("stems", {})
    renamed = {f"items.{name}.text": f"reuse.stems.{name}" for name in stems}
    return tuple(
        FileProblem(
            problem.file,
            problem.line,
            renamed.get(problem.path, problem.path),
            problem.rule,
            problem.expected,
            problem.found,
            problem.hint,
        )
        for problem in check(assembly.content)
        if problem.file == wording.file and problem.rule != UNTRANSLATED_YET
    )


def too_long(places: Iterable[Place], to: str) -> dict[str, int]:
    """The length of each translation that has more letters than its place takes, by path.

    The linter measures answers, in bytes.
    """
    return {
        place.path: len(place.words)
        for place in places
        if not place.is_answer and len(place.words) > place.limit(to)
    }
