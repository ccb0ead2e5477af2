"""The same rows in every format, read back by libraries that did not write them."""

import csv
import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from lxml import etree

from analysis import WITHHELD, read_release
from reports import LANGUAGES, build_report
from reports.bundle.statistical import LETTERS
from reports.i18n import words

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DDI = "{ddi:codebook:2_5}"


def test_csv_holds_the_public_rows_and_opens_in_a_spreadsheet(made) -> None:
    content = made.file("data/small-2025.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(io.BytesIO(content))
    names = [variable.name for variable in made.newest.codebook.variables]
    assert list(read.columns) == [*names, "source", "synthetic"]
    assert np.allclose(read[names].to_numpy(float), made.newest.frame[names].to_numpy(float))


def test_parquet_carries_labels_of_all_languages(made) -> None:
    table = pq.read_table(made.file("data/small-2025.parquet"))
    told = {key.decode(): value.decode() for key, value in table.schema.field("town").metadata.items()}
    assert [told[f"label.{language}"] for language in LANGUAGES] == ["Ауыл", "Село", "Qishloq", "Town"]
    assert json.loads(told["codes.en"])["2"] == "Village, 50%"
    assert table.num_rows == len(made.newest.frame)


@pytest.mark.parametrize("language", LANGUAGES)
def test_spss_keeps_labels_missing_ranges_and_values(made, language: str) -> None:
    path = made.file(f"data/small-2025-{language}.sav")
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    public = made.newest.frame
    for name in public:
        read = frame["Q_LE" if name == "LE" else name]
        assert np.allclose(read.to_numpy(float), public[name].to_numpy(float), equal_nan=True), name
    ranges = meta.missing_ranges["VB1"]
    assert ranges[0] == {"lo": -6.0, "hi": -1.0}
    assert {"lo": float(WITHHELD), "hi": float(WITHHELD)} in meta.missing_ranges["age3"]
    town = made.newest.codebook.variable("town")
    assert meta.column_names_to_labels["town"] == town.label[language]
    assert meta.variable_value_labels["town"][2.0] == "Village, 50%"
    assert len(meta.variable_value_labels["town"][3.0].encode()) <= 120
    assert meta.variable_measure["VB1"] == "ordinal"
    valid, _ = pyreadstat.read_sav(path)
    assert valid["VB1"].min() >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_stata_keeps_kinds_of_missing_answers_as_letters(made, language: str) -> None:
    path = made.file(f"data/small-2025-{language}.dta")
    frame, meta = pyreadstat.read_dta(path, user_missing=True)
    codes = {letter: code for code, letter in LETTERS.items()}
    for name in made.newest.frame:
        read = [codes.get(value, value) for value in frame[name]]
        assert np.allclose(np.array(read, float), made.newest.frame[name].to_numpy(float), equal_nan=True), (
            name
        )
    assert meta.variable_value_labels["VB1"]["a"]
    plain = pd.read_stata(path, convert_categoricals=False)
    assert plain["VB1"].min() >= 1


def test_ddi_is_valid_and_speaks_four_languages(made, shared) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "schemas/ddi-codebook-2.5/schemas/codebook.xsd"))
    for path in made.place.glob("metadata/*-ddi.xml"):
        document = etree.parse(path)
        assert schema.validate(document), schema.error_log
        town = document.find(f".//{DDI}var[@name='town']")
        assert {label.get(XML_LANG) for label in town.findall(f"{DDI}labl")} == set(LANGUAGES)
        assert town.find(f"{DDI}qstn/{DDI}qstnLit").text == "Where do you live?"
        assert document.find(f".//{DDI}respRate").text.startswith("RR1 ")
        assert document.find(f".//{DDI}sampProc") is not None


def test_ddi_shows_no_small_count_nor_one_that_others_tell(made) -> None:
    for path in made.place.glob("metadata/*-ddi.xml"):
        wave = path.name.removeprefix("small-").removesuffix("-ddi.xml")
        public = next(each for each in made.bundle.published if each.meta.wave == wave)
        for variable in etree.parse(path).findall(f".//{DDI}var"):
            column = public.frame[variable.get("name")]
            hidden = 0
            for category in variable.findall(f"{DDI}catgry"):
                stat, value = category.find(f"{DDI}catStat"), float(category.find(f"{DDI}catValu").text)
                count = int((column == value).sum())
                if stat is None:
                    hidden += count
                else:
                    assert int(stat.text) == count
                    assert count == 0 or count >= 5
            assert hidden == 0 or hidden >= 5


def test_triple_s_describes_every_field_of_its_data(made) -> None:
    root = etree.parse(made.file("metadata/small-2025-triple-s.xml")).getroot()
    assert root.get("version") == "2.0"
    record = root.find("survey/record")
    rows = list(csv.reader((made.place / "metadata" / record.get("href")).read_text("utf-8").splitlines()))
    variables = record.findall("variable")
    assert [variable.find("name").text for variable in variables] == rows[0]
    assert [int(v.find("position").get("start")) for v in variables] == list(range(1, len(rows[0]) + 1))
    for place, variable in enumerate(variables):
        cells = {row[place] for row in rows[1:]}
        if variable.get("type") == "single":
            codes = {value.get("code") for value in variable.findall("values/value")}
            assert cells <= codes
            assert all(int(code) >= 0 for code in codes)
        else:
            span = variable.find("values/range")
            numbers = [float(cell) for cell in cells if cell]
            assert min(numbers) >= float(span.get("from"))
            assert max(numbers) <= float(span.get("to"))
        assert {text.get(XML_LANG) for text in variable.findall("label/text")} == set(LANGUAGES)
    assert [v.find("name").text for v in variables if v.get("use") == "weight"] == ["weight"]


