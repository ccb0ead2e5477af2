"""Help lines: numbers that somebody called not long ago."""

from collections.abc import Iterator
from datetime import date

from instruments.checks.finding import Finding
from instruments.questionnaire import Content

FRESH_DAYS = 90
"""A number is called again before each wave."""
UNVERIFIED = "phone"
"""A wave may verify its numbers itself: such a finding is a warning."""


def check_phone_days(content: Content) -> Iterator[Finding]:
    """Findings about days that are none."""
    for phone in content.phones.values():
        if phone.verified_on and verified(phone.verified_on) is None:
            path, hint = f"phones.{phone.id}.verified_on", 'Write verified_on: "2027-05-03".'
            yield Finding(path, "date", "a day like 2027-05-03", f"'{phone.verified_on}'", hint)


def check_phones(content: Content, today: date) -> Iterator[Finding]:
    """Findings about numbers never called, or more than `FRESH_DAYS` ago."""
    for phone in content.phones.values():
        path = f"phones.{phone.id}.verified_on"
        expected = f"a day in the last {FRESH_DAYS} days on which {phone.display} was called"
        hint = f'Call it, then write verified_on: "{today}", or open the wave with --phones-verified.'
        found = verified(phone.verified_on)
        if found is None or not 0 <= (today - found).days <= FRESH_DAYS:
            yield Finding(path, UNVERIFIED, expected, phone.verified_on or "never", hint)


def verified(text: str) -> date | None:
    """The day, or None for an empty text and for one that is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
