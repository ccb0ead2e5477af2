"""A workbook on its way back: every row checked, all problems at once, nothing but words changed."""

import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from instruments import (
    Codebook,
    InstrumentError,
    Questionnaire,
    check,
    export_sheet,
    import_sheet,
    library_path,
    load,
    write_wording,
)
from instruments.loader import read_source
from instruments.translation.writing import edited
from instruments.wording import plain_texts

HEAR = "items.HEAR.text"
NEW = "Көрші әйелді ұрып жатқанын қабырға арқылы естісеңіз, полицияға ({phone:police}) хабарласасыз ба?"
BY = {"G": "reviewed", "H": "Aigul S.", "I": "2026-05-01"}
Retyped = Callable[..., Path]


def refused(file: Path, into: Path | None = None) -> dict[tuple[str, str], str]:
    """The problems by rule and path."""
    with pytest.raises(InstrumentError) as error:
        import_sheet(file, into)
    return {(problem.rule, problem.path): str(problem) for problem in error.value.problems}


def keys_of(file: Path) -> list[str]:
    return [row[0].value for row in load_workbook(file).worksheets[1].iter_rows(min_row=2)]


@pytest.mark.parametrize(
    "path",
    sorted(library_path("kz_thb_core").parent.parent.glob("*/*.*.??.yaml")),
    ids=lambda path: path.name,
)
def test_putting_in_the_words_that_stand_there_changes_no_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = read_source(path).data
    words = dict(plain_texts(data))
    assert len(words) > 5
    assert edited(text, words, tuple(words), data["status"], {}) == text


def test_an_unchanged_workbook_changes_nothing(sheet: Path, violence: Path) -> None:
    wording = violence.with_name("2026.1.kk.yaml")
    before = wording.read_bytes()
    found = import_sheet(sheet, violence)
    assert (found.changes, found.empty, found.status) == ((), 0, "draft, needs native review")
    write_wording(found)
    assert wording.read_bytes() == before


def test_a_new_translation_is_shown_and_changes_its_line_alone(
    sheet: Path, violence: Path, retyped: Retyped
) -> None:
    wording = violence.with_name("2026.1.kk.yaml")
    before, structure = wording.read_text(encoding="utf-8"), violence.read_bytes()
    found = import_sheet(retyped(sheet, {HEAR: {"C": NEW}}), violence)
    (change,) = found.changes
    assert (change.path, change.new) == (HEAR, NEW)
    assert change.old.startswith("Қабырғаның арғы жағында")
    assert wording.read_text(encoding="utf-8") == before
    write_wording(found)
    assert wording.read_text(encoding="utf-8") == before.replace(change.old, NEW)
    assert violence.read_bytes() == structure
    assert not list(violence.parent.glob(".*"))


def test_a_row_nobody_touched_follows_the_file(
    sheet: Path, violence: Path, retyped: Retyped, edit: Callable[[Path, str, str], None], tmp_path: Path
) -> None:
    reviewed = export_sheet(violence, "kk", tmp_path / "second.xlsx").file
    write_wording(import_sheet(retyped(reviewed, {"items.LAW.text": BY}), violence))
    edit(violence.with_name("2026.1.kk.yaml"), "Ол қандай нөмір?", "Қандай нөмір?")
    found = import_sheet(retyped(sheet, {HEAR: {"C": NEW}}), violence)
    assert [change.path for change in found.changes] == [HEAR]
    assert list(found.reviewed) == ["items.LAW.text"]


def test_a_text_that_both_sides_changed_is_refused(
    sheet: Path, violence: Path, retyped: Retyped, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence.with_name("2026.1.kk.yaml"), "Ол қандай нөмір?", "Қандай нөмір?")
    found = refused(retyped(sheet, {"items.KNOWN.text": {"C": "Нөмірі қандай?"}}), violence)
    assert list(found) == [("both_changed", "items.KNOWN.text")]
    assert "The file now says 'Қандай нөмір?'" in found["both_changed", "items.KNOWN.text"]
    assert import_sheet(retyped(sheet, {"items.KNOWN.text": {"C": "Қандай нөмір?"}}), violence).changes == ()


