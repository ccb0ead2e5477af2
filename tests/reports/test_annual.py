"""The annual report: the example of the guide gives every chapter of the blueprint, in every language."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import page as validator
import pytest

from analysis import SurveyData, adjust, read_plan
from instruments import Comparison, load_library
from reports import (
    LANGUAGES,
    Report,
    ReportSpec,
    build_report,
    render_pdf,
)
from reports.i18n import words
from reports.sections import is_stale
from reports.spec import Association, Fact, Organisation, Target
from reports.standing import AGAIN, Standing
from tests.reports.test_order import captions, cited

WAVES = ("2023", "2025", "2026")
"""Of the annual report."""


def said(report: Report, name: str) -> str:
    found = next(each.html for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


def test_the_printed_example_is_archival_and_accessible(annual: dict[str, Report], tmp_path: Path) -> None:
    path = tmp_path / annual["ru"].file_name
    path.write_bytes(render_pdf(annual["ru"]))
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A):
        outcome = validator.validate_pdf(str(path), profile=profile)
        assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


def test_every_chapter_of_the_specification_stands_in_its_order(annual: dict[str, Report]) -> None:
    for report in annual.values():
        names = [section.name for section in report.sections if section.listed]
        assert names == [
            *("foreword", "headlines", "reading", "trends", "limits", "planned", "scales"),
            *("battery-vb", "battery-wr1", "questions", "groups", "vignettes", "association"),
            *("spotlight", "professionals", "exposure", "targets", "official", "facts"),
            *(
                "tables",
                "method",
                "topline",
                "wording",
                "differences",
                "release-log",
                "checklist",
                "register",
            ),
        ]


@pytest.mark.parametrize("chapter", ["planned", "scales", "battery-vb", "tables", "association", "targets"])
def test_numbers_of_the_new_chapters_are_equal_in_all_languages(
    annual: dict[str, Report], chapter: str
) -> None:
    found = {
        language: sorted(re.findall(r"[+−]?\d+(?:\.\d+)?", said(report, chapter).replace(",", ".")))
        for language, report in annual.items()
    }
    assert len(found["en"]) > 5
    assert found["kk"] == found["ru"] == found["uz"] == found["en"]


def test_every_row_of_a_battery_has_its_figure_its_finding_and_its_id(annual: dict[str, Report]) -> None:
    page = next(each.html for each in annual["en"].sections if each.name == "battery-vb")
    halves = page.split('<div class="half')[1:]
    assert len(halves) == 8
    for number, half in enumerate(halves, start=1):
        assert "<img" in half
        assert f">VB{number}</span>" in half
        assert "“Tend to agree” or “Strongly agree”" in html.unescape(half)


def test_confirmatory_and_exploratory_comparisons_stand_apart(annual: dict[str, Report]) -> None:
    text = said(annual["en"], "planned")
    confirmatory, exploratory = text.split("Exploratory: to be told, not claimed")
    assert confirmatory.count("2023–2026") == 3
    assert "step from wave to wave" not in confirmatory
    assert "step from wave to wave" in exploratory
    assert "headlines (holm), later (fdr)" in confirmatory


def test_a_headline_says_whether_its_own_comparison_was_declared(
    annual: dict[str, Report], make_wave: Callable[..., SurveyData]
) -> None:
    """The plan declares the long view of blame and police and the line through the index, nothing else."""
    declared = {"VB_ANY": [0], "WR_POLICE": [0], "VB_INDEX": [-1]}
    for language, report in annual.items():
        spoken = words(language)
        marks = {spoken.say(mark) for mark in (Standing.CONFIRMATORY, AGAIN[Standing.CONFIRMATORY])}
        for found in json.loads(report.attachments["estimates.json"])["findings"]:
            marked = [each for each in found["sentences"] if any(map(each.endswith, marks))]
            judged = [each for each in found["sentences"] if "95" in each][:3]
            assert marked == [judged[at] for at in declared.get(found["indicator"], [])], found["indicator"]
        assert spoken.say(Standing.EXPLORATORY) not in said(report, "battery-vb"), "said once above"
    unplanned = said(build_report([make_wave("2022"), make_wave("2025")], language="en"), "headlines")
    assert not any(str(standing) in unplanned for standing in Standing)


def test_the_plan_and_the_headlines_print_one_interval_and_one_verdict(annual: dict[str, Report]) -> None:
    rows = {row["id"]: row for row in json.loads(annual["en"].attachments["estimates.json"])["estimates"]}
    ours, theirs = rows["WR_POLICE.1@2023-2026"], rows["plan:police_latest@2023-2026"]
    assert all(ours[name] == theirs[name] for name in ("estimate", "low", "high", "p_adjusted", "verdict"))
    steps = rows["WR_POLICE.1@2025-2026"], rows["plan:police_steps@2025-2026"]
    assert all(steps[0][name] == steps[1][name] for name in ("low", "high", "verdict", "standing"))


def test_effects_of_the_vignettes_are_one_family_and_say_that_they_are_exploratory(
    annual: dict[str, Report],
) -> None:
    rows = json.loads(annual["en"].attachments["estimates.json"])["estimates"]
    effects = [row for row in rows if re.match(r"VG\d@2026~", row["id"]) and row["publish"] != "suppress"]
    assert len(effects) > 2
    judged = adjust(np.array([row["p"] for row in effects]), "holm")
    assert [row["p_adjusted"] for row in effects] == pytest.approx(list(judged))
    for row in effects:
        assert (row["low"] > 0 or row["high"] < 0) == (row["p_adjusted"] < 0.05)
    text = said(annual["en"], "vignettes")
    assert "Exploratory: what is called clear" in text
    assert f"adjusted for the {len(effects)} differences of this chapter (Holm)" in text


def test_listed_questions_say_how_the_most_frequent_answer_moved(annual: dict[str, Report]) -> None:
    for chapter in ("exposure", "spotlight"):
        text = said(annual["en"], chapter)
        assert "Exploratory: intervals of changes are widened for the" in text
        assert re.search(r"Answered most often, 2026: .*? Since 2023: .*?95% interval", text)


def test_every_estimate_of_the_annual_report_has_its_own_id(annual: dict[str, Report]) -> None:
    ids = [row["id"] for row in json.loads(annual["en"].attachments["estimates.json"])["estimates"]]
    assert len(ids) == len(set(ids)) > 300


def test_the_language_of_the_interview_is_a_cut_wherever_there_are_two(
    annual: dict[str, Report], make_wave: Callable[..., SurveyData]
) -> None:
    report = build_report([make_wave("2025")], language="en", spec=ReportSpec())
    text = said(report, "tables")
    assert "Language of the interview" in text
    assert "Русский" in text
    assert "Language of the interview" not in said(annual["en"], "tables"), "one language parts nobody"


def test_groups_have_bases_to_the_nearest_five_and_hide_small_cells(annual: dict[str, Report]) -> None:
    rows = json.loads(annual["en"].attachments["estimates.json"])["estimates"]
    grouped = [row for row in rows if "|" in row["id"] and row["id"].startswith("VB_ANY")]
    assert grouped
    assert all(row["base"] % 5 == 0 for row in grouped)
    hidden = [row for row in grouped if row["publish"] == "suppress"]
    assert hidden
    assert all(row["estimate"] is None for row in hidden)


def test_official_counts_are_marked_as_another_source_and_enter_no_estimate(
    annual: dict[str, Report],
) -> None:
    text = said(annual["en"], "official")
    assert "These numbers do not come from this survey." in text
    assert "https://example.org/cases-2025" in text
    assert "July 30, 2026" in text
    assert b"cases-2025" not in annual["en"].attachments["estimates.csv"]


def test_an_old_fact_is_warned_of_in_print_and_a_fresh_one_is_not(annual: dict[str, Report]) -> None:
    page = next(each.html for each in annual["en"].sections if each.name == "facts")
    assert page.count('class="stale"') == 1
    assert page.index('class="stale"') > page.index("An example of a sentence about the law")


@pytest.mark.parametrize(("checked", "stale"), [("2026-05-22", False), ("2026-05-21", True)])
def test_ninety_days_are_not_too_old_and_ninety_one_are(checked: str, stale: bool) -> None:
    fact = Fact("law", {}, {}, checked, "https://example.org")
    assert is_stale(fact, "2026-08-20") is stale


def test_professionals_stand_without_intervals_and_small_roles_are_hidden(annual: dict[str, Report]) -> None:
    text = said(annual["en"], "professionals")
    assert "no random sample of their professions" in text
    assert "95% interval" not in text
    rows = json.loads(annual["en"].attachments["estimates.json"])["estimates"]
    roles = [row for row in rows if row["id"].startswith("kz-thb-professionals:") and "|" in row["id"]]
    assert roles
    assert all(row["base"] >= 30 for row in roles)
    assert all(row["low"] is None for row in roles)


def test_the_cover_and_the_foot_say_draft_and_whose_report_it_is(annual: dict[str, Report]) -> None:
    for language, mark in {"en": "DRAFT", "ru": "ЧЕРНОВИК", "kk": "ЖОБА", "uz": "QORALAMA"}.items():
        assert annual[language].marks["bottom-left"].startswith(f"{mark} · ")
    assert "Центр помощи «Пример»" in said(annual["ru"], "cover")
    assert 'alt="Логотип: три волны"' in annual["ru"].sections[0].html


def test_the_files_it_was_made_from_are_attached(annual: dict[str, Report]) -> None:
    assert {"specification.yaml", "facts.yaml", "estimates.csv", "estimates.json"} <= set(
        annual["en"].attachments
    )


@pytest.mark.parametrize(
    ("value", "direction", "verdict"),
    [
        (1.0, "at_least", "reached"),
        (99.0, "at_least", "not reached"),
        (99.0, "at_most", "reached"),
        (1.0, "at_most", "not reached"),
        (34.0, "at_least", "cannot be told"),
    ],
)
def test_a_target_is_reached_only_when_the_whole_interval_is_beyond_it(
    make_wave: Callable[..., SurveyData], value: float, direction: str, verdict: str
) -> None:
    spec = ReportSpec(targets=(Target("VB_ANY", value, "2025", "own", direction),))
    report = build_report([make_wave("2025")], language="en", spec=spec)
    standing = said(report, "targets").rstrip()
    assert re.search(rf"% {verdict}\b", standing), standing


def test_a_sample_that_is_not_random_reaches_no_target_and_is_told_why_it_gets_no_model(
    make_wave: Callable[..., SurveyData],
) -> None:
    spec = ReportSpec(
        targets=(Target("VB_ANY", 1.0, "2027", "own"),), association=Association("VB_ANY", ("POLICE",))
    )
    waves = [make_wave(name, sample_type="nonprobability") for name in ("2023", "2024", "2025")]
    report = build_report(waves, language="en", spec=spec)
    assert "cannot be inferred" in said(report, "targets")
    assert "No model is printed: this is not a random sample" in said(report, "association")
    assert "95% interval" not in said(report, "groups")


def test_a_row_whose_question_changed_is_not_compared_and_the_reason_is_told(
    make_wave: Callable[..., SurveyData],
) -> None:
    reason = dict.fromkeys(LANGUAGES, "one word fewer")
    waves = [make_wave(name) for name in ("2023", "2024")]
    last = make_wave("2025")
    changed = replace(last.codebook.variable("VB1"), wording=2, compare={1: Comparison("broken", reason)})
    variables = tuple(changed if each.name == "VB1" else each for each in last.codebook.variables)
    last = replace(last, codebook=replace(last.codebook, variables=variables))
    report = build_report([*waves, last], language="en")
    page = next(each.html for each in report.sections if each.name == "battery-vb")
    first, second, third = (html.unescape(half) for half in page.split('<div class="half')[1:])
    assert "‡ not comparable" in first
    assert "one word fewer" in first
    assert "points" not in first.split("<figcaption>")[1].split("</figcaption>")[0]
    assert "not comparable" not in second + third


def test_fewer_than_three_waves_put_rows_together(make_wave: Callable[..., SurveyData]) -> None:
    for waves in (("2025",), ("2024", "2025")):
        report = build_report([make_wave(name) for name in waves], language="en")
        page = next(each.html for each in report.sections if each.name == "battery-vb")
        assert 'class="half' not in page
        assert page.count("<figure>") == 2, "one figure for each direction"


def test_a_name_with_signs_of_html_and_long_words_is_printed_as_it_stands(
    make_wave: Callable[..., SurveyData],
) -> None:
    name = dict.fromkeys(LANGUAGES, "50% <Centre> & “Sons” " + "very " * 20 + "long")
    spec = ReportSpec(organisation=Organisation(name=name))
    report = build_report([make_wave("2025")], language="en", spec=spec)
    assert "50% <Centre> &" in said(report, "cover")
    assert "<Centre>" not in report.sections[0].html


def test_the_languages_of_the_interview_stand_over_all_waves_and_in_a_table(
    library_release: Callable[..., SurveyData], tmp_path: Path
) -> None:
    core = load_library("kz_thb_core")
    waves = [library_release(core, wave, tmp_path, languages=("ru", "kk")) for wave in WAVES]
    report = build_report(waves, language="en")
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    by_language = {row["wave"] for row in rows if "|interview_language=" in row["id"]}
    assert by_language == set(WAVES)
    assert "by language of the interview, wave by wave" in said(report, "tables")


def test_the_numbers_of_flow_and_weighting_stand_in_tables(annual: dict[str, Report]) -> None:
    page = next(each.html for each in annual["en"].sections if each.name == "method")
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert alts
    for alt in alts:
        name = re.findall(r"Table \d+", alt)[-1]
        assert f"{name} " in said(annual["en"], "tables")


def test_a_row_whose_question_the_plan_tests_says_where(
    make_wave: Callable[..., SurveyData], tmp_path: Path
) -> None:
    waves = [make_wave(wave) for wave in ("2022", "2023", "2025")]
    names = [name for group in waves[-1].codebook.groups for name in group.variables]
    path = tmp_path / "plan.yaml"
    path.write_text(
        f"""format: 1
