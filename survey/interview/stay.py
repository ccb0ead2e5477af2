"""A stay on one page, as it travels in the page's signed form field: its text in, seconds and counts out."""

from dataclasses import dataclass, replace

from survey.store.paradata import PageParadata


@dataclass(frozen=True)
class Stay:
    """One page's paradata up to the moment its form is shown; no clock time but that of the signature."""

    spent: int = 0
    """Seconds on this page before."""
    clock: int = 0
    """Seconds on all pages before: the interview's own clock."""
    served: int = 0
    """That clock when the page was first shown."""
    visits: int = 1
    errors: int = 0

    @classmethod
    def again(cls, clock: int, spent: int, before: PageParadata) -> "Stay":
        """The next stay on a page that was saved."""
        served = clock if before.served is None else before.served
        return cls(spent, clock, served, before.visits + 1, before.errors)

    @classmethod
    def read(cls, text: str) -> "Stay":
        """What `str` wrote; a form of an earlier release says only the seconds spent. Raises ValueError."""
        return cls(*map(int, text.split(":")))

    def __str__(self) -> str:
        return f"{self.spent}:{self.clock}:{self.served}:{self.visits}:{self.errors}"

    def after(self, seconds: int) -> "Stay":
        """The stay when that many seconds more have passed."""
        return replace(self, spent=self.spent + seconds, clock=self.clock + seconds)

    def corrected(self) -> "Stay":
        """The stay when the page comes back because something is to be corrected."""
        return replace(self, errors=self.errors + 1)

    def paradata(self, changes: int) -> PageParadata:
        """What is stored with the page's answers."""
        return PageParadata(self.served, self.clock, self.visits, changes, self.errors)
