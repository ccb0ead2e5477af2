"""What may not be shown stands on no page and in no file of the site, and follows from nothing that does."""

import csv
import html
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis import SurveyData
from reports import LANGUAGES
from reports.i18n import words
from reports.site.grids import group_label
from reports.unstated import with_unstated
from tests.reports.site.conftest import TOWN, write

NOTE = (
    "“Or not stated”: so few did not say that they are counted with the largest group; "
    "their own answers cannot be computed."
)
GROUPS = ("band", "town")
ITEMS = ("VB1", "VB2", "VB3", "POLICE", "OPINION")
HIDDEN = "(s)"
NOT_STATED = 9999


def counts(data: SurveyData, item: str, group: str) -> pd.DataFrame:
    """People by answer (rows) and group (columns), those who did not state it apart, counted anew."""
    frame = data.frame[data.valid(item)]
    at = frame[group].where(frame[group] >= 0, NOT_STATED).astype(int)
    return pd.crosstab(frame[item].astype(int), at)


def shares(data: SurveyData, item: str, group: str) -> pd.DataFrame:
    """Weighted per cent of each group, as a release's reader would compute them."""
    frame = data.frame[data.valid(item)]
    at = frame[group].where(frame[group] >= 0, NOT_STATED).astype(int)
    table = pd.crosstab(frame[item].astype(int), at, values=frame["weight"], aggfunc="sum").fillna(0.0)
    return 100 * table / table.sum()


