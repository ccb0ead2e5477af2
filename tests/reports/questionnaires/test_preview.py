"""The preview: everything on one page, one file, no script, fit for a narrow screen."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import escape
from playwright.sync_api import Browser, sync_playwright

from instruments import Questionnaire
from reports import LANGUAGES, preview_html

CHROMIUM = "/usr/bin/chromium"


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_option_cell_and_column_is_there(
    previews: dict[str, str], core: Questionnaire, language: str
) -> None:
    html = previews[language]
    for item in core.items.values():
        assert f'id="{item.id}"' in html
        for option in getattr(item, "options", ()):
            label = option.label[language]
            assert str(escape(re.sub(r"^\d+ – ", "", label))) in html
    for cell in core.items["VGN"].cells.values():
        assert str(escape(cell.text[language])) in html
    assert str(escape(core.items["LE"].sensitive_item[language])) in html
    for variable in core.codebook().variables:
        assert variable.name in html
    assert core.fingerprint in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_file_without_script(previews: dict[str, str], language: str) -> None:
    elements = Elements(previews[language]).found
    assert not [tag for tag, _ in elements if tag in {"script", "iframe", "object", "img"}]
    for _, attributes in elements:
        assert not [name for name in attributes if name.startswith("on")]
        address = attributes.get("href") or attributes.get("src") or "#"
        assert address.startswith(("#", "data:")), address
    assert not re.findall(r"url\((?!data:)", previews[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_somewhere_and_ids_are_unique(previews: dict[str, str], language: str) -> None:
    elements = Elements(previews[language]).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"] for tag, a in elements if tag == "a"]
    assert len(targets) > 60
    assert {str(target).removeprefix("#") for target in targets} <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_leave_no_gap(previews: dict[str, str], language: str) -> None:
    elements = Elements(previews[language]).found
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert ("html", {"lang": language}) in elements


def test_routing_chance_exits_and_sensitivity_are_in_words(previews: dict[str, str]) -> None:
    html = previews["en"]
    for words in (
        "KN2 = “Yes, I know the number”",
        "rows in random order",
        "WR1f stay at the end",
        "options in random order; 7 stay at the end",
        "at a random place from 3 to 7 among its rows",
        "shown from the last option to the first to half of the respondents",
        "each respondent reads one of 4, drawn at random",
        "LE_GRP = 2 (List with the sensitive item)",
        "CONSENT = “No” (refusal; nothing is kept)",
        "Z_AGE &lt; 18 (under age; nothing is kept)",
        "not accepted: an answer is needed to go on",
        "at most 3 answers",
        "draft, needs native review",
        "Only for those of whom this is true: AW1 ≥ 3 “A little” and VG3 = 1",
        "[name of the organisation]",
    ):
        assert words in html, words
    assert html.count("Sensitive part: help lines are shown on its pages.") == 4


def test_splits_blocks_and_recalls_are_shown(tiny: Callable[[str], Questionnaire]) -> None:
    splits = preview_html(tiny("splits"), "en")
    assert "wording_op" in splits
    assert "1 = a: OP_B; 2 = b: OP_NEW" in splits
    blocks = preview_html(tiny("blocks"), "en")
    assert "modules in random order: B, C; D stay at the end" in blocks
    assert "[the answer to question KIDS]" in preview_html(tiny("recalls"), "en")


def test_the_same_questionnaire_gives_the_same_page(previews: dict[str, str], core: Questionnaire) -> None:
    assert preview_html(Questionnaire.from_json(core.to_json()), "uz") == previews["uz"]


def test_words_of_an_instrument_are_escaped(core: Questionnaire) -> None:
    hostile = core.to_json().replace(
        "Do you know of a telephone number", "<script>alert(1)</script>&amp; {nonsense}"
    )
    html = preview_html(Questionnaire.from_json(hostile), "en")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in html


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_the_screen(
    chromium: Browser,
    previews: dict[str, str],
    codebooks: dict[str, str],
    language: str,
    width: int,
    tmp_path: Path,
) -> None:
    for html in (previews[language], codebooks[language]):
        path = tmp_path / "page.html"
        path.write_text(html, "utf-8")
        page = chromium.new_page(viewport={"width": width, "height": 800})
        errors: list[str] = []
        page.on("console", lambda message, errors=errors: errors.append(message.text))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.fonts.size") == 2
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
            '"Tolqyn'
        )
        assert errors == []
        page.close()
