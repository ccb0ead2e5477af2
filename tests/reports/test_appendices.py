"""Appendices: every question with its marginals, the history of its words, what was corrected."""

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import SurveyData, pool, proportion
from instruments import Missing, Net
from reports import LANGUAGES, Record, Report, build_report
from reports.sections.history import marked
from reports.tables import FEW, NOT_ASKED

Make = Callable[..., SurveyData]


def page(report: Report, name: str) -> str:
    return next(each.html for each in report.sections if each.name == name)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def lines(report: Report, head: str) -> dict[str, list[str]]:
    """Of the table of the topline with this corner: each answer's cells, a wave each."""
    (block,) = [
        table.partition("</thead>")[2]
        for table in page(report, "topline").split("<table")[1:]
        if f'<th scope="col">{head}</th>' in table.partition("</thead>")[0]
    ]
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', block, re.S)
    return {
        plain(name): [plain(cell) for cell in re.findall(r"<td.*?</td>", row, re.S)] for name, row in rows
    }


def test_every_question_has_a_table_of_its_answers_by_wave(reports: dict[str, Report]) -> None:
    found = lines(reports["en"], "Would call the police")
    assert list(found) == ["No", "Yes", "Don’t know + refused or skipped", "Answers (n)"]
    assert all(len(cells) == 4 for cells in found.values())
    for no, yes in zip(found["No"], found["Yes"], strict=True):
        assert abs(int(no) + int(yes) - 100) <= 1
    for row in ("VB1", "VB2", "VB3"):
        assert f"{row} " in plain(page(reports["en"], "topline"))


def test_marginals_are_the_estimates_rounded(make_wave: Make) -> None:
    waves = [make_wave("2024"), make_wave("2025")]
    found = lines(build_report(waves, language="en"), "Would call the police")
    table = proportion(pool(waves), "POLICE", code=1, by="wave")
    assert found["Yes"] == [f"{100 * share:.0f}" for share in table["estimate"]]
    assert found["Answers (n)"] == [str(base) for base in table["base"]]


def test_a_share_above_zero_is_never_printed_as_zero(make_wave: Make) -> None:
    data = make_wave("2025")
    frame = data.frame.copy()
    frame["POLICE"] = 0
    frame.loc[frame.index[:2], "POLICE"] = 1
    found = lines(build_report([data.with_frame(frame)], language="en"), "Would call the police")
    assert found["Yes"] in (["<1"], [FEW])
    assert found["Don’t know + refused or skipped"] == ["0 + 0"]


def test_nets_stand_below_the_answers(make_wave: Make) -> None:
    data = make_wave("2025")
    nets = {"would": Net(dict.fromkeys(LANGUAGES, "Would at all"), (1,))}
    variables = tuple(replace(v, nets=nets) if v.name == "POLICE" else v for v in data.codebook.variables)
    netted = replace(data, codebook=replace(data.codebook, variables=variables))
    found = lines(build_report([netted], language="en"), "Would call the police")
    assert list(found)[2] == "Net: Would at all"
    share = proportion(netted, "POLICE", code="would", by="wave")["estimate"].iloc[0]
    assert found["Net: Would at all"] == [f"{100 * share:.0f}"]


def test_a_question_a_wave_did_not_ask_says_so(make_wave: Make) -> None:
    before, last = make_wave("2024"), make_wave("2025")
    frame = before.frame.assign(POLICE=int(Missing.NOT_APPLICABLE))
    found = lines(build_report([before.with_frame(frame), last], language="en"), "Would call the police")
    assert found["Yes"][0] == NOT_ASKED
    assert found["Yes"][1].isdecimal()


def test_a_suppressed_share_stands_in_no_topline(make_wave: Make) -> None:
    found = lines(build_report([make_wave("2025", n=20)], language="en"), "Would call the police")
    assert found["Yes"] == found["No"] == [FEW]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_holds_every_language_and_says_that_nothing_changed(
    reports: dict[str, Report], make_wave: Make, language: str
) -> None:
    history = page(reports[language], "wording")
    said = plain(history) + plain(page(reports[language], "topline"))
    question = make_wave("2025").codebook.variable("POLICE").question
    for spoken in LANGUAGES:
        assert (f'lang="{spoken}"' in history) is (spoken != language), "its own language is in the topline"
        assert question[spoken].partition("'")[0] in said
    assert "<strong>" not in history


def test_a_question_stands_with_the_names_it_was_asked_with(make_wave: Make) -> None:
    asked = {
        "en": "Here is {organisation} ({contact}). You said {recall:kids}. Police?",
        "ru": "{organisation}?",
    }
    data = make_wave("2025")
    variables = tuple(
        replace(v, question={**v.question, **asked}) if v.name == "POLICE" else v
        for v in data.codebook.variables
    )
    worded = replace(data, codebook=replace(data.codebook, variables=variables))
    names = {"organisation": "The Office & Sons", "contact": "office@example.org"}
    records = {"2025": Record({}, {"base_weight": "given"}, {"fills": names})}
    report = build_report([worded], language="en", records=records)
    assert "Here is The Office &amp; Sons (office@example.org). You said …. Police?" in page(
        report, "topline"
    )
    assert "The Office &amp; Sons?" in page(report, "wording")
    unknown = build_report([worded], language="en")
    assert "Here is … (…). You said …. Police?" in page(unknown, "topline")


def test_a_changed_word_is_bold_in_the_wave_that_has_it(make_wave: Make) -> None:
    before, last = make_wave("2024"), make_wave("2025")
    variables = tuple(
        replace(v, question={**v.question, "en": "Would you ring the police (102)?"})
        if v.name == "POLICE"
        else v
        for v in last.codebook.variables
    )
    changed = replace(last, codebook=replace(last.codebook, variables=variables))
    history = page(build_report([before, changed], language="en"), "wording")
    assert "Changed between waves: POLICE." in plain(history)
    assert re.search(r">2024</span>.*?Would you call the police", history)
    assert re.search(r">2025</span>.*?Would you <strong>ring</strong> the police", history)
    assert history.count("<strong>") == 1


@given(st.text("ab <&", max_size=30), st.text("ab <&", max_size=30))
def test_marking_changes_no_word(before: str, after: str) -> None:
    assert marked(before, after).striptags() == marked(None, after).striptags()
    assert "<strong>" not in marked(after, after)
