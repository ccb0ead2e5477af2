"""The published results as a person with poor sight meets them: axe finds nothing, all can be tapped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, derive, write_release
from instruments import Codebook, Level, Variable, load_library
from reports import write_site
from survey import create_app

pytestmark = pytest.mark.browser
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LANGUAGES = ("kk", "ru", "uz", "en")
WIDTHS = (320, 1280)
PAGES = (
    "",
    "chapters/B.html",
    "indicators/WR_POLICE.html",
    "indicators/VB_INDEX.by-age6.html",
    "items/VB1.html",
    "items/AW1.by-age6.html",
    "items/BR1.html",
    "method.html",
    "downloads.html",
)


MODULES = "SABR"
COMPUTED = ("age6", "VB_ANY", "VB_INDEX", "WR_POLICE")


def part_of_the_codebook() -> Codebook:
    """Four modules of the shipped questionnaire with what is computed of them."""
    whole = load_library("kz_thb_core").codebook()
    variables = [v for v in whole.variables if (v.module and v.module in MODULES) or v.name in COMPUTED]
    names = {v.name for v in variables}
    return replace(
        whole,
        variables=tuple(variables),
        groups=tuple(group for group in whole.groups if names >= set(group.variables)),
        indicators=tuple(each for each in whole.indicators if each.name in COMPUTED),
    )


def made_up_wave(name: str) -> SurveyData:
    """Answers at random to those modules."""
    codebook = part_of_the_codebook()
    chance, n, columns = np.random.default_rng(int(name)), 400, {}
    for variable in codebook.variables:
        if variable.rule is None:
            columns[variable.name] = _answers(variable, chance, n)
    frame = pd.DataFrame({"wave": name, "weight": 1.0, **columns})
    meta = Meta("kz", name, title=codebook.title, dates=(f"{name}-05-01", f"{name}-05-30"), synthetic=True)
    return SurveyData(derive(frame, codebook), codebook, Design(), meta)


def _answers(variable: Variable, chance: np.random.Generator, n: int) -> np.ndarray:
    if variable.codes:
        return chance.choice(sorted(variable.codes), n)
    return chance.integers(18, 80, n) if variable.level is Level.INTERVAL else np.zeros(n, int)


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("results-home")
    text = load_library("kz_thb_core").to_json()
    folders = [
        write_release(made_up_wave(name), home, instrument=text, weights={}, fieldwork={}).folder
        for name in ("2026", "2027")
    ]
    write_site(folders, LANGUAGES, home / "results", leave_url="https://www.example.org/", by=("age6",))
    return home / "results"


@ON_SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_pages_are_accessible(language, config, site_folder, running, tab, inspector) -> None:
    config.home.mkdir(parents=True, exist_ok=True)
    (config.home / "results").symlink_to(site_folder)
    with running(create_app(config)) as address:
        start = address.replace("/s/opinion/", f"/results/{language}/kz/")
        for width in WIDTHS:
            made = tab(width, script=True, bypass_csp=True)
            for page in PAGES:
                made.page.goto(start + page)
                for table in made.page.locator("details:not([open]) > summary").all():
                    table.click()
                inspector.look(made, f"{page or 'index'} {width}")
    assert inspector.seen[language] == len(PAGES) * len(WIDTHS)


@ON_SQLITE
def test_a_reader_without_script_goes_from_card_to_group_and_changes_the_language_in_place(
    config, site_folder, running, tab
) -> None:
    config.home.mkdir(parents=True, exist_ok=True)
    (config.home / "results").symlink_to(site_folder)
    with running(create_app(config)) as address:
        made = tab(320)
        made.page.goto(address.replace("/s/opinion/", "/results/ru/kz/"))
        made.press(".card a >> nth=0")
        made.press(".groups a >> nth=1")
        place = made.page.url.split("/ru/kz/")[1]
        made.press(".languages a[lang=kk]")
        assert made.page.url.endswith(f"/kk/kz/{place}")
        assert made.page.locator("html").get_attribute("lang") == "kk"
        made.press("footer .cite a")
        assert "/kk/kz@1/" in made.page.url
        assert made.page.locator(".leave").get_attribute("href") == "https://www.example.org/"


def test_an_exported_page_works_from_a_folder_without_a_server(site_folder, tab) -> None:
    made = tab(1280)
    made.page.goto((site_folder / "en" / "kz" / "items" / "VB1.html").as_uri())
    assert made.page.locator("figure img").first.evaluate("image => image.naturalWidth") > 300
    assert made.page.locator("h1").evaluate("e => getComputedStyle(e).color") == "rgb(18, 48, 79)"
    made.press(".groups a >> nth=1")
    assert made.page.url.endswith("VB1.by-age6.html")
