"""The workbook a translator gets: every own text, in its place, in her language, safe to work in."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from instruments import InstrumentError, export_sheet
from instruments.loader import assemble, read_source
from instruments.translation.texts import open_for, places
from instruments.translation.words import SAID
from instruments.wording import plain_texts

TINY = Path(__file__).resolve().parents[2] / "library"
HERS = ("C", "G", "H", "I")


def rows_of(file: Path) -> dict[str, tuple[object, ...]]:
    sheet = load_workbook(file).worksheets[1]
    return {row[0]: row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)}


def test_every_text_of_the_structure_file_has_a_row_in_its_order(sheet: Path, violence: Path) -> None:
    texts = dict(plain_texts(read_source(violence).data))
    rows = rows_of(sheet)
    assert list(rows) == list(texts)
    assert {path: row[0] for path, row in rows.items()} == texts
    assert rows["items.HEAR.text"][1].startswith("Қабырғаның")


def test_only_her_cells_are_open(sheet: Path) -> None:
    book = load_workbook(sheet)
    assert all(page.protection.sheet for page in book.worksheets)
    texts = book.worksheets[1]
    open_cells = {
        cell.column_letter for row in texts.iter_rows(min_row=2) for cell in row if not cell.protection.locked
    }
    assert open_cells == set(HERS)
    assert all(
        not cell.protection.locked
        for row in texts.iter_rows(min_row=2)
        for cell in row
        if cell.column_letter in HERS
    )
    assert book.worksheets[2].sheet_state == "hidden"
    assert texts.column_dimensions["K"].hidden


def test_words_are_wrapped_in_columns_wide_enough_and_the_status_is_chosen_from_a_list(sheet: Path) -> None:
    texts = load_workbook(sheet).worksheets[1]
    assert all(cell.alignment.wrap_text for cell in texts[40][:10])
    assert all(texts.column_dimensions[letter].width >= 40 for letter in "BCD")
    (choice,) = texts.data_validations.dataValidation
    assert (choice.type, choice.formula1) == ("list", '"draft,reviewed"')
    assert str(choice.sqref) == f"G2:G{texts.max_row}"


@pytest.mark.parametrize("language", ["kk", "ru", "uz"])
def test_instructions_and_headings_are_in_the_language_translated_into(
    violence: Path, tmp_path: Path, language: str
) -> None:
    book = load_workbook(export_sheet(violence, language, tmp_path / "x.xlsx").file)
    front = [row[0] for row in book.worksheets[0].iter_rows(values_only=True) if row[0]]
    assert front[1] == f"1. {SAID['step_1'][language]}"
    assert len(front) == 6
    assert book.worksheets[1]["C1"].value == SAID["translation"][language]


def test_every_word_of_the_workbook_is_there_in_four_languages() -> None:
    assert {name: set(words) for name, words in SAID.items()} == {
        name: {"en", "ru", "kk", "uz"} for name in SAID
    }
    for name, words in SAID.items():
        holes = {
            language: sorted(part.partition("}")[0] for part in text.split("{")[1:])
            for language, text in words.items()
        }
        assert len(set(map(tuple, holes.values()))) == 1, name


def test_the_context_says_where_a_text_stands_and_what_follows(violence: Path, tmp_path: Path) -> None:
    rows = rows_of(export_sheet(violence, "ru", tmp_path / "ru.xlsx").file)
    where = {path: row[2] for path, row in rows.items()}
    assert where["items.HEAR.text"].splitlines() == [
        "Вопрос HEAR",
        "Раздел “Help and outsiders”, страница 4",
        "Ответы: Certainly not / Probably not / Probably yes / Certainly yes",
        "Далее: Suppose a friend tells you that her husband beats her. Where would you advise her to turn? "
        "Choose up to two.",
    ]
    assert "Задаётся только после некоторых ответов на: KNOW" in where["items.KNOWN.text"]
    assert where["items.JU.rows.JU1.text"].startswith(
        "Строка JU1 под вопросом «In your opinion, does a husband"
    )
    assert where["items.D_SEX.options.2"] == "Ответ 2 на вопрос: Are you ..."
    assert where["scales.likely4.options.1"] == "Ответ 1 шкалы для вопросов: HEAR"
    assert where["periods.last_12_months.text"] == "Ставится вместо {period:last_12_months} в: INFO"
    assert "перед: Opinions about families" in where["texts.content_note"]
    assert "с маленькой буквы" in where["indicators.DV_LAW.finding"]
    assert not [path for path, words in where.items() if words.startswith("Часть ")]


def test_what_must_stay_and_how_long_it_may_be_is_said(sheet: Path) -> None:
    rows = rows_of(sheet)
    assert rows["items.D_CONSENT.text"][3:5] == (700, "{minutes}  {organisation}  {contact}")
    assert rows["items.D_SEX.options.1"][3] == 60


def test_from_another_language_its_words_are_shown(
    violence: Path, tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence.with_name("2026.1.ru.yaml"), '    text: "Какой это номер?"\n', "")
    rows = rows_of(export_sheet(violence, "kk", tmp_path / "x.xlsx", "ru").file)
    assert rows["items.D_SEX.text"][0] == "Ваш пол"
    assert rows["items.KNOWN.text"][0] == "Which number is it?"
    assert rows["items.KNOWN.text"][8] == "түпнұсқа тілінде көрсетілген"


def test_a_text_without_words_or_with_foreign_ones_is_marked(
    violence: Path, tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence.with_name("2026.1.kk.yaml"), 'text: "Жынысыңыз"', 'text: "Your sex is asked"')
    edit(violence.with_name("2026.1.kk.yaml"), '    unit: "10 адамнан"\n', "")
    made = export_sheet(violence, "kk", tmp_path / "x.xlsx")
    warned = {path: row[8] for path, row in rows_of(made.file).items() if row[8]}
    assert set(warned) == {"items.D_SEX.text", "items.SHARE.unit"}
    assert warned["items.SHARE.unit"] == "әлі аударылмаған"
    assert "letters of another alphabet" in warned["items.D_SEX.text"]
    assert (made.empty, made.warnings) == (1, 2)


def test_a_language_without_a_file_yet_gives_a_sheet_without_translations(
    violence: Path, tmp_path: Path
) -> None:
    violence.with_name("2026.1.kk.yaml").unlink()
    made = export_sheet(violence, "kk", tmp_path / "x.xlsx")
    assert made.empty == made.texts > 100


def test_what_is_taken_over_is_translated_where_it_was_written(
    copied: Callable[[str], Path], tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    pulse = copied("kz_thb_pulse")
    edit(
        pulse,
        "KN2, PR1]\n  rows",
        "KN2, PR1, WR1a]\n  stems: {WR1a: How likely is a call to the police?}\n  rows",
    )
    edit(pulse, "WR1: [WR1a, WR1b], ", "")
    edit(pulse, "[WR1]", "[WR1a]")
    file = export_sheet(pulse, "uz", tmp_path / "x.xlsx").file
    rows = rows_of(file)
    assert {"reuse.stems.WR1a", "title"} < set(rows)
    assert not [path for path in rows if path.startswith("items.")]
    assert "4" not in rows["reuse.stems.WR1a"][2].partition("\n")[0]
    assert "WR1a savoli" in rows["reuse.stems.WR1a"][2]
    front = [row[0] for row in load_workbook(file).worksheets[0].iter_rows(values_only=True)]
    assert any("kz_thb_core 2026.1" in (line or "") for line in front)


def test_a_text_that_begins_like_a_formula_is_text(
    violence: Path, tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence, '"out of 10"', '"=HYPERLINK(A1)"')
    book = load_workbook(export_sheet(violence, "kk", tmp_path / "x.xlsx").file)
    (cell,) = [row[1] for row in book.worksheets[1].iter_rows() if row[0].value == "items.SHARE.unit"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == ("=HYPERLINK(A1)", "s", True)


@pytest.mark.parametrize(
    ("to", "shown", "said"),
    [
        ("ky", "", "one of kk, ru, uz, en"),
        ("en", "", "a language other than the source, en"),
        ("kk", "kk", "another language than --to"),
        ("kk", "de", "one of kk, ru, uz, en"),
    ],
)
def test_languages_that_do_not_fit_are_refused(
    violence: Path, tmp_path: Path, to: str, shown: str, said: str
) -> None:
    with pytest.raises(InstrumentError, match=said):
        export_sheet(violence, to, tmp_path / "x.xlsx", shown)
    assert not (tmp_path / "x.xlsx").exists()


def test_a_broken_instrument_is_not_exported(
    violence: Path, tmp_path: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence, "kind: digits", "kind: digit")
    with pytest.raises(InstrumentError, match="Did you mean digits"):
        export_sheet(violence, "kk", tmp_path / "x.xlsx")


def test_a_form_that_only_this_language_has_stands_behind_its_siblings(
    violence: Path, edit: Callable[[Path, str, str], None]
) -> None:
    """Plural forms: Russian has more of them than the source."""
    edit(violence.with_name("2026.1.ru.yaml"), '      3: "55+"\n', '      3: "55+"\n      4: "90+"\n')
    found = places(assemble(violence), "ru")
    paths = [place.path for place in found]
    place = found[paths.index("derived.age3.codes.4")]
    assert paths[paths.index(place.path) - 1] == "derived.age3.codes.3"
    assert (place.source, place.shown, place.words) == ("", "55+", "90+")


def test_plural_forms_that_the_language_needs_are_rows_before_anybody_wrote_them(tmp_path: Path) -> None:
    """English has one and other, Russian needs few and many besides."""
    for path in TINY.glob("recalls*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert _forms(tmp_path, "ru") == ["one", "other", "few", "many"]
    russian = tmp_path / "recalls.ru.yaml"
    text = russian.read_text(encoding="utf-8")
    kept = re.sub(r"(few|many): \"[^\"]*\", ", "", text)
    assert kept != text
    russian.write_text(kept, encoding="utf-8")
    assert _forms(tmp_path, "ru") == ["one", "other", "few", "many"]
    empty = [
        place.path for place in places(open_for(tmp_path / "recalls.yaml", "ru", ""), "ru") if not place.words
    ]
    assert empty == ["recalls.kids.forms.few", "recalls.kids.forms.many"]
    assert _forms(tmp_path, "kk") == ["one", "other"]
    russian.unlink()
    assert _forms(tmp_path, "ru") == ["one", "other", "few", "many"]


def _forms(folder: Path, language: str) -> list[str]:
    found = places(open_for(folder / "recalls.yaml", language, ""), language)
    return [place.path.rpartition(".")[2] for place in found if ".forms." in place.path]
