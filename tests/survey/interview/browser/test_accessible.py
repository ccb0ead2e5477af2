"""Every page there is, as a person with poor sight meets it: axe finds nothing, all fits, all can be tapped.

Each is looked at 320 pixels wide, once with letters as they are and once with letters of twice the size.
"""

from collections.abc import Callable

import pytest

from survey.store import ballots, closing
from survey.store.engine import DatabaseError

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
LANGUAGES = ("kk", "ru", "uz", "en")
WIDTH = 320
KINDS = (
    "ask_again",
    "battery",
    "crosswise",
    "date",
    "entry",
    "exits",
    "info",
    "list_experiment",
    "other",
    "ranking",
    "recalls",
    "several",
    "single",
    "vignette",
)


def _looked_at(*quick: tuple[str, int], of: tuple[str, ...] = LANGUAGES) -> list:
    """Every language with letters of both sizes; what is not `quick` takes minutes."""
    pairs = [(language, size) for language in of for size in (1, 2)]
    return [pytest.param(*pair, marks=[] if pair in quick else [pytest.mark.long]) for pair in pairs]


@pytest.fixture
def phone(tab, chromium, request) -> Callable[..., object]:
    """Open a narrow tab with script, in a language and a size of letters."""

    def open_phone(language: str, size: int):
        browser = chromium if size == 1 else request.getfixturevalue("large_print")
        return tab(WIDTH, script=True, browser=browser, locale=language)

    return open_phone


def _submit(made, path: str, fields: dict[str, str]) -> None:
    """Post a form that no page offers."""
    with made.page.expect_navigation():
        made.page.evaluate(
            """([path, fields]) => {
            const form = document.createElement("form");
            form.method = "post";
            form.action = path;
            for (const [name, value] of Object.entries(fields)) {
                const box = document.createElement("textarea");
                box.name = name;
                box.value = value;
                form.append(box);
            }
            document.body.append(form);
            form.submit();
            }""",
            [path, fields],
        )


def _spoil(made) -> bool:
    """Type what cannot be into every box of the page; whether there is one."""
    boxes = made.page.locator("#survey input[type=text]").all()
    for box in boxes:
        box.fill("abc")
    return bool(boxes)


def _turn(made, inspector, name: str) -> None:
    """One page in each of its states: fresh, with blanks asked about, with what cannot be; then answered."""
    page = made.page
    inspector.look(made, name)
    if page.locator("#survey input:not([type=hidden]), #survey select").count():
        before = page.url
        made.next()
        if page.url == before:
            inspector.look(made, f"{name}, blanks asked about")
        elif page.locator("a.back").count():
            made.press("a.back")
        else:
            return
    if _spoil(made):
        made.next()
        inspector.look(made, f"{name}, with errors")
    made.answer()
    for box in page.locator("#survey textarea").all():
        box.fill("words")
    made.next()


@pytest.mark.parametrize(("language", "size"), _looked_at(("kk", 1)))
def test_every_page_of_the_core_questionnaire(site, phone, inspector, language, size) -> None:
    made = phone(language, size)
    page = made.page
    page.goto(site)
    inspector.look(made, "landing")
    page.click("details summary")
    inspector.look(made, "landing, help open")
    made.press(f"#start button[value={language}]")
    for number in range(1, 25):
        assert page.url == f"{site}q/{number}"
        _turn(made, inspector, f"page {number}")
    assert page.url == f"{site}done"
    inspector.look(made, "done")


@pytest.mark.parametrize(("language", "size"), _looked_at(("ru", 2)))
def test_every_way_out(site, phone, inspector, language, size) -> None:
    made = phone(language, size)
    page = made.page
    for name, change in (
        ("refusal", "label.opt:has([name=CONSENT][value='2'])"),
        ("screened out", "label.opt:has([name=S_RES][value='2'])"),
        ("minor", ""),
    ):
        page.context.clear_cookies()
        made.begin(site, language)
        made.answer()
        if change:
            page.click(change)
        else:
            page.fill("[name=Z_AGE]", "9")
            made.next()
            inspector.look(made, "an age asked about")
        made.next()
        inspector.look(made, name)
    page.context.clear_cookies()
    made.begin(site, language)
    page.goto(f"{site}stop")
    inspector.look(made, "stop before anything is saved")
    page.goto(f"{site}q/1")
    made.answer()
    made.next()
    page.goto(f"{site}stop")
    inspector.look(made, "stop")
    made.press("button[value=keep]")
    inspector.look(made, "stop, with the code")
    code = page.locator(".keep").inner_text()
    page.context.clear_cookies()
    for way in ("resume", "withdraw"):
        page.goto(f"{site}{way}?lang={language}")
        inspector.look(made, way)
        page.fill("#code", "ABCD")
        made.press(f"#{way} button")
        inspector.look(made, f"{way}, with an unknown code")
    page.goto(f"{site}resume?lang={language}")
    page.fill("#code", code)
    made.press("#resume button")
    page.goto(f"{site}q/1")
    inspector.look(made, "going on, on another device")
    page.goto(f"{site}withdraw?lang={language}")
    page.fill("#code", code)
    made.press("#withdraw button")
    inspector.look(made, "withdrawn")


