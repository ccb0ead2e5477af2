"""Codes reported together stand in tables of batteries and among the figures, estimated for themselves."""

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis import SurveyData, proportion
from instruments import Net
from reports import LANGUAGES, build_report
from reports.evidence import gather
from reports.further import upper_net

AGREE = Net({"en": "Agree, both", "ru": "Согласны", "kk": "Келіседі", "uz": "Qoʻshiladi"}, (4, 5))


@pytest.fixture
def netted(make_wave: Callable[..., SurveyData]) -> SurveyData:
    """A wave in which two of three rows have the net."""
    data = make_wave("2025")
    variables = tuple(
        replace(variable, nets={"agree": AGREE}) if variable.name in ("VB1", "VB2") else variable
        for variable in data.codebook.variables
    )
    return replace(data, codebook=replace(data.codebook, variables=variables))


def test_a_net_is_estimated_for_each_row_that_declares_it(netted: SurveyData) -> None:
    evidence = gather(netted, netted.codebook.indicators, netted.codebook.groups)
    rows = {variable.name: answers[0] for variable, answers in evidence.batteries[0].rows}
    assert [sorted(rows[name].nets) for name in ("VB1", "VB2", "VB3")] == [["agree"], ["agree"], []]
    expected = proportion(netted, "VB1", code="agree").iloc[0]
    found = rows["VB1"].nets["agree"]
    assert (found.estimate, found.se, found.base) == pytest.approx(
        tuple(expected[["estimate", "se", "base"]])
    )
    by_code = {reading.code: reading.estimate for reading in rows["VB1"].shares}
    assert found.estimate == pytest.approx(by_code[4] + by_code[5])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_net_is_a_column_of_the_battery_table_and_a_figure_to_cite(
    netted: SurveyData, language: str
) -> None:
    report = build_report([netted], language=language)
    tables = next(section.html for section in report.sections if section.name == "tables")
    heads = [html.unescape(head) for head in re.findall(r'<th scope="col">([^<]*)</th>', tables)]
    assert heads.count(AGREE.label[language]) == 1
    figures = list(csv.DictReader(io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig"))))
    ids = [figure["id"] for figure in figures]
    assert {"VB1.agree@2025", "VB2.agree@2025"} <= set(ids)
    assert len(set(ids)) == len(ids)
    share = next(float(figure["estimate"]) for figure in figures if figure["id"] == "VB1.agree@2025")
    cells = re.findall(r"<td>([^<]*)</td>", tables)
    assert f"{100 * share:.1f}".replace(".", "." if language == "en" else ",") in [c.strip() for c in cells]


def test_a_rows_sentence_speaks_of_the_declared_net_of_agreement(
    make_wave: Callable[..., SurveyData],
) -> None:
    data = make_wave("2025")
    variable = data.variable("VB1")
    least = replace(AGREE, codes=(1, 2))
    narrow = replace(AGREE, codes=(5,))
    assert upper_net(variable).codes == (4, 5)
    assert not upper_net(variable).label
    declared = replace(variable, nets={"least": least, "narrow": narrow, "agree": AGREE})
    assert upper_net(declared) == AGREE
    assert upper_net(replace(variable, nets={"least": least})) == upper_net(variable)
