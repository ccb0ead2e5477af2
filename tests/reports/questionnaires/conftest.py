"""The core questionnaire, tiny ones, and every document of the core in every language."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from instruments import Questionnaire, load, load_library
from reports import LANGUAGES, codebook_html, codebook_pdf, paper_pdf, preview_html

TINY = Path(__file__).resolve().parents[2] / "library"
FORM = 17


@pytest.fixture(scope="session")
def core() -> Questionnaire:
    """The questionnaire all documents are looked at with."""
    return load_library("kz_thb_core", "2026.1")


@pytest.fixture(scope="session")
def tiny() -> Callable[[str], Questionnaire]:
    """A tiny instrument of tests/library by its name."""
    return cache(lambda name: load(TINY / f"{name}.yaml"))


@pytest.fixture(scope="session")
def previews(core: Questionnaire) -> dict[str, str]:
    """One preview per language."""
    return {language: preview_html(core, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def papers(core: Questionnaire, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Form 17 in every language."""
    folder = tmp_path_factory.mktemp("paper")
    paths = {language: folder / f"paper-{language}.pdf" for language in LANGUAGES}
    for language, path in paths.items():
        path.write_bytes(paper_pdf(core, language, form=FORM))
    return paths


@pytest.fixture(scope="session")
def codebooks(core: Questionnaire) -> dict[str, str]:
    """One codebook page per language."""
    return {language: codebook_html(core, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def printed_codebook(core: Questionnaire, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The codebook in Kazakh as a PDF."""
    path = tmp_path_factory.mktemp("codebook") / "codebook-kk.pdf"
    path.write_bytes(codebook_pdf(core, "kk"))
    return path