def published_cells(path: Path, wave: str) -> list[list[str]]:
    """A wave's lines of a table by group: cells only, bases last; without where it comes from."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return [row[2:-2] for row in rows[1:] if row[0].lstrip("'") == wave]


def tables(site) -> Iterator[tuple[SurveyData, str, str, list[list[str]]]]:
    for data, item, group in itertools.product(site.data, ITEMS, GROUPS):
        path = site.files / f"{item}.by-{group}.csv"
        if path.is_file():
            yield data, item, group, published_cells(path, data.meta.wave)


def test_a_table_by_group_stands_for_every_question_and_has_hidden_and_shown_cells(published) -> None:
    cells = [cell for *_, lines in tables(published) for line in lines[:-1] for cell in line]
    assert len(list(tables(published))) == len(published.data) * len(ITEMS) * len(GROUPS)
    assert cells.count(HIDDEN) > 20
    assert len(cells) - cells.count(HIDDEN) > 20


def test_no_small_cell_and_no_group_under_thirty_is_shown(published) -> None:
    for data, item, group, lines in tables(published):
        truth = counts(data, item, group)
        assert len(lines) == len(truth) + 1, (item, group)
        for line, (_, people) in zip(lines, truth.iterrows(), strict=False):
            for cell, few, base in zip(line, people, truth.sum(), strict=True):
                if 0 < few < 10 or base < 30:
                    assert cell == HIDDEN, (data.meta.wave, item, group)


def test_what_is_shown_by_group_is_the_weighted_share(published) -> None:
    for data, item, group, lines in tables(published):
        truth = shares(data, item, group)
        for line, (_, expected) in zip(lines, truth.iterrows(), strict=False):
            for cell, share in zip(line, expected, strict=True):
                assert cell == HIDDEN or float(cell) == pytest.approx(share, abs=0.051), (item, group)


def test_bases_of_groups_are_rounded_and_small_ones_only_said_to_be_small(published) -> None:
    for data, item, group, lines in tables(published):
        for cell, base in zip(lines[-1], counts(data, item, group).sum(), strict=True):
            assert cell == "<30" if base < 30 else abs(float(cell) - base) <= 2.5 and float(cell) % 5 == 0


def _known(data: SurveyData, item: str, lines: list[list[str]], indicator: list[str] | None) -> np.ndarray:
    """Equations between a table's cells that readers have: margins, shown cells, the indicator's groups."""
    rows, columns = len(lines) - 1, len(lines[0])
    places = np.arange(rows * columns).reshape(rows, columns)
    unit = np.eye(rows * columns)
    equations = [unit[places[i]].sum(axis=0) for i in range(rows)]
    equations += [unit[places[:, j]].sum(axis=0) for j in range(columns)]
    shown = [(i, j) for i in range(rows) for j in range(columns) if lines[i][j] != HIDDEN]
    equations += [unit[places[i, j]] for i, j in shown]
    codes = sorted(data.frame.loc[data.valid(item), item].astype(int).unique())
    for j, cell in enumerate(indicator or ()):
        if cell != HIDDEN:
            equations.append(unit[[places[codes.index(code), j] for code in (4, 5)]].sum(axis=0))
    return np.array(equations)


def test_no_small_cell_follows_from_margins_shown_cells_and_indicators(published) -> None:
    attacked = 0
    for data, item, group, lines in tables(published):
        path = published.files / f"VB_ANY.by-{group}.csv"
        indicator = published_cells(path, data.meta.wave)[0] if item == "VB1" else None
        known = _known(data, item, lines, indicator)
        rank = np.linalg.matrix_rank(known)
        unit = np.eye(known.shape[1])
        columns = len(lines[0])
        people = counts(data, item, group)
        small = (people.gt(0) & people.lt(10)).to_numpy() | people.sum().lt(30).to_numpy()
        for i, line in enumerate(lines[:-1]):
            for j, _ in enumerate(line):
                if small[i, j]:
                    attacked += 1
                    wider = np.vstack([known, unit[i * columns + j]])
                    assert np.linalg.matrix_rank(wider) > rank, (data.meta.wave, item, group, i, j)
    assert attacked > 20


def test_the_attack_finds_a_cell_that_was_hidden_alone(published) -> None:
    data = published.data[0]
    lines = [["10", "20"], ["90", HIDDEN], ["100", "100"]]
    known = _known(data, "OPINION", lines, None)
    wider = np.vstack([known, np.eye(4)[3]])
    assert np.linalg.matrix_rank(wider) == np.linalg.matrix_rank(known)


def test_pages_and_workbooks_hold_what_the_lists_hold(published) -> None:
    for path in sorted(published.files.glob("*.by-*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            listed = [cell for row in list(csv.reader(file))[1:] for cell in row[2:-2]]
        sheet = openpyxl.load_workbook(path.with_suffix(".xlsx"))["table"]
        rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[1] is not None]
        booked = [cell for row in rows for cell in row[2:]]
        assert [_number(cell) for cell in booked] == [_number(cell) for cell in listed], path.name
        stem = path.name.removesuffix(".csv")
        page = next(published.out.glob(f"en/small@1/*/{stem}.html")).read_text("utf-8")
        cells = [
            html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall("<td>.*?</td>", page)
        ]
        assert [_number(cell) for cell in cells] == [_number(cell) for cell in listed], path.name


def _number(cell: object) -> object:
    text = str(cell).removesuffix(" *").replace(",", "")
    if text == "<0.1":
        return 0.0
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text


def test_answers_of_a_wave_with_one_hidden_share_are_hidden_together(
    publish, make_wave, tmp_path: Path
) -> None:
    from analysis import write_release

    folders = [
        write_release(make_wave(name, n=n), tmp_path, instrument="{}", weights={}, fieldwork={}).folder
        for name, n in (("2024", 400), ("2025", 75))
    ]
    written = publish(folders, tmp_path / "results")
    files = tmp_path / "results" / "en" / written.edition.place / "files"
    hidden = 0
    for item in ("VB1", "VB2", "VB3"):
        with (files / f"{item}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        column = [row[2] for row in rows[1:6]]
        assert len({cell == HIDDEN for cell in column}) == 1, (item, column)
        hidden += column[0] == HIDDEN
    assert hidden


@pytest.fixture(scope="module")
def quiet(grouped_waves, publish, tmp_path_factory: pytest.TempPathFactory):
    """A site of one wave in which fourteen people did not say where they live, and nobody lives in a camp."""
    data = grouped_waves[1]
    town = data.frame["town"].mask(data.frame["town"] == 3, 2)
    data = data.with_frame(data.frame.assign(town=town.mask(np.arange(len(town)) % 50 == 0, -2)))
    home = tmp_path_factory.mktemp("quiet")
    out = home / "results"
    written = publish((write(data, home),), out, LANGUAGES, by=("town",))
    return data, out, out / "en" / written.edition.place / "files"


JOINT, ALONE = "or not stated", (1, 2, NOT_STATED)


def test_few_who_did_not_say_hide_no_town(quiet) -> None:
    data, _, files = quiet
    for item in ITEMS:
        with (files / f"{item}.by-town.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *lines = list(csv.reader(file))
        assert [JOINT in name for name in head[2:-2]] == [True, False], head
        frame = data.frame[data.valid(item)]
        at = frame["town"].where(frame["town"] == 2, 1)
        truth = pd.crosstab(frame[item].astype(int), at, values=frame["weight"], aggfunc="sum").fillna(0.0)
        for line, (_, expected) in zip(lines[:-1], (100 * truth / truth.sum()).iterrows(), strict=True):
            for cell, share in zip(line[2:-2], expected, strict=True):
                assert cell == HIDDEN or float(cell) == pytest.approx(share, abs=0.051), item


def test_no_answer_of_those_who_did_not_say_follows(quiet) -> None:
    data, _, files = quiet
    for item in ITEMS:
        lines = published_cells(files / f"{item}.by-town.csv", data.meta.wave)
        answers = len(lines) - 1
        unit = np.eye(answers * len(ALONE)).reshape(answers, len(ALONE), -1)
        sizes = [unit[:, place].sum(axis=0) for place in range(len(ALONE))]
        known = [*(unit[row].sum(axis=0) for row in range(answers)), *sizes]
        for row, line in enumerate(lines[:-1]):
            joint, other = unit[row, [0, 2]].sum(axis=0), unit[row, 1]
            known += [cells for cell, cells in zip(line, (joint, other), strict=True) if cell != HIDDEN]
        assert not _computable(np.array(known), unit[:, 2]), item
        apart = np.vstack([known, *(unit[row, 0] for row in range(answers))])
        assert len(_computable(apart, unit[:, 2])) >= answers - 1, "the attack finds them where towns stand"


def _computable(known: np.ndarray, targets: np.ndarray) -> list[int]:
    rank = np.linalg.matrix_rank(known)
    return [i for i, each in enumerate(targets) if np.linalg.matrix_rank(np.vstack([known, each])) == rank]


def test_the_page_says_what_or_not_stated_means(quiet, published) -> None:
    _, out, _ = quiet
    for language in LANGUAGES:
        (page,) = out.glob(f"{language}/*@1/items/POLICE.by-town.html")
        label = with_unstated(1)
        said = html.unescape(page.read_text("utf-8"))
        assert group_label(label, TOWN, words(language)) in said
        assert words(language).say(NOTE) in said
    (plain,) = published.out.glob("en/*@1/items/POLICE.by-town.html")
    assert NOTE not in html.unescape(plain.read_text("utf-8"))
