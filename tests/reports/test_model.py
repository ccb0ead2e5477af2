"""The model of a report is one family, says whom it leaves out, and never vanishes in silence."""

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis import SurveyData, adjust
from instruments import Level, Missing, Variable
from reports import LANGUAGES, Report, ReportSpec, build_report
from reports.build import build_reports
from reports.spec import Association

Make = Callable[..., SurveyData]
BAND = Variable("BAND", dict.fromkeys(LANGUAGES, "Age"), Level.ORDINAL, {})
GROUPS = {n: dict.fromkeys(LANGUAGES, f"Band {n}") for n in range(1, 7)}
SPEC = ReportSpec(association=Association("WR_POLICE", ("BAND",)))


def banded(data: SurveyData, silent: int = 0) -> SurveyData:
    """A wave with a column of six groups, the last of them with 12 people, and `silent` without an answer."""
    values = np.random.default_rng(3).integers(1, 6, len(data.frame))
    values[:12] = 6
    values[12 : 12 + silent] = int(Missing.REFUSED)
    codebook = replace(data.codebook, variables=(*data.codebook.variables, replace(BAND, codes=GROUPS)))
    return data.with_frame(data.frame.assign(BAND=values, language="ru"), codebook=codebook)


def chapter(report: Report) -> str:
    found = next(each.html for each in report.sections if each.name == "association")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


def test_the_printed_differences_are_one_family(make_wave: Make) -> None:
    report = build_report([banded(make_wave("2025"))], language="en", spec=SPEC)
    data = io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig"))
    rows = [row for row in csv.DictReader(data) if row["statistic"] == "marginal effect"]
    shown = [row for row in rows if row["publish"] == "show"]
    assert len(shown) > 2
    p = np.array([float(row["p"]) for row in shown])
    assert [float(row["p_adjusted"]) for row in shown] == pytest.approx(list(adjust(p, "holm")))
    for row in shown:
        clear = float(row["low"]) > 0 or float(row["high"]) < 0
        assert clear == (float(row["p_adjusted"]) < 0.05)
        assert row["method"].endswith(f"holm {len(shown)}")
    assert f"adjusted for the {len(shown)} differences of this chapter (Holm)" in chapter(report)


def test_whom_the_model_leaves_out_is_said_and_adds_up(make_wave: Make) -> None:
    data = banded(make_wave("2025"), silent=60)
    text = chapter(build_report([data], language="en", spec=SPEC))
    (base,) = re.findall(r"latest wave \(2025, (\d+) interviews\)", text)
    (total, parts) = re.findall(r"Left out of the wave’s (\d+) interviews: ([^.]+)\.", text)[0]
    counts = [int(number) for number in re.findall(r"(\d+) without an answer", parts)]
    assert "fewer than 30 answers" in parts
    assert int(total) == len(data.frame) == int(base) + sum(counts)


@pytest.mark.parametrize(("n", "kind"), [(180, "probability"), (800, "nonprobability")])
def test_a_model_that_was_asked_for_and_cannot_be_printed_says_why(
    make_wave: Make, n: int, kind: str
) -> None:
    data = banded(make_wave("2025", n=n, sample_type=kind))
    for report in build_reports([data], languages=LANGUAGES, spec=SPEC):
        text = chapter(report)
        if report.language == "en":
            why = "200 are needed" if kind == "probability" else "this is not a random sample"
            assert "No model is printed: " in text
            assert why in text
        assert "<img" not in next(each.html for each in report.sections if each.name == "association")


def test_a_model_that_cannot_be_fitted_says_so(make_wave: Make) -> None:
    data = make_wave("2025")
    same = replace(BAND, codes={n: dict.fromkeys(LANGUAGES, f"Band {n}") for n in (1, 2)})
    twin = replace(same, name="TWIN")
    values = np.where(data.frame["POLICE"] == 1, 2, 1)
    codebook = replace(data.codebook, variables=(*data.codebook.variables, same, twin))
    frame = data.frame.assign(BAND=values, TWIN=values, language="ru")
    spec = ReportSpec(association=Association("WR_POLICE", ("BAND", "TWIN")))
    report = build_report([data.with_frame(frame, codebook=codebook)], language="en", spec=spec)
    assert "No model is printed: it cannot be fitted" in chapter(report)
