"""The published site behind the server: made by a command, served as it lies, with headers that protect."""

import gzip
import html
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from survey.cli import main
from survey.config import LANGUAGES, Config
from survey.store.engine import Database
from tests.survey.conftest import import_poll

MAP = """\
study: poll
title: {en: Poll of the town, ru: Опрос города}
languages: [en, ru]
wave: {column: year, dates: {2021: [2021-05-03, 2021-05-30], 2019: 2019-05}, mode: capi, sample: probability}
design: {weight: w}
variables:
  Q1:
    from: q1
    label: {en: Safe at night, ru: Ночью безопасно}
    codes: {1: {en: "Yes", ru: Да}, 2: {en: "No", ru: Нет}}
  SEX: {from: sex, label: {en: Sex, ru: Пол}, codes: {1: {en: Men, ru: Мужчины}, 2: {en: Women, ru: Женщины}}}
indicators:
  SAFE: {variable: Q1, code: 1, statistic: proportion, headline: true, higher: protective,
    label: {en: Feels safe, ru: Чувствует себя в безопасности},
    finding: {en: the share of people who feel safe, ru: "доля тех, кто чувствует себя в безопасности"}}
"""


def released(folder: Path) -> None:
    """Two waves of 300, in the instance of the environment."""
    people = ((year, 1 + (i % 5 > 2), 1 + i % 2, 1 + i % 3) for year in (2019, 2021) for i in range(300))
    import_poll(folder, MAP, ("year", "q1", "sex", "w"), people)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the poll, published once in two languages in an instance of its own."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOLQYN_HOME", str(folder / "home"))
        patch.setenv("TOLQYN_DATABASE_URL", f"sqlite:///{folder}/home/tolqyn.sqlite")
        assert run("db", "upgrade").exit_code == 0
        released(folder)
        done = run("results", "publish", "poll", "--by", "SEX")
        assert done.exit_code == 0, done.output
        assert "edition 1:" in done.output
    return folder / "home" / "results"


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path, site: Path) -> Config:
    """Two waves, released and published in two languages."""
    released(tmp_path)
    shutil.copytree(site, environment.home / "results")
    return environment


def test_publishing_writes_the_same_files_whatever_the_database(
    environment: Config, database: Database, tmp_path: Path, site: Path
) -> None:
    released(tmp_path)
    done = run("results", "publish", "poll", "--by", "SEX")
    assert done.exit_code == 0, done.output
    made = environment.home / "results"
    assert files(made) == files(site)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


def test_the_list_of_studies_leads_to_the_pages(client: FlaskClient, poll: Config) -> None:
    assert '<a href="/results/en/poll/">' in client.get("/results/en/", buffered=True).text
    assert "/results/kk/poll/" not in client.get("/results/kk/", buffered=True).text
    page = client.get("/results/en/poll/", buffered=True)
    assert page.status_code == 200
    assert "Feels safe" in page.text


def test_pages_and_files_carry_headers_that_let_nothing_in(client: FlaskClient, poll: Config) -> None:
    page = client.get("/results/ru/poll/items/Q1.html", buffered=True)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    for path in ("poll/items/Q1.html", "poll@1/files/Q1.csv", "poll@1/files/Q1.svg", "poll@1/files/Q1.xlsx"):
        response = client.get(f"/results/ru/{path}", buffered=True)
        assert response.status_code == 200, path
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["ETag"]
        response.close()


