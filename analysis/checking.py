"""A domain that someone gave comes in, words for a message go out."""

from collections.abc import Mapping
from typing import Any


def in_words(where: Any) -> str:
    """A domain as a message names it; a function or booleans have no words of their own."""
    if where is None:
        return "the whole of the data"
    if isinstance(where, Mapping):
        return f"the domain {dict(where)!r}"
    if callable(where):
        name = getattr(where, "__name__", "")
        return f"the domain of {name}(...)" if name.isidentifier() else "the domain of the function given"
    return "the domain of the True and False given"
