"""The site's pages: light, without script, linked, the same in every language, with the report's numbers."""

import csv
import gzip
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from reports import LANGUAGES, ReportError, build_report, copy_site

TREES = ("small", "small@1")


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.styled = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.styled |= name == "style" or name.startswith("on")
            if name in ("href", "src", "srcset") and value:
                self.found.append(value)


def pages(out: Path) -> list[Path]:
    return sorted(out.rglob("*.html"))


def test_every_link_leads_somewhere_in_the_site(published) -> None:
    assert len(pages(published.out)) > 200
    for path in pages(published.out):
        page = path.read_text("utf-8")
        for link in Links(page).found:
            if link.startswith("#"):
                assert f'id="{link[1:]}"' in page, (path, link)
            elif not link.startswith(("https://www.example.org", "data:")):
                assert (path.parent / link).resolve().is_file(), (path, link)


def test_each_page_has_its_place_in_every_language(published) -> None:
    for tree in TREES:
        folders = [published.out / language / tree for language in LANGUAGES]
        found = [{str(path.relative_to(folder)) for path in pages(folder)} for folder in folders]
        assert found[0]
        assert all(each == found[0] for each in found)


def test_pages_are_light_and_run_nothing(published) -> None:
    for path in pages(published.out):
        page = path.read_text("utf-8")
        found = Links(page)
        assert not {"script", "iframe", "object", "style"} & found.tags
        assert not found.styled, path
        assert len(path.with_name(path.name + ".gz").read_bytes()) <= 40 * 1024
        assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == page.encode()
        assert "https://www.example.org/weather" in found.found


def test_numbers_are_the_reports(published, grouped_waves) -> None:
    report = build_report(grouped_waves, language="en")
    rows = list(csv.DictReader(io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig"))))
    level = {row["id"]: row for row in rows if not row.get("wave_from")}
    with (published.files / "VB_ANY.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    for column, wave in enumerate(("2024", "2025"), start=1):
        row = level[f"VB_ANY.1@{wave}"]
        expected = [100 * float(row[name]) for name in ("estimate", "low", "high")]
        assert [float(table[i][column]) for i in (1, 2, 3)] == pytest.approx(expected, abs=0.0501)
        assert float(table[4][column]) == float(row["base"])
    page = (published.out / "en" / "small" / "indicators" / "VB_ANY.html").read_text("utf-8")
    found = next(row for row in rows if row.get("wave_from") and row["id"].startswith("VB_ANY.1@"))
    assert found["verdict"] in ("rose", "fell", "no_clear_change")
    with (published.files / "VB_ANY.changes.csv").open(encoding="utf-8-sig", newline="") as file:
        changed = list(csv.reader(file))[1]
    assert float(changed[1]) == pytest.approx(100 * float(found["estimate"]), abs=0.0501)
    assert changed[4] in page


def test_words_that_would_compute_stay_words_in_lists_and_workbooks(published) -> None:
    with (published.files / "VB1.by-town.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[2] == "'=1+1"
    for path in sorted(published.files.glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), path.name


def test_names_with_signs_of_html_stay_words(published) -> None:
    page = (published.out / "en" / "small" / "items" / "VB1.by-band.html").read_text("utf-8")
    assert "<band>" not in page
    assert "Age &amp; &lt;band&gt;" in page


def test_pictures_carry_their_letters_and_fetch_nothing(published) -> None:
    drawn = sorted(published.files.glob("*.svg"))
    assert len(drawn) > 5
    for path in drawn:
        text = path.read_text("utf-8")
        etree.fromstring(text.encode())
        assert "@font-face" in text
        assert not re.search(r"url\((?!data:|#)", text)
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_a_telephone_gets_a_drawing_of_its_own_width_and_nothing_is_cut(published) -> None:
    style = (published.out / "en" / "small@1" / "style.css").read_text("utf-8")
    assert "min-width" not in re.search(r"\bimg\{[^}]*\}", style)[0]
    for path in pages(published.out / "en" / "small"):
        page = etree.HTML(path.read_text("utf-8"))
        for image in page.iter("img"):
            (source,) = image.xpath("ancestor::picture//source/@srcset")
            assert source == image.get("src").replace("files/", "files/../narrow/")
            drawn = (path.parent / source).resolve()
            _, _, width, _ = map(float, etree.parse(drawn).getroot().get("viewBox").split())
            assert width == 216


def test_checksums_are_those_of_the_files(published) -> None:
    listed = dict(
        reversed(line.split("  ")) for line in (published.files / "SHA256SUMS").read_text().splitlines()
    )
    assert set(listed) == {path.name for path in published.files.iterdir()} - {"SHA256SUMS"}
    for name, checksum in listed.items():
        assert hashlib.sha256((published.files / name).read_bytes()).hexdigest() == checksum


def test_an_exported_site_is_the_served_one(published, tmp_path: Path) -> None:
    count = copy_site(published.out, "small", tmp_path)
    copied = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    served = {path.relative_to(published.out) for path in published.out.rglob("*") if path.is_file()}
    assert count == len(copied)
    assert copied == {path for path in served if path.suffix != ".gz"}
    with pytest.raises(ReportError, match="tolqyn results publish nothing"):
        copy_site(published.out, "nothing", tmp_path)