def test_a_file_saved_by_another_program_comes_back_the_same(
    sheet: Path, violence: Path, retyped: Retyped, tmp_path: Path
) -> None:
    """LibreOffice where it is installed, else openpyxl's own writer."""
    retyped(sheet, {HEAR: {"C": NEW, **BY}})
    office = shutil.which("soffice")
    again = tmp_path / "again" / sheet.name
    again.parent.mkdir()
    if office:
        import subprocess

        subprocess.run(
            [office, "--headless", "--convert-to", "xlsx", "--outdir", again.parent, sheet], check=True
        )
    else:
        load_workbook(sheet).save(again)
    found = import_sheet(again, violence)
    assert [change.path for change in found.changes] == [HEAR]
    assert list(found.reviewed) == [HEAR]


def test_every_problem_of_every_row_is_listed_at_once(
    sheet: Path, violence: Path, retyped: Retyped, edit: Callable[[Path, str, str], None]
) -> None:
    retyped(
        sheet,
        {
            "title": {"C": ""},
            "items.D_SEX.text": {"C": "Vash pol, pozhaluysta"},
            "items.D_CONSENT.text": {"C": "Келісесіз бе? Сауалнама {minutes} минут алады, {organisation}."},
            "items.JU.label": {"C": "ұ" * 121},
            "items.LAW.text": {"C": "Естідіңіз\nбе?"},
            "items.D_EDU.text": {"G": "reviewed"},
            "items.D_LANG.text": {"G": "reviewed", "H": "A", "I": "1 May"},
            "items.D_LANG.label": {"G": "done"},
            "items.TURN.options.2": {"C": "Полицияға"},
            "items.D_SETT.options.2": {"C": "ұ" * 61},
            "items.HEAR.label": {"A": "items.HERE.label"},
            "items.KNOW.label": {"A": "items.KNOW.text"},
        },
    )
    edit(violence, '"Do you live in a town or in a village?"', '"Town or village?"')
    found = refused(sheet, violence)
    assert set(found) == {
        ("emptied", "title"),
        ("alphabet", "items.D_SEX.text"),
        ("fill_mismatch", "items.D_CONSENT.text"),
        ("too_long", "items.JU.label"),
        ("line", "items.LAW.text"),
        ("reviewer", "items.D_EDU.text"),
        ("date", "items.D_EDU.text"),
        ("date", "items.D_LANG.text"),
        ("status", "items.D_LANG.label"),
        ("duplicate_label", "items.TURN.options"),
        ("label_length", "items.D_SETT"),
        ("unknown_key", "items.HERE.label"),
        ("missing_row", "items.HEAR.label"),
        ("duplicate_key", "items.KNOW.text"),
        ("missing_row", "items.KNOW.label"),
        ("source", "items.D_SETT.text"),
        ("source", "items.KNOW.text"),  # the second row of that key is the one for its label
    }
    assert "Did you mean items.HEAR.label?" in found["unknown_key", "items.HERE.label"]
    assert "Town or village?" in found["source", "items.D_SETT.text"]
    line = 2 + list(dict(plain_texts(read_source(violence).data))).index("items.D_SEX.text")
    assert f"kk.xlsx:{line}:" in found["alphabet", "items.D_SEX.text"]


@pytest.mark.parametrize(
    ("letter", "formula"),
    [("C", "=1+1"), ("C", '=HYPERLINK("http://x","Көмек")'), ("H", "=A1"), ("I", "=TODAY()"), ("G", '="x"')],
)
def test_a_formula_is_refused_with_the_address_of_its_cell(
    letter: str, formula: str, sheet: Path, violence: Path, retyped: Retyped
) -> None:
    line = keys_of(sheet).index(HEAR) + 2
    found = refused(retyped(sheet, {HEAR: {letter: formula}}), violence)
    assert f"a formula in {letter}{line}: " in found["formula", HEAR]


