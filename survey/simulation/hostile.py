"""Texts that break programs, and the check that a page which shows one again shows it as mere words."""

from survey.simulation.browser import Answered, WalkError

MARK = "<b id=tq>"
"""Stands in several texts below; a page that contains it unescaped would run what a respondent typed."""
TEXTS = (
    f"{MARK}x</b><script>alert(1)</script>",
    f"\"'>{MARK}",
    f"</textarea>{MARK}",
    "{{ 7 * 7 }}{% raw %}{contact}{code}",
    "'; DROP TABLE ballot; --",
    '=HYPERLINK("http://127.0.0.1","x")',
    "../../../../etc/hosts",
    "%s%n%00\x00\x08\x1f",
    "\u202eabc\u200f\u2066\ufeff",
    "👩‍👩‍👧‍👦 ﷽ Ａ１ ½ ß İ ı",
    "x" * 3000,
    "\r\n\r\nSet-Cookie: s=1",
    " \t\u00a0\u3000 ",
)
NUMBERS = ("-1", "1e9", "٣٤", "3.5", "9" * 400, "NaN", "0x10", "+7", "1,5", " ", "'")


def refuse_live(answered: Answered) -> None:
    """Raises WalkError when the page holds the mark as markup."""
    if MARK.encode() in answered.body:
        raise WalkError(f"{answered.path}: typed markup came back alive")
