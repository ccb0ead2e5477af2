"""Split ballots: one form each, evenly; what the other forms ask is not asked, and the data say so."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from instruments import Draw, Level, Missing, Questionnaire, Role

# Upper 0.1 % points of chi-square for 1 and 3 degrees of freedom (any table of it).
CHI_SQUARE_999 = {1: 10.83, 3: 16.27}
BALLOTS = [f"ballot-{number}" for number in range(4000)]


@pytest.fixture
def splits(tiny: Callable[[str], Questionnaire]) -> Questionnaire:
    return tiny("splits")


def drawn(questionnaire: Questionnaire, form: str) -> Draw:
    """The first ballot that draws this form of the wording split."""
    draws = map(questionnaire.draw, BALLOTS)
    return next(draw for draw in draws if draw.form("wording_op") == form)


def shown(questionnaire: Questionnaire, draw: Draw) -> Iterator[tuple[str, ...]]:
    for page in questionnaire.pages:
        yield tuple(item.id for item in questionnaire.items_on(page.number, {}, draw))


def test_forms_come_equally_often_and_independently(splits: Questionnaire) -> None:
    draws = [splits.draw(ballot) for ballot in BALLOTS]
    joint = Counter((draw.form("wording_op"), draw.form("half")) for draw in draws)
    expected = len(BALLOTS) / 4
    assert sum((count - expected) ** 2 / expected for count in joint.values()) < CHI_SQUARE_999[3]
    assert splits.draw("b").form("half") == splits.draw("b").form("half")


def test_only_the_items_of_the_drawn_form_are_shown(splits: Questionnaire) -> None:
    for form, there, absent in (("a", "OP_B", "OP_NEW"), ("b", "OP_NEW", "OP_B")):
        rows = [name for page in shown(splits, drawn(splits, form)) for name in page]
        assert there in rows and absent not in rows


def test_the_rows_of_a_form_fill_the_pages_without_a_gap(splits: Questionnaire) -> None:
    """Four rows are written and three shown, two a page: the second page holds the last alone."""
    for ballot in BALLOTS[:50]:
        pages = list(shown(splits, splits.draw(ballot)))
        assert [len(page) for page in pages[:2]] == [2, 1]
        assert pages[1] == ("OP_LAST",)


def test_a_page_whose_only_item_is_not_asked_is_skipped(splits: Questionnaire) -> None:
    by_form = {splits.draw(ballot).form("half"): splits.draw(ballot) for ballot in BALLOTS[:50]}
    press = next(page.number for page in splits.pages if page.items == ("PRESS",))
    assert splits.items_on(press, {}, by_form["no"]) == ()
    assert splits.next_page(press - 1, {}, by_form["no"]) == press + 1
    assert splits.next_page(press - 1, {}, by_form["yes"]) == press


def test_items_of_the_other_forms_are_not_asked_whatever_was_stored(splits: Questionnaire) -> None:
    draw = drawn(splits, "a")
    stored = {"OP_A": 1, "OP_B": 3, "OP_NEW": 3, "OP_LAST": 2, "WHY": 1, "EITHER": 2, "END": 1}
    values = splits.encode(stored, draw, complete=True)
    assert values["OP_B"] == 3
    assert values["OP_NEW"] == Missing.NOT_ASKED
    assert values["OP_NEW_POS"] == Missing.NOT_ASKED
    assert {values[f"{row}_POS"] for row in ("OP_A", "OP_B")} == {1, 2}
    assert values["wording_op"] == 1
    assert splits.encode({}, draw, complete=False)["OP_NEW"] == Missing.NOT_ASKED


def test_a_follow_up_of_another_form_alone_is_not_asked_and_one_of_both_forms_is_routed(
    splits: Questionnaire,
) -> None:
    values = splits.encode({"OP_B": 1, "END": 1}, drawn(splits, "a"), complete=True)
    assert values["WHY"] == Missing.NOT_ASKED
    assert values["EITHER"] == Missing.NOT_APPLICABLE
    values = splits.encode({"OP_NEW": 1, "END": 1}, drawn(splits, "b"), complete=True)
    assert values["WHY"] == Missing.NOT_APPLICABLE


def test_every_column_may_hold_what_it_holds(splits: Questionnaire) -> None:
    variables = {variable.name: variable for variable in splits.codebook().variables}
    for ballot in BALLOTS[:40]:
        for complete in (True, False):
            for name, value in splits.encode({}, splits.draw(ballot), complete).items():
                assert value >= 0 or Missing(int(value)) in variables[name].missing, name


def test_the_form_is_a_column_and_the_universe_of_its_items(splits: Questionnaire) -> None:
    codebook = splits.codebook()
    form = codebook.variable("wording_op")
    assert (form.role, form.level) == (Role.ASSIGNMENT, Level.NOMINAL)
    assert form.codes == {1: {"en": "Form a"}, 2: {"en": "Form b"}}
    assert form.label == {"en": "Wording of the second opinion"}
    assert codebook.variable("OP_B").universe == {"en": "wording_op = “Form a”"}
    assert codebook.variable("OP_A").universe == {}
    assert Missing.NOT_ASKED in codebook.variable("WHY").missing
    assert Missing.NOT_ASKED not in codebook.variable("EITHER").missing
