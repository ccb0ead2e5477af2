"""A report says the same in every language, hides what may not be printed, refuses what it cannot print."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis import SurveyData, read_release
from instruments import Comparison, Review
from reports import LANGUAGES, Record, Report, ReportError, ReportSpec, build_report, qr_source, render_html
from reports.evidence import comparisons, gather
from reports.i18n import words
from reports.rows import SUPPRESS

POLICE = yaml.safe_load(Path(__file__).with_name("small_study.yaml").read_text("utf-8"))["police"]["label"]
CHAPTERS = (
    *("reading", "headlines", "limits", "trends", "scales", "battery-vb", "groups"),
    *("tables", "method", "topline", "wording", "release-log", "checklist", "register"),
)


def section(report: Report, name: str) -> str:
    found = next(each for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found.html)))


def cells(report: Report, head: str) -> dict[str, dict[str, str]]:
    """Of the block of Table 1 that has this head: each row's cells by column."""
    page = next(each for each in report.sections if each.name == "tables").html
    table = page[page.index("<table") : page.index("</table>")]
    columns = [plain(cell) for cell in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table, re.S)][1:]
    (block,) = [
        body
        for body in re.split(r"<tbody[^>]*>", table)[1:]
        if f">{head}</th>" in body[: body.index("</tr>")]
    ]
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', block, re.S)
    found = {
        plain(name): [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        for name, row in rows
    }
    return {name: dict(zip(columns, row, strict=True)) for name, row in found.items()}


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def numbers(text: str) -> list[str]:
    """Every number, decimal commas turned into points, thousands closed up."""
    closed = re.sub(r"(?<=\d)[\u00a0\u202f](?=\d{3}\b)", "", text)
    return [found.replace(",", ".") for found in re.findall(r"[+−]?\d+(?:[.,]\d+)?", closed)]


def releases(folders: tuple[Path, ...]) -> list[SurveyData]:
    return [read_release(folder) for folder in folders]


def test_the_report_has_every_chapter(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert tuple(s.name for s in report.sections if s.listed) == CHAPTERS
        assert [s.name for s in report.sections if not s.listed] == ["cover", "inside", "contents"]


@pytest.mark.parametrize("chapter", ["headlines", "tables"])
def test_numbers_are_equal_in_all_languages(reports: dict[str, Report], chapter: str) -> None:
    said = {language: sorted(numbers(section(report, chapter))) for language, report in reports.items()}
    assert said["en"]
    assert said["kk"] == said["ru"] == said["uz"] == said["en"]


def test_no_text_is_left_in_english(reports: dict[str, Report]) -> None:
    for language in ("kk", "ru"):
        for chapter in ("reading", "headlines", "trends", "battery-vb", "tables"):
            latin = set(re.findall(r"[A-Za-z]{3,}", section(reports[language], chapter)))
            assert latin <= {"English", "Oʻzbek", "zbek", "Example", "Office"}, (language, chapter)


def test_changes_are_computed_before_rounding(folders: tuple[Path, ...]) -> None:
    from analysis import change, pool

    pooled = pool(releases(folders))
    report = build_report(releases(folders), language="en")
    family = json.loads(report.attachments["estimates.json"])["comparisons"]
    row = change(pooled, "VB_ANY", wave_from="2022", wave_to="2025", code=1, family=family).iloc[0]
    assert f"{100 * row['estimate']:+.1f}".replace("-", "−") in section(report, "tables")


def test_the_line_through_all_waves_is_said_with_its_slope(folders: tuple[Path, ...]) -> None:
    from analysis import pool, trend

    report = build_report(releases(folders), language="en")
    family = json.loads(report.attachments["estimates.json"])["comparisons"]
    row = trend(pool(releases(folders)), "VB_ANY", code=1, family=family).table.iloc[0]
    slope = f"{100 * abs(row['estimate']):.1f} points"
    assert row["verdict"] in ("rose", "fell")
    assert re.search(rf"All 4 waves together: (up|down) by {slope} a year", section(report, "headlines"))


def test_intervals_are_widened_for_every_comparison_made(reports: dict[str, Report]) -> None:
    content = json.loads(reports["en"].attachments["estimates.json"])
    assert content["comparisons"] == 9, "two changes and one slope for each of three indicators"
    judged = [row for row in content["estimates"] if row.get("verdict")]
    rows = {row["method"] for row in judged if ".upper@" in row["id"]}
    assert {row["method"] for row in judged if ".upper@" not in row["id"]} == {"taylor, t 0.95, bonferroni 9"}
    assert rows == {"taylor, t 0.95, bonferroni 6"}, "two changes of each row, in a family of their own"
    assert "6 comparisons" in section(reports["en"], "battery-vb")
    assert "9 comparisons" in section(reports["en"], "reading")


def test_first_and_previous_wave_are_compared_with_the_latest() -> None:
    assert comparisons(("a", "b", "c", "d")) == (("a", "d"), ("c", "d"))
    assert comparisons(("a", "b")) == (("a", "b"),)
    assert comparisons(("a",)) == ()


def test_every_estimate_has_its_own_id(reports: dict[str, Report]) -> None:
    rows = json.loads(reports["en"].attachments["estimates.json"])["estimates"]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    assert {"VB_ANY.1@2025", "VB_ANY.1@2022-2025", "BLAME@2025", "VB1.4@2025", "VB1_asked.2@2025"} <= set(ids)


def test_shares_of_those_who_did_not_know_are_of_all_who_were_asked(folders: tuple[Path, ...]) -> None:
    data = read_release(folders[-1])
    codebook = data.codebook
    evidence = gather(data, codebook.indicators, codebook.groups)
    answers = evidence.batteries[0].rows[0][1][0]
    weights, column = data.frame["weight"], data.frame["VB1"]
    assert answers.dont_know is not None
    assert answers.dont_know.estimate == pytest.approx(weights[column == -1].sum() / weights.sum())
    assert answers.base == int((column > 0).sum())


def one_small_wave(folders: tuple[Path, ...], people: int) -> list[SurveyData]:
    """The last wave with only a few answers to POLICE."""
    *before, last = releases(folders)
    frame = last.frame.copy()
    frame.loc[frame.index[people:], "POLICE"] = -1
    return [*before, last.with_frame(frame)]


def test_a_suppressed_figure_stands_nowhere(folders: tuple[Path, ...]) -> None:
    report = build_report(one_small_wave(folders, 25), language="en")
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    hidden = [row for row in rows if row["publish"] == SUPPRESS and row["variable"] == "POLICE"]
    assert {row["id"] for row in hidden if "|" not in row["id"]} == {
        "WR_POLICE.1@2025",
        "WR_POLICE.1@2022-2025",
        "WR_POLICE.1@2024-2025",
        "WR_POLICE.1@2022-2025/year",
        "POLICE.0@2025",
        "POLICE.1@2025",
    }
    assert all(row[name] is None for row in hidden for name in ("estimate", "se", "low", "high", "mdc"))
    assert "too few answers to say whether it changed" in section(report, "headlines")
    assert "no figure" in section(report, "headlines")
    figures, intervals, bases = cells(report, POLICE["en"]).values()
    assert {name for name, cell in figures.items() if cell == "(s)"} == {"2025", "2024→2025", "2022→2025"}
    assert [intervals[name] for name in ("2025", "2024→2025", "2022→2025")] == ["", "", ""]
    assert bases["2025"] == "22"


def test_a_small_base_is_marked(folders: tuple[Path, ...]) -> None:
    report = build_report(one_small_wave(folders, 90), language="en")
    assert "Read with caution: a small base" in section(report, "headlines")
    figures = cells(report, POLICE["en"])["Share, %"]
    assert {name for name, cell in figures.items() if "*" in cell} == {"2025"}
    assert re.fullmatch(r"\* \d+\.\d", figures["2025"])


def broken(folders: tuple[Path, ...]) -> list[SurveyData]:
    """The same waves, with the police question reworded in 2024."""
    changed = []
    reason = {"en": "102 was named", "ru": "назван номер 102", "kk": "102 аталды", "uz": "102 aytildi"}
    for data in releases(folders):
        police = data.codebook.variable("POLICE")
        if data.meta.wave >= "2024":
            police = replace(police, wording=2, compare={1: Comparison("broken", reason)})
        variables = tuple(police if v.name == "POLICE" else v for v in data.codebook.variables)
        changed.append(replace(data, codebook=replace(data.codebook, variables=variables)))
    return changed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_question_breaks_the_trend(folders: tuple[Path, ...], language: str) -> None:
    report = build_report(broken(folders), language=language)
    reason = {"en": "102 was named", "ru": "назван номер 102", "kk": "102 аталды", "uz": "102 aytildi"}
    assert reason[language] in section(report, "headlines")
    figures, *_ = cells(report, POLICE[language]).values()
    assert figures["2022→2025"] == "‡"
    assert "‡" not in figures["2024→2025"]
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    verdicts = {row["id"]: row.get("verdict") for row in rows}
    assert verdicts["WR_POLICE.1@2022-2025"] == "not_comparable"
    assert verdicts["WR_POLICE.1@2024-2025"] != "not_comparable"


def test_a_sample_that_is_not_random_has_no_margin_and_no_verdict(
    open_link_reports: dict[str, Report],
) -> None:
    fixed = {
        "en": "not a random sample; margins of error do not apply",
        "ru": "не случайная выборка; статистическая погрешность неприменима",
        "kk": "кездейсоқ іріктеме емес; қателік шегі қолданылмайды",
        "uz": "tasodifiy tanlanma emas; xatolik chegaralari qoʻllanmaydi",
    }
    for language, report in open_link_reports.items():
        assert fixed[language] in section(report, "method")
        assert "95" not in section(report, "headlines")
        assert "▲" not in section(report, "tables") + section(report, "headlines")
        rows = json.loads(report.attachments["estimates.json"])["estimates"]
        assert {row["verdict"] for row in rows if row.get("verdict")} == {"not_inferable"}
        assert all(row["low"] is None for row in rows)


def test_real_data_is_not_called_synthetic(
    open_link_reports: dict[str, Report], reports: dict[str, Report]
) -> None:
    assert not open_link_reports["en"].synthetic
    assert "SYNTHETIC" not in render_html(open_link_reports["en"])
    assert "SYNTHETIC DATA" in render_html(reports["en"])


def test_one_wave_makes_a_report_without_comparisons(folders: tuple[Path, ...]) -> None:
    report = build_report(releases(folders)[-1:], language="ru")
    assert "составила" in section(report, "headlines")
    assert json.loads(report.attachments["estimates.json"])["comparisons"] == 0


def test_help_lines_and_content_note_are_on_the_inside_cover(reports: dict[str, Report]) -> None:
    assert "Көмек: 116 16" in section(reports["kk"], "inside")
    assert "Бұл есеп қанау туралы." in section(reports["kk"], "inside")


def test_the_address_of_the_specification_stands_on_the_inside_cover_with_its_code(
    folders: tuple[Path, ...],
) -> None:
    waves, address = releases(folders)[-1:], "https://example.org/report?a=1"
    report = build_report(waves, language="en", spec=ReportSpec(address=address))
    page = next(each.html for each in report.sections if each.name == "inside")
    assert f'<img src="{qr_source(address)}" alt="QR code of the address {address}">' in page
    assert f"Report and tables: {address}" in section(report, "inside")
    assert "QR code" not in next(
        each.html for each in build_report(waves, language="en").sections if each.name == "inside"
    )


def test_the_instruments_phones_serve_when_no_help_lines_are_disclosed(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    bare = replace(data, meta=replace(data.meta, disclosure={}))
    phones = {"line": {"display": "116 16", "what": {"en": "Hotline"}}}
    record = Record(instrument={"phones": phones})
    assert "116 16 Hotline" in section(
        build_report([bare], language="en", records={"2025": record}, incomplete=True), "inside"
    )


def test_an_open_link_is_said_to_let_anybody_answer_more_than_once(folders: tuple[Path, ...]) -> None:
    said = {
        "en": "2025: by an open link; whoever had it could answer, from another device also more than once",
        "ru": "2025: по открытой ссылке; ответить мог любой",
        "kk": "2025: ашық сілтеме арқылы; сілтемесі бар кез келген адам",
        "uz": "2025: ochiq havola orqali; havolasi bor har kim",
    }
    latest = releases(folders)[-1:]
    records = {"2025": Record(fieldwork={"access": "open"})}
    for language, told in said.items():
        opened = build_report(latest, language=language, records=records)
        assert told in section(opened, "method")
        assert told not in section(build_report(latest, language=language), "method")


def test_outcomes_of_fieldwork_are_counted_in_the_method(folders: tuple[Path, ...]) -> None:
    fieldwork = {
        "invitations": 1200,
        "dispositions": {"complete": 780, "partial": 20, "withdrawn": 3},
        "not_counted": {"en": "Refusals are not counted."},
        "exclusions": [{"rows": 12, "reason": {"en": "answered twice."}}],
    }
    records = {"2025": Record(fieldwork=fieldwork)}
    method = section(build_report(releases(folders)[-1:], language="en", records=records), "method")
    assert "2025: invitations 1,200, complete 780, partial 20, broken off or withdrawn 3" in method
    assert "Refusals are not counted." in method
    assert "2025: 12 rows left out: answered twice" in method


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (
            "en",
            "2025: “Part” is not in the data: beside “Field” its counts would tell of fewer than 10 people.",
        ),
        ("ru", "2025: вопроса «Part» нет в данных"),
        ("kk", "2025: «Part» сұрағы деректерде жоқ"),
        ("uz", "2025: “Part” savoli maʼlumotlarda yoʻq"),
    ],
)
def test_a_question_that_was_left_out_is_named_in_the_method_and_meant_by_a_sign(
    folders: tuple[Path, ...], language: str, line: str
) -> None:
    label, within = (dict.fromkeys(("en", "ru", "kk", "uz"), word) for word in ("Part", "Field"))
    said = {"P": {"label": label, "within": within, "under": 10}}
    records = {"2025": Record(fieldwork={"withheld": said})}
    report, whole = (
        build_report(releases(folders)[-1:], language=language, records=each) for each in (records, {})
    )
    assert line in section(report, "method")
    meaning = words(language).say("… also: a question left out of a wave’s data to protect people.")
    for chapter in ("reading", "topline"):
        assert meaning in section(report, chapter)
        assert meaning not in section(whole, chapter)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (
            "en",
            "2025: interviews flagged for careless answers fewer than 10 of 1,200, none left out for it "
            "(Too fast fewer than 10).",
        ),
        ("ru", "2025: анкет с признаками невнимательных ответов менее 10 из"),
        ("kk", "зейінсіз жауап белгісі бар сауалнамалар"),
        ("uz", "eʼtiborsiz javob belgisi bor anketalar"),
    ],
)
def test_flagged_interviews_are_counted_in_the_method(
    folders: tuple[Path, ...], language: str, line: str
) -> None:
    flags = {
        "flag_speeding": {"label": {"en": "Too fast"}, "judged": 1200, "flagged": 5},
        "flag_attention": {"label": {"en": "Check failed"}, "judged": 0, "flagged": 0},
    }
    record = Record(fieldwork={"quality": {"flags": flags, "any": 7, "interviews": 1200}})
    report = build_report(releases(folders)[-1:], language=language, records={"2025": record})
    assert line in section(report, "method")


