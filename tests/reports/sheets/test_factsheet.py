"""The factsheet: two pages whatever the words, valid, traceable, and never more than the report may say."""

import html
import io
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import page as validator
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Pdf
from PIL import Image

from analysis import SurveyData, read_release
from reports import LANGUAGES, ReportError, ReportSpec, factsheets_from_folders, verify_report
from reports.document import Fit
from reports.ground import Ground, prepared
from reports.ledger import LEDGER
from reports.printing import print_document
from reports.render import document_of
from reports.sections.published_facts import published_facts
from reports.sheets import factsheets_of
from reports.spec.model import Factsheet
from reports.trace import unmarked
from tests.reports.conftest import write_wave

from .conftest import ADDRESS, dated, ground, lengthened, of_a_part

Make = Callable[..., SurveyData]
KINDS = ("four", "one", "open", "broken", "few")
BOTH = [f"{kind}-{language}" for kind in KINDS for language in LANGUAGES]
LETTERS = {
    "en": "extraordinarily",
    "ru": "высокопревосходительство",
    "kk": "қанағаттандырылмағандық",
    "uz": "mustaqillashtirilganlik",
}


def pages(path: Path) -> list[str]:
    found = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return found.stdout.split("\f")[:-1]


def flat(path: Path) -> str:
    """The words of both pages, whatever the lines."""
    found = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(found.stdout.split())


def attached(path: Path, name: str) -> bytes:
    with Pdf.open(path) as document:
        return bytes(document.attachments[name].get_file().read_bytes())


def number_of_pages(content: bytes) -> int:
    with Pdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


@pytest.mark.parametrize("name", BOTH)
def test_there_are_two_pages(sheets: dict[str, Path], name: str) -> None:
    assert len(pages(sheets[name])) == 2


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_file_is_valid(sheets: dict[str, Path], name: str, profile: str) -> None:
    outcome = validator.validate_pdf(str(sheets[name]), profile=getattr(validator.ValidationProfile, profile))
    assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


@pytest.mark.parametrize("language", LANGUAGES)
@given(words=st.integers(1, 40), waves=st.integers(1, 4))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_there_are_two_pages_whatever_the_labels_length(
    make_wave: Make, language: str, words: int, waves: int
) -> None:
    names = ("2022", "2023", "2024", "2025")[-waves:]
    longer = {each: " ".join([LETTERS[each]] * words) for each in LANGUAGES}
    found = ground([lengthened(make_wave(name), longer) for name in names], (language,))
    (report,) = factsheets_of(found)
    assert number_of_pages(print_document(document_of(report))) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_of_those_who_were_asked_says_so_and_the_citation_keeps_its_end(
    make_wave: Make, language: str
) -> None:
    longer = {each: " ".join([LETTERS[each]] * 6) for each in LANGUAGES}
    wave = lengthened(of_a_part(make_wave("2025")), longer)
    cited = (
        "Centre for Studies of Attitudes. " + "A long title of a yearly survey " * 9 + "doi:10.5281/zenodo.1"
    )
    wave = replace(wave, meta=replace(wave.meta, disclosure={**wave.meta.disclosure, "citation": cited}))
    (report,) = factsheets_of(ground([wave], (language,)))
    front, back = (html.unescape(unmarked(each.html)) for each in report.sections)
    begin = {
        "en": "Asked of a part",
        "ru": "Относится к части",
        "kk": "Іріктеменің бір",
        "uz": "Tanlanmaning bir",
    }
    assert front.count(begin[language]) == 1
    assert "doi:10.5281/zenodo.1" in back
    assert number_of_pages(print_document(document_of(report))) == 2


def test_as_many_groups_as_may_be_named_fit_beside_the_longest_words(make_wave: Make) -> None:
    longer = {each: " ".join([LETTERS[each]] * 40) for each in LANGUAGES}
    by = Factsheet(by=("language", "POLICE"))
    waves = [lengthened(make_wave(name), longer) for name in ("2022", "2023", "2024", "2025")]
    for report in factsheets_of(ground(waves, factsheet=by)):
        assert number_of_pages(print_document(document_of(report))) == 2, report.language


@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_waves_fit_with_every_date_size_and_error(make_wave: Make, language: str) -> None:
    longer = {each: " ".join([LETTERS[each]] * 40) for each in LANGUAGES}
    years = [str(year) for year in range(2018, 2026)]
    waves = [lengthened(dated(make_wave("2024"), year), longer) for year in years]
    found = ground(waves, (language,))
    (report,) = factsheets_of(found)
    assert number_of_pages(print_document(document_of(report))) == 2
    facts = [fact for fact in published_facts(found.materials[0]) if fact.figures]
    told = html.unescape(report.sections[1].html)
    assert all(unmarked(fact.text) in told for fact in facts)


