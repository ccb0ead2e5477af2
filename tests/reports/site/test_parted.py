"""Plots of groups show what the tables beside them show, and no more."""

import csv
import re
from pathlib import Path

import pytest

from instruments import Level, Variable
from reports.grouping import NOT_STATED, GroupCell, GroupTable
from reports.site.parted import Parted, parted_picture

HIDDEN = "(s)"
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


def drawn(path: Path) -> list[str]:
    """The words of a picture, in the order they were drawn."""
    return TEXT.findall(path.read_text("utf-8"))


def latest(path: Path) -> list[list[str]]:
    """The lines of the latest wave in a table by group, with their heads; who did not say is left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = (row[:-2] for row in csv.reader(file))  # where it comes from stands last
    last = -1 if head[-1] == "Not stated" else None
    return [row[1:last] for row in rows if row[0] == rows[0][0]]


@pytest.mark.parametrize("name", ["VB_ANY.by-band", "VB_ANY.by-town", "OPINION.by-band", "VB1.by-town"])
def test_a_plot_prints_every_shown_figure_of_the_latest_wave_and_no_hidden_one(published, name: str) -> None:
    lines = latest(published.files / f"{name}.csv")[:-1]
    cells = [cell for line in lines for cell in line[1:]]
    printed = [text for text in drawn(published.files / f"{name}.svg") if re.match(r"\d+% \(", text)]
    shares = sorted(round(float(cell)) for cell in cells if cell != HIDDEN)
    told = sorted(int(text.partition("%")[0]) for text in printed)
    assert len(told) == len(shares)
    assert all(abs(one - other) <= 1 for one, other in zip(told, shares, strict=True))
    assert shares


def test_the_wave_before_is_in_the_key(published) -> None:
    words = drawn(published.files / "VB_ANY.by-town.svg")
    assert {"2024", "2025"} <= set(words)


def test_a_group_too_small_says_so_in_place_of_a_dot(published) -> None:
    said = {path.stem: drawn(path).count("too few answers") for path in published.files.glob("*.by-*.svg")}
    assert max(said.values()) > 1


def test_an_answer_of_which_no_group_is_shown_has_no_block(published) -> None:
    lines = {line[0]: line[1:] for line in latest(published.files / "OPINION.by-band.csv")}
    assert set(lines["Seldom"]) == {HIDDEN}
    assert "Seldom" not in drawn(published.files / "OPINION.by-band.svg")
    assert "One" in drawn(published.files / "OPINION.by-band.svg")


def test_every_plot_has_four_downloads_and_a_text_for_those_who_do_not_see(published) -> None:
    for path in published.files.glob("*.by-*.svg"):
        for kind in ("csv", "xlsx", "png"):
            assert path.with_suffix(f".{kind}").is_file(), path
        page = next((published.out / "en" / "small@1").glob(f"*/{path.stem}.html")).read_text("utf-8")
        for kind in ("csv", "xlsx", "svg", "png"):
            assert f"files/{path.stem}.{kind}" in page
        (alt,) = re.findall(r'<img[^>]*alt="([^"]*)"', page)
        assert alt.startswith("Dot plot by group, 2025: ")


@pytest.mark.parametrize("value", [None, 0.5])
def test_where_no_group_is_shown_there_is_no_plot(value: float | None) -> None:
    """Not even where those who did not say are many enough to be shown."""
    name = {"en": "Group"}
    group = Variable("g", name, Level.NOMINAL, {1: {"en": "One"}, 2: {"en": "Two"}})
    hidden = GroupCell(None, None, None, secret=True)
    cells = {(1, 1): hidden, (1, 2): hidden, (1, NOT_STATED): GroupCell(value, value, value)}
    table = GroupTable("2025", cells, {1: None, 2: None, NOT_STATED: 200})
    parted = Parted("x", "caption", (table,), {1: "Yes"}, group, "neutral", {})
    assert parted_picture(parted, material=None) is None


def test_the_page_of_downloads_leads_to_every_file(published) -> None:
    page = (published.out / "ru" / "small" / "downloads.html").read_text("utf-8")
    files = {path.name for path in (published.out / "ru" / "small@1" / "files").iterdir()}
    assert set(re.findall(r'href="[^"]*files/([^"]+)"', page)) == files