def test_what_is_not_known_is_said(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    bare = replace(data, meta=replace(data.meta, disclosure={}))
    method = section(build_report([bare], language="en", incomplete=True), "method")
    assert "Sponsor: not stated" in method
    assert method.count("Not stated in the release.") >= 3


def test_a_record_in_another_language_says_so(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    only_russian = replace(data, meta=replace(data.meta, disclosure={"sampling": {"ru": "Отбор адресов"}}))
    assert "Отбор адресов [Русский]" in section(
        build_report([only_russian], language="kk", incomplete=True), "method"
    )


def test_the_review_status_of_each_wording_is_printed(reports: dict[str, Report]) -> None:
    assert "Қазақ тілі – draft, needs native review" in section(reports["en"], "method")
    assert "English – source wording" in section(reports["en"], "method")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Қазақ тілі – 12 of 40 texts reviewed by Aigul S., last on 2026-05-01"),
        ("ru", "Қазақ тілі – проверено текстов: 12 из 40 (Aigul S.; последний – 2026-05-01)"),
        ("kk", "Қазақ тілі – 40 мәтіннің 12 мәтіні тексерілді (Aigul S.; соңғысы – 2026-05-01)"),
        ("uz", "Қазақ тілі – 40 matndan 12 tasi tekshirildi (Aigul S.; oxirgisi – 2026-05-01)"),
    ],
)
def test_a_wording_of_which_a_part_is_reviewed_says_how_much_and_by_whom(
    folders: tuple[Path, ...], language: str, said: str
) -> None:
    (data,) = releases(folders)[-1:]
    reviews = {"kk": Review(12, 40, ("Aigul S.",), "2026-05-01")}
    partly = replace(data, codebook=replace(data.codebook, reviews=reviews))
    report = build_report([partly], language=language)
    assert said in section(report, "method")


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"base_weight": "given"}, "base weights only"),
        ({"summary": {"min": 0.2, "max": 4.0, "kish_deff": 1.4, "n_eff": 570}}, "as given in the data file"),
        (
            {
                "kish_deff": 1.31,
                "n_eff": 611,
                "minimum": 0.4,
                "maximum": 3.1,
                "targets": {"margins": [{"variables": ["POLICE"], "source": "Census 2021"}]},
            },
            "adjusted to population margins (Would call the police)",
        ),
    ],
)
def test_the_weighting_is_told_from_its_record(
    folders: tuple[Path, ...], weights: dict[str, Any], said: str
) -> None:
    report = build_report(releases(folders)[-1:], language="en", records={"2025": Record(weights=weights)})
    assert said in section(report, "method")


