"""A hidden group: table, figure and model give its true reason, its base and nothing more."""

import base64
import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis import SurveyData
from instruments import Level, Missing, Variable
from reports import Report, ReportSpec, build_report
from reports.spec import Association, Groups

Make = Callable[..., SurveyData]
SEX = Variable(
    "SEX",
    {"en": "Sex"},
    Level.NOMINAL,
    {1: {"en": "Man"}, 2: {"en": "Woman"}},
    missing=(Missing.REFUSED,),
)
ROLE = Variable("ROLE", {"en": "Role"}, Level.NOMINAL, {n: {"en": f"Role {n}"} for n in (1, 2, 3)})
HIDING_THE_FIRST = [0.1, 0.44, 0.44, 0.02]
FEW_IN_ONE = [0.44, 0.54, 0.02]
"""Of 900 people about 18 in the third role: it is hidden, and a second one for its sake."""
BAND = Variable("BAND", {"en": "Age"}, Level.ORDINAL, {n: {"en": f"Band {n}"} for n in range(1, 5)})


def parted(data: SurveyData, silent: int, column: Variable, shares: list[float]) -> SurveyData:
    """The wave with a column that a few people left unanswered."""
    chance = np.random.default_rng(5)
    values = chance.choice(list(column.codes), len(data.frame), p=shares)
    values[:silent] = int(Missing.REFUSED)
    codebook = replace(data.codebook, variables=(*data.codebook.variables, column))
    frame = data.frame.assign(**{column.name: values, "language": "ru"})
    return data.with_frame(frame, codebook=codebook)


def report_of(data: SurveyData, *columns: str) -> Report:
    return build_report(
        [data],
        language="en",
        spec=ReportSpec(
            groups=Groups(columns, ("WR_POLICE",)), association=Association("WR_POLICE", columns)
        ),
    )