def test_what_fits_at_no_size_is_refused_with_what_to_do(grounds: dict[str, Ground]) -> None:
    report = replace(next(factsheets_of(grounds["four"])), fit=Fit(1, (9.0, 7.0)))
    with pytest.raises(ReportError, match="expected 1 pages, found 2 at the smallest type size: shorten"):
        print_document(document_of(report))


@pytest.mark.parametrize("name", ["four-kk", "open-en"])
def test_the_same_releases_give_the_same_bytes(
    grounds: dict[str, Ground], sheets: dict[str, Path], name: str
) -> None:
    kind, language = name.split("-")
    again = next(each for each in factsheets_of(grounds[kind]) if each.language == language)
    assert print_document(document_of(again)) == sheets[name].read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_all_languages_print_the_same_figures(sheets: dict[str, Path], kind: str) -> None:
    found = []
    for language in LANGUAGES:
        lines = json.loads(attached(sheets[f"{kind}-{language}"], LEDGER))["numbers"]
        found.append(
            {
                (line["estimate"], line["column"], re.sub(r"[^0-9]", "", line["printed"]))
                for line in lines
                if "estimate" in line
            }
        )
    assert found[0]
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("name", ["four-ru", "open-uz", "few-en"])
def test_every_traced_number_is_a_row_of_the_attached_table(sheets: dict[str, Path], name: str) -> None:
    rows = {row["id"]: row for row in json.loads(attached(sheets[name], "estimates.json"))["estimates"]}
    lines = json.loads(attached(sheets[name], LEDGER))["numbers"]
    sourced = [line for line in lines if "estimate" in line]
    assert len(sourced) >= 10 or name.startswith("few")
    for line in sourced:
        assert rows[line["estimate"]][line["column"]] is not None, line


@pytest.fixture(scope="module")
def folders_and_file(make_wave: Make, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Path]:
    home = tmp_path_factory.mktemp("factsheet")
    folders = [write_wave(make_wave(name), home) for name in ("2024", "2025")]
    (report,) = factsheets_from_folders(folders, ("ru",))
    path = home / report.file_name
    path.write_bytes(print_document(document_of(report)))
    return folders, path


def test_it_is_named_beside_the_report(folders_and_file: tuple[list[Path], Path]) -> None:
    assert folders_and_file[1].name == "small-2025-ru-factsheet.pdf"


def test_verification_makes_it_again(folders_and_file: tuple[list[Path], Path]) -> None:
    folders, path = folders_and_file
    outcome = verify_report(path, folders)
    assert outcome.same_bytes
    assert outcome.numbers > 50