def test_questions_are_printed_verbatim_in_the_report_and_the_source_language(
    reports: dict[str, Report],
) -> None:
    topline, wording = (section(reports["kk"], name) for name in ("topline", "wording"))
    assert "Полицияға (102) қоңырау шалар ма едіңіз?" in topline
    assert "Полицияға (102) қоңырау шалар ма едіңіз?" not in wording, "each wording once"
    assert "Would you call the police (102)?" in wording
    assert all(f"{row} " in topline for row in ("VB1", "VB2", "VB3"))


def test_the_register_names_every_release_with_its_whole_fingerprint(
    reports: dict[str, Report], folders: tuple[Path, ...]
) -> None:
    register = section(reports["uz"], "register")
    assert all(data.meta.fingerprint in register for data in releases(folders))


def test_wording_from_the_instrument_is_escaped(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    title = dict.fromkeys(LANGUAGES, "<script>alert(1)</script>")
    report = build_report([replace(data, meta=replace(data.meta, title=title))], language="en")
    assert "<script>" not in render_html(report)


def test_a_report_without_releases_is_refused() -> None:
    with pytest.raises(ReportError, match="tolqyn release list"):
        build_report([], language="en")


def test_a_language_the_questionnaire_lacks_is_refused(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    russian = replace(data, codebook=replace(data.codebook, languages=("ru",)))
    with pytest.raises(ReportError, match="type --lang ru"):
        build_report([russian], language="kk")


def test_a_codebook_without_headlines_is_refused(folders: tuple[Path, ...]) -> None:
    (data,) = releases(folders)[-1:]
    quiet = tuple(replace(indicator, headline=False) for indicator in data.codebook.indicators)
    with pytest.raises(ReportError, match="headline: true"):
        build_report([replace(data, codebook=replace(data.codebook, indicators=quiet))], language="en")


def test_a_specification_may_choose_what_is_printed(folders: tuple[Path, ...]) -> None:
    spec = ReportSpec(indicators=("WR_POLICE",), batteries=())
    report = build_report(releases(folders), language="en", spec=spec)
    assert [s.name for s in report.sections if s.name.startswith("battery")] == []
    assert "Index of blaming" not in section(report, "headlines")
    with pytest.raises(ReportError, match="asks for indicator TRUST"):
        build_report(releases(folders), language="en", spec=ReportSpec(indicators=("TRUST",)))


def test_an_indicator_that_nobody_answered_is_named_with_what_to_leave_out(
    make_wave: Callable[..., SurveyData],
) -> None:
    asked = make_wave("2025")
    empty = asked.codebook.indicators[0]
    silent = asked.with_frame(asked.frame.assign(**{empty.variable: -5}))
    others = [each.name for each in asked.codebook.indicators if each.variable != empty.variable]
    said = rf"in no wave \(2025\): {empty.name}.*indicators: \[{', '.join(others)}\]"
    with pytest.raises(ReportError, match=said):
        gather(silent, silent.codebook.indicators, ())
