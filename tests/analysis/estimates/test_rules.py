"""Publication rules are data: shipped sets, sets of one's own, and files that are none."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis import RulesError, SurveyData, apply_rules, proportion, read_rules, rule_names
from analysis.estimates.publish import DEFAULT


def test_the_shipped_sets_can_be_read() -> None:
    assert set(rule_names()) == {"minimum_base", "nchs2017", "tables", "tolqyn"}
    for name in rule_names():
        rules = read_rules(name)
        assert rules.name == name
        assert rules.complement <= set(rules.suppress)
        assert not set(rules.suppress) & set(rules.flag)


def test_the_default_set_is_what_estimators_apply(survey: SurveyData) -> None:
    table = proportion(survey, "vote", by=["sex", "agree"])
    pd.testing.assert_frame_equal(apply_rules(table, DEFAULT), table)


def test_the_national_centers_rule_leaves_small_sound_bases_unflagged(survey: SurveyData) -> None:
    table = proportion(survey, "vote", where={"stratum": 1})
    assert table["reason"].str.contains("base_under_100").all()
    assert "base_under_100" not in ";".join(apply_rules(table, "nchs2017")["reason"])


def test_a_set_of_ones_own_gives_its_own_reason(survey: SurveyData, tmp_path: Path) -> None:
    own = {
        "name": "agency",
        "source": "our statute",
        "rules": [
            {"key": "few", "action": "suppress", "when": {"base": {"below": 1000}}, "says": "under 1,000"},
            {
                "key": "rare",
                "action": "flag",
                "for": "shares",
                "when": {"edge": {"below": 0.2}},
                "says": "rare",
            },
        ],
    }
    path = tmp_path / "own.json"
    path.write_text(json.dumps(own))
    table = apply_rules(proportion(survey, "vote"), path)
    assert set(table["publish"]) == {"suppress"}
    assert all(reason.startswith("few") for reason in table["reason"])
    assert read_rules(path).flag == {"rare": "rare"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("name: x\nsource: y\n", "rules"),
        ("rules: [{key: a, action: hide, says: b, when: {base: {below: 3}}}]", "action"),
        ("name: x\nsource: y\nrules: [{key: a, action: flag, says: b, when: {bass: {below: 3}}}]", "measure"),
        ("name: x\nsource: y\nrules: [{key: a, action: flag, says: b, when: {base: {under: 3}}}]", "limit"),
        ("name: x\nsource: y\nrules: [{key: a, action: flag, says: b, when: {base: {below: x}}}]", "limit"),
        ("name: x\nsource: y\nrules: [{key: a, action: flag, says: b, when: {base: 3}}]", "limits"),
        ("name: x\nsource: y\nrules: [{key: a, action: flag, says: b}]", "when"),
        (
            "name: x\nsource: y\nrules: [{key: a, action: flag, says: b, if: 1, when: {df: {below: 1}}}]",
            "unknown-key",
        ),
        ("name: x\nsource: y\nrules: [3]", "rule"),
    ],
)
def test_a_file_that_is_no_set_of_rules_is_refused_with_its_place(
    tmp_path: Path, text: str, rule: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(RulesError) as refused:
        read_rules(path)
    assert rule in {problem.rule for problem in refused.value.problems}


def test_two_rules_of_one_key_are_refused(tmp_path: Path) -> None:
    line = "  - {key: a, action: flag, says: b, when: {base: {below: 3}}}\n"
    path = tmp_path / "rules.yaml"
    path.write_text(f"name: x\nsource: y\nrules:\n{line}{line}")
    with pytest.raises(RulesError, match="each key once"):
        read_rules(path)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError):
        read_rules(tmp_path / "none.yaml")
