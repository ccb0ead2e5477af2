"""The codebook: every column with all that is known of it, by module, found by name."""

import re
from collections.abc import Callable
from pathlib import Path

import page as validator
import pytest
from pikepdf import Name, Pdf

from instruments import Questionnaire
from reports import LANGUAGES, codebook_html, codebook_pdf


def entry(html: str, name: str) -> str:
    found = re.search(rf'<article id="{name}".*?</article>', html, re.DOTALL)
    assert found, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_stands_once_and_in_the_index(
    codebooks: dict[str, str], core: Questionnaire, language: str
) -> None:
    html = codebooks[language]
    names = [variable.name for variable in core.codebook().variables]
    assert sorted(re.findall(r'<article id="(\w+)"', html)) == sorted(names)
    index = re.findall(r'<a class="page" href="#(\w+)">', html.split('id="index"')[1])
    assert index == sorted(names, key=lambda name: (name.casefold(), name))
    assert core.fingerprint in html


def test_a_column_is_described_in_full(codebooks: dict[str, str]) -> None:
    words = entry(codebooks["en"], "VB2")
    for part in (
        "answer · ordinal",
        "Even a careful person can be deceived",
        "victim_blaming (−1)",
        "a protective attitude",
        "1 Strongly disagree",
        "−1 Don&#39;t know",
        "−5 no answer: seen and left blank",
        "Wording 1",
    ):
        assert part in words, part
    assert "KN2 = “Yes, I know the number”" in entry(codebooks["en"], "KN2N")
    assert "decided by chance" in entry(codebooks["en"], "VGN_SEX")


def test_rules_are_said_in_words(codebooks: dict[str, str]) -> None:
    en = codebooks["en"]
    assert "2 if Z_AGE is at least 25 and less than 35." in entry(en, "age6")
    assert "1 if Z_SETT is 1, 2 or 3." in entry(en, "settlement2")
    assert "1 if VB1 = 4 “Tend to agree” or 5 “Strongly agree”; otherwise 0." in entry(en, "VB_ANY")
    assert "the code is taken from 6): VB2, VB4, VB6, VB8." in entry(en, "VB_INDEX")
    assert "Missing where fewer than 6 of them have a valid answer." in entry(en, "VB_INDEX")
    assert "1 if at least one of WR1a, WR1b, WR1c, WR1d, WR1e is 4 or 5; otherwise 0." in entry(en, "WR_ANY")
    assert "A don’t know counts as not so" in entry(en, "KN_SCORE")
    assert "Z_AGE мәні кемінде 25 және 35 санынан кіші болса – 2." in entry(codebooks["kk"], "age6")


def test_nets_and_earlier_wordings_are_told(
    tiny: Callable[[str], Questionnaire], core: Questionnaire
) -> None:
    assert "Net “Agree or fully agree”: codes 4, 5" in entry(codebook_html(tiny("nets"), "en"), "OP_A")
    reason = dict.fromkeys(core.languages, "comma moved")
    document = core.to_json().replace(
        '"KN3":{"kind":"single",',
        '"KN3":{"kind":"single","wording":2,"compare":{"1":{"kind":"editorial","reason":'
        + str(reason).replace("'", '"')
        + "}},",
    )
    html = codebook_html(Questionnaire.from_json(document), "en")
    assert "2; against wording 1: changed in form only (comma moved)" in entry(html, "KN3")


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3A"])
def test_the_printed_codebook_is_valid(printed_codebook: Path, profile: str) -> None:
    outcome = validator.validate_pdf(
        str(printed_codebook), profile=getattr(validator.ValidationProfile, profile)
    )
    assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


def test_the_printed_codebook_has_bookmarks_down_to_its_columns(
    printed_codebook: Path, core: Questionnaire
) -> None:
    with Pdf.open(printed_codebook) as document, document.open_outline() as outline:
        assert str(document.Root.Lang) == "kk"
        assert document.Root.MarkInfo.Marked
        assert Name.StructTreeRoot in document.Root
        (title,) = outline.root
        parts = [part.title for part in title.children]
        columns = [column.title for part in title.children for column in part.children]
    assert core.modules["B"].title["kk"] in parts
    assert len(columns) == len(core.codebook().variables)


def test_the_same_questionnaire_gives_the_same_codebook(tiny: Callable[[str], Questionnaire]) -> None:
    assert codebook_pdf(tiny("nets"), "en") == codebook_pdf(tiny("nets"), "en")
