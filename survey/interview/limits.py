"""How often a network may try to answer: the three limits of the respondents' pages."""

from dataclasses import dataclass, field

from survey.limiter import Limiter


@dataclass(frozen=True)
class Limits:
    """What is limited, each on its own."""

    wrong_codes: Limiter = field(default_factory=lambda: Limiter(40, 600))
    """Codes nobody has: 128 bits are not guessed, but sixty bits of a withdrawal code deserve a door."""
    starts: Limiter = field(default_factory=lambda: Limiter(120, 600))
    """New interviews by an open link."""
    posts: Limiter = field(default_factory=lambda: Limiter(1200, 60))
    """Pages sent."""
