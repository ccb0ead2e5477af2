"""Words in, as many of them as there is room for out: whole words, and a sign where some were left out."""

import re
from collections.abc import Sequence

ELLIPSIS = "…"
_SPACES = re.compile(r"[ \t\r\n]+")
"""No-break spaces stay: they hold a number together."""


def shortened(text: str, most: int) -> str:
    """The text, or its first words and an ellipsis, at most so many letters together."""
    text = _SPACES.sub(" ", text).strip(" ")
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    whole = kept.rpartition(" ")[0] if text[most - 1] != " " else kept
    # A single word longer than the room is cut inside: a word is no reason to leave all others out.
    return (whole if len(whole) > most // 2 else kept).rstrip(" .,;:–(«“") + ELLIPSIS


def shared(lengths: Sequence[int], most: int, least: int) -> tuple[int, ...]:
    """Room for each of some texts, together so many letters: what short ones leave, long ones get.

    Each has `least` letters whatever the others need.
    """
    rooms = [0] * len(lengths)
    left = most
    for rank, index in enumerate(sorted(range(len(lengths)), key=lambda i: lengths[i])):
        rooms[index] = max(least, min(lengths[index], left // (len(lengths) - rank)))
        left -= min(lengths[index], rooms[index])
    return tuple(rooms)
