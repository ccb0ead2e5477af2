"""Design files: what they give a wave, every problem by its line, and the record of the first day."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from instruments import load_library
from survey.fieldwork.design import apply_design, design_of, design_schema, read_design
from survey.fieldwork.disclosure import Standing, disclosure_of
from survey.fieldwork.template import design_template
from survey.refusal import Refused
from survey.store import quotas, waves
from survey.store.engine import Database
from survey.store.models import Wave

GOOD = """\
format: 1
time_zone: Asia/Almaty
title: {en: Attitudes, ru: Отношение}
disclosure:
  funder: {en: "A fund", ru: "Фонд"}
  incentives: None
target: 300
strata:
  cities: {target: 200, psus: 40}
  villages: {target: 100}
quotas:
  - {name: adults, when: {item: AGE, ge: 30}, target: 100}
  - {name: young, when: {item: AGE, lt: 30}, target: 50, kind: soft, counts: begun}
"""
BAD = """\
format: 1
time_zone: Asia/Nowhere
disclosure: {sponser: X}
target: 10
strata: {cities: {target: 4}}
quotas:
  - {name: a, when: {item: AGE, gee: 30}, target: 1}
  - {name: a, when: {item: NOPE, eq: 1}, target: 1}
  - {name: c, when: {item: SEEN, eq: 7}, target: -1}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "design.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_design_gives_the_wave_its_record_quotas_zone_and_title(
    database: Database, make_wave: Callable[..., Wave], small, tmp_path: Path
) -> None:
    make_wave()
    design = read_design(written(tmp_path, GOOD), small)
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, design)
    with database.reading() as session:
        found = waves.find_wave(session, "opinion-27")
        assert found.title == {"en": "Attitudes", "ru": "Отношение"}
        assert found.disclosure["incentives"] == "None"
        assert found.disclosure["sponsor"] == "Nobody.", "what the file does not name stays"
        assert [(c.number, c.name, c.kind, c.counts) for c in quotas.cells_of(found)] == [
            (1, "adults", "hard", "complete"),
            (2, "young", "soft", "begun"),
        ]
        again = design_of(found.design)
        assert [(s.name, s.target, s.psus) for s in again.strata] == [
            ("cities", 200, 40),
            ("villages", 100, None),
        ]


def test_every_problem_of_a_design_is_told_with_its_line(small, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_design(written(tmp_path, BAD), small)
    told = {(reason.line, reason.path) for reason in refused.value.reasons}
    lines = [line for line, _ in sorted(told)]
    assert lines == sorted(lines)
    assert {line for line, _ in told} == {2, 3, 4, 7, 8, 9}
    assert any("quotas.1" in path or "quotas.2" in path for _, path in told)
    assert not any("quotas.0" in path for _, path in told), "people count from 1"


def test_the_design_that_the_guide_shows_is_accepted(tmp_path: Path) -> None:
    guide = Path(__file__).resolve().parents[3] / "docs" / "guide" / "fieldwork.md"
    shown = re.search(r"## The design file.*?```yaml\n(.*?)```", guide.read_text("utf-8"), re.S)
    assert shown is not None
    design = read_design(written(tmp_path, shown[1]), load_library("kz_thb_core"))
    assert len(design.cells) == 2


def test_a_file_that_is_no_yaml_or_empty_is_refused(small, tmp_path: Path) -> None:
    for text in ("", "a: [", "- 1"):
        with pytest.raises(Refused):
            read_design(written(tmp_path, text), small)


def test_the_schema_is_sound_and_accepts_what_the_reader_accepts() -> None:
    schema = design_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(BAD), schema)
    assert json.dumps(schema)


def test_the_template_can_be_stored_as_it_is_and_shows_what_is_missing(
    database: Database, make_wave: Callable[..., Wave], small, tmp_path: Path
) -> None:
    made = make_wave()
    text = design_template(made, small)
    assert "# funder:" in text
    assert "sponsor: Nobody." in text
    read_design(written(tmp_path, text), small)
    filled = text.replace("  # funder: {", "  funder: {")
    assert read_design(written(tmp_path, filled), small).disclosure["funder"] == {"en": "…", "ru": "…"}


