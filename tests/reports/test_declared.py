"""A comparison that the tracking plan names has one interval and one verdict wherever it is printed."""

import csv
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analysis import SurveyData, TrackingPlan, read_plan, run_plan
from reports import LANGUAGES, ReportError
from reports.build import build_reports
from reports.declared import declared_in
from reports.evidence import Evidence
from reports.ground import prepared
from reports.i18n import words
from reports.sections import finding
from reports.sheets import factsheets_of
from reports.standing import AGAIN, Standing
from reports.tiles.made import pictures
from reports.trace import unmarked

Make = Callable[..., SurveyData]
YEARS = ("2022", "2024", "2025")
PLAN = """
format: 1
study: small
declared: 2025-01-15
families: {{headlines: {{adjustment: {adjustment}}}, later: {{adjustment: fdr}}}}
indicators:
  blame: {{variable: VB_ANY, code: 1}}
  police: {{variable: POLICE, code: 1}}
  index: {{variable: VB_INDEX, statistic: mean}}
  young: {{variable: POLICE, code: 1, where: {{mode: web}}}}
comparisons:
{comparisons}
"""
LINES = (
    "{name: a, indicator: blame, kind: change, from: '2022', to: '2025', family: headlines, direction: fall}",
    "{name: b, indicator: police, kind: change, from: '2022', to: '2025', family: headlines}",
    "{name: c, indicator: index, kind: trend, family: headlines}",
    "{name: d, indicator: police, kind: adjacent, family: later, declared: 2025-09-01}",
    "{name: e, indicator: blame, kind: trend, family: headlines}",
    "{name: f, indicator: index, kind: change, from: '2024', to: '2025', family: headlines}",
)


def planned(folder: Path, lines: tuple[str, ...], adjustment: str = "holm") -> TrackingPlan:
    path = folder / "tracking.yaml"
    written = "".join(f"  - {line}\n" for line in lines)
    path.write_text(PLAN.format(comparisons=written, adjustment=adjustment), "utf-8")
    return read_plan(path)


def thinned(data: SurveyData, seed: int) -> SurveyData:
    """Half the clusters of a wave: other numbers, and verdicts nearer to the edge."""
    kept = np.random.default_rng(seed).permutation(40)[:24]
    frame = data.frame[data.frame["psu"].isin(kept)].reset_index(drop=True)
    return replace(data, frame=frame)


def evidence(waves: list[SurveyData], plan: TrackingPlan | None) -> Evidence:
    return prepared(waves, languages=("en",), plan=plan).evidence


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("adjustment", ["holm", "fdr", "bonferroni"])
def test_every_change_and_slope_that_headlines_and_plan_share_is_one(
    make_wave: Make, tmp_path: Path, seed: int, adjustment: str
) -> None:
    waves = [thinned(make_wave(year), seed) for year in YEARS]
    chance = np.random.default_rng(seed)
    lines = tuple(LINES[i] for i in sorted(chance.permutation(len(LINES))[: 3 + seed % 3]))
    plan = planned(tmp_path, lines, adjustment)
    found = evidence(waves, plan)
    names = {"VB_ANY": "blame", "WR_POLICE": "police", "BLAME": "index"}
    table = run_plan(plan, waves)
    shared = 0
    for each in found.indicators:
        about = table[table["indicator"] == names[each.indicator.name]]
        for change in each.changes:
            rows = about[about["kind"].isin(["change", "adjacent"])]
            rows = rows[(rows["wave_from"] == change.wave_from) & (rows["wave_to"] == change.wave_to)]
            for row in rows.to_dict("records"):
                ours = (change.estimate, change.low, change.high, change.verdict, change.standing)
                assert ours == tuple(row[n] for n in ("estimate", "low", "high", "verdict", "standing"))
                shared += 1
            assert change.standing == "exploratory" or len(rows), "nobody declared it"
        if each.slope is not None:
            rows = about[about["kind"] == "trend"]
            for row in rows.to_dict("records"):
                ours = (each.slope.low, each.slope.high, each.slope.verdict, each.slope.standing)
                assert ours == tuple(row[n] for n in ("low", "high", "verdict", "standing"))
                shared += 1
            assert each.slope.standing == "exploratory" or len(rows), "nobody declared it"
    assert shared >= 2


def test_what_no_plan_names_shares_a_family_without_what_it_names(make_wave: Make, tmp_path: Path) -> None:
    waves = [make_wave(year) for year in YEARS]
    alone = evidence(waves, None)
    beside = evidence(waves, planned(tmp_path, LINES[:3]))
    assert alone.comparisons == 9
    assert beside.comparisons == 6
    methods = beside.table.set_index("id")["method"]
    assert methods["VB_ANY.1@2022-2025"].endswith("holm 3 of headlines")
    assert methods["VB_ANY.1@2024-2025"].endswith("bonferroni 6")


