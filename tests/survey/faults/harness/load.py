"""A server's address in, respondents who answer page after page and note what was acknowledged out."""

import http.client
import random
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

from lxml import html

from harness.ledger import PAGES, Ledger, Post
from harness.place import ALIAS, Place

PATIENCE = 30
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TIMES = (1, 1, 2, 3)
"""How often a respondent sends one page, each time with other answers."""


class BrokenError(Exception):
    """The server went away, or said it could not save."""


@dataclass
class Browser:
    """One respondent's browser: a connection that stays and one cookie."""

    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, location and text."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: object) -> tuple[int, str, str]:
        """The same for a form; sent again where the server asks whether cookies are kept."""
        body = urlencode(fields, doseq=True)  # type: ignore[arg-type]
        status, location, text = self._ask("POST", path, body)
        return self._ask("POST", location, body) if status == 307 else (status, location, text)

    def close(self) -> None:
        """Give the connection back."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"s={self.cookie}"} if self.cookie else {}
        try:
            self.connection.request(method, path, body, headers | (FORM if body is not None else {}))
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise BrokenError from error
        for name, value in response.getheaders():
            if name == "Set-Cookie" and value.startswith("s="):
                self.cookie = value[2:].partition(";")[0]
        return response.status, response.getheader("Location", "") or "", text


@dataclass
class Load:
    """Respondents one after another in each of several threads, until told to stop."""

    place: Place
    ledger: Ledger
    browsers: int = 16
    seed: int = 0
    until: int | None = None
    """Posts acknowledged in the whole ledger after which everybody stops."""
    through: bool = False
    """Whether a thread goes on with the next respondent after a failure."""
    threads: list[threading.Thread] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    failures: list[BaseException] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        for number in range(self.browsers):
            chance = random.Random(f"{self.seed}:{number}")
            self.threads.append(threading.Thread(target=self._work, args=(chance,), daemon=True))
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """Tell them to stop and wait; a failure that is not the server's is raised."""
        self.enough.set()
        self.wait()

    def wait(self) -> None:
        """Until everybody stopped."""
        for thread in self.threads:
            thread.join(2 * PATIENCE)
            assert not thread.is_alive()
        if self.failures:
            raise self.failures[0]

    def _work(self, chance: random.Random) -> None:
        browser = Browser(self.place.config.port)
        while not self.enough.is_set():
            try:
                browser.cookie = ""
                self._interview(browser, chance)
            except BrokenError:
                if not self.through:
                    break
                self.enough.wait(0.2)
            except BaseException as error:
                self.failures.append(error)
                break
        browser.close()

    def _interview(self, browser: Browser, chance: random.Random) -> None:
        status, path, text = browser.post(f"/s/{ALIAS}/start", {"lang": "en"})
        if status != 303:
            raise BrokenError(status)
        while (page := page_of(path)) and not self.enough.is_set():
            status, _, text = browser.get(path)
            if status != 200:
                raise BrokenError(status)
            for _ in range(1 if page == PAGES else chance.choice(TIMES)):
                path = self._send(browser, page, text, chance)
                if self.until is not None and self.ledger.acknowledged >= self.until:
                    self.enough.set()

    def _send(self, browser: Browser, page: int, text: str, chance: random.Random) -> str:
        post = filled(self.place, self.ledger, browser.cookie, page, text, chance.choice("123"))
        self.ledger.sent(post)
        try:
            status, path, text = browser.post(f"/s/{ALIAS}/q/{page}", post.fields)
        except BrokenError:
            self.ledger.answered(post, 0)
            raise
        # A browser that was away for longer than a form lives may not change what was saved: it is told so.
        held = status == 303 and self.place.turned_back(browser.cookie)
        self.ledger.answered(post, 409 if held else status)
        if status in (400, 503):  # a form too old by the server's clock is shown again, filled in
            assert str(post.number) in text, "what was typed is still there"
            raise BrokenError(status)
        assert status == 303, (status, text)
        return path


def page_of(path: str) -> int:
    """The page an address leads to; 0 for the end."""
    found = re.search(r"/q/([0-9]+)", path)
    return int(found[1]) if found else 0


def filled(place: Place, ledger: Ledger, cookie: str, page: int, text: str, colour: str) -> Post:
    """The form of a page, filled in."""
    number = ledger.next_number()
    second = {"WORDS": f"слова {number}"} if page == PAGES else {f"C{page}": colour}
    fields = {**hidden_of(text, "survey"), f"N{page}": str(number), **second, "go": "next"}
    return Post(place.ballot_of(cookie), page, cookie, fields)


def hidden_of(text: str, form: str) -> dict[str, str]:
    """Hidden fields of a page's form."""
    boxes = html.document_fromstring(text).xpath(f"//form[@id='{form}']//input[@type='hidden']")
    return {box.get("name"): box.get("value") for box in boxes}


def send_again(place: Place, ledger: Ledger, posts: list[Post]) -> int:
    """Repeat posts that were never acknowledged, as a browser would; how many are acknowledged now."""
    browser = Browser(place.config.port)
    before = ledger.acknowledged
    for post in posts:
        browser.cookie = post.cookie
        again = Post(post.ballot, post.page, post.cookie, post.fields)
        ledger.sent(again)
        status, _, text = browser.post(f"/s/{ALIAS}/q/{post.page}", post.fields)
        ledger.answered(again, status)
        assert status == 303, (status, text)
    browser.close()
    return ledger.acknowledged - before
