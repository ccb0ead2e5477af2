"""A survey of sixty questions in each format: what of it maps, and that the instrument means the same."""

import csv
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from instruments import Battery, Number, Questionnaire, Report, SeveralOf, SingleChoice, load

Run = Callable[..., tuple[Questionnaire, Report]]
Counts = dict[str, dict[str, int]]


@pytest.fixture
def xlsform(tmp_path: Path, forms: ModuleType, imported: Run) -> tuple[Questionnaire, Report]:
    return imported(forms.sixty_xlsform(tmp_path / "sixty.xlsx"))


@pytest.fixture
def limesurvey(tmp_path: Path, forms: ModuleType, imported: Run) -> tuple[Questionnaire, Report]:
    return imported(forms.sixty_limesurvey(tmp_path / "sixty.lss"))


def lost(report: Report, kind: str) -> set[str]:
    return {
        entry.name.split()[-1 if kind == "question" else 0]
        for entry in report.of("not carried")
        if entry.kind == kind
    }


def test_sixty_questions_of_an_xlsform_map_but_for_those_without_a_kind(
    xlsform: tuple[Questionnaire, Report], settled: Callable[[Report], None]
) -> None:
    _, report = xlsform
    settled(report)
    counts = report.counts()["question"]
    assert sum(counts.values()) == 61  # sixty and the hidden question `start`
    assert lost(report, "question") == {"start", "photo", "filed", "calc"}
    assert (counts["mapped"], counts["changed"]) == (52, 5)


def test_the_rules_of_an_xlsform_become_rules_or_are_listed_loudly(
    xlsform: tuple[Questionnaire, Report],
) -> None:
    questionnaire, report = xlsform
    assert {name for name, _ in report.unruled} == {"r7", "r8", "r9", "district"}
    rules = {name: questionnaire.items[name].show_if for name in (f"r{n}" for n in range(1, 11))}
    assert rules["r1"] is not None and rules["r1"].data == {"item": "sex", "in": [1, 2]}
    assert rules["r7"] is None and rules["r8"] is None and rules["r9"] is None
    third = rules["r3"]
    assert third is not None
    assert third.holds({"sources": [1, 2], "g1": 4}) and not third.holds({"sources": [2], "g1": 4})
    text = Path(report.files[0]).read_text(encoding="utf-8")
    assert text.count("# asked of everybody") == 4


def test_what_an_xlsform_says_of_its_questions_is_in_the_items(xlsform: tuple[Questionnaire, Report]) -> None:
    items = xlsform[0].items
    age, sources, town = items["age"], items["sources"], items["town"]
    assert isinstance(age, Number) and (age.min, age.max) == (18, 110)
    assert isinstance(sources, SeveralOf) and (sources.max, sources.exclusive) == (3, (3,))
    assert sources.random_options
    assert isinstance(town, SingleChoice) and town.display == "dropdown"
    assert items["town_OTHER"].kind == "text"
    assert items["agree"].required and items["agree"].allow == (-1,)
    assert items["age"].text == {"en": "How old are you?", "ru": "Сколько вам лет?"}


def test_a_grid_becomes_a_battery_on_one_scale(xlsform: tuple[Questionnaire, Report]) -> None:
    battery: Battery = xlsform[0].batteries["grid"]
    assert battery.rows == tuple(f"g{n}" for n in range(1, 11))
    assert battery.text["ru"] == "Насколько вы согласны?"


def test_names_of_answers_and_their_codes_stand_in_a_file_beside(
    xlsform: tuple[Questionnaire, Report],
) -> None:
    _, report = xlsform
    path = next(Path(name) for name in report.files if name.endswith(".codes.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = {(row["list"], row["name"]): row["code"] for row in csv.DictReader(file)}
    assert rows["yesno", "yes"] == "1"
    assert rows["yesno", "dk"] == "-1"
    assert rows["district", "21"] == "21"


def test_sixty_questions_of_a_limesurvey_map_but_for_those_without_a_kind(
    limesurvey: tuple[Questionnaire, Report], settled: Callable[[Report], None]
) -> None:
    _, report = limesurvey
    settled(report)
    counts = report.counts()["question"]
    assert sum(counts.values()) == 60
    gone = {entry.name.split()[0] for entry in report.of("not carried") if entry.kind == "question"}
    assert gone == {"tongue", "sum", "file"}
    assert (counts["mapped"], counts["changed"]) == (46, 11)


def test_the_rules_of_a_limesurvey_become_rules_or_are_listed_loudly(
    limesurvey: tuple[Questionnaire, Report],
) -> None:
    questionnaire, report = limesurvey
    assert {name for name, _ in report.unruled} == {"sure", "r8", "r9", "r10"}
    rules = {n: questionnaire.items[f"r{n}"].show_if for n in range(1, 11)}
    assert rules[4] is not None and rules[4].data == {"item": "dual_SQ001_2", "eq": 2}
    assert rules[6] is not None and rules[6].data == {"item": "boxes_SQ001", "eq": 2}
    assert rules[7] is not None and rules[7].data == {"item": "town", "eq": 3}
    group = questionnaire.items["media"].show_if
    assert group is not None and group.data == {"item": "age", "ge": 18}


def test_what_a_limesurvey_says_of_its_questions_is_in_the_items(
    limesurvey: tuple[Questionnaire, Report],
) -> None:
    questionnaire, _ = limesurvey
    media = questionnaire.items["media"]
    assert isinstance(media, SeveralOf) and (media.max, media.exclusive, media.random_options) == (
        2,
        (3,),
        True,
    )
    assert questionnaire.items["town"].options[-1].label == {"en": "Elsewhere"}  # type: ignore[attr-defined]
    assert questionnaire.batteries["trust"].random
    assert len(questionnaire.items["ten_SQ001"].options) == 10  # type: ignore[attr-defined]
    assert questionnaire.items["short"].max_len == 80  # type: ignore[attr-defined]
    assert questionnaire.items["cells_SQ001_C002"].text["en"] == "Numbers en – Row one en – Col two en"
    assert questionnaire.items["intro"].text["en"] == "Some words first en"
    assert questionnaire.texts["end_complete"]["ru"] == "Thank you ru"


@pytest.mark.parametrize("form", ["xlsform", "limesurvey"])
def test_an_imported_instrument_loads_and_can_be_walked_to_its_end(
    form: str, request: pytest.FixtureRequest
) -> None:
    _, report = request.getfixturevalue(form)
    questionnaire = load(report.files[0])
    draw = questionnaire.draw("a ballot")
    page, seen = questionnaire.next_page(0, {}, draw), 0
    while page is not None:
        seen += len(questionnaire.items_on(page, {}, draw))
        page = questionnaire.next_page(page, {}, draw)
    assert seen > 30
    assert questionnaire.codebook().variables
    assert not {p.rule for p in report.todo} & {
        "forward_reference",
        "unknown_item",
        "unknown_code",
        "never_true",
    }
    assert not {p.rule for p in report.todo} & {
        "page_size",
        "page_twice",
        "no_page",
        "duplicate_id",
        "markup",
        "fill",
    }


def test_what_is_to_do_before_the_field_is_in_the_report(xlsform: tuple[Questionnaire, Report]) -> None:
    rules = {problem.rule for problem in xlsform[1].todo}
    assert {"translation", "free_text"} <= rules
    text = next(Path(name) for name in xlsform[1].files if name.endswith(".report.txt")).read_text("utf-8")
    assert "to do before it goes into the field" in text