def test_a_declared_trend_declares_no_change_and_a_part_of_the_people_no_whole(
    make_wave: Make, tmp_path: Path
) -> None:
    waves = [make_wave(year) for year in YEARS]
    young = "{name: y, indicator: young, kind: trend, family: headlines}"
    found = evidence(waves, planned(tmp_path, (LINES[2], young)))
    by_name = {each.indicator.name: each for each in found.indicators}
    assert by_name["BLAME"].slope is not None
    assert by_name["BLAME"].slope.standing == "confirmatory"
    assert {each.standing for each in by_name["BLAME"].changes} == {"exploratory"}
    assert by_name["WR_POLICE"].slope is not None
    assert by_name["WR_POLICE"].slope.standing == "exploratory"


def test_a_plan_that_names_one_change_twice_has_it_once(make_wave: Make, tmp_path: Path) -> None:
    waves = [make_wave(year) for year in YEARS]
    twice = "{name: g, indicator: police, kind: change, from: '2024', to: '2025', family: headlines}"
    ground = prepared(waves, languages=("en",), plan=planned(tmp_path, (LINES[3], twice)))
    assert ground.plan is not None
    rows = ground.plan.table
    same = rows[(rows["wave_from"] == "2024") & (rows["wave_to"] == "2025")]
    assert list(same["comparison"]) == ["g"], "the confirmatory one"


def test_a_plan_of_another_level_is_refused(make_wave: Make, tmp_path: Path) -> None:
    plan = replace(planned(tmp_path, LINES[:1]), level=0.9)
    with pytest.raises(ReportError, match=r"level: 0\.9.*expected level: 0\.95"):
        declared_in(prepared([make_wave("2022"), make_wave("2025")], languages=("en",)).pooled, plan)


def test_every_judged_sentence_says_its_standing_and_says_it_truly(make_wave: Make, tmp_path: Path) -> None:
    waves = [make_wave(year) for year in YEARS]
    ground = prepared(waves, languages=LANGUAGES, plan=planned(tmp_path, LINES[:4]))
    marks = {
        "confirmatory": (Standing.CONFIRMATORY, AGAIN[Standing.CONFIRMATORY]),
        "exploratory": (Standing.EXPLORATORY, AGAIN[Standing.EXPLORATORY]),
    }
    for material in ground.materials:
        for each in ground.evidence.indicators:
            assert each.slope is not None
            judged = [*(change.standing for change in each.changes), each.slope.standing]
            said = finding(each, material).sentences
            for standing, sentence in zip(judged, said, strict=False):
                assert sentence.endswith(tuple(material.words.say(mark) for mark in marks[standing]))
        blame = finding(ground.evidence.indicators[0], material).sentences
        assert blame[0].endswith(material.words.say(Standing.CONFIRMATORY))
        assert blame[1].endswith(material.words.say(Standing.EXPLORATORY))
        assert blame[2].endswith(material.words.say(AGAIN[Standing.EXPLORATORY]))


def numbers_in(text: str) -> set[str]:
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", text))
    return set(re.findall(r"95% interval ([+−][\d.]+ to [+−][\d.]+)", text))


def test_report_factsheet_tiles_and_attached_data_say_the_same(make_wave: Make, tmp_path: Path) -> None:
    waves = [thinned(make_wave(year), 1) for year in YEARS]
    plan = planned(tmp_path, LINES)
    (report,) = build_reports(waves, languages=("en",), plan=plan)
    ground = prepared(waves, languages=("en",), plan=plan)
    (sheet,) = factsheets_of(ground)
    (material,) = ground.materials
    head = next(each.html for each in report.sections if each.name == "headlines")
    spoken = numbers_in(" ".join(each.html for each in sheet.sections))
    assert spoken
    assert spoken <= numbers_in(head)
    drawn = " ".join(unmarked(getattr(each, "alt", "")) for each in pictures(material))
    assert numbers_in(drawn)
    assert numbers_in(drawn) <= numbers_in(head)
    data = io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig"))
    rows = {row["id"]: row for row in csv.DictReader(data)}
    pairs = (("VB_ANY.1@2022-2025", "plan:a@2022-2025"), ("WR_POLICE.1@2024-2025", "plan:d@2024-2025"))
    for (ours, theirs), column in itertools.product(
        pairs, ("estimate", "low", "high", "verdict", "standing")
    ):
        assert rows[ours][column] == rows[theirs][column] != ""
    assert plan.declared == date(2025, 1, 15)
    assert words("en").say("What was declared beforehand") in " ".join(each.title for each in report.sections)
