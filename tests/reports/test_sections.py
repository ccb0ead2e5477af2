"""Each chapter says only what its data can bear: bases, designs, weights, populations, versions of a wave."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from analysis import SurveyData
from instruments import Missing
from reports import LANGUAGES, Record, Report, ReportSpec, build_report
from reports.charts.scale import Line, y_top
from reports.i18n import typeset, words
from reports.rows import Reading
from reports.spec import Organisation

Make = Callable[..., SurveyData]


def said(report: Report, name: str) -> str:
    found = next(each.html for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


def poster(make_wave: Make, people: int = 45) -> SurveyData:
    """One wave of an open link: no random sample, base weights of 1, a small base."""
    data = make_wave("2025", n=people, sample_type="nonprobability", synthetic=False)
    meta = replace(data.meta, disclosure={})
    return replace(data, meta=meta).with_frame(data.frame.assign(weight=1.0, base_weight=1.0))


@pytest.fixture(scope="module")
def posters(make_wave: Make) -> dict[str, Report]:
    record = {"2025": Record(weights={"base_weight": "given"})}
    return {
        language: build_report([poster(make_wave)], language=language, records=record, incomplete=True)
        for language in LANGUAGES
    }


def test_an_open_link_says_nothing_of_intervals_weights_or_trends(posters: dict[str, Report]) -> None:
    report = posters["en"]
    whole = " ".join(said(report, each.name) for each in report.sections)
    for absent in (
        "Majority is said",
        "Trends",
        "Weighted",
        "with intervals, bases and changes",
        "intervals, bases and design effects",
        "Population: Residents of Kazakhstan",
    ):
        assert absent not in whole, absent
    assert "Unweighted; the figures are in Table 1" in whole
    assert "The figures describe those who took part, not the population." in whole
    assert "every interview counts the same" in whole
    assert "The questionnaire is meant for: Residents of Kazakhstan aged 18 and over." in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_base_is_marked_on_cards_and_in_every_table(
    posters: dict[str, Report], language: str
) -> None:
    report = posters[language]
    cards = next(each.html for each in report.sections if each.name == "headlines").split("</div>")
    assert all(re.search(r"n=\d+\*", card) for card in cards if 'class="base"' in card)
    tables = next(each.html for each in report.sections if each.name == "tables").split("<table")[1:]
    for table in tables:
        assert '<span class="mark">*</span>' in table


def test_an_estimate_without_interval_stays_below_the_top_of_its_axis() -> None:
    bare = Reading("2025", 0.86, float("nan"), float("nan"), 400)
    assert y_top([Line("x", "harmful", (bare,))]) == 1.0
    assert y_top([Line("x", "harmful", (replace(bare, estimate=0.79),))]) == 0.8


def test_who_an_indicator_applies_to_is_read_from_the_data(make_wave: Make) -> None:
    data = make_wave("2025")
    frame = data.frame.copy()
    frame.loc[frame.index[300:], "POLICE"] = int(Missing.NOT_APPLICABLE)
    variables = tuple(
        replace(v, universe={"en": "VB2 = “Agree”"}) if v.name in ("VB1", "POLICE") else v
        for v in data.codebook.variables
    )
    filtered = replace(data.with_frame(frame), codebook=replace(data.codebook, variables=variables))
    trends = said(build_report([filtered], language="en"), "trends")
    note = trends[trends.index("Asked of a part") :]
    base = int((frame["POLICE"] >= 0).sum())
    assert f"Would call the police ({base} of 800 interviews in 2025): VB2 = “Agree”" in note
    told = f"Asked of a part of the sample ({base} of 800): VB2 = “Agree”"
    assert said(build_report([filtered], language="en"), "headlines").count(told) == 1
    assert "Blame" not in note, "VB1 has a universe in words, but nobody was left out"
    assert "Asked of a part" not in said(build_report([data], language="en"), "trends")


def test_design_effect_and_effective_size_are_of_one_reckoning(
    make_wave: Make, reports: dict[str, Report]
) -> None:
    table = next(each.html for each in reports["en"].sections if each.name == "method")
    rows = re.findall(r"<td>([\d,]+)</td>\s*<td>([\d.]+)</td><td>([\d,]+)</td>", table)
    assert len(rows) == 4
    for interviews, deff, effective in rows:
        wanted = int(interviews.replace(",", "")) / float(deff)
        assert int(effective.replace(",", "")) == pytest.approx(wanted, abs=0.51)


MARGINS = {
    "kish_deff": 1.31,
    "n_eff": 611,
    "minimum": 0.4,
    "maximum": 3.1,
    "targets": {"margins": [{"variables": ["POLICE"], "source": "Census 2021; estimate"}]},
}


def test_what_waves_have_in_common_is_said_once(make_wave: Make) -> None:
    waves = [make_wave("2024"), make_wave("2025")]
    closing = {"en": "The wave was closed by one person."}
    waves = [replace(w, meta=replace(w.meta, disclosure={"closing": closing})) for w in waves]
    records = {
        "2024": Record(weights=MARGINS),
        "2025": Record(weights={**MARGINS, "kish_deff": 1.2, "n_eff": 667}),
    }
    method = said(build_report(waves, language="en", records=records, incomplete=True), "method")
    assert method.count("Census 2021") == method.count("adjusted to population margins") == 1
    assert "2024, 2025: sources of the margins: (1) Census 2021, estimate " in method
    assert "2025: weights from 0.40 to 3.10; design effect of weighting (Kish) 1.20" in method
    assert "2024, 2025: The wave was closed by one person." in method


@pytest.mark.parametrize(
    ("codes", "sentence"), [(5, "The middle answer lies across the line."), (4, "The line parts the lower")]
)
def test_the_note_on_the_bars_knows_the_scale(make_wave: Make, codes: int, sentence: str) -> None:
    data = make_wave("2025")
    rows = ("VB1", "VB2", "VB3")
    variables = tuple(
        replace(v, codes={code: text for code, text in v.codes.items() if code <= codes})
        if v.name in rows
        else v
        for v in data.codebook.variables
    )
    frame = data.frame.copy()
    for row in rows:
        frame.loc[frame[row] > codes, row] = codes
    cut = replace(data.with_frame(frame), codebook=replace(data.codebook, variables=variables))
    assert sentence in said(build_report([cut], language="en"), "battery-vb")


def test_a_label_that_stands_for_a_wording_is_called_one(make_wave: Make) -> None:
    data = make_wave("2025")
    variables = tuple(replace(v, question={}) if v.name == "POLICE" else v for v in data.codebook.variables)
    stated = {**data.meta.disclosure, "instrument": "See the questionnaire of 2025."}
    bare = replace(data, codebook=replace(data.codebook, variables=variables))
    bare = replace(bare, meta=replace(data.meta, disclosure=stated))
    assert "their labels are printed instead: " in said(build_report([bare], language="en"), "wording")
    assert "their labels are printed instead: " not in said(build_report([data], language="en"), "wording")


def test_words_are_set_as_print_sets_them() -> None:
    assert typeset("тяжкое - “преступление”", "ru") == "тяжкое\u00a0– «преступление»"
    assert typeset("KN2 = “Иә”", "kk") == "KN2 = «Иә»"
    assert typeset("KN2 = “Ha” - 2-savol", "uz") == "KN2 = “Ha”\u00a0– 2-savol"
    assert typeset("12-hour well-prepared", "en") == "12-hour well-prepared"


def test_several_waves_are_rounds_of_fieldwork_and_no_long_one(make_wave: Make) -> None:
    both = build_report([make_wave("2024"), make_wave("2025")], language="en")
    assert "Fieldwork: 2 rounds within Apr 3, 2024" in said(both, "trends")
    one = build_report([make_wave("2025")], language="en")
    assert "Fieldwork: Apr 3" in " ".join(said(one, each.name) for each in one.sections)


def test_a_licence_is_always_told_and_a_doi_and_who_paid_where_known(make_wave: Make) -> None:
    data = make_wave("2025")
    told = {key: text for key, text in data.meta.disclosure.items() if key != "licence"}
    bare = replace(data, meta=replace(data.meta, disclosure=told))
    spec = ReportSpec(doi="10.5281/zenodo.1234567")
    report = build_report([bare], language="en", spec=spec)
    inside = " ".join(
        said(report, each.name) for each in report.sections if each.name in ("inside", "contents")
    )
    assert "Licence: CC BY 4.0" in inside
    assert "https://doi.org/10.5281/zenodo.1234567" in inside
    assert f"Funded by: {told['funder']['en']}" in inside


def paid(
    waves: Sequence[SurveyData], *funders: Any, report: dict[str, str] | None, language: str = "en"
) -> str:
    """Who paid, as the inside cover has it; `funders`: of each wave."""
    told = [
        replace(wave, meta=replace(wave.meta, disclosure=wave.meta.disclosure | {"funder": funder}))
        for wave, funder in zip(waves, funders, strict=True)
    ]
    organisation = Organisation({"en": "A centre"}, funder=report or {})
    spec = ReportSpec(organisation=organisation)
    made = build_report(told, language=language, spec=spec, incomplete=True)
    return said(made, "inside")


def test_a_report_that_another_paid_for_than_the_polls_says_who_paid_for_which(make_wave: Make) -> None:
    waves = [make_wave("2024"), make_wave("2025")]
    ministry, oil, fund = {"en": "Ministry"}, {"en": "Oil company"}, {"en": "A fund", "ru": "Фонд"}
    assert "Funded by: 2024: Ministry; 2025: Oil company" in paid(waves, ministry, oil, report=None)
    both = paid(waves, ministry, oil, report=fund)
    assert "Report funded by: A fund Polls funded by: 2024: Ministry; 2025: Oil company" in both
    part = paid(waves, ministry, fund, report=fund)
    assert "Report funded by: A fund Polls funded by: 2024: Ministry; 2025: A fund" in part
    for same in (fund, {"en": "a fund."}, {"ru": "Фонд"}):
        for language in ("en", "ru"):
            assert words(language).say("Polls funded by") not in paid(
                waves[1:], same, report=fund, language=language
            )


def test_the_cover_has_titles_in_the_languages_of_the_interviews(make_wave: Make) -> None:
    data = make_wave("2025")
    spoken = data.frame["language"].replace("uz", "ru")
    cover = build_report([data.with_frame(data.frame.assign(language=spoken))], language="en").sections[0]
    assert set(re.findall(r'<p lang="(\w+)">', cover.html)) == {"kk", "ru"}
    unknown = data.with_frame(data.frame.drop(columns="language"))
    cover = build_report([unknown], language="en", incomplete=True).sections[0].html
    assert set(re.findall(r'<p lang="(\w+)">', cover)) == {"kk", "ru", "uz"}, "where no release tells, all"