def rows(report: Report) -> dict[str, dict[str, str]]:
    table = csv.DictReader(io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig")))
    return {row["id"]: row for row in table}


def reckoned(report: Report, column: str, hidden: int, others: list[int]) -> list[float]:
    """What a reader gets for the hidden group: a printed group's figure and the difference beside it."""
    found, name = rows(report), "WR_POLICE.1@2025"
    differences = {
        code: row["estimate"]
        for code in (hidden, *others)
        if (row := found.get(f"WR_POLICE@2025~{column}={code}")) is not None and row["estimate"]
    }
    gained = []
    for other in others:
        shown = found[f"{name}|{column}={other}"]
        if shown["estimate"] and (hidden in differences or other in differences):
            step = float(differences.get(hidden) or 0) - float(differences.get(other) or 0)
            gained.append(float(shown["estimate"]) + step)
    return gained


def share_of(data: SurveyData, column: str, code: int) -> float:
    frame = data.frame[(data.frame["POLICE"] >= 0) & (data.frame[column] == code)]
    return float((frame["weight"] * frame["POLICE"]).sum() / frame["weight"].sum())


def chapter(report: Report) -> str:
    return next((re.sub("<[^>]+>", " ", e.html) for e in report.sections if e.name == "association"), "")


def test_a_group_hidden_for_others_does_not_follow_from_the_model(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 0, ROLE, FEW_IN_ONE)
    report = report_of(data, "ROLE")
    gate = {code: rows(report)[f"WR_POLICE.1@2025|ROLE={code}"]["publish"] for code in (1, 2)}
    assert sorted(gate.values()) == ["show", "suppress"], "one of two is hidden for the few of the third"
    hidden = next(code for code, word in gate.items() if word == "suppress")
    truth = share_of(data, "ROLE", hidden)
    gained = reckoned(report, "ROLE", hidden, [3 - hidden])
    assert not any(value == pytest.approx(truth, abs=0.02) for value in gained)
    line = rows(report)[f"WR_POLICE@2025~ROLE={hidden}"]
    assert (line["publish"], line["reason"]) == ("suppress", "complementary")
    assert not any(line[name] for name in ("estimate", "se", "low", "high", "p"))


def test_the_attack_finds_a_group_of_a_model_that_hides_nothing(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 0, SEX, [0.45, 0.55])
    (gained,) = reckoned(report_of(data, "SEX"), "SEX", 1, [2])
    assert gained == pytest.approx(share_of(data, "SEX", 1), abs=0.001)


@pytest.mark.parametrize("group", [1, 2])
def test_no_exact_base_of_a_group_follows_from_what_stands_beside_its_rounded_one(
    make_wave: Make, group: int
) -> None:
    """Attacks: effective size times design effect; n / (n - 1) from share, error and effective size."""
    data = parted(make_wave("2025", n=903), 0, SEX, [0.45, 0.55])
    there = (data.frame["POLICE"] >= 0) & (data.frame["SEX"] == group)
    report = report_of(data, "SEX")
    row = rows(report)[f"WR_POLICE.1@2025|SEX={group}"]
    share, error, size = (float(row[name]) for name in ("estimate", "se", "n_eff"))
    assert int(row["base"]) % 5 == 0
    assert size == round(size)
    assert size * float(row["deff"]) == pytest.approx(int(row["base"]), rel=0.01)
    ratio = size * error**2 / (share * (1 - share))
    assert abs(ratio / (ratio - 1) - int(there.sum())) > 5
    table = next(section.html for section in report.sections if section.name == "tables")
    assert int(there.sum()) % 5
    assert f"<td>{row['base']}</td>" in table
    assert f"<td>{int(there.sum())}</td>" not in table


def test_a_hidden_group_is_no_comparison_group_and_has_no_difference(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 0, BAND, HIDING_THE_FIRST)
    report = report_of(data, "BAND")
    found = rows(report)
    gate = {code: found[f"WR_POLICE.1@2025|BAND={code}"]["publish"] for code in BAND.codes}
    assert gate == {1: "suppress", 2: "show", 3: "show", 4: "suppress"}
    lines = {code: found.get(f"WR_POLICE@2025~BAND={code}") for code in BAND.codes}
    assert lines[2] is None, "the first printed group is what others are compared with"
    assert lines[1] is not None
    assert (lines[1]["publish"], lines[1]["estimate"]) == ("suppress", "")
    assert lines[3] is not None
    assert lines[3]["estimate"]


@pytest.mark.parametrize("hides", [False, True])
def test_the_page_prints_a_mark_and_the_reason_for_a_hidden_difference(make_wave: Make, hides: bool) -> None:
    sizes = HIDING_THE_FIRST if hides else [0.1, 0.3, 0.3, 0.3]
    report = report_of(parted(make_wave("2025", n=900), 0, BAND, sizes), "BAND")
    tables = re.sub(r"\s+", " ", next(e.html for e in report.sections if e.name == "tables"))
    lines = re.findall(r'<tr class="figure">.*?</tr>', tables[tables.index("everything else in the table") :])
    assert ("(s)" in "".join(lines)) is hides
    assert "Band 1" in "".join(lines)


def test_a_group_hidden_for_others_is_called_that_and_not_uncertain(make_wave: Make) -> None:
    sizes = {"2024": [0.44, 0.54, 0.02], "2025": FEW_IN_ONE}
    waves = [parted(make_wave(name, n=900), 0, ROLE, shares) for name, shares in sizes.items()]
    spec = ReportSpec(groups=Groups(("ROLE",), ("WR_POLICE",)))
    report = build_report(waves, language="en", spec=spec)
    page = next(each.html for each in report.sections if each.name == "groups")
    drawn = drawn_on(page)
    assert "hidden to protect a small group" not in drawn, "a group hidden in both waves has no line"
    waves[0] = parted(make_wave("2024", n=900), 0, ROLE, [0.4, 0.3, 0.3])
    page = next(e.html for e in build_report(waves, language="en", spec=spec).sections if e.name == "groups")
    assert "hidden to protect a small group" in drawn_on(page)
    assert "too uncertain to print" not in drawn_on(page)


def drawn_on(page: str) -> str:
    found = re.findall(r"base64,([^\"]+)\"", page)
    return html.unescape("".join(base64.b64decode(each).decode() for each in found))


def line_of(report: Report, label: str) -> list[str]:
    """The cells of a group's line in the tables."""
    tables = next(each.html for each in report.sections if each.name == "tables")
    line = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', tables, re.DOTALL)[1]
    return [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall("<td.*?</td>", line, re.DOTALL)]


def test_the_base_of_a_hidden_group_stands_in_the_table_as_in_the_figure(make_wave: Make) -> None:
    report = report_of(parted(make_wave("2025", n=900), 0, ROLE, FEW_IN_ONE), "ROLE")
    found = rows(report)
    hidden = next(c for c in (1, 2) if found[f"WR_POLICE.1@2025|ROLE={c}"]["publish"] == "suppress")
    cells = line_of(report, f"Role {hidden}")
    assert cells[0] == "(s)"
    assert cells[-1] == found[f"WR_POLICE.1@2025|ROLE={hidden}"]["base"]