@pytest.mark.parametrize(("language", "size"), _looked_at(("ru", 2)))
def test_every_error(
    site, served, phone, inspector, language, size, monkeypatch, database, config, wave
) -> None:
    made = phone(language, size)
    page = made.page
    page.goto(f"{site}nowhere/at/all")
    inspector.look(made, "404")
    page.goto(f"{site}start")
    inspector.look(made, "405")
    page.goto(f"{site}q/2")
    inspector.look(made, "400, no interview")
    page.context.add_cookies([{"name": "s", "value": "forged", "url": site}])
    page.goto(f"{site}q/2")
    inspector.look(made, "400, a cookie that is not ours")
    page.context.clear_cookies()
    made.begin(site, language)
    _submit(made, f"{site}q/9", {"KN1": "1"})
    inspector.look(made, "409")
    _submit(made, f"{site}q/1", {"CONSENT": "1", "csrf_token": "old"})
    inspector.look(made, "400, open too long")
    _submit(made, f"{site}q/1", {"CONSENT": "1" * 70_000})
    inspector.look(made, "413")
    page.goto(f"{site}q/1")
    _fail_with(made, inspector, monkeypatch, DatabaseError("gone"), "503")
    _fail_with(made, inspector, monkeypatch, RuntimeError("ours"), "500")
    page.goto(f"{site}q/1")
    made.answer()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    made.next()
    inspector.look(made, "400, the cookie lost, answers kept")
    page.context.add_cookies(cookies)
    with database.writing() as session:
        found = session.merge(wave)
        closing.close_wave(session, found, by="A", two_person=False, today=wave.closes)
    closing.clean_up(database, config.keys, found)
    page.goto(f"{site}withdraw")
    inspector.look(made, "410")


def _fail_with(made, inspector, monkeypatch, error: Exception, name: str) -> None:
    """Both faces of a failure: a page that does not come, and answers that are not saved."""

    def fail(*_: object, **__: object) -> None:
        raise error

    site = made.page.url
    with monkeypatch.context() as patched:
        patched.setattr(ballots, "load", fail)
        made.page.goto(site)
        inspector.look(made, f"{name}, nothing sent")
    made.page.goto(site)
    made.answer()
    with monkeypatch.context() as patched:
        patched.setattr(ballots, "save_page", fail)
        made.next()
        inspector.look(made, f"{name}, answers kept")
    made.page.goto(site)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("language", "size"), _looked_at(("ru", 2), of=("kk", "ru")))
def test_every_kind_of_item(tiny_site, phone, inspector, kind, language, size) -> None:
    made = phone(language, size)
    made.begin(tiny_site(kind), language)
    turns = 0
    while "/q/" in made.page.url:
        turns += 1
        assert turns < 12, made.page.locator("main").inner_text()
        _turn(made, inspector, f"{kind}, page {turns}")
    inspector.look(made, f"{kind}, done")


@pytest.mark.parametrize(("language", "size"), _looked_at(("ru", 2)))
def test_a_wave_by_invitation(served, running, invited, phone, inspector, language, size) -> None:
    made = phone(language, size)
    with running(served) as site:
        made.page.goto(site)
        inspector.look(made, "landing that asks for a code")
        made.page.fill("#token", "ABCDEFGH")
        made.press(f"#start button[value={language}]")
        inspector.look(made, "a code nobody knows")
        made.page.goto(f"{site}i/{invited[0]}")
        inspector.look(made, "an invitation")
        for _ in range(2):
            made.page.context.clear_cookies()
            made.page.goto(f"{site}i/{invited[0]}")
            made.press(f"#start button[value={language}]")
            made.answer()
            made.next()
        assert "/used" in made.page.url
        inspector.look(made, "an invitation used before")
