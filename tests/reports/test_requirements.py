"""A report whose method statement has a hole is not printed, or is stamped as such on every page."""

import html
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from analysis import SurveyData
from reports import LANGUAGES, Record, Report, ReportError, ReportSpec, build_report, render_pdf
from reports.sections import CHAPTERS
from reports.sections.requirements import REQUIREMENTS

Make = Callable[..., SurveyData]
STAMP = {
    "en": "INCOMPLETE METHODS",
    "ru": "СВЕДЕНИЯ О МЕТОДЕ НЕПОЛНЫЕ",
    "kk": "ӘДІС ТУРАЛЫ МӘЛІМЕТ ТОЛЫҚ ЕМЕС",
    "uz": "USUL HAQIDA MAʼLUMOT TOʻLIQ EMAS",
}


def said(report: Report, name: str) -> str:
    found = next(each.html for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


def without(data: SurveyData, *keys: str) -> SurveyData:
    kept = {key: text for key, text in data.meta.disclosure.items() if key not in keys}
    return replace(data, meta=replace(data.meta, disclosure=kept))


def refusal(*waves: SurveyData, records: dict[str, Record] | None = None) -> str:
    with pytest.raises(ReportError) as refused:
        build_report(list(waves), language="en", records=records)
    return str(refused.value)


def test_every_missing_item_is_listed_with_its_place_and_what_to_type(make_wave: Make) -> None:
    data = make_wave("2025")
    bare = replace(
        data,
        meta=replace(data.meta, disclosure={}, dates=None),
        codebook=replace(data.codebook, population={}),
    ).with_frame(data.frame.drop(columns=["mode"]))
    told = refusal(bare)
    for required in REQUIREMENTS:
        if required.item != "A3":
            assert f"{required.item}  {required.what} (2025)" in told, required
        if required.key and required.item != "A3":
            assert f"type  {required.key}: {{kk: …, ru: …, uz: …, en: …}}" in told
    assert "lacks 14 items" in told
    assert "under wave, in the import map, type  dates: {" in told
    assert "tolqyn release build small/WAVE --disclosure FILE.yaml" in told
    assert "--incomplete-methods" in told


@pytest.mark.parametrize("key", ["strategy", "sponsor", "conductor", "funder", "sampling", "recruitment"])
def test_one_missing_statement_of_one_wave_is_enough(make_wave: Make, key: str) -> None:
    told = refusal(without(make_wave("2024"), key), make_wave("2025"))
    assert "lacks 1 item," in told
    assert "(2024)" in told
    assert f"{key}: {{" in told


def test_blank_words_state_nothing(make_wave: Make) -> None:
    data = make_wave("2025")
    blank = {**data.meta.disclosure, "limitations": {"en": " ", "ru": ""}}
    assert "A11" in refusal(replace(data, meta=replace(data.meta, disclosure=blank)))


RUSSIAN = {"ru": "Письмо со ссылкой"}


@pytest.mark.parametrize(
    ("key", "given", "told"),
    [
        ("recruitment", RUSSIAN, "how they were reached: not in en, it stands in ru alone (2025)"),
        (
            "recruitment",
            {**RUSSIAN, "kk": "Хат"},
            "how they were reached: not in en, it stands in kk, ru alone",
        ),
        ("recruitment", [RUSSIAN], "how they were reached: not in en, it stands in ru alone"),
        ("weighting", RUSSIAN, "how the weights were made, or that there are none: not in en"),
        ("population", RUSSIAN, "whom the survey is about: not in en, it stands in ru alone"),
    ],
)
def test_what_is_said_in_another_language_alone_is_a_gap_that_names_both(
    make_wave: Make, key: str, given: object, told: str
) -> None:
    data = make_wave("2025")
    foreign = replace(data, meta=replace(data.meta, disclosure={**data.meta.disclosure, key: given}))
    refused = refusal(foreign, records={"2025": Record(weights={"base_weight": "given"})})
    assert "lacks 1 item," in refused
    assert told in refused
    assert f"under disclosure type  {key}: {{en: …}}" in refused
    build_report([foreign], language="ru")


def test_one_text_without_a_language_stands_for_all(make_wave: Make) -> None:
    data = make_wave("2025")
    spoken = {**data.meta.disclosure, "recruitment": "SMS"}
    for language in LANGUAGES:
        build_report([replace(data, meta=replace(data.meta, disclosure=spoken))], language=language)


def test_words_of_questions_may_stand_in_the_codebook_or_be_said_to_be_elsewhere(make_wave: Make) -> None:
    data = make_wave("2025")
    variables = tuple(replace(v, question={}) if v.name == "POLICE" else v for v in data.codebook.variables)
    unworded = replace(data, codebook=replace(data.codebook, variables=variables))
    assert "A3  the exact wording" in refusal(unworded)
    stated = {**data.meta.disclosure, "instrument": "In the questionnaire of 2025, page 3."}
    build_report([replace(unworded, meta=replace(data.meta, disclosure=stated))], language="en")


def test_fieldwork_and_weights_on_record_need_no_words(make_wave: Make) -> None:
    data = without(make_wave("2025"), "weighting", "processing")
    fieldwork = {"exclusions": [{"rows": 2, "reason": "answered twice"}]}
    record = Record(weights={"base_weight": "given"}, fieldwork=fieldwork)
    build_report([data], language="en", records={"2025": record})
    assert "A9" in refusal(data)
    assert "A10" in refusal(data)


def test_a_sample_that_was_not_drawn_needs_no_frame(make_wave: Make) -> None:
    opened = make_wave("2025", sample_type="nonprobability", synthetic=False)
    build_report([without(opened, "frame")], language="en")
    assert "A5  the list or area" in refusal(without(make_wave("2025"), "frame"))


def test_a_second_release_says_why_there_is_one(make_wave: Make) -> None:
    data = make_wave("2025")
    second = replace(data, meta=replace(data.meta, release=2))
    told = refusal(second)
    assert "why release 2 replaced release 1 (2025)" in told
    assert "correction_2: {" in told
    reason = {**data.meta.disclosure, "correction_2": {"en": "Two answers of POLICE were swapped."}}
    report = build_report([replace(second, meta=replace(second.meta, disclosure=reason))], language="en")
    assert "small 2025/2 Two answers of POLICE were swapped." in said(report, "release-log")
    with pytest.raises(ReportError, match="not in uz, it stands in en alone"):
        build_report([replace(second, meta=replace(second.meta, disclosure=reason))], language="uz")
    assert "nothing was corrected" in said(build_report([data], language="en"), "release-log")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incomplete_report_is_stamped_on_every_page(
    make_wave: Make, language: str, tmp_path: Path
) -> None:
    report = build_report([without(make_wave("2025"), "funder")], language=language, incomplete=True)
    path = tmp_path / "incomplete.pdf"
    path.write_bytes(render_pdf(report))
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) > 10
    assert all(STAMP[language] in page for page in pages)
    assert "A2 (2025)" in said(report, "method")
    assert "2025" in said(report, "checklist").split("A2")[1].split("A3")[0]