def test_words_that_begin_like_a_formula_stay_words(
    sheet: Path, violence: Path, retyped: Retyped, tmp_path: Path
) -> None:
    book = load_workbook(retyped(sheet, {"items.SHARE.unit": {"C": '=1+"ң"'}}))
    (cell,) = [row[2] for row in book.worksheets[1].iter_rows() if row[0].value == "items.SHARE.unit"]
    cell.data_type = "s"
    book.save(sheet)
    found = import_sheet(sheet, violence)
    assert [change.new for change in found.changes] == ['=1+"ң"']
    write_wording(found)
    assert load(violence).items["SHARE"].unit["kk"] == '=1+"ң"'
    book = load_workbook(export_sheet(violence, "kk", tmp_path / "again.xlsx").file)
    (cell,) = [row[2] for row in book.worksheets[1].iter_rows() if row[0].value == "items.SHARE.unit"]
    assert (cell.value, cell.data_type) == ('=1+"ң"', "s")


def test_a_review_of_a_day_that_has_not_come_is_refused(
    sheet: Path, violence: Path, retyped: Retyped
) -> None:
    file = retyped(sheet, {HEAR: {**BY, "I": "2026-05-02"}})
    with pytest.raises(InstrumentError) as error:
        import_sheet(file, violence, date(2026, 5, 1))
    ((rule, path, found),) = {(one.rule, one.path, one.found) for one in error.value.problems}
    assert (rule, path, found) == ("date", HEAR, "'2026-05-02'")
    assert import_sheet(file, violence, date(2026, 5, 2)).reviewed[HEAR]["date"] == "2026-05-02"


def test_a_workbook_of_an_instrument_that_is_not_in_the_library_asks_for_into(
    tmp_path: Path, repository: Path
) -> None:
    file = export_sheet(repository / "tests" / "library" / "recalls.yaml", "kk", tmp_path / "x.xlsx").file
    assert "--into my/1.yaml" in refused(file)["instrument", "--into"]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_plural_forms_of_a_language_count_wherever_texts_are_counted(
    language: str, tmp_path: Path, repository: Path
) -> None:
    for path in (repository / "tests" / "library").glob("recalls*.yaml"):
        shutil.copy(path, tmp_path / path.name)
    into = tmp_path / "recalls.yaml"
    sheet = export_sheet(into, language, tmp_path / "x.xlsx")
    book = load_workbook(sheet.file)
    for row in book.worksheets[1].iter_rows(min_row=2):
        row[6].value, row[7].value, row[8].value = "reviewed", "A", "2026-05-01"
    book.save(sheet.file)
    found = import_sheet(sheet.file, into)
    write_wording(found)
    review = load(into).codebook().reviews[language]
    assert sheet.texts == found.texts == review.of == review.done == {"kk": 34, "ru": 36}[language]
    assert load(into).status[language] == found.status == "reviewed by A, 2026-05-01"


def test_texts_taken_over_count_for_the_status_but_are_not_in_the_workbook(
    copied: Callable[[str], Path], tmp_path: Path
) -> None:
    pulse = copied("kz_thb_pulse")
    sheet = export_sheet(pulse, "kk", tmp_path / "x.xlsx")
    book = load_workbook(sheet.file)
    for row in book.worksheets[1].iter_rows(min_row=2):
        row[6].value, row[7].value, row[8].value = "reviewed", "A", "2026-05-01"
    book.save(sheet.file)
    found = import_sheet(sheet.file, pulse)
    write_wording(found)
    questionnaire = load(pulse)
    review = questionnaire.codebook().reviews["kk"]
    assert (sheet.texts, sheet.taken) == (found.texts, found.taken) == (review.done, review.of - review.done)
    assert questionnaire.status["kk"] == found.status == "draft, needs native review"


@pytest.mark.parametrize(
    "words", ['"Иә": \\ # - {{', "- Иә: жоқ", "'Иә' & *жоқ", "Иә\u2028жоқ", "Иә, 102: жоқ #1"]
)
def test_words_with_any_sign_survive(words: str) -> None:
    import yaml

    for text in (
        "language: kk\nstatus: draft\na:\n  text: old # why\n  hint: 'x'\n",
        "language: kk\nstatus: draft\n",
    ):
        written = edited(text, {"a.text": words, "a.hint": "x"}, ("a.text", "a.hint"), "draft", {})
        assert yaml.safe_load(written) == {
            "language": "kk",
            "status": "draft",
            "a": {"text": words, "hint": "x"},
        }
        assert ("# why" in written) == ("# why" in text)


