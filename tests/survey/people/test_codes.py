"""Recovery codes: too long to be guessed, and still typed by people."""

import math
import re

from survey.people.codes import HOW_MANY, LETTERS, new_recovery_codes, stored_of


def test_a_recovery_code_holds_128_bits_and_opens_however_it_is_typed() -> None:
    made = new_recovery_codes()
    assert len(set(made)) == HOW_MANY
    for code in made:
        assert re.fullmatch(f"([{LETTERS}]{{4}}-){{6}}[{LETTERS}]{{4}}", code)
        assert len(code.replace("-", "")) * math.log2(len(set(LETTERS))) >= 128
        assert stored_of("owner", code) == stored_of("owner", code.lower().replace("-", " "))
        assert stored_of("owner", code) != stored_of("another", code)
        assert code.replace("-", "") not in stored_of("owner", code)
        assert len(code) <= 40, "what the field takes"
    assert not set("01IOL") & set(LETTERS), "no two that look alike"
