"""Flags for careless answering, on tables small enough to be judged by eye."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Design, Meta, SurveyData, flag_interviews, flag_names, pool, sensitivity
from instruments import Codebook, Group, Indicator, Level, Role, Variable

AGREE = {code: {"en": f"answer {code}"} for code in range(1, 6)}
NO_YES = {0: {"en": "no"}, 1: {"en": "yes"}}
STEM = "How much do you agree?"
KEYS = (1, -1, 1, -1)
ROWS = tuple(f"R{n}" for n in range(1, 5))
LIKE = tuple(f"L{n}" for n in range(1, 5))
COLUMNS = (*ROWS, *LIKE, "CHECK", "HELPED", "MUCH")


def _variable(name: str, **given: Any) -> Variable:
    base: dict[str, Any] = {"level": Level.ORDINAL, "codes": AGREE, "question": {"en": f"{name} or not?"}}
    return Variable(name, {"en": name}, **(base | given))


def a_codebook() -> Codebook:
    """A battery keyed both ways, four more items with the same answers, a check, a yes or no, a number."""
    rows = [
        _variable(name, key=key, group="R", question={"en": f"{STEM} It is {name}."})
        for name, key in zip(ROWS, KEYS, strict=True)
    ]
    check = _variable(
        "CHECK", role=Role.PARADATA, group="R", design={"attention": {"passes": [2]}}, question={}
    )
    helped = _variable("HELPED", level=Level.NOMINAL, codes=NO_YES)
    much = _variable("MUCH", level=Level.INTERVAL, codes={})
    headline = Indicator(
        "HELPED", "HELPED", "proportion", {"en": "Helped"}, {"en": "the share"}, code=1, headline=True
    )
    return Codebook(
        "tiny",
        "1",
        {},
        {},
        ("en",),
        "en",
        (*rows, *(_variable(name) for name in LIKE), check, helped, much),
        groups=(Group("R", {"en": "R"}, {"en": STEM}, ROWS, "battery"),),
        indicators=(headline,),
    )


ORDINARY = dict(zip(COLUMNS, (4, 2, 5, 1, 3, 4, 2, 3, 2, 1, 7), strict=True))


def survey(*people: dict[str, Any], **columns: Any) -> SurveyData:
    """Interviews that differ from the ordinary one in what is given."""
    frame = pd.DataFrame([{**ORDINARY, **person} for person in people]).assign(
        wave="w", weight=1.0, language="en", **columns
    )
    codebook = a_codebook()
    extra = [
        Variable(name, {"en": name}, Level.INTERVAL, role=Role.PARADATA)
        for name in frame
        if name.endswith("_seconds") or name.endswith("_POS")
    ]
    return SurveyData(
        frame,
        replace(codebook, variables=(*codebook.variables, *extra)),
        Design(weight="weight"),
        Meta("s", "w"),
    )


def flags(data: SurveyData, name: str) -> list[int]:
    return flag_interviews(data).data.frame[f"flag_{name}"].tolist()


def test_the_same_answer_to_opposite_statements_is_flagged_unless_it_is_the_middle() -> None:
    data = survey(
        dict.fromkeys(ROWS, 4),
        dict.fromkeys(ROWS, 3),
        {},
        {**dict.fromkeys(ROWS, 5), "R4": -1},
        {**dict.fromkeys(ROWS, 5), "R2": -1, "R4": -2},
        {**dict.fromkeys(ROWS, 5), "R3": -1, "R4": -2},
    )
    assert flags(data, "straightlining") == [1, 0, 0, 1, -3, -3]


def test_a_battery_keyed_one_way_is_never_straightlined() -> None:
    data = survey(dict.fromkeys(ROWS, 4), {})
    turned = [replace(v, key=1) if v.name in ROWS else v for v in data.codebook.variables]
    one_way = replace(data, codebook=replace(data.codebook, variables=tuple(turned)))
    found = flag_interviews(one_way)
    assert "flag_straightlining" not in found.data.frame
    assert found.record["flags"]["flag_straightlining"]["judged"] == 0


def test_another_answer_than_the_check_asks_for_fails_and_no_answer_is_not_judged() -> None:
    data = survey({"CHECK": 2}, {"CHECK": 4}, {"CHECK": -1}, {"CHECK": -5}, {"CHECK": -4})
    assert flags(data, "attention") == [0, 1, -3, -3, -3]


def test_seven_alike_in_a_row_are_a_long_run_and_a_refusal_ends_it() -> None:
    alike = dict.fromkeys((*ROWS, *LIKE), 3)
    data = survey(
        alike,
        {**alike, "L4": 5},
        {**alike, "L3": 5},
        {**alike, "R4": -2},
        {**alike, "R4": -3},
        {**alike, "R4": -3, "R3": -4},
    )
    assert flags(data, "longstring") == [1, 1, 0, 0, 1, -3]


def test_a_run_is_counted_in_the_order_in_which_the_rows_were_shown() -> None:
    answers = {**dict.fromkeys((*ROWS, *LIKE), 3), "R2": 5}
    first = {f"{row}_POS": place for row, place in zip(ROWS, (2, 1, 3, 4), strict=True)}
    second = {f"{row}_POS": place for row, place in zip(ROWS, (1, 3, 2, 4), strict=True)}
    assert flags(survey({**answers, **first}, {**answers, **second}), "longstring") == [1, 0]


def test_more_than_half_without_substance_is_flagged_of_what_was_asked() -> None:
    asked = (*ROWS, *LIKE, "HELPED", "MUCH")
    five, six = dict.fromkeys(asked[:5], -1), dict.fromkeys(asked[:6], -5)
    routed = {**dict.fromkeys(asked[:6], -3), "L3": -2, "L4": -2, "MUCH": np.nan}
    assert flags(survey(five, six, routed, {}), "nonresponse") == [0, 1, 1, 0]


def test_a_hidden_field_filled_in_is_a_flag_where_there_was_one() -> None:
    found = flag_interviews(survey({}, {}, hidden_field=[1.0, 0.0]))
    assert found.data.frame["flag_trap"].tolist() == [1, 0]
    assert found.record["any"] == 1
    assert "flag_trap" not in flag_interviews(survey({}, {})).data.frame


def test_who_did_not_reach_a_question_is_unfinished() -> None:
    found = flag_interviews(survey({}, {"MUCH": -6, "HELPED": -6}))
    assert found.data.frame["flag_unfinished"].tolist() == [0, 1]
    assert found.record["any"] == 0, "leaving early is no carelessness"


def test_who_took_less_than_half_of_the_median_of_a_page_is_too_fast() -> None:
    people = [{}] * 40
    seconds = [20] * 37 + [9, 10, 11]
    found = flag_interviews(survey(*people, page_seconds=seconds, interview_seconds=[400] * 40))
    assert found.data.frame["flag_speeding"].tolist() == [0] * 37 + [1, 0, 0]
    limits = found.record["flags"]["flag_speeding"]["threshold"]
    assert limits == {
        "share_of_median": 0.5,
        "page_seconds_below": {"en": 10.0},
        "reading_seconds_a_word": 0.3,
    }


def test_each_language_has_its_own_median_and_a_rare_one_everybody_s() -> None:
    people = [{}] * 71
    languages = ["en"] * 40 + ["kk"] * 30 + ["uz"]
    data = survey(*people, page_seconds=[20.0] * 39 + [15.0] + [40.0] * 29 + [15.0] + [9.0])
    data = data.with_frame(data.frame.assign(language=languages))
    found = flags(data, "speeding")
    assert [place for place, flag in enumerate(found) if flag == 1] == [69, 70]


def test_nobody_reads_the_questions_faster_than_three_words_a_second() -> None:
    # 4 rows of 3 words and their stem of 5 once, 6 further questions of 3 words: 35 words, 10.5 seconds.
    data = survey({}, {}, dict.fromkeys(LIKE, -3), interview_seconds=[10, 11, 10])
    found = flag_interviews(data)
    assert found.data.frame["flag_speeding"].tolist() == [1, 0, 0]


def test_without_seconds_nobody_is_judged_by_speed() -> None:
    found = flag_interviews(survey({}, {}))
    assert found.record["flags"]["flag_speeding"]["judged"] == 0
    assert "flag_speeding" not in flag_names(found.data.codebook)


def test_flags_change_no_answer_and_leave_nobody_out() -> None:
    data = survey(dict.fromkeys(ROWS, 4), {"CHECK": 5}, {})
    flagged = flag_interviews(data).data
    pd.testing.assert_frame_equal(flagged.frame[data.frame.columns], data.frame)
    assert all(
        flagged.codebook.variable(name).role is Role.PARADATA
        and flagged.codebook.variable(name).design["quality"]["rule"]
        for name in flag_names(flagged.codebook)
    )


def test_flags_of_a_release_are_read_and_not_computed_again() -> None:
    first = flag_interviews(survey(dict.fromkeys(ROWS, 4), {}))
    changed = first.data.with_frame(first.data.frame.assign(flag_straightlining=[0, 1]))
    again = flag_interviews(changed)
    assert again.data.frame["flag_straightlining"].tolist() == [0, 1]
    assert again.record["flags"]["flag_longstring"] == first.record["flags"]["flag_longstring"]


def test_pooled_waves_are_refused() -> None:
    one, two = survey({}), survey({})
    later = replace(two, frame=two.frame.assign(wave="x"), meta=Meta("s", "x"))
    with pytest.raises(ValueError, match="one by one"):
        flag_interviews(pool([one, later]))


def test_what_a_figure_owes_to_flagged_interviews_is_said_with_its_error() -> None:
    people = [{"HELPED": n % 2} for n in range(40)] + [{"HELPED": 1, "CHECK": 5}] * 10
    table = sensitivity(flag_interviews(survey(*people)).data)
    assert set(table["flag"]) == {"flag_attention", "any"}
    row = table[table["flag"] == "flag_attention"].iloc[0]
    assert (row["base"], row["base_without"]) == (50, 40)
    assert (row["estimate"], row["estimate_without"]) == (0.6, 0.5)
    assert row["difference"] == pytest.approx(-0.1)
    # Linearised by hand: z = (y - .6)/50 - kept (y - .5)/40, variance 50/49 of the sum of squares.
    answers = np.array([n % 2 for n in range(40)] + [1] * 10)
    kept = np.arange(50) < 40
    z = (answers - 0.6) / 50 - kept * (answers - 0.5) / 40
    assert row["se"] == pytest.approx(np.sqrt(50 / 49 * ((z - z.mean()) ** 2).sum()))


def test_a_figure_that_rests_on_flagged_interviews_alone_has_no_other() -> None:
    table = sensitivity(flag_interviews(survey({"CHECK": 5}, {"HELPED": -1})).data)
    row = table.iloc[0]
    assert (row["base"], row["base_without"]) == (1, 0)
    assert np.isnan(row["difference"])


def test_pooled_waves_of_which_one_was_not_drawn_have_no_error() -> None:
    people = [{"HELPED": n % 2} for n in range(40)] + [{"HELPED": 1, "CHECK": 5}] * 10
    one = flag_interviews(survey(*people)).data
    other = one.with_frame(one.frame.assign(wave="later"), meta=replace(one.meta, wave="later"))
    opt_in = replace(other, meta=replace(other.meta, sample_type="nonprobability"))
    assert sensitivity(pool([one, other]))["se"].notna().all()
    assert sensitivity(pool([one, opt_in]))["se"].isna().all()


codes = st.sampled_from([1, 2, 3, 4, 5, -1, -2, -3, -4, -5])
answered = st.fixed_dictionaries(dict.fromkeys((*ROWS, *LIKE), codes))


@settings(deadline=None, max_examples=60)
@given(st.lists(answered, min_size=1, max_size=12))
def test_flags_agree_with_a_count_by_hand_and_do_not_hang_on_the_other_interviews(people: list[dict]) -> None:
    frame = flag_interviews(survey(*people, {})).data.frame
    for place, person in enumerate(people):
        rows = [person[name] for name in ROWS]
        valid = [value for value in rows if value > 0]
        keys = {key for value, key in zip(rows, KEYS, strict=True) if value > 0}
        able = len(valid) >= 3 and keys == {1, -1}
        same = len(set(valid)) == 1 and valid[:1] != [3]
        assert frame["flag_straightlining"][place] == (int(same) if able else -3)
        put = [person[name] for name in (*ROWS, *LIKE) if person[name] not in (-3, -4)]
        longest = max((_run(put, start) for start in range(len(put))), default=0)
        able = sum(value > 0 for value in put) >= 7
        assert frame["flag_longstring"][place] == (int(longest >= 7) if able else -3)
        lacking = sum(value < 0 for value in put)
        assert frame["flag_nonresponse"][place] == int(2 * lacking > len(put) + 2)


def _run(values: list[int], start: int) -> int:
    length = 0
    while start + length < len(values) and values[start + length] == values[start] > 0:
        length += 1
    return length
