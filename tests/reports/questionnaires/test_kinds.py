"""Every kind of item and every form of a computed column has its printed form."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import KINDS, Item, Missing, Questionnaire, load_library
from reports import paper_pdf, preview_html
from reports.i18n import words
from reports.questionnaires.blocks import Boxes, Lines, Listing, Passage, Ticks
from reports.questionnaires.computed import FORMS
from reports.questionnaires.kinds import PRINTED, Printed, printed
from reports.questionnaires.setting import Setting

LIBRARY = Path(__file__).resolve().parents[2] / "library"
TINY = sorted(path.stem for path in LIBRARY.glob("*.yaml") if "." not in path.stem)


def test_every_kind_has_a_printed_form_and_no_other_has() -> None:
    assert set(PRINTED) == set(KINDS)


def test_every_kind_says_its_own_name() -> None:
    setting = Setting(load_library("kz_thb_core", "2026.1"), words("en"))
    names = [kind.name(setting) for kind in PRINTED.values()]
    assert len(set(names)) == len(names)
    assert Printed().name(setting) not in names


def test_every_form_of_a_computed_column_in_the_library_is_said_in_words(core: Questionnaire) -> None:
    used = {next(name for name in FORMS if name in computed.variable.rule) for computed in core.computed}
    assert used == set(FORMS)


def test_a_kind_nobody_described_is_printed_as_lines(core: Questionnaire) -> None:
    setting = Setting(core, words("en"))
    blocks = printed("unheard_of").blocks(core.items["KN2"], setting, {})
    assert isinstance(blocks[0], Lines)
    assert isinstance(blocks[1], Ticks)


def blocks_of(item: Item, questionnaire: Questionnaire, *, form: str = "") -> tuple[object, ...]:
    draw = questionnaire.draw(form) if form else None
    return printed(item.kind).blocks(item, Setting(questionnaire, words("en"), draw), {})


def test_missing_kinds_are_boxes_with_their_codes(core: Questionnaire) -> None:
    (ticks,) = blocks_of(core.items["KN3"], core)
    assert isinstance(ticks, Ticks)
    assert [(tick.code, str(tick.label)) for tick in ticks.options] == [
        ("1", "Yes"),
        ("2", "No"),
        ("−1", "Don&#39;t know"),
        ("−2", "Prefer not to say"),
    ]


def test_a_scale_is_printed_in_the_direction_of_its_form(core: Questionnaire) -> None:
    directions = set()
    for number in range(8):
        draw = core.draw(str(number))
        (ticks,) = blocks_of(core.items["AW2"], core, form=str(number))
        assert isinstance(ticks, Ticks)
        codes = [tick.code for tick in ticks.options[:5]]
        assert (codes == ["5", "4", "3", "2", "1"]) is draw.reversed("agree5")
        directions.add(codes[0])
    assert directions == {"1", "5"}


def test_a_form_shows_one_cell_and_the_preview_all_with_their_levels(core: Questionnaire) -> None:
    vignette = core.items["VGN"]
    assert blocks_of(vignette, core, form="1") == ()
    cells = blocks_of(vignette, core)
    assert [cell.heading for cell in cells if isinstance(cell, Passage)] == list(vignette.cells)
    assert "VGN_SEX = 1 (Sex of the person in the situation: Woman)" in cells[0].facts


def test_a_list_experiment_has_no_boxes_at_its_statements(core: Questionnaire) -> None:
    for number in range(6):
        listing, count, missing = blocks_of(core.items["LE"], core, form=str(number))
        assert isinstance(listing, Listing)
        assert not listing.box
        treated = core.draw(str(number)).group("LE") == 2
        assert len(listing.entries) == 4 + treated
        assert isinstance(count, Boxes)
        assert count.note == f"0–{4 + treated}"
        assert isinstance(missing, Ticks)


def test_a_crosswise_question_has_boxes_at_its_answers_only(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("crosswise")
    item = next(item for item in questionnaire.items.values() if item.kind == "crosswise")
    orders = set()
    for number in range(8):
        listing, ticks = blocks_of(item, questionnaire, form=str(number))
        assert isinstance(listing, Listing)
        assert isinstance(ticks, Ticks)
        assert not listing.box
        orders.add(tuple(str(words) for _, words in listing.entries))
        assert [tick.code for tick in ticks.options][:2] == ["1", "2"]
    assert len(orders) == 2


def test_a_date_has_a_box_for_each_digit_of_each_part(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("date")
    digits = {
        item.precision: [field.digits for field in blocks_of(item, questionnaire, form="1")[0].fields]
        for item in questionnaire.items.values()
        if item.kind == "date"
    }
    assert digits == {"year": [4], "month": [2, 4], "day": [2, 2, 4]}


def test_the_digits_of_a_known_number_are_not_on_paper(core: Questionnaire) -> None:
    assert "11616" not in str(blocks_of(core.items["KN2N"], core, form="1"))


@pytest.mark.parametrize("name", TINY)
def test_every_tiny_instrument_can_be_previewed(name: str, tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny(name)
    html = preview_html(questionnaire, "en")
    for item in questionnaire.items:
        assert f'id="{item}"' in html


def test_offered_missing_kinds_have_words_in_every_language(core: Questionnaire) -> None:
    for language in core.languages:
        said = Setting(core, words(language)).missing_words
        assert set(said) == set(Missing)
        assert len(set(said.values())) == len(Missing)


def test_a_paper_form_of_every_kind_prints(tiny: Callable[[str], Questionnaire]) -> None:
    assert paper_pdf(tiny("entry"), "en").startswith(b"%PDF")
