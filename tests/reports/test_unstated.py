"""Few who did not say their group hide no other group, and nothing of what they answered follows."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis import SurveyData
from reports import LANGUAGES, ReportSpec, build_report
from reports.spec import Association, Groups
from reports.unstated import (
    NOT_STATED,
    are_apart,
    group_code,
    group_name,
    host,
    is_joint,
    joined,
    joint_label,
    own_code,
    people_of,
    with_unstated,
)
from tests.reports.test_hidden_groups import (
    FEW_IN_ONE,
    ROLE,
    SEX,
    drawn_on,
    line_of,
    parted,
    report_of,
    rows,
    share_of,
)

Make = Callable[..., SurveyData]
GROUPS = (1, 2, NOT_STATED)
SHARE = "WR_POLICE.1@2025"


def weights(data: SurveyData) -> dict[int, float]:
    """The weight of each group among those who answered, who did not say apart."""
    frame = data.frame[data.valid("POLICE")]
    at = frame["SEX"].where(frame["SEX"] > 0, NOT_STATED)
    return {code: float(frame.loc[at == code, "weight"].sum()) for code in GROUPS}


def told(found: dict[str, dict[str, str]], weight: dict[int, float]) -> np.ndarray:
    """Equations a reader has for how many of each group said yes: everybody, groups, differences."""

    def of(people: tuple[int, ...]) -> np.ndarray:
        """The share among some people, in numbers of each group that said yes."""
        whole = sum(weight[code] for code in people)
        return np.array([(code in people) / whole for code in GROUPS])

    known = [of(GROUPS)]
    for name, row in found.items():
        place, _, text = name.rpartition("=")
        if row["publish"] == "suppress" or not row["estimate"] or not place.endswith("SEX"):
            continue
        people = people_of(group_code(text))
        if place.startswith(SHARE):
            known.append(of(people))
        elif place.startswith("WR_POLICE@2025~"):
            known.append(of(people) - of(tuple(code for code in GROUPS if code not in people)))
    return np.array(known)


def _groups_of(found: dict[str, dict[str, str]]) -> str:
    """The names of the groups that have a line."""
    return " ".join(name.rpartition("=")[2] for name in found if name.startswith(f"{SHARE}|SEX="))


def follows(found: dict[str, dict[str, str]], weight: dict[int, float]) -> set[int]:
    """The groups whose share can be computed from what is shown."""
    return computable(told(found, weight), weight)


def computable(known: np.ndarray, weight: dict[int, float]) -> set[int]:
    """The groups of which the equations leave one value."""
    rank = np.linalg.matrix_rank(known, tol=1e-12)
    units = np.eye(3) / max(weight.values())
    wider = [np.linalg.matrix_rank(np.vstack([known, unit]), tol=1e-12) for unit in units]
    return {code for code, above in zip(GROUPS, wider, strict=True) if above == rank}


def test_both_of_two_groups_print_and_nothing_follows_of_who_did_not_say(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 4, SEX, [0.45, 0.55])
    found = rows(report_of(data, "SEX"))
    assert _groups_of(found) == "1 2+not_stated"
    assert all(found[f"{SHARE}|SEX={text}"]["publish"] == "show" for text in ("1", "2+not_stated"))
    assert follows(found, weights(data)) == {1}
    leaking = {**found, f"{SHARE}|SEX=2": found[f"{SHARE}|SEX=1"]}
    assert follows(leaking, weights(data)) == {1, 2, NOT_STATED}


def test_the_difference_in_a_model_is_that_of_the_printed_groups(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 4, SEX, [0.45, 0.55])
    found = rows(report_of(data, "SEX"))
    step = float(found["WR_POLICE@2025~SEX=2+not_stated"]["estimate"])
    printed = [float(found[f"{SHARE}|SEX={text}"]["estimate"]) for text in ("1", "2+not_stated")]
    assert printed[0] + step == pytest.approx(printed[1], abs=1e-6)
    assert printed[1] != pytest.approx(share_of(data, "SEX", 2), abs=1e-5)


def test_a_model_without_them_would_give_them_away(make_wave: Make) -> None:
    data = parted(make_wave("2025", n=900), 4, SEX, [0.45, 0.55])
    found, weight = rows(report_of(data, "SEX")), weights(data)
    known = told({name: row for name, row in found.items() if "~" not in name}, weight)
    between = np.array([-1 / weight[1], 1 / weight[2], 0.0])
    assert computable(known, weight) == {1}
    assert computable(np.vstack([known, between]), weight) == set(GROUPS)


@pytest.mark.parametrize("silent", [29, 30])
def test_thirty_who_did_not_say_stand_apart_and_hide_nobody(make_wave: Make, silent: int) -> None:
    data = parted(make_wave("2025", n=900), 0, SEX, [0.45, 0.55])
    asked = np.flatnonzero(data.valid("POLICE"))[:silent]
    data = data.with_frame(data.frame.assign(SEX=data.frame["SEX"].mask(data.frame.index.isin(asked), -2)))
    found = rows(report_of(data, "SEX"))
    assert _groups_of(found) == ("1 2+not_stated" if silent < 30 else "1 2")
    assert all(row["publish"] == "show" for name, row in found.items() if name.startswith(f"{SHARE}|SEX="))


def test_another_group_too_small_protects_them_without_being_counted_with(make_wave: Make) -> None:
    found = rows(report_of(parted(make_wave("2025", n=900), 4, ROLE, FEW_IN_ONE), "ROLE"))
    gate = {code: found[f"{SHARE}|ROLE={code}"]["publish"] for code in (1, 2, 3)}
    assert gate == {1: "show", 2: "show", 3: "suppress"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_table_and_figure_name_the_group_as_it_is(make_wave: Make, language: str) -> None:
    label = {1: dict.fromkeys(LANGUAGES, "Manfolk"), 2: dict.fromkeys(LANGUAGES, "Womenfolk")}
    column = replace(SEX, codes=label, label=dict.fromkeys(LANGUAGES, "Sex"))
    waves = [
        parted(make_wave(name, n=900), n, column, [0.45, 0.55]) for name, n in (("2024", 0), ("2025", 4))
    ]
    spec = ReportSpec(groups=Groups(("SEX",), ("WR_POLICE",)), association=Association("WR_POLICE", ("SEX",)))
    report = build_report(waves, language=language, spec=spec)
    named = joint_label({language: "Womenfolk"})[language]
    assert len(line_of(report, named)) == 4
    pages = {each.name: each.html for each in report.sections}
    assert named in drawn_on(pages["groups"])
    assert named in drawn_on(pages["association"])
    assert re.search("»:|”:", pages["groups"]), "the note says what the words mean"


def test_names_and_codes_of_groups_go_there_and_back() -> None:
    assert group_name("SEX", with_unstated(2)) == "SEX=2+not_stated"
    assert [group_code(text) for text in ("2", "2+not_stated", "", "some")] == [2, with_unstated(2), 0, 0]
    assert people_of(with_unstated(2)) == (2, NOT_STATED)
    assert (own_code(with_unstated(2)), own_code(2)) == (2, 2)
    assert (is_joint(with_unstated(2)), is_joint(2), is_joint(NOT_STATED)) == (True, False, False)


def people(**sizes: int) -> np.ndarray:
    """Codes of a wave: `a=40` is forty people of group 1, `b` of 2, `no` of those who did not say."""
    return np.repeat([{"a": 1, "b": 2, "c": 3, "no": NOT_STATED}[name] for name in sizes], [*sizes.values()])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"a": 40, "b": 60, "no": 1}, 2),
        ({"a": 40, "b": 60, "no": 29}, 2),
        ({"a": 40, "b": 60, "no": 30}, None),
        ({"a": 40, "b": 60}, None),
        ({"a": 29, "b": 60, "no": 5}, None),
        ({"a": 60, "no": 5}, None),
        ({"no": 5}, None),
    ],
)
def test_the_largest_group_of_the_wave_takes_them(asked: dict[str, int], found: Any) -> None:
    assert host(people(**asked), people(a=100, b=120, c=40, no=9)) == found


def test_every_question_of_a_wave_takes_the_same_group() -> None:
    wave = people(a=100, b=120, no=9)
    assert host(people(a=70, b=50, no=3), wave) == host(people(a=50, b=70, no=3), wave) == 2


def test_groupings_of_which_a_sum_leaves_who_did_not_say_are_not_shown_together() -> None:
    sex = people(a=100, b=140, no=9)
    crossed = np.tile([1, 2], 125)[: len(sex)]
    same = np.where(sex == 2, 1, np.where(np.arange(len(sex)) % 2, 2, 3))
    every = np.full(len(sex), fill_value=True)
    assert are_apart([sex, crossed], every, every)
    assert not are_apart([sex, same], every, every), "group 1 of the second is group 2 of the first"
    assert (joined(sex, 2) == with_unstated(2)).sum() == 149
