"""How pages were answered in, what a closed interview keeps of it out: no clock, and few classes.

While collecting, seconds count on the interview's own clock: it runs while a page is open and stands still
between a post and the next page: no pause and no hour of the day is in it. What is kept after the close and
why: docs/decisions/0016-paradata-and-quality.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median_low

from instruments import Draw, Questionnaire

R10 = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
"""Ten steps to a tenfold (ISO 3), about a quarter apart: as fine as the rule for speeding needs."""
R5 = R10[::2]
SHARED_BY = 5
"""Interviews of the wave that share each value kept, whatever the column."""
SMALL = 400
"""Interviews below which a wave keeps coarser seconds and no counts: professionals, a village, a trial."""
MOST = 3
"""Largest count told apart: 3 means three or more."""


@dataclass(frozen=True)
class PageParadata:
    """How one page was answered until its last accepted post."""

    served: int | None = None
    """Seconds on the interview's clock when the page was first shown; None where nobody counted."""
    posted: int | None = None
    """Seconds on the interview's clock at the last accepted post."""
    visits: int = 1
    """Times it was shown and saved."""
    changes: int = 0
    """Answers given before and replaced by others."""
    errors: int = 0
    """Times it came back because something was to be corrected (422)."""


UNCOUNTED = PageParadata()


@dataclass(frozen=True)
class Reduced:
    """The paradata of one interview."""

    duration: int
    """Seconds over all pages."""
    page_seconds: int | None
    """Median seconds of a page: no pause moves it."""
    changes: int | None
    errors: int | None


def reduced(pages: Iterable[tuple[int, int, int]]) -> Reduced:
    """Of an interview's (seconds, changes, errors) by page, at full precision."""
    rows = list(pages)
    seconds = [row[0] for row in rows]
    return Reduced(
        duration=sum(seconds),
        page_seconds=median_low(seconds) if seconds else None,
        changes=sum(row[1] for row in rows),
        errors=sum(row[2] for row in rows),
    )


@dataclass(frozen=True)
class Coarse:
    """For each column, which value stands for which: made from all interviews of a wave."""

    small: bool
    duration: Mapping[int, int]
    page_seconds: Mapping[int, int]
    changes: Mapping[int, int]
    errors: Mapping[int, int]

    @classmethod
    def of(cls, interviews: Iterable[Reduced]) -> "Coarse":
        """The classes of a wave."""
        columns: dict[str, Counter[int]] = {field.name: Counter() for field in fields(Reduced)}
        total = 0
        for interview in interviews:
            total += 1
            for name, counter in columns.items():
                value = getattr(interview, name)
                if value is not None:
                    counter[value] += 1
        series = R5 if total < SMALL else R10
        rounding: Mapping[str, Callable[[int], int]] = {
            "duration": lambda value: step(value, series),
            "page_seconds": lambda value: step(value, series),
            "changes": lambda value: min(value, MOST),
            "errors": lambda value: min(value, MOST),
        }
        return cls(total < SMALL, **{name: shared(columns[name], rounding[name]) for name in columns})

    def apply(self, interview: Reduced) -> Reduced:
        """What is kept of one of them."""
        return Reduced(
            duration=self.duration[interview.duration],
            page_seconds=self._kept(self.page_seconds, interview.page_seconds),
            changes=None if self.small else self._kept(self.changes, interview.changes),
            errors=None if self.small else self._kept(self.errors, interview.errors),
        )

    @staticmethod
    def _kept(classes: Mapping[int, int], value: int | None) -> int | None:
        return None if value is None else classes[value]


def step(seconds: int, series: Sequence[int] = R10) -> int:
    """The nearest preferred number; 0 stays 0."""
    if seconds <= 0:
        return 0
    power = 10 ** (len(str(seconds)) - 1)
    near = {max(1, round(number * power * scale / 100)) for number in series for scale in (0.1, 1, 10)}
    return min(near, key=lambda number: (abs(seconds - number), number))


def shared(counts: Mapping[int, int], coarse: Callable[[int], int]) -> dict[int, int]:
    """Value -> the class that stands for it; a class of fewer than SHARED_BY joins the next.

    A joined class is named by the middle of its members.
    """
    classes: Counter[int] = Counter()
    for value, count in counts.items():
        classes[coarse(value)] += count
    groups: list[list[int]] = []
    open_group: list[int] = []
    for number in sorted(classes):
        open_group.append(number)
        if sum(classes[member] for member in open_group) >= SHARED_BY:
            groups.append(open_group)
            open_group = []
    if open_group:
        groups[-1:] = [[*(groups[-1] if groups else []), *open_group]]
    names = {}
    for group in groups:
        middle = median_low(Counter({member: classes[member] for member in group}).elements())
        names.update(dict.fromkeys(group, middle))
    return {value: names[coarse(value)] for value in counts}


def breakoff_page(
    questionnaire: Questionnaire, draw: Draw, answers: Mapping[str, object], pages: Iterable[int]
) -> int | None:
    """The page at which an unfinished interview stood: the first on its way that was not saved."""
    saved = set(pages)
    page = questionnaire.next_page(0, answers, draw)
    while page is not None and page in saved:
        page = questionnaire.next_page(page, answers, draw)
    return page
