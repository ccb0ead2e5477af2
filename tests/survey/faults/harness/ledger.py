"""Posts as they were sent and answered in, what must and what may be stored of each page out."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

PAGES = 5
LAST_ITEM = "WORDS"


@dataclass
class Post:
    """One form as a browser sent it."""

    ballot: str
    page: int
    cookie: str
    fields: Mapping[str, str]
    acknowledged: bool = False
    sent_at: int = 0
    answered_at: int = 0
    """Places in the one order in which everything was sent and answered; 0: it was not."""

    @property
    def number(self) -> int:
        """The number no other post has."""
        return int(self.fields[f"N{self.page}"])

    @property
    def second(self) -> str:
        """The other answer of the page, in the form in which it was typed."""
        return self.fields[LAST_ITEM if self.page == PAGES else f"C{self.page}"]

    @property
    def content(self) -> tuple[int, str]:
        """What must be found of it."""
        return self.number, self.second


@dataclass
class Ledger:
    """All posts of all respondents, each page's in the order in which they were sent."""

    pages: dict[tuple[str, int], list[Post]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: int = 0
    acknowledged: int = 0
    refused: int = 0
    """Posts answered with a page that says so."""
    in_flight: int = 0
    moment: int = 0
    """How much was sent and answered so far."""

    def next_number(self) -> int:
        """A number no other post has."""
        with self.lock:
            self.numbers += 1
            return self.numbers

    def sent(self, post: Post) -> None:
        """It is on its way."""
        with self.lock:
            self.pages[post.ballot, post.page].append(post)
            self.in_flight += 1
            self.moment += 1
            post.sent_at = self.moment

    def answered(self, post: Post, status: int) -> None:
        """It was answered; 0: the connection broke."""
        with self.lock:
            self.in_flight -= 1
            self.moment += 1
            post.answered_at = self.moment
            post.acknowledged = status == 303
            self.acknowledged += post.acknowledged
            self.refused += status in (400, 503)

    def as_of(self, moment: int) -> "Ledger":
        """The same posts, but what was answered later was not answered."""
        with self.lock:
            kept = {
                place: [
                    replace(each, acknowledged=each.acknowledged and each.answered_at <= moment)
                    for each in posts
                ]
                for place, posts in self.pages.items()
            }
        return Ledger(defaultdict(list, kept))

    def unanswered(self) -> list[Post]:
        """The last post of each page where that was never acknowledged."""
        return [posts[-1] for posts in self.pages.values() if not posts[-1].acknowledged]

    def must(self, ballot: str, page: int) -> Post | None:
        """The last acknowledged post of a page."""
        return next(
            (post for post in reversed(self.pages.get((ballot, page), [])) if post.acknowledged), None
        )

    def may(self, ballot: str, page: int) -> set[tuple[int, str]]:
        """Contents that may be found: the last acknowledged one and those sent after it."""
        found = set()
        for post in reversed(self.pages.get((ballot, page), [])):
            found.add(post.content)
            if post.acknowledged:
                break
        return found
