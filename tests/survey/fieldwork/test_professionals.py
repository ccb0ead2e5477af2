"""Professionals answer by their agency's open link: what could be learnt from all that leaves the office."""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analysis import ReleaseRef, SurveyData, crosstab, pool, proportion, read_release
from instruments import (
    Indicator,
    Item,
    ListExperiment,
    Number,
    Questionnaire,
    Role,
    SeveralOf,
    SingleChoice,
    Withheld,
    load_library,
)
from reports.further.professionals import beside
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.refusal import Refused
from survey.release import build_release
from survey.store import access, ballots, closing, opening, versions, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Wave
from tests.survey.cli.test_report import text_of

ASKED = load_library("kz_thb_professionals")
LANGUAGES = ("kk", "ru")
ROLES = {1: 12, 2: 34, 3: 80, 4: 40}
"""Field of work -> how many answer."""
PARTS = (1, 2, 3, 4, 5)
PUBLIC = Path("analysis/public/library").resolve()
MARGINS = """
name: Professionals
margins:
  - {variables: [P_PART], source: a list, date: "2026", counts: {1: 20, 2: 20, 3: 20, 4: 20, 5: 20}}
"""
AGENCIES = ("court-north", "police-south")
FIRST = date(2027, 5, 10)
POLICE: Mapping[int, int] = {1: 6, 2: 8, 3: 17, 4: 16, 5: 13}
"""Part of the country -> police officers there: 60 in all, six in the North."""
OTHERS = ((1, 2), (2, 5), (5, 4))
"""The field of work and part of the three who are no police officers."""


def some_answer(item: Item, person: int) -> Any:
    if isinstance(item, SingleChoice):
        return item.options[person % len(item.options)].code
    if isinstance(item, SeveralOf):
        return [item.options[0].code]
    if isinstance(item, Number):
        return int(min(max(40, item.min), item.max))
    return 1 if isinstance(item, ListExperiment) else ""


Released = tuple[ReleaseRef, Wave, list[str]]
Fielded = Callable[..., tuple[Wave, list[str]]]
Built = Callable[..., ReleaseRef]


@pytest.fixture
def fielded(database: Database, make_wave: Callable[..., Wave]) -> Fielded:
    """Makes a closed wave of one open link an agency, of people of a field of work and a part each."""

    def field(
        people: Sequence[tuple[int, int]], asked: Questionnaire = ASKED, alias: str = "work-27"
    ) -> tuple[Wave, list[str]]:
        made = make_wave(
            asked, alias=alias, name=alias, languages=LANGUAGES, sample_type="nonprobability", access="open",
            disclosure=dict.fromkeys(opening.REQUIRED, "Words."), synthetic=True,
        )  # fmt: skip
        with database.writing() as session:
            wave = waves.find_wave(session, made.alias)
            opening.open_wave(session, wave, asked, FIRST)
            sites = [
                access.add_site(session, wave, f"{name} agency", f"{name.replace('-', '')}{alias[-2:]}"[:20])
                for name in AGENCIES
            ]
            places = [site.id for site in sites]
        names = []
        with database.writing() as session:
            wave = waves.find_wave(session, made.alias)
            for person, (role, part) in enumerate(people):
                ballot = keys.random_ballot()
                names.append(ballot)
                answers, page, draw = {}, 0, asked.draw(ballot)
                while (page := asked.next_page(page, answers, draw) or 0) > 0:
                    items = [item for item in asked.items_on(page, answers, draw) if item.stores]
                    given = {item.id: some_answer(item, person) for item in items}
                    fixed = {"P_CONSENT": 1, "P_ADULT": 1, "P_ROLE": role, "P_PART": part}
                    given |= {name: value for name, value in fixed.items() if name in given}
                    answers |= given
                    ballots.save_page(
                        session, wave, ballot, page, given, sealed={}, language="ru", seconds=9,
                        day=FIRST + timedelta(days=person % 11), batch=places[person % 2],
                    )  # fmt: skip
                session.get_one(Ballot, ballot).state = "complete"
        with database.writing() as session:
            wave = waves.find_wave(session, made.alias)
            closing.close_wave(session, wave, by="x", two_person=False, today=wave.closes)
        return wave, names

    return field