def test_a_digit_changed_in_its_data_is_found(
    folders_and_file: tuple[list[Path], Path], tmp_path: Path
) -> None:
    folders, path = folders_and_file
    changed = tmp_path / "changed.pdf"
    with Pdf.open(path) as document:
        file = document.attachments["estimates.csv"].get_file()
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
        lines[1] = lines[1].replace("0.", "0.9", 1)
        file.obj.write("\n".join(lines).encode())
        document.save(changed)
    outcome = verify_report(changed, folders)
    assert not outcome.same_bytes
    assert any(each.where == "estimates.csv" for each in outcome.differences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_and_fingerprint_stand_on_both_pages(
    sheets: dict[str, Path], grounds: dict[str, Ground], language: str
) -> None:
    mark = grounds["four"].materials[LANGUAGES.index(language)].words.say("SYNTHETIC DATA")
    assert all(mark in text for text in pages(sheets[f"four-{language}"]))
    assert not any(mark in text for text in pages(sheets[f"open-{language}"]))


def test_missing_facts_stop_it_or_stamp_both_pages(make_wave: Make, tmp_path: Path) -> None:
    wave = make_wave("2025")
    told = {key: value for key, value in wave.meta.disclosure.items() if key != "sponsor"}
    data = read_release(write_wave(replace(wave, meta=replace(wave.meta, disclosure=told)), tmp_path))
    with pytest.raises(ReportError, match="who ordered the survey"):
        prepared([data], languages=("en",))
    (report,) = factsheets_of(prepared([data], languages=("en",), incomplete=True))
    path = tmp_path / "stamped.pdf"
    path.write_bytes(print_document(document_of(report)))
    assert all("INCOMPLETE METHODS" in text for text in pages(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_nobody_drew_has_no_margin_and_no_rise(
    sheets: dict[str, Path], grounds: dict[str, Ground], language: str
) -> None:
    words = grounds["open"].materials[LANGUAGES.index(language)].words
    text = flat(sheets[f"open-{language}"])
    assert words.say("This is not a random sample; margins of error do not apply.") in text
    assert "±" not in text
    assert not set("▲▼") & set(text)
    assert words.say("95% interval") not in text
    assert "±" in flat(sheets[f"four-{language}"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_sentence_is_on_what_did_not_move(
    sheets: dict[str, Path], grounds: dict[str, Ground], language: str
) -> None:
    material = grounds["broken"].materials[LANGUAGES.index(language)]
    reason = {"en": "102 was named", "ru": "назван номер 102", "kk": "102 аталды", "uz": "102 aytildi"}
    verdicts = {each.indicator.name: each.changes[0].verdict for each in material.evidence.indicators}
    assert verdicts["WR_POLICE"] == "not_comparable"
    assert "fell" in verdicts.values()
    assert reason[language] in flat(sheets[f"broken-{language}"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_of_too_few_answers_is_not_printed(
    sheets: dict[str, Path], grounds: dict[str, Ground], language: str
) -> None:
    material = grounds["few"].materials[LANGUAGES.index(language)]
    assert flat(sheets[f"few-{language}"]).count(material.words.say("no figure")) == 3
    lines = json.loads(attached(sheets[f"few-{language}"], LEDGER))["numbers"]
    printed = {(line["estimate"], line["column"]) for line in lines if "estimate" in line}
    assert not [each for each in printed if each[0].endswith("@2025") and each[1] != "base"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_quotation_method_and_wording_are_told(
    sheets: dict[str, Path], grounds: dict[str, Ground], language: str
) -> None:
    material = grounds["four"].materials[LANGUAGES.index(language)]
    text, words = flat(sheets[f"four-{language}"]), material.words
    for message in ("How we know", "How to quote", "What was asked", "Conducted by", "Ordered by", "Mode"):
        assert words.say(message) in text, message
    assert "116 16" in text
    assert "800 (2025)" in text
    assert "VB1–VB3" in text
    assert "POLICE" in text
    assert ADDRESS.partition("://")[2] in text


def test_the_code_on_the_page_opens_the_address(sheets: dict[str, Path], tmp_path: Path) -> None:
    for language in LANGUAGES:
        subprocess.run(
            [
                "pdftoppm",
                "-r",
                "150",
                "-f",
                "2",
                "-png",
                str(sheets[f"four-{language}"]),
                str(tmp_path / "p"),
            ],
            check=True,
        )
        with Image.open(tmp_path / "p-2.png") as picture:
            (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == ADDRESS


def test_without_an_address_there_is_no_code(grounds: dict[str, Ground]) -> None:
    bare = replace(grounds["one"].materials[0], spec=ReportSpec())
    (report,) = factsheets_of(replace(grounds["one"], materials=(bare,)))
    assert 'class="qr"' not in report.sections[1].html
    assert 'class="qr"' in next(factsheets_of(grounds["one"])).sections[1].html


def test_more_groups_than_fit_are_refused(make_wave: Make) -> None:
    by = Factsheet(by=("language", "VB1", "VB3"))
    with pytest.raises(ReportError, match=r"at most 6 groups, found 13 in interview_language \(3\)"):
        next(factsheets_of(ground([make_wave("2025")], ("en",), factsheet=by)))


def test_group_bases_are_printed_to_the_nearest_five(make_wave: Make) -> None:
    report = next(factsheets_of(ground([make_wave("2025")], ("en",), factsheet=Factsheet(by=("POLICE",)))))
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    bases = [row["base"] for row in rows if "|" in row["id"]]
    assert bases
    assert not [base for base in bases if base % 5]


def test_cards_and_second_page_are_as_asked(make_wave: Make) -> None:
    asked = ground(
        [make_wave("2024"), make_wave("2025")],
        ("en",),
        cards=("WR_POLICE", "VB_ANY"),
        factsheet=Factsheet(answers="VB2", groups="WR_POLICE", by=("VB3",)),
    )
    front, back = next(factsheets_of(asked)).sections
    labels = re.findall(r'class="label">([^<]+)<', front.html)
    assert labels == ["Would call the police", "Blame victims for trusting"]
    assert "Would call the police, by group" in back.html