def test_texts_that_are_new_find_their_place_among_the_others(
    sheet: Path, violence: Path, tmp_path: Path, edit: Callable[[Path, str, str], None], retyped: Retyped
) -> None:
    wording = violence.with_name("2026.1.kk.yaml")
    whole = wording.read_text(encoding="utf-8")
    edit(
        wording,
        '  D_SETT:\n    label: "Қала немесе ауыл"\n    text: "Қалада тұрасыз ба, ауылда тұрасыз ба?"\n'
        '    options:\n      1: "Қалада"\n      2: "Ауылда"\n',
        "",
    )
    edit(wording, "language: kk\n", "language: kk\n# a remark\n")
    edit(wording, '    label: "Жасы"\n', "")
    write_wording(import_sheet(sheet, violence))
    words = dict(plain_texts(read_source(wording).data))
    assert wording.read_text(encoding="utf-8") == whole.replace(
        "language: kk\n", "language: kk\n# a remark\n"
    )
    assert len(words) == len(keys_of(sheet))


def test_a_file_in_one_line_takes_words_too(tmp_path: Path) -> None:
    import yaml

    text = "language: ru\nstatus: draft\nitems: {A: {text: 'старый'}} # keep\n"
    order = ("title", "items.A.text", "items.A.options.1", "items.B.text")
    words = {"title": "Т", "items.A.text": "новый", "items.A.options.1": "Да", "items.B.text": "Б"}
    written = edited(text, words, order, "draft", {})
    assert yaml.safe_load(written)["items"] == {
        "A": {"text": "новый", "options": {1: "Да"}},
        "B": {"text": "Б"},
    }
    assert yaml.safe_load(written)["title"] == "Т"
    assert "# keep" in written


def test_a_language_without_a_file_gets_one(sheet: Path, violence: Path) -> None:
    wording = violence.with_name("2026.1.kk.yaml")
    before = load(violence)
    wording.unlink()
    write_wording(import_sheet(sheet, violence))
    assert load(violence).document == before.document
    assert check(load(violence)) == ()


def test_when_every_text_is_reviewed_the_status_says_by_whom_and_when(
    sheet: Path, violence: Path, retyped: Retyped
) -> None:
    retyped(sheet, dict.fromkeys(keys_of(sheet), BY) | {HEAR: {**BY, "H": "Marat T.", "I": "2026-05-03"}})
    found = import_sheet(sheet, violence)
    assert found.status == "reviewed by Aigul S., Marat T., 2026-05-03"
    write_wording(found)
    codebook = load(violence).codebook()
    assert codebook.status["kk"] == found.status
    assert check(load(violence)) == ()
    assert Questionnaire.from_json(load(violence).to_json()).codebook() == codebook
    assert Codebook.from_json(codebook.to_json()) == codebook
    review = codebook.reviews["kk"]
    assert (review.done, review.of, review.by, review.last) == (
        found.texts,
        found.texts,
        ("Aigul S.", "Marat T."),
        "2026-05-03",
    )
    assert import_sheet(export_sheet(violence, "kk", sheet).file, violence).reviewed == found.reviewed


def test_a_review_is_over_when_the_words_or_their_source_change(
    sheet: Path,
    violence: Path,
    retyped: Retyped,
    edit: Callable[[Path, str, str], None],
    tmp_path: Path,
) -> None:
    write_wording(import_sheet(retyped(sheet, dict.fromkeys(keys_of(sheet), BY)), violence))
    texts = len(keys_of(sheet))
    edit(violence.with_name("2026.1.kk.yaml"), "Ол қандай нөмір?", "Қандай нөмір?")
    edit(violence, '"Which number is it?"', '"Which number?"')
    edit(violence, '"Town or village"', '"Village or town"')
    codebook = load(violence).codebook()
    assert (codebook.reviews["kk"].done, codebook.reviews["kk"].of) == (texts - 2, texts)
    assert codebook.status["kk"] == "draft, needs native review"
    book = load_workbook(export_sheet(violence, "kk", tmp_path / "x.xlsx").file)
    rows = {row[0].value: row for row in book.worksheets[1].iter_rows(min_row=2)}
    stale = [path for path, row in rows.items() if row[6].value == "draft"]
    assert stale == ["items.D_SETT.label", "items.KNOWN.text"]
    assert rows["items.KNOWN.text"][9].value == "Aigul S. тексергеннен кейін өзгерген"