def test_a_compressed_page_is_the_page(client: FlaskClient, poll: Config) -> None:
    plain = client.get("/results/en/poll/items/Q1.html", buffered=True)
    packed = client.get("/results/en/poll/items/Q1.html", buffered=True, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    again = client.get(
        "/results/en/poll/items/Q1.html", buffered=True, headers={"If-None-Match": plain.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_group_is_chosen_by_a_plain_address(client: FlaskClient, poll: Config) -> None:
    answer = client.get("/results/en/poll/items/Q1.html?group=SEX", buffered=True)
    assert (answer.status_code, answer.headers["Location"]) == (302, "Q1.by-SEX.html")
    back = client.get("/results/en/poll/items/Q1.by-SEX.html?group=", buffered=True)
    assert (back.status_code, back.headers["Location"]) == (302, "Q1.html")
    assert "Women" in client.get("/results/en/poll/items/Q1.by-SEX.html", buffered=True).text
    for name in ("NOBODY", "../../../../keys/x", "//evil.example"):
        assert (
            client.get(
                "/results/en/poll/items/Q1.html", buffered=True, query_string={"group": name}
            ).status_code
            == 404
        )


def test_nothing_outside_the_site_is_served(client: FlaskClient, poll: Config) -> None:
    (poll.home / "results" / "en" / "secret.html").write_text("not here")
    (poll.home / "results" / "en" / ".making-x").mkdir()
    (poll.home / "results" / "en" / ".making-x" / "index.html").write_text("not yet")
    for path in (
        "poll/../../../keys/server.key",
        "poll/..%2F..%2F..%2Ftolqyn.sqlite",
        "../secret.html",
        "..%2Fen/poll/index.html",
        ".making-x/",
        "poll/none.html",
        "poll@2/",
        "poll/items/",
        "poll@1/edition.sqlite",
    ):
        assert client.get(f"/results/en/{path}", buffered=True).status_code == 404, path
    assert client.get("/results/de/poll/", buffered=True).status_code == 404


def test_the_folder_is_exported_and_an_unpublished_study_is_refused(poll: Config, tmp_path: Path) -> None:
    done = run("results", "export", "poll", str(tmp_path / "web"))
    assert done.exit_code == 0, done.output
    assert "ru/poll/" in done.output
    assert (tmp_path / "web" / "ru" / "poll" / "items" / "Q1.html").is_file()
    refused = run("results", "export", "other", str(tmp_path / "web2"))
    assert refused.exit_code == 1
    assert "tolqyn results publish other" in refused.output


def test_the_exported_folder_lists_every_file_the_server_does_and_no_link_in_it_is_dead(
    client: FlaskClient, poll: Config, tmp_path: Path
) -> None:
    for command in (["factsheet"], ["tiles"]):
        made = run("report", *command, "poll", "--lang", "en,ru", "--incomplete-methods")
        assert made.exit_code == 0, made.output
    out = tmp_path / "web"
    assert run("results", "export", "poll", str(out)).exit_code == 0
    served = {language: links(client.get(f"/results/{language}/").text) for language in LANGUAGES}
    for language in LANGUAGES:
        page = (out / language / "index.html").read_text("utf-8")
        names = [href.rpartition("/")[2] for href in links(page) if not href.endswith("/index.html")]
        assert names == [href.rpartition("/")[2] for href in served[language] if not href.endswith("/")]
        if language in ("en", "ru"):
            assert "poll-2021-ru-factsheet.pdf" in names
            assert any(name.endswith(".png") for name in names)
    listed = [href for language in ("en", "ru") for href in served[language] if not href.endswith("/")]
    for href in listed:
        with client.get(href) as response:
            (copy,) = out.rglob(href.rpartition("/")[2])
            assert copy.read_bytes() == response.data
    for page in out.rglob("*.html"):
        content = page.read_text("utf-8")
        assert len(gzip.compress(content.encode())) < 40 * 1024
        for href in links(content):
            address = urlsplit(href)
            assert address.scheme or not href.startswith("/"), f"{href} in {page} is lost in a folder"
            if not address.scheme:
                assert (page.parent / (unquote(address.path) or page.name)).is_file(), f"{href} in {page}"


def links(page: str) -> list[str]:
    """What a page leads to and loads, but for what is written inside it."""
    found = re.findall(r'(?:href|src)="([^"]*)"', page)
    return [href for href in map(html.unescape, found) if not href.startswith("data:")]


def test_without_a_database_the_pages_alone_are_listed(
    poll: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLQYN_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite")
    done = run("results", "export", "poll", str(tmp_path / "web"))
    assert done.exit_code == 0, done.output
    page = (tmp_path / "web" / "ru" / "index.html").read_text("utf-8")
    assert '<a href="../ru/poll/index.html">' in page


def test_a_study_or_releases_are_needed_and_not_both() -> None:
    assert run("results", "publish").exit_code == 2
    assert run("results", "publish", "poll", "--release", "x").exit_code == 2


WORKER = """
import sys
from survey import create_app
from survey.config import LANGUAGES, Config
app = create_app(Config.from_env())
client = app.test_client()
for address in sys.argv[1:]:
    answer = client.get(address)
    assert answer.status_code in (200, 302), (address, answer.status)
    answer.close()
app.extensions["tolqyn"].database.close()
heavy = {"reports", "analysis", "pandas", "numpy", "matplotlib", "weasyprint", "statsmodels"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""


def test_a_web_worker_that_serves_every_kind_of_page_loads_nothing_that_estimates_or_prints(
    poll: Config,
) -> None:
    reports = poll.home / "reports" / "poll"
    reports.mkdir(parents=True)
    (reports / "poll-2021-en.pdf").write_bytes(b"%PDF-1.7 a report")
    addresses = [
        "/results/en/",
        "/results/en/poll/poll-2021-en.pdf",
        "/results/en/poll/items/Q1.html?group=SEX",
    ]
    for path in sorted((poll.home / "results" / "en").rglob("*")):
        if path.is_file() and path.suffix in {".html", ".csv", ".xlsx", ".svg", ".png", ".json"}:
            addresses.append(f"/results/en/{path.relative_to(poll.home / 'results' / 'en')}")
    done = subprocess.run(
        [sys.executable, "-c", WORKER, *addresses], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert len(addresses) > 20
