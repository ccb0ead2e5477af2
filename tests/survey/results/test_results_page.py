"""The public page: what it lists, what it leaves out, and what it carries to keep a reader safe."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from instruments import load_library, offered_phones
from survey.config import Config
from survey.store.engine import Database
from tests.survey.conftest import import_poll

MAP = """\
study: poll
title: {en: Poll of the town, ru: Опрос города}
languages: [en, ru]
wave: {column: year, dates: {2021: [2021-05-03, 2021-05-30], 2019: 2019-05}, mode: capi, sample: SAMPLE}
design: {weight: w}
variables:
  Q1: {from: q1, label: {en: Q, ru: В}, codes: {1: {en: "Yes", ru: Да}, 2: {en: "No", ru: Нет}}}
"""
LANGUAGES = ("kk", "ru", "uz", "en")


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path) -> Path:
    """Two released waves and one published report; the folder of the reports."""
    return release(environment, tmp_path, "probability")


def release(config: Config, folder: Path, sample: str) -> Path:
    people = ((year, 1 + i % 2, 1) for year in (2019, 2021) for i in range(40))
    import_poll(folder, MAP.replace("SAMPLE", sample), ("year", "q1", "w"), people)
    reports = config.home / "reports" / "poll"
    reports.mkdir(parents=True)
    (reports / "poll-2021-ru.pdf").write_bytes(b"%PDF-1.7 a report")
    return reports


def test_a_published_report_is_listed_with_its_wave(client: FlaskClient, poll: Path) -> None:
    page = client.get("/results/en/").text
    assert "Poll of the town" in page
    assert "May 3, 2021" in page
    assert "40 interviews" in page
    assert '<a href="/results/en/poll/poll-2021-ru.pdf" hreflang="ru" type="application/pdf">' in page


def test_the_report_behind_the_link_is_served(client: FlaskClient, poll: Path) -> None:
    with client.get("/results/en/poll/poll-2021-ru.pdf") as response:
        assert (response.status_code, response.mimetype) == (200, "application/pdf")
        assert response.data == b"%PDF-1.7 a report"


def test_nothing_but_listed_reports_is_served(client: FlaskClient, poll: Path) -> None:
    (poll / "secret.txt").write_text("not listed")
    for path in (
        "poll/poll-2019-ru.pdf",
        "poll/..%2F..%2Ftolqyn.sqlite",
        "poll/secret.txt",
        "../keys/server.key",
        "other/poll-2021-ru.pdf",
    ):
        assert client.get(f"/results/en/{path}").status_code == 404, path


def test_a_study_without_a_report_is_not_listed(client: FlaskClient, poll: Path) -> None:
    (poll / "poll-2021-ru.pdf").unlink()
    page = client.get("/results/en/").text
    assert "Poll of the town" not in page
    assert "No report has been published yet." in page


@pytest.mark.parametrize("name", ["manifest.json", "instrument.json"])
@pytest.mark.parametrize("content", ["[]", '{"cut off'])
def test_a_damaged_release_is_left_out_and_its_log_says_so(
    client: FlaskClient, config: Config, poll: Path, name: str, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = config.home / "releases" / "poll" / "2021" / "1"
    (folder / name).write_text(content)
    page = client.get("/results/en/")
    assert page.status_code == 200
    assert "May 3, 2021" not in page.text
    assert f"{folder} is not as it was written" in caplog.text


def test_a_sample_that_nobody_drew_is_called_so(
    client: FlaskClient, environment: Config, tmp_path: Path
) -> None:
    assert "Not a random sample" not in client.get("/results/en/").text
    release(environment, tmp_path, "nonprobability")
    assert "Not a random sample: margins of error do not apply." in client.get("/results/en/").text


def test_the_page_speaks_each_language(client: FlaskClient) -> None:
    for language in LANGUAGES:
        page = client.get(f"/results/{language}/")
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert ("No report has been published yet." in page.text) == (language == "en")


def test_an_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert client.get("/results/de/").status_code == 404


def test_the_first_page_names_no_subject_and_leads_on(client: FlaskClient) -> None:
    page = client.get("/").text
    assert all(f'href="/results/{language}/"' in page for language in LANGUAGES)
    assert not any(word in page.lower() for word in ("traffick", "торгов", "сауда", "savdo"))


def test_the_pages_are_light_and_run_no_script(client: FlaskClient, poll: Path) -> None:
    for path in ("/", "/results/kk/"):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "<script" not in response.text
        assert len(response.data) < 14_000
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_list_is_compressed_once_for_browsers_that_take_it(
    client: FlaskClient, poll: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[bytes] = []
    compress = gzip.compress
    monkeypatch.setattr(
        gzip, "compress", lambda data, *how, **more: pressed.append(data) or compress(data, *how, **more)
    )
    for path in ("/", "/results/kk/"):
        plain = client.get(path)
        assert "Content-Encoding" not in plain.headers
        assert plain.headers["Vary"] == "Accept-Encoding"
        for _ in range(3):
            packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})
            assert packed.headers["Content-Encoding"] == "gzip"
            assert packed.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]
            assert gzip.decompress(packed.data) == plain.data
            assert len(packed.data) < len(plain.data) / 2
        refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
        assert "Content-Encoding" not in refused.headers
        assert pressed.count(plain.data) <= 1


def test_a_list_that_changed_is_compressed_anew(client: FlaskClient, poll: Path) -> None:
    before = client.get("/results/en/", headers={"Accept-Encoding": "gzip"}).data
    (poll / "poll-2021-ru.pdf").rename(poll / "poll-2021-ru-factsheet.pdf")
    after = client.get("/results/en/", headers={"Accept-Encoding": "gzip"}).data
    assert b"Factsheet of two pages" in gzip.decompress(after)
    assert gzip.decompress(after) != gzip.decompress(before)


def test_the_date_and_the_count_stand_apart_in_every_language(client: FlaskClient, poll: Path) -> None:
    for language in LANGUAGES:
        page = client.get(f"/results/{language}/").text
        assert ".." not in page
        assert re.search(r"2021[^<]* · [^<]*40", page)


def test_help_lines_stand_as_the_questionnaire_offers_them() -> None:
    questionnaire = load_library("kz_thb_core")
    stored = json.loads(json.dumps(questionnaire.document, sort_keys=True))
    assert [phone["display"] for phone in offered_phones(stored)] == ["116 16", "111", "102"]


def test_a_superseded_report_stays_reachable_and_says_so(client: FlaskClient, poll: Path) -> None:
    (poll / "poll-2021-ru@1.pdf").write_bytes(b"%PDF-1.7 the first one")
    (poll / "poll-2021-ru@2.pdf").write_bytes(b"%PDF-1.7 the second one")
    page = client.get("/results/en/").text
    listed = re.findall(r'href="/results/en/poll/(poll-2021-ru[^"]*)".*?</li>', page)
    assert listed == ["poll-2021-ru.pdf", "poll-2021-ru@2.pdf", "poll-2021-ru@1.pdf"]
    assert page.count("superseded by a corrected report") == 2
    with client.get("/results/en/poll/poll-2021-ru@1.pdf") as response:
        assert response.data == b"%PDF-1.7 the first one"
    for language in ("kk", "ru", "uz"):
        assert "superseded" not in client.get(f"/results/{language}/").text


def add_picture(reports: Path, language: str, content: bytes = b"\x89PNG a picture") -> None:
    folder = reports / "tiles"
    folder.mkdir(exist_ok=True)
    name = f"poll-2021-{language}-Q1-portrait.png"
    (folder / name).write_bytes(content)
    listed = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "size": [1080, 1350]}
    words = f"Q1 in {language}: 50% & <half>"
    index = {"tiles": [{**listed, "alternative_text": words}]}
    (folder / f"poll-2021-{language}-tiles.json").write_text(json.dumps(index))


def test_a_factsheet_is_offered_with_language_and_size_and_served(client: FlaskClient, poll: Path) -> None:
    content = b"%PDF-1.7 a factsheet" * 200
    (poll / "poll-2021-ru-factsheet.pdf").write_bytes(content)
    page = client.get("/results/en/").text
    assert "Factsheet of two pages" in page
    address = "/results/en/poll/poll-2021-ru-factsheet.pdf"
    assert f'<a href="{address}" hreflang="ru" type="application/pdf">' in page
    assert "(PDF, 4 kB)" in page
    with client.get(address) as response:
        assert (response.mimetype, response.data) == ("application/pdf", content)


def test_pictures_are_offered_in_the_page_s_language_with_their_words(
    client: FlaskClient, poll: Path
) -> None:
    add_picture(poll, "ru")
    add_picture(poll, "en")
    page = client.get("/results/en/").text
    assert "1080 × 1350 (PNG, 1 kB)" in page
    assert "Q1 in en: 50% &amp; &lt;half&gt;" in page
    assert "Q1 in ru" not in page
    with client.get("/results/en/poll/tiles/poll-2021-en-Q1-portrait.png") as response:
        assert (response.mimetype, response.data) == ("image/png", b"\x89PNG a picture")
    assert "Q1 in ru: 50%" in client.get("/results/ru/").text


def test_a_picture_that_is_not_as_its_index_says_is_neither_listed_nor_served(
    client: FlaskClient, poll: Path
) -> None:
    add_picture(poll, "en")
    (poll / "tiles" / "poll-2021-en-Q1-portrait.png").write_bytes(b"\x89PNG another picture")
    assert "Pictures for social media" not in client.get("/results/en/").text
    for name in ("poll-2021-en-Q1-portrait.png", "poll-2021-en-tiles.json", "..%2Fpoll-2021-ru.pdf"):
        assert client.get(f"/results/en/poll/tiles/{name}").status_code == 404, name


def test_a_factsheet_alone_makes_a_study_public(client: FlaskClient, poll: Path) -> None:
    (poll / "poll-2021-ru.pdf").rename(poll / "poll-2021-ru-factsheet.pdf")
    assert "Poll of the town" in client.get("/results/en/").text
