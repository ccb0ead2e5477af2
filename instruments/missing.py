"""Why there is no value: the six negative codes every answer column may hold."""

from enum import IntEnum


class Missing(IntEnum):
    """Reasons for a missing answer, after the World Values Survey's negative codes.

    Source: World Values Survey codebook convention (-1 don't know, -2 no answer, -4 not asked), extended
    so that a refusal, a routed-past item, a skipped item and a break-off stay apart.
    """

    DONT_KNOW = -1
    REFUSED = -2
    NOT_APPLICABLE = -3
    NOT_ASKED = -4
    NO_ANSWER = -5
    NOT_REACHED = -6


def is_missing(value: object) -> bool:
    """Whether a stored value is one of the missing codes."""
    return isinstance(value, int) and not isinstance(value, bool) and value in Missing._value2member_map_
