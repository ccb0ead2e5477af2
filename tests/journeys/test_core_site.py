"""The core questionnaire's results with the groupings nobody named: published by a command, walked whole."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from lxml import etree

from instruments import load_library
from survey import create_app
from survey.cli import main
from survey.config import Config
from tests.reports.conftest import library_wave

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("the site of the core questionnaire")]
STUDY, WAVES, LANGUAGE = "kz-attitudes", ("2025", "2026"), "kk"
"""Two waves of every module; the language whose words are the longest."""
PAGE = 40 * 1024
WALKED = (
    "",
    "items/VB1.html",
    "items/VB1.by-age6.html",
    "items/SD1a.html",
    "indicators/VB_INDEX.by-age6.html",
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    home = tmp_path_factory.mktemp("core-site") / "home"
    return Config(home=home, database_url=f"sqlite:///{home}/tolqyn.sqlite", plain_http=True)


@pytest.fixture(scope="module")
def tolqyn(config: Config) -> Callable[..., str]:
    env = {"TOLQYN_HOME": str(config.home), "TOLQYN_DATABASE_URL": config.database_url}

    def run(*typed: str) -> str:
        result = CliRunner().invoke(main, typed, env=env)
        assert result.exit_code == 0, f"{typed}\n{result.output}"
        return result.output

    return run


@pytest.fixture(scope="module")
def said(config: Config, tolqyn: Callable[..., str]) -> str:
    """What publishing printed; no grouping was named."""
    tolqyn("db", "upgrade")
    core = load_library("kz_thb_core")
    for wave in WAVES:
        library_wave(core, wave, config.home, study=STUDY)
    return tolqyn("results", "publish", STUDY, "--lang", LANGUAGE)


@pytest.fixture(scope="module")
def client(config: Config, said: str) -> Iterator[FlaskClient]:
    app = create_app(config)
    yield app.test_client()
    app.extensions["tolqyn"].database.close()


@pytest.fixture(scope="module")
def walked(client: FlaskClient) -> dict[str, tuple[etree._Element, int]]:
    """Every page that links lead to from the study's first page, and its compressed size."""
    start = f"/results/{LANGUAGE}/{STUDY}/"
    waiting, found = [start], dict[str, tuple[etree._Element, int]]()
    seen, files = {start}, set[str]()
    while waiting:
        address = waiting.pop()
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200, address
            packed = answer.data
        page = etree.HTML(gzip.decompress(packed))
        found[address] = (page, len(packed))
        for link in leads(page, address):
            if link.endswith((".html", "/")) and link not in seen:
                seen.add(link)
                waiting.append(link)
            elif not link.endswith((".html", "/")):
                files.add(link)
    for address in sorted(files):
        with client.get(address) as answer:
            assert answer.status_code == 200, address
    return found


def leads(page: etree._Element, address: str) -> list[str]:
    """Addresses on this server that the page links to or loads."""
    found = [value for name in ("href", "src", "srcset") for value in page.xpath(f"//@{name}")]
    joined = [urljoin(address, str(value)) for value in found if not str(value).startswith(("data:", "#"))]
    return [urlsplit(each).path for each in joined if not urlsplit(each).netloc]


def test_the_questionnaires_own_groupings_are_shown(config: Config, said: str) -> None:
    edition = json.loads((config.home / "results" / LANGUAGE / f"{STUDY}@1" / "edition.json").read_text())
    assert len(edition["by"]) >= 4
    assert {"age6", "edu3"} <= set(edition["by"])
    assert "edition 1:" in said


def test_no_link_is_dead_and_every_page_is_light_and_says_where_it_comes_from(walked) -> None:
    assert len(walked) > 300
    for address, (page, size) in walked.items():
        assert size <= PAGE, (address, size)
        text = " ".join(page.itertext())
        assert page.findtext(".//h1"), address
        if address != f"/results/{LANGUAGE}/":
            assert "2 кезең" in text, address


def test_a_heading_begins_with_a_capital_though_its_row_goes_on_from_a_stem(walked) -> None:
    heads = [
        (address, "".join(head.itertext()).strip())
        for address, (page, _) in walked.items()
        for head in page.xpath("//h1 | //title | //caption | //figcaption")
    ]
    rows = [label["kk"] for each in load_library("kz_thb_core").codebook().variables if (label := each.label)]
    assert any(label[0].islower() for label in rows)
    assert [each for each in heads if each[1][:1].islower()] == []


def test_every_question_that_two_waves_asked_says_how_it_moved_or_hides_an_answer(walked) -> None:
    silent = []
    questions = [a for a in walked if re.search(rf"/{STUDY}/items/[^.]+\.html$", a)]
    for address in questions:
        page, _ = walked[address]
        table = " ".join(text for cell in page.iter("td") for text in cell.itertext())
        if not page.findall(".//p[@class='lead']") and "(s)" not in table:
            silent.append(address)
    assert len(questions) > 60
    assert silent == []


def test_every_page_of_groups_is_reached_and_has_a_table(walked, config: Config) -> None:
    by = [address for address in walked if ".by-" in address and f"/{STUDY}/" in address]
    written = (config.home / "results" / LANGUAGE / STUDY).rglob("*.by-*.html")
    assert len(by) == len(list(written)) > 200
    assert all(walked[address][0].findall(".//table") for address in by)


@pytest.mark.browser
def test_on_a_telephone_nothing_is_cut(config: Config, said: str) -> None:
    from playwright.sync_api import sync_playwright

    folder = config.home / "results" / LANGUAGE / STUDY
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        for address in WALKED:
            page.goto((folder / (address or "index.html")).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
            for image in page.locator("figure img").all():
                image.scroll_into_view_if_needed()
                drawn = image.evaluate("i => [i.currentSrc, i.clientWidth, i.closest('figure').clientWidth]")
                assert "/narrow/" in drawn[0], address
                assert drawn[1] <= drawn[2], address
        browser.close()