def test_the_record_says_from_the_first_day_what_is_missing_in_which_language(
    make_wave: Callable[..., Wave], small
) -> None:
    made = make_wave(disclosure={"sponsor": {"en": "A fund"}, "strategy": "A cross-section."})
    items = {item.key: item for item in disclosure_of(made, small)}
    assert items["strategy"].standing is Standing.GIVEN
    assert (items["sponsor"].standing, items["sponsor"].lacking) == (Standing.MISSING, ("ru",))
    assert items["sponsor"].typed == "sponsor: {ru: …}"
    assert items["conductor"].standing is Standing.KNOWN
    assert items["frame"].standing is Standing.MISSING, "a drawn sample has a frame"
    assert items["weighting"].standing is Standing.LATER
    assert [int(each.item[1:]) for each in items.values()] == sorted(
        int(each.item[1:]) for each in items.values()
    )
    assert {each.item for each in items.values()} == {f"A{n}" for n in range(1, 12)}


def test_a_sample_that_is_not_drawn_needs_no_frame(make_wave: Callable[..., Wave], small) -> None:
    made = make_wave(sample_type="nonprobability", access="open")
    items = {item.key: item for item in disclosure_of(made, small)}
    assert items["frame"].standing is Standing.KNOWN


def test_rules_of_quotas_know_the_codes_of_scales() -> None:
    core = load_library("kz_thb_core")
    from survey.fieldwork.design import _departures

    good = {"quotas": [{"name": "m", "when": {"item": "Z_AGE", "lt": 30}, "target": 1}]}
    assert list(_departures(good, core)) == []


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("{name: a, when: {item: VB1, eq: 2}, target: 50, kind: soft}", "item"),
        ("{name: a, when: {all: [{item: AGE, eq: 71}, {item: VB1, eq: 2}]}, target: 50}", "item"),
        ("{name: a, when: {item: OK, eq: 2}, target: 50}", "item"),
        ("{name: a, when: {item: AGE, ge: 30}, target: 29}", "schema"),
        ("{name: a, when: {item: AGE, ge: 20}, target: 50}", "overlap"),
    ],
)
def test_a_cell_asks_for_nothing_but_who_people_are_and_for_thirty_of_them(
    small, tmp_path: Path, cell: str, rule: str
) -> None:
    text = f"format: 1\nquotas:\n  - {cell}\n"
    if rule == "overlap":
        text += "  - {name: b, when: {item: AGE, lt: 30}, target: 50}\n"
    with pytest.raises(Refused) as refused:
        read_design(written(tmp_path, text), small)
    assert any(rule in (reason.rule, "schema") for reason in refused.value.reasons)


def test_cells_of_a_wave_in_the_field_are_those_with_which_it_opened(
    database: Database, make_wave: Callable[..., Wave], small, tmp_path: Path
) -> None:
    make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, read_design(written(tmp_path, GOOD), small))
        found.state = "open"
        quotas.change_cell(session, found, "adults", closed=True)
    other = GOOD.replace("ge: 30", "ge: 40")
    more = GOOD + "  - {name: old, when: {item: AGE, ge: 70}, target: 50}\n"
    for changed in (other.replace("lt: 30", "lt: 20"), more.replace("ge: 30", "in: [40]")):
        design = read_design(written(tmp_path, changed), small)
        with database.writing() as session, pytest.raises(Refused):
            apply_design(session, waves.find_wave(session, "opinion-27"), design)
    less = "format: 1\n"
    with database.writing() as session, pytest.raises(Refused, match="every cell"):
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, read_design(written(tmp_path, less), small))
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, read_design(written(tmp_path, GOOD), small))
        assert [(cell.name, cell.closed) for cell in quotas.cells_of(found)] == [
            ("adults", True),
            ("young", False),
        ]


def test_a_first_cell_cannot_be_added_to_an_open_wave(
    database: Database, open_wave: Wave, small, tmp_path: Path
) -> None:
    with database.writing() as session, pytest.raises(Refused, match="the cells with which it opened"):
        found = waves.find_wave(session, open_wave.alias)
        apply_design(session, found, read_design(written(tmp_path, GOOD), small))


def test_a_target_changes_once_a_day_while_people_answer_by_whatever_command(
    database: Database, make_wave: Callable[..., Wave], small, tmp_path: Path
) -> None:
    make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, "opinion-27")
        apply_design(session, found, read_design(written(tmp_path, GOOD), small))
        quotas.change_cell(session, found, "adults", target=40)
        quotas.change_cell(session, found, "adults", target=100)
        found.state = "open"
        quotas.change_cell(session, found, "adults", target=90)
        with pytest.raises(Refused, match="one change of a target a day"):
            quotas.change_cell(session, found, "adults", target=80)
        with pytest.raises(Refused, match="one change of a target a day"):
            apply_design(session, found, read_design(written(tmp_path, GOOD), small))
        with pytest.raises(Refused, match="30 or more"):
            quotas.change_cell(session, found, "young", target=29)
        quotas.change_cell(session, found, "adults", closed=True)
