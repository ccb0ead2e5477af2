"""What the method statement says of forms filled in by hand."""

import pytest

from reports.i18n import LANGUAGES, words
from reports.sections.method_facts import fieldwork_facts

PAPER = {"printed": 200, "forms": 150, "cells": 9000, "mismatches": 45, "disagreement": 0.005}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_of_cells_in_which_clerks_differed_is_printed(language: str) -> None:
    said = fieldwork_facts({"dispositions": {"complete": 150}, "paper": PAPER}, words(language))
    assert "200" in said
    assert words(language).number(0.5, 2) in said


def test_nothing_is_said_of_forms_that_nobody_typed() -> None:
    none = {"printed": 200, "forms": 0, "cells": 0, "mismatches": 0, "disagreement": None}
    assert fieldwork_facts({"paper": none}, words("en")) == ""
