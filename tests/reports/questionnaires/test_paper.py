"""The paper form: valid, in its language, with the codes of its draws, the same twice."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import page as validator
import pytest
from markupsafe import escape
from pikepdf import Array, Dictionary, Name, Pdf

from instruments import Questionnaire, Role, load_library
from reports import LANGUAGES, ReportError, paper_pdf
from reports.questionnaires.paper import ballot_of, paper_html

FORM = 17
PAGE_OF = {"en": "page {} of {}", "ru": "стр. {} из {}", "kk": "{}-бет, барлығы {}", "uz": "{}-bet, jami {}"}
LETTERS = {"kk": "әғқңөұүі", "uz": "ʻ", "ru": "ёыэ", "en": "w"}


def texts_of(path: Path) -> list[str]:
    found = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return found.stdout.split("\f")[:-1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_form_is_valid(papers: dict[str, Path], language: str, profile: str) -> None:
    outcome = validator.validate_pdf(
        str(papers[language]), profile=getattr(validator.ValidationProfile, profile)
    )
    assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_form_and_page_and_names_no_topic(
    papers: dict[str, Path], core: Questionnaire, language: str
) -> None:
    texts = texts_of(papers[language])
    assert 10 <= len(texts) <= 18
    for number, text in enumerate(texts, 1):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        assert re.fullmatch(rf"{re.escape(core.public_title[language])} +.*{FORM}.*", lines[0]), lines[0]
        assert lines[-1].endswith(PAGE_OF[language].format(number, len(texts)))
        assert "thb" not in lines[0] + lines[-1]
    with Pdf.open(papers[language]) as document:
        assert str(document.docinfo["/Title"]).startswith(core.public_title[language])
        assert str(document.Root.Lang) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_stands_on_the_form_in_its_language(
    papers: dict[str, Path], core: Questionnaire, language: str
) -> None:
    whole = re.sub(r"\s+", " ", "".join(texts_of(papers[language])))
    assert "\ufffd" not in whole
    assert all(letter in whole for letter in LETTERS[language])
    for item in core.items.values():
        if item.stores:
            assert item.id in whole, item.id
    for phone in ("116 16", "111"):
        assert phone in whole


def test_the_form_states_the_code_of_everything_chance_decided(
    papers: dict[str, Path], core: Questionnaire
) -> None:
    first = re.sub(r"\s+", " ", texts_of(papers["en"])[0])
    drawn = core.draw(ballot_of(FORM, "")).variables()
    assigned = [v.name for v in core.codebook().variables if v.role is Role.ASSIGNMENT]
    assert set(assigned) == {"scale_direction", "VGN_SEX", "VGN_CONS", "LE_GRP"}
    for name in assigned:
        assert f"{name} = {drawn[name]}" in first


def test_only_the_drawn_cell_and_list_are_printed(core: Questionnaire) -> None:
    cells, groups = set(), set()
    for form in range(1, 13):
        html = paper_html(core, "en", form=form)
        draw = core.draw(ballot_of(form, ""))
        printed = [name for name, cell in core.items["VGN"].cells.items() if cell.text["en"] in html]
        assert printed == [draw.cell("VGN")]
        assert (core.items["LE"].sensitive_item["en"] in html) is (draw.group("LE") == 2)
        cells.add(printed[0])
        groups.add(draw.group("LE"))
    assert (len(cells), len(groups)) == (4, 2)


def test_a_seed_gives_other_forms_and_is_printed(core: Questionnaire) -> None:
    plain, seeded = (paper_html(core, "en", form=3, seed=seed) for seed in ("", "autumn"))
    assert "autumn" in seeded
    assert "autumn" not in plain
    draws = [[core.draw(ballot_of(form, seed)).variables() for form in range(10)] for seed in ("", "autumn")]
    assert draws[0] != draws[1]


def test_batteries_are_printed_item_by_item(papers: dict[str, Path], core: Questionnaire) -> None:
    with Pdf.open(papers["en"]) as document:
        names, stack = [], [document.Root.StructTreeRoot.K]
        while stack:
            node = stack.pop()
            if isinstance(node, Array):
                stack.extend(list(node))
            elif isinstance(node, Dictionary) and "/S" in node:
                names.append(node.S)
                if "/K" in node:
                    stack.append(node.K)
    assert Name.Table not in names
    html = paper_html(core, "en", form=FORM)
    rows = sum(len(battery.rows) for battery in core.batteries.values())
    assert html.count('<div class="member">') == rows


def test_blanks_are_named_until_they_are_given(core: Questionnaire) -> None:
    assert "[name of the organisation]" in paper_html(core, "en")
    html = paper_html(core, "en", fills={"organisation": "Centre <A>", "contact": "7 701"})
    assert "Centre &lt;A&gt;" in html
    assert "[name of the organisation]" not in html


@pytest.mark.parametrize("name", ["kz_thb_core", "kz_thb_pulse", "kz_thb_professionals", "kz_dv_attitudes"])
@pytest.mark.parametrize("language", ["en", "kk", "ru", "uz"])
def test_paper_promises_no_code_but_says_how_answers_are_taken_back(name: str, language: str) -> None:
    questionnaire = load_library(name)
    (consent,) = [item for item in questionnaire.items.values() if item.role == "consent"]
    html = paper_html(questionnaire, language)
    assert str(escape(consent.hint[language])) not in html
    assert html.count(str(escape(questionnaire.texts["withdrawal_on_paper"][language]))) == 1


def test_a_consent_without_words_of_its_own_for_paper_keeps_its_hint(core: Questionnaire) -> None:
    texts = {name: text for name, text in core.texts.items() if name != "withdrawal_on_paper"}
    html = paper_html(replace(core, texts=texts), "en")
    assert str(escape(core.items["CONSENT"].hint["en"])) in html


def test_no_bullet_stands_beside_a_box_for_a_place(
    tiny: Callable[[str], Questionnaire], tmp_path: Path
) -> None:
    path = tmp_path / "ranking.pdf"
    path.write_bytes(paper_pdf(tiny("ranking"), "en"))
    lines = [line.split() for page in texts_of(path) for line in page.splitlines()]
    assert [line for line in lines if line and line[-1] in ("Bread", "Work", "Peace")] == [
        ["1", "Bread"],
        ["2", "Work"],
        ["3", "Peace"],
    ]


def test_an_exit_says_when_to_stop_what_to_read_and_what_becomes_of_the_form(core: Questionnaire) -> None:
    html = paper_html(core, "en")
    assert (
        "Stop if the answer to question 2 is less than 18. Read out: “Thank you. This survey is for" in html
    )
    assert html.count("Destroy the form: nothing of it may be kept.") == 3


def test_the_same_form_is_the_same_byte_for_byte(papers: dict[str, Path], tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from instruments import load_library; from reports import paper_pdf\n"
        f"form = paper_pdf(load_library('kz_thb_core', '2026.1'), 'kk', form={FORM})\n"
        "Path(sys.argv[1]).write_bytes(form)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "again.pdf")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert (tmp_path / "again.pdf").read_bytes() == papers["kk"].read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_split_from_its_boxes_and_no_heading_from_its_part(
    papers: dict[str, Path], core: Questionnaire, language: str
) -> None:
    """A page begins with a number or a heading, and no heading or framed instruction is its last line."""
    headings = {module.title[language] for module in core.modules.values()}
    for text in texts_of(papers[language])[1:]:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        assert lines[1] in headings or re.match(r"\d+(\.\d+)?\s+\S", lines[1]), lines[1]
        assert lines[-2] not in headings, lines[-2]


def test_a_language_the_questionnaire_lacks_is_refused(core: Questionnaire) -> None:
    with pytest.raises(ReportError, match="--lang kk,ru,uz,en"):
        paper_pdf(core, "de")
