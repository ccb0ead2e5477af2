"""Export to XLSForm: pyxform converts the file, and what maps comes back the same."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyxform.xls2xform import convert

from instruments import (
    KINDS,
    Crosswise,
    Date,
    FileProblem,
    InstrumentError,
    Item,
    Number,
    OpenText,
    Questionnaire,
    Ranking,
    Report,
    SeveralOf,
    SingleChoice,
    export_xlsform,
    load,
    load_library,
)
from instruments.exchange.export.entries import MAKERS

Run = Callable[..., tuple[Questionnaire, Report]]
LIBRARY = Path(__file__).resolve().parents[2] / "library"
TINY = sorted(path.stem for path in LIBRARY.glob("*.yaml") if "." not in path.stem)


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_library("kz_thb_core")


@pytest.fixture
def returned(core: Questionnaire, tmp_path: Path, imported: Run) -> tuple[Questionnaire, Report]:
    export_xlsform(core, tmp_path / "core.xlsx")
    return imported(tmp_path / "core.xlsx")


def maps(item: Item) -> bool:
    return (
        isinstance(item, SingleChoice | SeveralOf | Number | OpenText | Date | Ranking) or item.kind == "info"
    )


def test_every_item_that_maps_comes_back_with_its_kind_words_and_codes(
    core: Questionnaire, returned: tuple[Questionnaire, Report]
) -> None:
    back = returned[0]
    same = [item for item in core.items.values() if maps(item)]
    assert len(same) >= 60
    for item in same:
        again = back.items[item.id]
        assert (again.kind, again.text, again.hint) == (item.kind, item.text, item.hint)
        assert (again.required, set(again.allow), again.battery) == (
            item.required,
            set(item.allow) if isinstance(item, SingleChoice | SeveralOf) else set(),
            item.battery,
        )
        for key in ("options", "random_options", "exclusive", "max", "min", "max_len"):
            if hasattr(item, key):
                assert getattr(again, key) == getattr(item, key), (item.id, key)
    assert back.missing_labels == core.missing_labels
    assert set(back.languages) == set(core.languages) and back.version == core.version


def test_every_rule_comes_back_with_the_same_meaning(
    core: Questionnaire, returned: tuple[Questionnaire, Report]
) -> None:
    ruled = [item for item in core.items.values() if item.show_if is not None]
    assert ruled
    for item in ruled:
        before, after = item.show_if, returned[0].items[item.id].show_if
        assert before is not None and after is not None
        domains: dict[str, list[Any]] = {name: [None, *answers(core.items[name])] for name in before.items()}
        for values in itertools.product(*domains.values()):
            given = {name: value for name, value in zip(domains, values, strict=True) if value is not None}
            assert before.holds(given) == after.holds(given), (item.id, given)


def answers(item: Item) -> list[Any]:
    missing = [int(kind) for kind in item.allow]
    if isinstance(item, SingleChoice):
        return [*missing, *(option.code for option in item.options)]
    if isinstance(item, SeveralOf):
        return [*missing, *([option.code] for option in item.options)]
    return [item.min, item.max] if isinstance(item, Number) else ["111", "999"]


def test_batteries_come_back_row_by_row(core: Questionnaire, returned: tuple[Questionnaire, Report]) -> None:
    assert {name: battery.rows for name, battery in core.batteries.items()} == {
        name: battery.rows for name, battery in returned[0].batteries.items()
    }


def test_every_item_option_and_rule_of_the_core_has_a_line_in_the_report(
    core: Questionnaire, tmp_path: Path
) -> None:
    report = export_xlsform(core, tmp_path / "core.xlsx")
    counts = {kind: sum(row.values()) for kind, row in report.counts().items()}
    items = core.document["items"]
    rows = sum(len(raw.get("rows", {})) for raw in items.values())
    assert counts["question"] + counts["row"] + len(core.batteries) == len(items) + rows
    assert counts["rule"] == sum("show_if" in raw for raw in items.values())
    assert not report.unruled
    lost = {entry.name for entry in report.of("not carried")}
    assert {"exits", "construct", "random_rows", "VB_ANY"} <= lost


@pytest.mark.parametrize("name", TINY)
def test_each_kind_of_item_is_written_in_a_form_that_pyxform_converts(
    name: str, tmp_path: Path, repository: Path, imported: Run
) -> None:
    questionnaire = load(repository / "tests" / "library" / f"{name}.yaml")
    report = export_xlsform(questionnaire, tmp_path / f"{name}.xlsx")
    assert report.files == (str(tmp_path / f"{name}.xlsx"),)
    back, _ = imported(tmp_path / f"{name}.xlsx")
    for item in questionnaire.items.values():
        if maps(item):
            recalling = any("{recall" in words for words in item.text.values())
            assert recalling or back.items[item.id].text == item.text


def test_every_kind_of_item_has_rows_of_its_own() -> None:
    assert {kind for kind in KINDS.values() if not any(issubclass(kind, made) for made in MAKERS)} == set()


def test_orders_come_back_with_places_options_and_rules(
    tmp_path: Path, repository: Path, imported: Run
) -> None:
    questionnaire = load(repository / "tests" / "library" / "ranking.yaml")
    report = export_xlsform(questionnaire, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    types = [row[0] for row in book["survey"].iter_rows(min_row=2, values_only=True)]
    assert {"rank ALL", "rank FIRST"} <= set(types)
    assert not any(code in ("-1", "-2") for _, code, *_ in book["choices"].iter_rows(values_only=True))
    notes = {entry.place: (entry.status, entry.note) for entry in report.entries}
    assert notes["items.ALL"] == ("mapped", "")
    assert notes["items.FIRST"][0] == "changed" and "the first 2 places" in notes["items.FIRST"][1]
    assert notes["items.FIRST.allow"] == ("not carried", "an order has no answer don't know in XLSForm")
    back, _ = imported(tmp_path / "r.xlsx")
    for name in ("ALL", "FIRST"):
        before, after = questionnaire.items[name], back.items[name]
        assert isinstance(before, Ranking) and isinstance(after, Ranking)
        for key in ("text", "options", "max", "random_options", "required"):
            assert getattr(before, key) == getattr(after, key), (name, key)
    assert back.items["WHY"].show_if == questionnaire.items["WHY"].show_if


def test_the_form_of_an_order_is_one_that_other_programs_know(tmp_path: Path, repository: Path) -> None:
    export_xlsform(load(repository / "tests" / "library" / "ranking.yaml"), tmp_path / "r.xlsx")
    xform = convert(xlsform=tmp_path / "r.xlsx").xform
    assert xform.count("<odk:rank ") == 2
    assert "randomize(instance('FIRST')/root/item)" in xform
    assert "selected-at" in xform


def test_dates_come_back_with_their_precision_range_and_rules(
    tmp_path: Path, repository: Path, imported: Run
) -> None:
    questionnaire = load(repository / "tests" / "library" / "date.yaml")
    report = export_xlsform(questionnaire, tmp_path / "d.xlsx")
    assert {entry.place for entry in report.of("not carried")} >= {"items.MOVED.allow", "items.VISIT.allow"}
    back, _ = imported(tmp_path / "d.xlsx")
    for name in ("BORN", "MOVED", "VISIT"):
        before, after = questionnaire.items[name], back.items[name]
        assert isinstance(before, Date) and isinstance(after, Date)
        for key in ("text", "hint", "precision", "min", "max", "required"):
            assert getattr(before, key) == getattr(after, key), (name, key)
    rule, again = questionnaire.items["SINCE"].show_if, back.items["SINCE"].show_if
    assert rule is not None and again is not None
    for year in (None, "1920", "1960", "1990", "1991", "1992"):
        given = {"BORN": year} if year else {}
        assert rule.holds(given) == again.holds(given), year


def test_a_crosswise_item_becomes_a_question_with_both_statements_and_two_answers(
    tmp_path: Path, repository: Path, imported: Run
) -> None:
    questionnaire = load(repository / "tests" / "library" / "crosswise.yaml")
    report = export_xlsform(questionnaire, tmp_path / "c.xlsx")
    item = questionnaire.items["PAID"]
    assert isinstance(item, Crosswise)
    back, _ = imported(tmp_path / "c.xlsx")
    again = back.items["PAID"]
    assert isinstance(again, SingleChoice)
    assert again.options == item.choices() and set(again.allow) == set(item.allow)
    assert item.innocuous["ru"] in again.text["ru"] and item.sensitive_item["ru"] in again.text["ru"]
    assert back.items["AFTER"].show_if == questionnaire.items["AFTER"].show_if
    lost = {entry.name: entry.note for entry in report.of("not carried")}
    assert lost["prevalence"] == lost["source"] == "an estimate needs it: keep it beside the data"


def test_a_vignette_is_drawn_once_and_its_cell_kept(tmp_path: Path, repository: Path) -> None:
    export_xlsform(load(repository / "tests" / "library" / "vignette.yaml"), tmp_path / "v.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "v.xlsx")["survey"].iter_rows(values_only=True))
    cells = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    drawn = next(row for row in cells if row["type"] == "calculate")
    assert (drawn["name"], drawn["calculation"]) == ("STORY_DRAW", "once(int(random() * 4) + 1)")
    assert [row["relevant"] for row in cells if row["type"] == "note"] == [
        f"${{STORY_DRAW}} = {n}" for n in range(1, 5)
    ]


def test_words_that_look_like_a_formula_are_written_as_words(tmp_path: Path, repository: Path) -> None:
    source = (repository / "tests" / "library" / "info.yaml").read_text(encoding="utf-8")
    path = tmp_path / "info.yaml"
    path.write_text(source.replace("Which colour?", "=1+1"), encoding="utf-8")
    export_xlsform(load(path), tmp_path / "info.xlsx")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "info.xlsx")["survey"].iter_rows() for cell in row
    ]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


def test_an_existing_file_is_not_overwritten(core: Questionnaire, tmp_path: Path) -> None:
    (tmp_path / "mine.xlsx").write_text("mine", encoding="utf-8")
    for name in ("mine.xlsx", "form.txt", "no/such/folder.xlsx"):
        with pytest.raises(InstrumentError) as refused:
            export_xlsform(core, tmp_path / name)
        assert all(isinstance(problem, FileProblem) and problem.hint for problem in refused.value.problems)
    assert (tmp_path / "mine.xlsx").read_text("utf-8") == "mine"