def test_words_taken_over_count_as_reviewed_where_their_source_was(
    copied: Callable[[str], Path], tmp_path: Path, retyped: Retyped, sheet: Path, violence: Path
) -> None:
    library = tmp_path / "library"
    shutil.copytree(Path(__file__).resolve().parent.parent / "reuse", library)
    source, pulse = library / "source" / "1.yaml", library / "pulse" / "1.yaml"
    file = export_sheet(source, "ru", tmp_path / "s.xlsx").file
    write_wording(import_sheet(retyped(file, dict.fromkeys(keys_of(file), BY)), source))
    assert load(source).status["ru"] == "reviewed by Aigul S., 2026-05-01"
    taken = load(pulse, library).codebook()
    # Its own: three titles, who is asked, a module's title, a stem. The stem's name is put together here.
    assert taken.reviews["ru"].of - taken.reviews["ru"].done == 6
    assert taken.status["ru"] == "draft"


def test_a_claimed_review_without_a_mark_is_refused(
    violence: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(
        violence.with_name("2026.1.kk.yaml"),
        "language: kk\n",
        'language: kk\nreviewed: {items.HEAR.text: {by: "A", date: "May", sha: "0"}, title: yes}\n',
    )
    with pytest.raises(InstrumentError) as error:
        load(violence)
    assert [problem.path for problem in error.value.problems] == [
        "reviewed.items.HEAR.text",
        "reviewed.title",
    ]


def test_reviews_may_not_be_written_into_the_structure_file(
    violence: Path, edit: Callable[[Path, str, str], None]
) -> None:
    edit(violence, "minutes: 6\n", 'minutes: 6\nreviews: {kk: {title: {by: "A", date: "2026-01-01"}}}\n')
    with pytest.raises(InstrumentError, match="reviews from the wording files"):
        load(violence)


def test_a_version_in_the_field_takes_no_words(sheet: Path, violence: Path, retyped: Retyped) -> None:
    (violence.parent / "fielded.lock").write_text(f"2026.1 {load(violence).fingerprint}\n", encoding="utf-8")
    found = refused(retyped(sheet, {HEAR: {"C": NEW}}), violence)
    assert list(found) == [("fielded", "")]
    assert "which went into the field" in found["fielded", ""]


def test_a_workbook_of_another_instrument_is_refused(sheet: Path, copied: Callable[[str], Path]) -> None:
    found = refused(sheet, copied("kz_thb_pulse"))
    assert "kz_dv_attitudes 2026.1" in found["instrument", ""]


def test_columns_may_not_be_moved(sheet: Path, violence: Path) -> None:
    book = load_workbook(sheet)
    book.worksheets[1].insert_cols(2)
    book.save(sheet)
    assert ("columns", "") in refused(sheet, violence)


def bomb(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 70_000_000)


def other_book(file: Path) -> None:
    Workbook().save(file)


def half_an_archive(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a")


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda file: None, "file"),
        (lambda file: file.write_bytes(b"PK not really"), "xlsx"),
        (lambda file: file.write_bytes(b"\0" * 6_000_000), "size"),
        (bomb, "size"),
        (other_book, "xlsx"),
        (half_an_archive, "xlsx"),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused(
    tmp_path: Path, make: Callable[[Path], Any], rule: str
) -> None:
    file = tmp_path / "x.xlsx"
    make(file)
    assert [key[0] for key in refused(file)] == [rule]


def test_the_library_is_found_by_what_the_workbook_says(tmp_path: Path) -> None:
    file = export_sheet(library_path("kz_thb_pulse"), "ru", tmp_path / "x.xlsx").file
    found = import_sheet(file)
    assert found.file == library_path("kz_thb_pulse").with_name("2026.1.ru.yaml")
    assert found.changes == ()
