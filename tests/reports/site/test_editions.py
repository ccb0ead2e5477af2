"""Numbers stay under their number: what a second publishing may change, and what it may not."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData, write_release
from reports import ReportError, Written

Make = Callable[..., SurveyData]


def release(data: SurveyData, home: Path) -> Path:
    return write_release(data, home, instrument="{}", weights={}, fieldwork={}).folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_releases_are_the_same_edition_byte_for_byte(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    folder, out = release(make_wave("2024", n=200), tmp_path), tmp_path / "results"
    publish([folder], out)
    before = content(out)
    assert publish([folder], out).edition.number == 1
    assert content(out) == before


def test_numbers_that_are_published_are_not_written_over(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    folder, out = release(make_wave("2024", n=200), tmp_path), tmp_path / "results"
    publish([folder], out)
    table = out / "en" / "small@1" / "files" / "VB_ANY.csv"
    now = table.read_bytes()
    table.write_bytes(now.replace(b"Share", b"Part"))
    publish([folder], out)
    assert table.read_bytes() == now
    changed = re.sub(rb'(Share, %",\d+)', rb"\g<1>9", now)
    table.write_bytes(changed)
    with pytest.raises(ReportError, match=r"VB_ANY\.csv would differ"):
        publish([folder], out)
    assert table.read_bytes() == changed


def test_a_further_wave_is_a_further_edition_and_an_items_address_stays(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    first, out = release(make_wave("2024", n=200), tmp_path), tmp_path / "results"
    publish([first], out)
    before, item = content(out / "en" / "small@1"), out / "en" / "small" / "items" / "VB1.html"
    assert "2025" not in item.read_text("utf-8")
    assert publish([first, release(make_wave("2025", n=200), tmp_path)], out).edition.number == 2
    assert content(out / "en" / "small@1") == before
    assert "2025" in item.read_text("utf-8")


def test_an_edition_that_differs_by_a_few_interviews_is_refused_until_the_other_is_taken_down(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    data, out = make_wave("2024", n=200), tmp_path / "results"
    publish([release(data, tmp_path)], out)
    fewer = release(data.with_frame(data.frame.iloc[:-3].reset_index(drop=True)), tmp_path)
    before = content(out)
    with pytest.raises(ReportError, match="edition 1, wave 2024: 3") as refused:
        publish([fewer], out)
    assert "--replace" in str(refused.value)
    assert content(out) == before
    assert publish([fewer], out, replace_near=True).edition.number == 2
    assert not (out / "en" / "small@1").exists()


def test_groups_of_which_the_same_people_are_known_twice_are_refused(
    publish: Callable[..., Written], published, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match="place adds up to the same people as a part of town"):
        publish(published.folders, tmp_path, by=("town", "place"))
    with pytest.raises(ReportError, match="no column of 2 to 8 answers; did you mean town"):
        publish(published.folders, tmp_path, by=("tow",))
    assert not list(tmp_path.iterdir())


def test_one_wave_without_groups_and_a_sample_nobody_drew_have_pages_too(
    publish: Callable[..., Written], make_wave: Make, tmp_path: Path
) -> None:
    data = make_wave("2025", n=150, sample_type="nonprobability", synthetic=False)
    data = replace(data, meta=replace(data.meta, synthetic=False))
    written = publish([release(data, tmp_path)], tmp_path / "results")
    page = (tmp_path / "results" / "en" / "small" / "indicators" / "VB_ANY.html").read_text("utf-8")
    assert written.pages > 10
    assert "95% interval" not in page
    assert "those who took part, not the population" in page


def test_a_language_the_questionnaire_lacks_is_refused(
    publish: Callable[..., Written], published, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match="no wording in"):
        publish(published.folders, tmp_path, ("de",))
