"""The published site behind the server: made by a command, served as it lies, with headers that protect."""

import csv
import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from survey.cli import main
from survey.config import Config
from survey.store.engine import Database

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


@pytest.fixture
def poll(environment: Config, database: Database, tmp_path: Path) -> Config:
    """Two waves, released and published in two languages."""
    with (tmp_path / "poll.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("year", "q1", "sex", "w"))
        writer.writerows(
            (year, 1 + (i % 5 > 2), 1 + i % 2, 1 + i % 3) for year in (2019, 2021) for i in range(300)
        )
    (tmp_path / "poll.yaml").write_text(MAP, "utf-8")
    done = run("release", "import", str(tmp_path / "poll.csv"), "--map", str(tmp_path / "poll.yaml"))
    assert done.exit_code == 0, done.output
    done = run("results", "publish", "poll", "--by", "SEX")
    assert done.exit_code == 0, done.output
    assert "edition 1:" in done.output
    return environment


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


def test_a_study_or_releases_are_needed_and_not_both() -> None:
    assert run("results", "publish").exit_code == 2
    assert run("results", "publish", "poll", "--release", "x").exit_code == 2