def test_a_complete_report_bears_no_stamp_even_when_asked_to_bear_holes(make_wave: Make) -> None:
    report = build_report([make_wave("2025")], language="en", incomplete=True)
    assert STAMP["en"] not in str(report.marks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_of_the_lists_is_printed_in_every_language(
    reports: dict[str, Report], language: str
) -> None:
    page = next(each.html for each in reports[language].sections if each.name == "method")
    for number in range(1, 12):
        item = page.split(f'id="method-{number}"')[1].split("</li>")[0]
        assert re.search(r"<p>\S", item), number
        assert 'class="unknown"' not in item
    facts = page.split('class="figures facts"')[1].split("</table>")[0]
    rows = re.findall(r"<td[^>]*>(.*?)</td>", facts, re.S)
    assert len(rows) == 8
    assert all(re.sub(r"<[^>]+>", "", row).strip() for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_stands_in_one_line_under_every_figure(reports: dict[str, Report], language: str) -> None:
    count = 0
    for section in reports[language].sections:
        figures = re.findall(r"<figure.*?</figure>", section.html, re.S)
        assert all("Example Office" in each and 'class="strip"' in each for each in figures)
        count += len(figures)
    assert count >= 3


def test_a_sample_that_is_not_random_has_the_fixed_sentence_and_no_margin(
    open_link_reports: dict[str, Report],
) -> None:
    report = open_link_reports["en"]
    fixed = "This is not a random sample; margins of error do not apply."
    facts = said(report, "method").split("Data collection strategy")[0]
    assert fixed in facts
    assert "±" not in said(report, "method")
    strips = re.findall(r'class="strip">(.*?)</p>', " ".join(each.html for each in report.sections), re.S)
    assert strips
    assert all(fixed in strip for strip in strips)


def test_no_choice_of_chapters_leaves_out_what_says_how_a_figure_was_made(make_wave: Make) -> None:
    spec = ReportSpec(chapters=("headlines", "method", "register"))
    report = build_report([make_wave("2022"), make_wave("2025")], language="en", spec=spec)
    listed = [section.name for section in report.sections if section.listed]
    assert listed == [
        *("headlines", "method", "tables", "topline", "wording"),
        *("release-log", "checklist", "register"),
    ]


def test_the_guide_and_its_example_name_every_chapter() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "guide"
    line = next(
        each for each in (guide / "report.md").read_text("utf-8").splitlines() if "`chapters`" in each
    )
    assert re.search("in this order: `([^`]+)`", line)[1].split() == list(CHAPTERS)
    example = yaml.safe_load((guide / "examples" / "report" / "report.yaml").read_text("utf-8"))
    assert sorted(example["chapters"]) == sorted(CHAPTERS)