@pytest.fixture
def build(database: Database, config: Config) -> Built:
    """Builds the release of a closed wave."""

    def made(wave: Wave, targets: Path | None = None) -> ReleaseRef:
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            return build_release(session, found, config.home, targets=targets, today=found.closes)

    return made


@pytest.fixture
def released(fielded: Fielded, build: Built) -> Released:
    """A wave with people of every field of work in five parts of the country, closed and released."""
    people = [role for role, count in ROLES.items() for _ in range(count)]
    wave, names = fielded([(role, PARTS[person % 5]) for person, role in enumerate(people)])
    return build(wave), wave, names


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_release_names_no_agency_and_no_time_finer_than_a_week(
    released: Released,
) -> None:
    reference, wave, names = released
    content = {path.name: path.read_bytes() for path in Path(reference.folder).iterdir() if path.is_file()}
    for name, inside in content.items():
        for word in (*AGENCIES, "courtnorth", "policesouth", *names[:20]):
            assert word.encode() not in inside, (name, word)
    fieldwork = json.loads(content["fieldwork.json"])
    assert all(re.fullmatch(r"\d{4}-W\d{2}", week) for week in fieldwork["weeks"])
    days = set(re.findall(rb"\d{4}-\d{2}-\d{2}", b"".join(content.values())))
    allowed = {day.isoformat().encode() for day in (wave.opens, wave.closes)}
    phones = {phone.verified_on.encode() for phone in ASKED.phones.values()}
    within = {day for day in days if wave.opens.isoformat().encode() < day < wave.closes.isoformat().encode()}
    assert within <= allowed | phones
    frame = read_release(reference.folder).frame
    assert not [name for name in frame if re.search("day|time|date|week|site|batch|agency", name)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_role_under_thirty_and_no_role_by_area_under_ten_may_be_published(
    released: Released,
) -> None:
    data = read_release(released[0].folder)
    for indicator in data.codebook.indicators:
        if indicator.statistic != "proportion":
            continue
        table = proportion(data, indicator.variable, code=indicator.code, by="P_ROLE")
        said = {
            int(group.rpartition("=")[2]): row
            for group, row in zip(table["group"], table["publish"], strict=True)
        }
        assert said[1] == "suppress", "twelve judges"
        by_area = proportion(data, indicator.variable, code=indicator.code, by=["P_ROLE", "P_PART"])
        small = by_area["base"] < 30
        assert small.any()
        assert (by_area.loc[small, "publish"] == "suppress").all()
    for percent in ("column", "row", "total"):
        cells = crosstab(data, "P_ROLE", "P_PART", percent=percent)
        few = cells["count"].between(1, 9)
        assert few.any()
        assert (cells.loc[few, "publish"] == "suppress").all()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hidden_cell_of_role_by_area_does_not_follow_from_margins_and_the_other_cells(
    released: Released,
) -> None:
    """The attack: every row and column of the printed table is solved for its hidden cells."""
    data = read_release(released[0].folder)
    cells = crosstab(data, "P_ROLE", "P_PART", percent="total")
    hidden = {
        (row["row_code"], row["column_code"])
        for row in cells.to_dict("records")
        if row["publish"] == "suppress"
    }
    assert hidden
    assert solved(hidden) == set()
    (one, *_) = sorted(hidden, key=str)
    assert solved({one}) == {one}, "a cell that was hidden alone is found by the attack"


def solved(hidden: set[tuple[Any, Any]]) -> set[tuple[Any, Any]]:
    """Hidden cells of a table with shown margins that follow one after the other by subtraction."""
    left, found = set(hidden), set()
    while True:
        alone = {
            cell
            for cell, axis in product(left, (0, 1))
            if sum(other[axis] == cell[axis] for other in left) == 1
        }
        if not alone:
            return found
        found |= alone
        left -= alone


def test_of_a_wave_in_the_field_a_site_shows_only_counts_rounded_down(
    database: Database, make_wave: Callable[..., Wave], environment: Config
) -> None:
    made = make_wave(ASKED, alias="work-27", languages=LANGUAGES, sample_type="nonprobability", access="open",
                     disclosure=dict.fromkeys(opening.REQUIRED, "Words."), synthetic=True)  # fmt: skip
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        opening.open_wave(session, wave, ASKED, FIRST)
        site = access.add_site(session, wave, "court", "court1").id
        for _ in range(7):
            ballots.save_page(
                session, wave, keys.random_ballot(), 1, {"P_CONSENT": 1}, sealed={}, language="ru",
                seconds=9, day=FIRST, batch=site,
            )  # fmt: skip
    shown = CliRunner().invoke(main, ["wave", "status", "work-27"]).output
    assert "site court: at least 5" in shown
    assert not re.search(r"\b7\b", shown)


def nearly_all_police() -> list[tuple[int, int]]:
    return [(3, part) for part, count in POLICE.items() for _ in range(count)] + list(OTHERS)


def without_the_rule() -> Questionnaire:
    """The same questions, as an instrument asks them that withholds nothing."""
    document = json.loads(ASKED.to_json())
    del document["withhold"]
    document["version"] = "2026.0"
    return Questionnaire.from_json(json.dumps(document))


def shown(data: SurveyData, name: str) -> dict[int, int]:
    """How many gave each answer, as whoever multiplies a printed share by its base finds."""
    if name not in data.codebook:
        return {}
    table = proportion(data, name)
    printed = table[table["publish"] != "suppress"]
    return {
        int(row["code"]): round(row["estimate"] * row["base"])
        for row in printed.to_dict("records")
        if row["estimate"] > 0
    }


def told(data: SurveyData) -> dict[tuple[str, int, int], tuple[int, int]]:
    """The attack: cells of a field by a part that printed totals place at 1 to 9 people, within ten."""
    n, found = len(data.frame), {}
    for groups in ("P_ROLE", "role3"):
        for (role, many), (part, few) in product(shown(data, groups).items(), shown(data, "P_PART").items()):
            low, high = max(0, many + few - n), min(many, few)
            if high - low < 10 and 1 <= low < 10:
                found[groups, role, part] = (low, high)
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_nearly_all_are_police_no_part_of_the_country_tells_how_many_are_there(
    fielded: Fielded, build: Built
) -> None:
    bare, _ = fielded(nearly_all_police(), without_the_rule(), "bare-27")
    before = told(read_release(build(bare).folder))
    assert before["P_ROLE", 3, 1] == (3, 6), "the six police officers of the North are found, within three"
    assert before["role3", 2, 1] == (3, 6)
    wave, _ = fielded(nearly_all_police(), alias="work-28")
    folder = Path(build(wave).folder)
    data = read_release(folder)
    assert told(data) == {}
    assert "P_PART" not in data.frame
    assert "P_PART" not in data.codebook
    assert set(data.frame) >= {"P_ROLE", "role3", "P_YEARS", "P_TRAINED"}
    said = json.loads((folder / "fieldwork.json").read_bytes())["withheld"]
    assert {name: (each["under"], each["columns"]) for name, each in said.items()} == {
        "P_PART": (10, ["P_PART"])
    }
    content = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "instrument.json"}
    assert [name for name, inside in content.items() if b"P_PART" in inside] == ["fieldwork.json"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_other_column_of_such_a_release_follows_the_parts(fielded: Fielded, build: Built) -> None:
    """Two waves that differ in nothing but the parts of their people have the same rows."""
    people = nearly_all_police()
    elsewhere = [(role, PARTS[-part]) for role, part in people]
    rows = []
    answers = {Role.ANSWER, Role.DERIVED, Role.INDICATOR}
    drawn = [each.name for each in ASKED.codebook().variables if each.role not in answers]
    for alias, asked in (("work-27", people), ("work-28", elsewhere)):
        wave, _ = fielded(asked, alias=alias)
        data = read_release(build(wave).folder)
        left = data.frame.drop(columns=["wave", *drawn])
        assert len(left.columns) > 20
        rows.append(sorted(map(str, left.to_numpy().tolist())))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_targets_of_parts_that_are_left_out_are_refused_in_one_message(
    fielded: Fielded, build: Built, tmp_path: Path
) -> None:
    wave, _ = fielded(nearly_all_police())
    file = tmp_path / "margins.yaml"
    file.write_text(MARGINS, "utf-8")
    with pytest.raises(Refused, match=r"P_PART, left out because(.|\n)*take P_PART out of margins\.yaml"):
        build(wave, file)


CROSSED = (
    "topline --variable P_PART --by P_ROLE",
    "topline --variable P_PART --where P_ROLE=2",
    "topline --variable role3 --where P_PART=1 --json",
    "topline --variable P_TRAINED --by P_ROLE --by P_PART --csv",
    "topline --variable P_TRAINED --by role3 --where P_PART=1",
    "compare --variable P_PART --code 1 --by P_ROLE",
    "crosstab --variable P_PART --by P_TRAIN --where P_ROLE=2",
    "crosstab --variable P_PART --by P_ROLE --rules tolqyn",
    "decompose --variable P_PART --code 1 --side P_ROLE=2 --side P_ROLE=3 --by P_TRAIN",
    "decompose --method oaxaca --variable P_TRAINED --side P_ROLE=2 --side P_ROLE=3 --factor P_PART",
    "trend --variable P_TRAIN --code 1 --splice P_PART --bridge work-27 --by P_ROLE",
    "trend --shape ordered --variable P_TRAIN --hold P_ROLE --hold P_PART",
    "model 'I(P_PART == 1) ~ C(P_ROLE)'",
    """model "I(Q('P_' 'PART') == 1) ~ C(P_ROLE)" """,
    "model 'I(P_ＰART == 1) ~ C(P_ROLE)'",
    "model 'P_TRAINED ~ C(P_PART)' --where P_ROLE=2",
    "model 'P_TRAINED ~ C(P_TRAIN)' --margins P_PART --by role3",
    "model 'P_TRAINED ~ C(P_TRAIN)' --effects P_PART --by role3",
    "scale --variable P_PART --variable P_YEARS --by P_ROLE",
    "scale --cfa 'f =~ P_PART + P_ROLE + P_YEARS'",
    "invariance --variable P_PART --variable P_YEARS --variable P_TRAIN --by P_ROLE",
    "invariance --model 'f =~ P_PART + P_YEARS + P_TRAIN' --by P_ROLE",
    "experiment --variable VGN --where P_ROLE=2 --where P_PART=1",
    "experiment --variable VGN --factor P_PART --outcome role3",
    "experiment --variable VGN --formula 'C(P_PART)' --where P_ROLE=2",
    "experiment --variable VGN --group P_PART --by P_ROLE",
)
"""What would print single cells of field by part, or what is fitted to both."""
CROSSING = """
format: 1
study: kz-thb
declared: 2026-01-01
families: {one: {adjustment: holm}}
indicators: {north: {variable: P_PART, code: 1, where: {role3: [2]}}}
comparisons:
  - {name: north, indicator: north, kind: any_change, family: one}
"""
"""A tracking plan about police officers of the North."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_commands_cross_field_and_part_in_a_table_that_hides_small_cells_or_not_at_all(
    released: Released, tmp_path: Path
) -> None:
    def typed(line: str) -> Result:
        command, *words = shlex.split(line)
        folder = str(released[0].folder)
        order = [*words, folder] if command in ("track", "model") else [folder, *words]
        return CliRunner().invoke(main, ["analyse", command, *order])

    plan = tmp_path / "plan.yaml"
    plan.write_text(CROSSING, "utf-8")
    for line in (*CROSSED, f"track {plan}"):
        refused = typed(line)
        assert refused.exit_code != 0, line
        assert "which hides cells under 10" in refused.output, (line, refused.output)
        assert "tolqyn analyse crosstab RELEASE --variable P_PART --by" in refused.output, line
    for line in (
        "crosstab --variable P_PART --by P_ROLE --by role3",
        "crosstab --variable P_ROLE --variable role3 --by P_PART",
        "crosstab --variable P_PART --variable P_ROLE --by P_PART --by P_ROLE",
    ):
        refused = typed(line)
        assert refused.exit_code != 0, line
        assert "expected one table of a withheld column by its groups" in refused.output, line
    for line in (
        "topline --variable P_PART",
        "topline --variable P_PART --variable P_ROLE --by P_TRAIN",
        "topline --variable P_ROLE --by P_TRAIN",
        "crosstab --variable P_PART --by P_ROLE",
        "crosstab --variable P_TRAIN --by P_ROLE --by P_PART",
        "model 'P_TRAINED ~ C(P_PART)'",
    ):
        assert typed(line).exit_code == 0, (line, typed(line).output)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_public_rows_hold_field_or_part_and_never_both(released: Released, tmp_path: Path) -> None:
    """Rows are a table without small cells hidden, whatever number of them is alike."""
    file = tmp_path / "public.yaml"
    text = (PUBLIC / "kz_thb_professionals.yaml").read_text("utf-8")
    hides = "hides: [P_PART, P_YEARS, P_TRAIN, P_CASES]\n"
    steps = f"{hides}    steps:\n      - column: P_ROLE\n      - column: role3\n"
    part = "steps:\n      - column: P_PART\n"
    for old, new, hint in (
        (hides, hides.replace("P_PART, ", ""), "add P_PART to remove:"),
        (steps, part, "take P_PART out of the steps of the key, or have P_ROLE in remove:"),
        (steps, f"{part}      - column: role3\n", "of the key, or take role3 out\n"),
    ):
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), "utf-8")
        words = ["release", "bundle", str(released[0].folder), "--no-pdf", "--microdata", str(file)]
        refused = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
        assert refused.exit_code != 0, refused.output
        assert "together they tell of fewer than 10" in refused.output
        assert hint in refused.output
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_correction_in_the_field_takes_no_protection_away(
    fielded: Fielded, database: Database, make_wave: Callable[..., Wave]
) -> None:
    wave = make_wave(
        ASKED,
        alias="work-30",
        name="work-30",
        languages=LANGUAGES,
        sample_type="nonprobability",
        access="open",
    )
    for held in (None, {"P_PART": {"within": "P_ROLE", "under": 2}}):
        document = json.loads(ASKED.to_json())
        document.update({"version": "2026.1.1", "withhold": held} if held else {"version": "2026.1.1"})
        if held is None:
            del document["withhold"]
        corrected = Questionnaire.from_json(json.dumps(document))
        with (
            database.writing() as session,
            pytest.raises(Refused, match="P_PART: expected the column as it is"),
        ):
            found = waves.find_wave(session, wave.alias)
            versions.refuse_correction(session, found, corrected, {"ru": "Слова.", "kk": "Сөз."})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_waves_together_withhold_what_one_of_them_does(fielded: Fielded, build: Built) -> None:
    """The latest wave's questionnaire withholds nothing; a plan over both would tell of the first."""
    people = [(role, PARTS[person % 5]) for role in (2, 3) for person in range(40)]
    folders = [
        build(fielded(people, asked, alias)[0]).folder
        for asked, alias in ((ASKED, "work-27"), (without_the_rule(), "work-28"))
    ]
    both = pool([read_release(folder) for folder in folders])
    assert both.variable("P_PART").withhold == Withheld("P_ROLE", 10)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_beside_the_public_s_figures_no_share_of_a_part_stands_by_role(released: Released) -> None:
    data = read_release(released[0].folder)
    north = Indicator(
        "NORTH", "P_PART", "proportion", {"ru": "Север"}, {"ru": "доля Севера"}, 1, headline=True
    )
    known = data.codebook
    with_north = replace(data, codebook=replace(known, indicators=(*known.indicators, north)))
    shown, _ = beside(with_north, with_north, "P_ROLE")
    assert len(shown.indicators) == len([each for each in known.indicators if each.headline]) > 0
    assert "NORTH" not in [each.indicator.name for each in shown.indicators]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_report_takes_no_plan_that_compares_field_by_part(released: Released, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.yaml", tmp_path / "out"
    plan.write_text(CROSSING, "utf-8")
    words = ["report", "build", "--release", str(released[0].folder), "--plan", str(plan), "--lang", "ru"]
    refused = CliRunner().invoke(main, [*words, "--incomplete-methods", "--out", str(out)])
    assert refused.exit_code != 0
    assert "comparison north of the tracking plan is of P_PART by role3" in refused.output
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_building_says_what_is_left_out_and_asking_for_it_says_why_it_is_not_there(
    fielded: Fielded, environment: Config, released: Released
) -> None:
    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    fielded(nearly_all_police(), alias="work-28")
    built = typed("release", "build", "kz-thb/work-28", "--despite-attack", "A trial.")
    assert built.exit_code == 0, built.output
    line = "P_PART is left out: its counts beside those of 'Field of work' would tell of fewer than 10 people"
    assert line in built.output
    other = str(Path(released[0].folder))
    folder = other.replace("work-27", "work-28")
    refused = typed("analyse", "topline", folder, "--variable", "P_TRAINED", "--by", "P_PART")
    assert refused.exit_code != 0
    assert "P_PART, left out because it would tell of few people" in refused.output
    assert "leave P_PART out" in refused.output
    both = typed("analyse", "topline", other, folder, "--variable", "P_PART", "--json")
    assert both.exit_code == 0, both.output
    bases = {row["wave"]: row["base"] for row in json.loads(both.output)}
    assert bases.get("work-27") == sum(ROLES.values())
    assert not bases.get("work-28")


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_is_published_of_such_a_release_goes_without_the_parts(
    fielded: Fielded, build: Built, environment: Config, tmp_path: Path
) -> None:
    """Report, pages, workbooks, public rows and their DDI of a wave with the parts and one without them."""
    many = [(role, PARTS[person % 5]) for role in (2, 3, 4) for person in range(40)]
    only_police = [each for each in nearly_all_police() if each[0] == 3]
    waves = [
        fielded(people, alias=alias)[0] for people, alias in ((many, "work-27"), (only_police, "work-28"))
    ]
    folders = [str(build(wave).folder) for wave in waves]
    given = [word for folder in folders for word in ("--release", folder)]
    for words in (
        ("report", "build", *given, "--lang", "ru", "--incomplete-methods", "--out", str(tmp_path / "pdf")),
        ("results", "publish", *given, "--lang", "kk,ru"),
        ("results", "export", "kz-thb", str(tmp_path / "site")),
        ("release", "bundle", *folders, "--lang", "ru", "--no-pdf", "--out", str(tmp_path / "bundle")),
        ("release", "bundle", "--verify", str(tmp_path / "bundle")),
    ):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, (words, done.output)
    (report,) = (tmp_path / "pdf").iterdir()
    assert "нет в данных" in " ".join(text_of(report).split())
    published = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert len(published) > 100
    later = [path for path in published if "work-28" in path.name]
    assert later
    naming = [path.name for path in later if b"P_PART" in path.read_bytes()]
    assert naming == []
