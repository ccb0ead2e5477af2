"""What becomes of each value: codes, missing codes by wave, blanks, waves not asked, rows left out."""

from collections.abc import Callable
from typing import Any

import pytest

from analysis import ImportedWave
from instruments import Missing

Run = Callable[..., tuple[ImportedWave, ...]]


def test_one_file_gives_one_wave_a_value(run: Run, the_map: dict[str, Any]) -> None:
    waves = run(the_map)
    assert [wave.data.meta.wave for wave in waves] == ["2019", "2021"]
    assert [wave.data.meta.dates for wave in waves] == [("2019-05-01", "2019-05-20"), ("2021-06", "2021-06")]
    assert [len(wave.data.frame) for wave in waves] == [4, 4]
    assert set(waves[0].data.frame["mode"]) == {"capi"}


def test_missing_codes_may_differ_by_wave(run: Run, the_map: dict[str, Any]) -> None:
    waves = run(the_map)
    assert waves[0].data.frame["REPORT"].tolist() == [1, 2, -1, 1]
    assert waves[1].data.frame["REPORT"].tolist() == [1, -1, 2, 2]


def test_a_missing_code_of_one_wave_is_unknown_in_another(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[0] = (2019, 98, *rows[0][2:])
    (problem,) = problems(the_map, rows)
    assert (problem.rule, problem.line, problem.path) == ("unknown-code", 2, "variables.REPORT")


def test_a_column_blank_in_a_whole_wave_was_not_asked(run: Run, the_map: dict[str, Any]) -> None:
    waves = run(the_map)
    assert waves[0].data.frame["TRUST"].tolist() == [-4] * 4
    assert waves[1].data.frame["TRUST"].tolist() == [2, 1, 3, -1]
    assert "not asked in 2019: TRUST" in waves[0].notes
    assert Missing.NOT_ASKED in waves[1].data.codebook.variable("TRUST").missing


def test_a_wave_may_say_that_it_did_not_ask(run: Run, the_map: dict[str, Any]) -> None:
    the_map["variables"]["REPORT"]["waves"]["2021"] = {"from": None}
    assert run(the_map)[1].data.frame["REPORT"].tolist() == [-4] * 4


def test_a_blank_without_a_declared_meaning_is_refused(
    problems: Callable[..., Any], the_map: dict[str, Any]
) -> None:
    del the_map["variables"]["AGE"]["blank"]
    (problem,) = problems(the_map)
    assert problem.rule == "blank"
    assert problem.found == "1 blank cells of 4 (line 5)"
    assert "blank: -5" in problem.hint


def test_a_blank_may_stand_among_the_missing_values(run: Run, the_map: dict[str, Any]) -> None:
    del the_map["variables"]["AGE"]["blank"]
    the_map["variables"]["AGE"]["missing"] = {"": -2}
    assert run(the_map)[0].data.frame["AGE"].tolist() == [34.0, 51.0, 27.0, -2.0]


def test_a_blank_of_an_interval_variable_leaves_its_base(run: Run, the_map: dict[str, Any]) -> None:
    data = run(the_map)[0].data
    assert data.frame["AGE"].tolist() == [34.0, 51.0, 27.0, -5.0]
    assert data.valid("AGE").tolist() == [True, True, True, False]


def test_words_are_recoded_and_the_column_may_change_with_the_wave(
    run: Run, the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    the_map["variables"]["TOWN"]["waves"] = {"2021": {"from": "region", "recode": {"A": 1, "B": 3}}}
    waves = run(the_map, rows)
    assert waves[0].data.frame["TOWN"].tolist() == [1, 2, 1, 3]
    assert waves[1].data.frame["TOWN"].tolist() == [1, 1, 3, 3]


def test_an_open_answer_becomes_given_or_not(
    run: Run, the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[1] = (*rows[1][:4], None, *rows[1][5:])
    the_map["variables"]["WORDS"] = {"from": "town", "label": {"en": "Words", "ru": "Слова"}, "level": "text"}
    the_map["variables"]["TOWN"]["blank"] = -5
    data = run(the_map, rows)[0].data
    assert data.frame["WORDS"].tolist() == [1, 0, 1, 1]
    assert "Алматы" not in data.frame["WORDS"].to_string()


def test_a_wording_that_changed_travels_to_the_codebook(run: Run, the_map: dict[str, Any]) -> None:
    reason = {"en": "the police was named", "ru": "названа полиция"}
    the_map["variables"]["REPORT"]["waves"]["2021"] = {
        "wording": 2,
        "question": {"en": "Would you tell the police?", "ru": "Сообщили бы Вы полиции?"},
        "compare": {"1": {"kind": "broken", "reason": reason}},
    }
    before, after = (wave.data.codebook.variable("REPORT") for wave in run(the_map))
    assert (before.wording, after.wording) == (1, 2)
    assert after.compare[1].kind == "broken"
    assert after.question["en"] == "Would you tell the police?"
    assert before.question == {}


def test_a_rule_computes_a_column_from_others(run: Run, the_map: dict[str, Any]) -> None:
    the_map["variables"]["YOUNG"] = {
        "label": {"en": "Under 35", "ru": "Моложе 35"},
        "codes": {"0": {"en": "No", "ru": "Нет"}, "1": {"en": "Yes", "ru": "Да"}},
        "rule": {"share": {"item": "AGE", "lt": 35}},
    }
    assert run(the_map)[0].data.frame["YOUNG"].tolist() == [1, 0, 1, -5]


def test_a_rule_that_leaves_a_value_out_is_named_by_its_line(
    problems: Callable[..., Any], the_map: dict[str, Any]
) -> None:
    the_map["variables"]["TRUSTS"] = {
        "label": {"en": "Trusts", "ru": "Доверяет"},
        "codes": {"1": "1"},
        "rule": {"recode": "TRUST", "to": {"1": [1, 2]}},
    }
    (problem,) = problems(the_map)
    assert (problem.rule, problem.path) == ("rule", "variables.TRUSTS.rule")
    assert problem.line > 1
    assert "wave 2021" in problem.found
    assert "says nothing about 3" in problem.found


def test_a_number_too_long_to_be_one_is_an_unknown_code(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[0] = (2019, "9" * 6000, *rows[0][2:])
    (problem,) = problems(the_map, rows)
    assert (problem.rule, problem.line) == ("unknown-code", 2)


def test_rows_are_left_out_by_a_rule_and_counted_with_the_reason(run: Run, the_map: dict[str, Any]) -> None:
    the_map["exclude"] = [
        {"where": {"item": "AGE", "answered": False}, "reason": {"en": "no age", "ru": "нет возраста"}},
        {"where": {"item": "AGE", "lt": 30}, "reason": {"en": "under 30", "ru": "моложе 30"}},
    ]
    first, second = run(the_map)
    assert first.data.frame["AGE"].tolist() == [34.0, 51.0]
    assert [entry["rows"] for entry in first.fieldwork["exclusions"]] == [1, 1]
    assert [entry["rows"] for entry in second.fieldwork["exclusions"]] == [0, 1]
    assert first.fieldwork["exclusions"][0]["reason"]["en"] == "no age"


def test_the_design_keeps_strata_and_clusters_under_their_release_names(
    run: Run, the_map: dict[str, Any]
) -> None:
    data = run(the_map)[1].data
    assert (data.design.strata, data.design.cluster, data.design.weight) == ("stratum", ("psu",), "weight")
    assert data.frame["stratum"].tolist() == ["A", "A", "B", "B"]
    assert data.frame["psu"].tolist() == ["21", "22", "23", "24"]
    assert data.frame["weight"].tolist() == [0.75, 2.0, 1.0, 0.5]


def test_population_sizes_and_several_stages_are_carried(
    run: Run, the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    the_map["design"] = {"weight": "w", "strata": "region", "cluster": ["cluster", "age"], "fpc": ["size"]}
    the_map["design"]["fpc"] = ["report"]
    the_map["design"]["waves"] = {"2019": {"fpc": []}}
    rows[4:] = [(2021, 40, *row[2:]) for row in rows[4:]]
    rows[3] = (*rows[3][:3], 33, *rows[3][4:])
    del the_map["variables"]["REPORT"]
    first, second = run(the_map, rows)
    assert second.data.design.fpc == ("fpc",)
    assert second.data.design.cluster == ("psu", "psu2")
    assert second.data.frame["fpc"].tolist() == [40.0] * 4
    assert first.data.design.fpc == ()


def test_a_weight_of_one_is_declared_not_assumed(run: Run, the_map: dict[str, Any]) -> None:
    the_map["design"]["weight"] = 1
    wave = run(the_map)[0]
    assert wave.data.frame["weight"].tolist() == [1.0] * 4
    assert wave.weights["imported"]["weight"] == "1 for every row"


def test_the_mode_may_stand_in_a_column(run: Run, the_map: dict[str, Any]) -> None:
    the_map["wave"]["mode"] = {"column": "region", "recode": {"A": "capi", "B": "cati"}}
    wave = run(the_map)[0]
    assert wave.data.frame["mode"].tolist() == ["capi", "capi", "cati", "cati"]
    assert wave.fieldwork["modes"] == {"capi": 2, "cati": 2}


def test_several_maps_feed_one_study(run: Run, the_map: dict[str, Any]) -> None:
    one = {**the_map, "wave": {**the_map["wave"], "column": None, "value": 2023, "dates": 2023}}
    del one["wave"]["column"]
    one["variables"]["REPORT"]["missing"] = {"98": -1, "8": -1}
    del one["variables"]["REPORT"]["waves"]
    one["variables"]["TRUST"]["blank"] = -4
    (wave,) = run(one)
    assert (wave.data.meta.study, wave.data.meta.wave, len(wave.data.frame)) == ("poll", "2023", 8)


def test_codes_of_the_file_may_be_named_as_waves(run: Run, the_map: dict[str, Any]) -> None:
    the_map["wave"] |= {
        "names": {"2019": "first", "2021": "second"},
        "dates": {"first": 2019, "second": 2021},
    }
    the_map["variables"]["REPORT"]["waves"] = {"first": {"missing": {"8": -1}}}
    assert [wave.data.meta.wave for wave in run(the_map)] == ["first", "second"]


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (1, 7, ("unknown-code", "variables.REPORT", "7 in 1 rows (line 6)")),
        (1, "да", ("unknown-code", "variables.REPORT", "'да' in 1 rows (line 6)")),
        (3, 130, ("range", "variables.AGE", "130 in 1 rows (line 6)")),
        (3, -1, ("reserved-number", "variables.AGE", "-1 in 1 rows (line 6)")),
        (3, "old", ("not-a-number", "variables.AGE", "'old' in 1 rows (line 6)")),
        (4, "Алмата", ("unknown-code", "variables.TOWN", "'Алмата' in 1 rows (line 6)")),
        (5, None, ("weight", "design.weight", "w missing in 1 rows (line 6)")),
        (5, 0, ("weight", "design.weight", "w zero in 1 rows (line 6)")),
        (5, -0.5, ("weight", "design.weight", "w negative in 1 rows (line 6)")),
        (5, "n/a", ("weight", "design.weight", "w not a number in 1 rows (line 6)")),
        (6, None, ("design-blank", "design.strata", "region blank in 1 rows (line 6)")),
        (7, None, ("design-blank", "design.cluster", "cluster blank in 1 rows (line 6)")),
        (0, 2020, ("unknown-wave", "wave.column", "2020 in 1 rows (line 6)")),
        (0, None, ("blank-wave", "wave.column", "a blank in 1 rows (line 6)")),
    ],
)
def test_a_value_the_map_does_not_cover_is_named_with_its_row(
    problems: Callable[..., Any],
    the_map: dict[str, Any],
    rows: list[tuple[Any, ...]],
    place: int,
    value: Any,
    expected: tuple[str, str, str],
) -> None:
    rows[4] = (*rows[4][:place], value, *rows[4][place + 1 :])
    (problem,) = problems(the_map, rows)
    assert (problem.rule, problem.path, problem.found) == expected
    assert problem.file.endswith("poll.csv")
    assert problem.line == 6
    assert problem.hint


def test_a_misspelt_word_is_offered_the_nearest_code(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[4] = (*rows[4][:4], "Алмата", *rows[4][5:])
    (problem,) = problems(the_map, rows)
    assert "did you mean Алматы" in problem.hint


def test_every_problem_of_file_and_map_comes_at_once(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[4] = (2021, 7, 9, 130, "Алматы", 0, "A", 21)
    rows[5] = (2021, 7, 1, 29, "Алматы", 1.0, "A", 22)
    the_map["variables"]["AGE"]["from"] = "agee"
    the_map["ignore"] = ["nothing"]
    found = problems(the_map, rows)
    assert [(problem.rule, problem.path) for problem in found] == [
        ("unknown-column", "variables.AGE.from"),
        ("unknown-column", "ignore"),
        ("weight", "design.weight"),
        ("unknown-code", "variables.REPORT"),
        ("unknown-code", "variables.TRUST"),
    ]
    assert "did you mean age?" in found[0].hint
    assert found[3].found == "7 in 2 rows (line 6, 7)"


def test_many_unknown_values_are_counted_not_listed(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    rows[4:] = [(2021, code, 1, 30, "Алматы", 1, "A", code) for code in range(10, 40)]
    found = problems(the_map, rows)
    assert len(found) == 9
    assert found[-1].found.startswith("22 more values in 22 rows")


def test_a_design_that_does_not_fit_the_rows_is_refused(
    problems: Callable[..., Any], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    the_map["exclude"] = [{"where": {"item": "AGE", "ge": 0}, "reason": {"en": "all", "ru": "все"}}]
    rows[3] = (*rows[3][:3], 33, *rows[3][4:])
    (problem,) = problems(the_map, rows)
    assert "no rows" in problem.found