study: {waves[-1].meta.study}
declared: 2000-01-01
families: {{one: {{adjustment: holm}}}}
indicators:
  row: {{variable: {names[0]}, statistic: mean}}
comparisons:
  - {{name: latest, indicator: row, kind: change, from: "2022", to: "2025", family: one}}
""",
        "utf-8",
    )
    report = build_report(waves, language="en", plan=read_plan(path))
    pages = [each.html for each in report.sections if each.name.startswith("battery-")]
    halves = [half for page in pages for half in page.split('<div class="half')[1:]]
    told = [half for half in halves if "was declared beforehand; its test stands in the chapter" in half]
    assert len(halves) > 1
    (row,) = told
    assert f">{names[0]}</span>" in row


def test_a_target_of_a_later_year_is_not_yet_reached(make_wave: Callable[..., SurveyData]) -> None:
    spec = ReportSpec(targets=(Target("VB_ANY", 99.0, "2028", "own"),))
    assert "not yet reached" in said(build_report([make_wave("2025")], language="en", spec=spec), "targets")


@pytest.mark.parametrize("language", LANGUAGES)
def test_differences_between_situations_say_that_they_are_adjusted(
    annual: dict[str, Report], language: str
) -> None:
    spoken = words(language)
    assert spoken.say("Difference, adjusted") in said(annual[language], "tables")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_tables_and_figures_rise_in_reading_order(
    annual: dict[str, Report], language: str
) -> None:
    for element in ("caption", "figcaption"):
        numbers = captions(annual[language], element)
        assert numbers == list(range(1, len(numbers) + 1)), element
    tables = captions(annual[language], "caption")
    assert len(tables) > 10
    assert cited(annual[language]) == set(tables)