def test_triple_s_says_where_it_comes_from_and_that_its_answers_are_invented(made) -> None:
    root = etree.parse(made.file("metadata/small-2025-triple-s.xml")).getroot()
    origin = root.find("origin").text
    assert origin.startswith("Tolqyn · SYNTHETIC DATA · ")
    assert pd.read_csv(made.file("data/small-2025.csv"))["source"][0] in origin
    marks = {text.get(XML_LANG): text.text.split(" · ")[0] for text in root.findall("survey/title/text")}
    assert marks == {each: words(each).say("SYNTHETIC DATA") for each in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbooks_have_a_sheet_a_table_frozen_heads_and_no_formula(made, language: str) -> None:
    for path in made.place.glob(f"tables/*-{language}.xlsx"):
        book = openpyxl.load_workbook(path)
        listed = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
        assert listed == book.sheetnames[2:]
        assert len(listed) >= 3
        for sheet in book.worksheets[2:]:
            assert sheet.freeze_panes in ("B2", "C2")
            assert not sheet.merged_cells.ranges
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    book = openpyxl.load_workbook(made.file(f"tables/small-tables-{language}.xlsx"))
    assert book["town"]["B1"].value == "2024, %"


def test_estimates_that_may_not_be_published_have_a_reason_and_no_number(made) -> None:
    table = pd.read_csv(made.file("estimates/small-estimates.csv"), encoding="utf-8-sig")
    hidden = table[table["publish"] == "suppress"]
    assert len(hidden) > 0
    assert hidden[["estimate", "se", "low", "high", "p", "mdc"]].isna().all(axis=None)
    assert hidden["reason"].notna().all()
    assert table.loc[table["publish"] == "show", "estimate"].notna().all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_columns_names_each_with_codes_and_no_small_count(made, language: str) -> None:
    page = etree.HTML(made.file(f"codebook/small-2025-columns-{language}.html").read_bytes())
    articles = page.findall(".//article")
    assert [each.get("id") for each in articles] == list(made.newest.frame.columns)
    town = next(each for each in articles if each.get("id") == "town")
    assert made.newest.codebook.variable("town").label[language] in "".join(town.itertext())
    counts = [cell.text for each in articles for cell in each.findall(".//td[3]")]
    assert counts
    assert not {"1", "2", "3", "4"} & set(counts)


def line_of(made, language: str, wave: str) -> str:
    """The line that the report on this one wave has under its figures."""
    folder = next(folder for folder in made.folders if folder.parent.name == wave)
    report = build_report([read_release(folder)], language=language)
    html = next(section.html for section in report.sections if 'class="strip"' in section.html)
    return "".join(etree.HTML(re.search(r'<p class="strip">.*?</p>', html)[0]).itertext())


def test_rows_say_where_they_come_from_in_every_format(made) -> None:
    line = line_of(made, "en", "2025")
    table = pd.read_csv(made.file("data/small-2025.csv"), encoding="utf-8-sig")
    assert set(table["source"]) == {line}
    assert set(table["synthetic"]) == {"yes"}
    told = pq.read_table(made.file("data/small-2025.parquet")).schema.metadata
    assert told[b"source.en"].decode() == line
    assert told[b"synthetic"] == b"yes"


@pytest.mark.parametrize("language", LANGUAGES)
def test_spss_and_stata_files_have_it_as_their_notes_and_the_mark_in_their_label(made, language: str) -> None:
    line, mark = line_of(made, language, "2025"), words(language).say("SYNTHETIC DATA")
    _, spss = pyreadstat.read_sav(made.file(f"data/small-2025-{language}.sav"))
    assert spss.notes[0] == mark
    assert re.sub(r"\s+", "", "".join(spss.notes[1:])) == re.sub(r"\s+", "", line)
    assert spss.file_label.startswith(f"{mark} · ")
    _, stata = pyreadstat.read_dta(made.file(f"data/small-2025-{language}.dta"))
    assert stata.notes == [mark, line]
    assert stata.file_label.startswith(f"{mark} · ")
    with pd.io.stata.StataReader(made.file(f"data/small-2025-{language}.dta")) as reader:
        assert reader.data_label.startswith(mark)
        assert len(reader.read(convert_categoricals=False)) == len(made.newest.frame)


def test_estimates_and_workbooks_say_where_they_come_from(made) -> None:
    table = pd.read_csv(made.file("estimates/small-estimates.csv"), encoding="utf-8-sig")
    for language in LANGUAGES:
        (line,) = set(table[f"source_{language}"])
        assert all(size in line for size in ("(2024)", "(2025)"))
        book = openpyxl.load_workbook(made.file(f"tables/small-tables-{language}.xlsx"))
        mark = words(language).say("SYNTHETIC DATA")
        for sheet in book.worksheets[2:]:
            told = [row[0].value for row in sheet.iter_rows()]
            assert told[-3:] == [None, mark, line]
    assert set(table["synthetic"]) == {"yes"}
