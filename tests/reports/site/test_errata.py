"""A corrected release makes a new edition: what changed is listed, and the old pages say so."""

import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData
from reports import Written
from tests.reports.site.test_editions import release

Make = Callable[..., SurveyData]


def retyped(data: SurveyData) -> SurveyData:
    """The same people; thirty answers about the police were typed wrongly."""
    frame = data.frame.copy()
    wrong = frame.index[frame["POLICE"] == 0][:30]
    frame.loc[wrong, "POLICE"] = 1
    reason = {"correction_2": dict.fromkeys(("kk", "ru", "uz", "en"), "Thirty answers < were typed wrongly")}
    meta = replace(data.meta, release=2, disclosure={**data.meta.disclosure, **reason})
    return replace(data.with_frame(frame), meta=meta)


@pytest.fixture(scope="module")
def site(publish: Callable[..., Written], make_wave: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Edition 1 of the first release in two languages, edition 2 of the second."""
    home = tmp_path_factory.mktemp("errata")
    data = make_wave("2025", n=400)
    publish([release(data, home)], home / "results", ("en", "ru"))
    publish([release(retyped(data), home)], home / "results", ("en", "ru"))
    return home / "results"


def test_the_old_edition_stays_and_says_that_it_is_superseded(site: Path) -> None:
    for path in (site / "en" / "small@1").rglob("*.html"):
        page = path.read_text("utf-8")
        assert page.count("These numbers are superseded: edition 2 corrects them.") == 1, path
        assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == page.encode()
    item = (site / "en" / "small@1" / "items" / "POLICE.html").read_text("utf-8")
    assert 'href="../../small/items/POLICE.html"' in item
    assert 'href="../../small/errata.html"' in item


def test_pages_of_the_new_edition_do_not_say_so(site: Path) -> None:
    for place in ("small@2", "small"):
        for path in (site / "ru" / place).rglob("*.html"):
            assert "superseded" not in path.read_text("utf-8"), path


def test_the_list_holds_the_corrected_question_and_what_rests_on_it_alone(site: Path) -> None:
    content = (site / "en" / "small@2" / "files" / "errata.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["table"] for row in rows} == {"POLICE", "WR_POLICE"}
    before = (site / "en" / "small@1" / "files" / "WR_POLICE.csv").read_text("utf-8-sig")
    share = next(row for row in rows if row["table"] == "WR_POLICE" and row["line"] == "Share, %")
    assert share["before"] in before
    assert float(share["after"]) > float(share["before"])


def test_the_page_says_why_and_what_with_the_old_numbers_one_step_away(site: Path) -> None:
    page = (site / "en" / "small" / "errata.html").read_text("utf-8")
    assert "small 2025/2" in page
    assert "Thirty answers &lt; were typed wrongly" in page
    assert "Edition 1 is superseded" in page
    assert 'href="../small@1/index.html"' in page
    assert "errata.csv" in page
    assert '<a href="indicators/WR_POLICE.html">' in page
    assert "5 figures changed." in page


def test_nothing_corrected_is_said_too(published) -> None:
    assert "Nothing was corrected so far." in (published.out / "en" / "small" / "errata.html").read_text(
        "utf-8"
    )


def test_publishing_the_same_again_leaves_every_page_as_it_is(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    data, out = make_wave("2025", n=400), tmp_path / "results"
    publish([release(data, tmp_path)], out)
    second = release(retyped(data), tmp_path)
    publish([second], out)
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    assert publish([second], out).edition.number == 2
    assert {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()} == before
