"""How often a network may try to answer: the three limits of the respondents' pages."""

from dataclasses import dataclass

from survey.limiter import Limiter


@dataclass(frozen=True)
class Limits:
    """What is limited, each on its own."""

    wrong_codes: Limiter
    """Codes nobody has: 128 bits are not guessed, but sixty bits of a withdrawal code deserve a door."""
    starts: Limiter
    """New interviews by an open link."""
    posts: Limiter
    """Pages sent."""

    @classmethod
    def sized(cls, shared: int = 0) -> "Limits":
        """For a process; `shared` as in `Limiter`."""
        return cls(Limiter(40, 600, shared), Limiter(120, 600, shared), Limiter(1200, 60, shared))
