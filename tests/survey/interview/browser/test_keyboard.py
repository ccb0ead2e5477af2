"""Keys alone: an interview from the first page to the code, the focus always to be seen and never covered."""

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
FOCUS = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const [across, down] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
    const target = document.elementFromPoint(across, down);
    return {
        tag: e.tagName, type: e.type || "", name: e.name || "", value: e.value || "", id: e.id,
        words: (e.innerText || "").trim(), outline: style.outlineStyle, thick: parseFloat(style.outlineWidth),
        seen: !!target && (e === target || e.contains(target) || target.contains(e)),
        covered: !!target && !!target.closest(".bar") && !e.closest(".bar"),
    };
}"""
LONGEST = 60
"""Keys on the way to one control: more would be a trap."""


def _tab(page) -> dict:
    """The next control, which shows that it has the focus."""
    page.keyboard.press("Tab")
    at = page.evaluate(FOCUS)
    if at["tag"] != "BODY":
        assert at["outline"] == "solid", at
        assert at["thick"] >= 2, at
        assert at["seen"], at
        assert not at["covered"], at
    return at


def _tab_to(page, wanted) -> dict:
    for _ in range(LONGEST):
        at = _tab(page)
        if wanted(at):
            return at
    raise AssertionError(f"not reached by Tab on {page.url}")


def _answer_by_keys(page) -> None:
    """Through the controls of a page in order: the first choice of each, a number, then the button."""
    done: set[str] = set()
    for _ in range(LONGEST):
        at = _tab(page)
        if at["words"] and at["tag"] == "BUTTON" and at["value"] == "next":
            break
        if at["name"] in done or "__" in at["name"]:
            continue
        if at["type"] in ("radio", "checkbox"):
            page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
        elif at["type"] in ("text", "textarea"):
            page.keyboard.type("34" if at["name"] == "Z_AGE" else "2")
        done.add(at["name"])
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _begin_by_keys(page, site: str, language: str) -> None:
    page.goto(site)
    _tab_to(page, lambda at: at["value"] == language)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "pages"), [("ru", 4), pytest.param("kk", 24, marks=pytest.mark.long)])
@pytest.mark.parametrize("script", [False, True])
def test_an_interview_is_answered_by_keys_alone(site, tab, language, pages, script) -> None:
    made = tab(360, script=script)
    page = made.page
    _begin_by_keys(page, site, language)
    for number in range(1, pages + 1):
        assert page.url == f"{site}q/{number}"
        _answer_by_keys(page)
    assert page.url == (f"{site}done" if pages == 24 else f"{site}q/{pages + 1}")
    assert page.title() and "Error" not in page.title()


def test_the_first_key_leads_past_the_top_and_the_second_leaves(site, tab, neutral) -> None:
    made = tab(360)
    page = made.page
    _begin_by_keys(page, site, "en")
    assert _tab(page)["words"] == "Skip to the content"
    at = _tab(page)
    assert at["words"] == "Leave this page now"
    page.keyboard.press("Enter")
    page.wait_for_url(neutral)


@pytest.mark.parametrize("script", [False, True])
def test_the_focus_goes_to_the_summary_and_its_links_to_their_questions(site, tab, script) -> None:
    made = tab(360, script=script)
    page = made.page
    _begin_by_keys(page, site, "en")
    page.fill("[name=Z_AGE]", "abc")
    with page.expect_navigation():
        page.locator("[name=Z_AGE]").press("Enter")
    assert page.title() == "Error: Opinion survey"
    at = page.evaluate("document.activeElement.getAttribute('role')")
    assert at == "alert"
    for name in ("CONSENT", "Z_AGE", "S_RES"):
        page.evaluate("document.querySelector('[role=alert]').focus()")
        _tab_to(page, lambda at, name=name: at["tag"] == "A" and at["words"] and _leads_to(page, name))
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.activeElement.id === '{name}'")
        assert page.evaluate(FOCUS)["covered"] is False
    _tab_to(page, lambda at: at["name"] == "S_RES")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=S_RES][value='2']").is_checked()


def _leads_to(page, name: str) -> bool:
    return page.evaluate("document.activeElement.getAttribute('href')") == f"#{name}"


def test_blanks_asked_about_have_the_focus_too(site, tab) -> None:
    made = tab(360)
    page = made.page
    _begin_by_keys(page, site, "ru")
    _answer_by_keys(page)
    made.next()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.title().startswith("Ошибка:")
    with page.expect_navigation():
        _tab_to(page, lambda at: at["tag"] == "BUTTON" and at["value"] == "next" and at["words"])
        page.keyboard.press("Enter")
    assert page.url == f"{site}q/3"


def test_an_unknown_code_has_the_focus(site, tab) -> None:
    made = tab(360)
    made.page.goto(f"{site}resume?lang=en")
    made.page.fill("#code", "ABCD")
    made.press("#resume button")
    assert made.page.evaluate("document.activeElement.id") == "code"
