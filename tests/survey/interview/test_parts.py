"""Fields, codes, state, messages: one part at a time."""

import pytest
from werkzeug.datastructures import MultiDict

from instruments import KINDS, Missing, Problem
from survey.i18n import translator
from survey.interview import codes
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.messages import WORDS, message
from survey.interview.pages import Press
from survey.interview.state import CookieError, Seals, State, TicketError
from survey.interview.stay import Stay
from survey.keys import WaveKey

SEALS = Seals((b"k" * 32,), "opinion")
STATE = State("b" * 64, "uz", 7, mine=5)


def test_every_kind_of_item_has_a_field_and_a_template() -> None:
    assert set(FIELD_BUILDERS) == set(KINDS)
    press = Press()
    for builder in FIELD_BUILDERS.values():
        assert press.environment.get_template(builder.template)


@pytest.mark.parametrize(
    ("item", "sent", "value"),
    [
        ("Z_SEX", {"Z_SEX": "2"}, 2),
        ("Z_SEX", {}, None),
        ("Z_SEX", {"Z_SEX": ""}, None),
        ("Z_SEX", {"Z_SEX": ["2", "2"]}, 2),
        ("Z_SEX", {"Z_SEX": "-2"}, -2),
        ("BR1", {"BR1": ["3", "1", "3"]}, [1, 3]),
        ("BR1", {"BR1": "-1"}, -1),
        ("BR1", {}, None),
        ("Z_AGE", {"Z_AGE": " 0034 "}, 34),
        ("Z_AGE", {"Z_AGE": "000"}, 0),
        ("Z_AGE", {"Z_AGE": "   "}, None),
        ("Z_ADULTS", {"Z_ADULTS__missing": "-2"}, -2),
        ("KN2N", {"KN2N": "+7 (116) 16"}, "711616"),
        ("KN2N", {"KN2N__missing": "-1"}, -1),
        ("LE", {"LE": "0"}, 0),
        ("LE", {"LE": "-1"}, -1),
        ("OPEN1", {"OPEN1": " a\r\nb "}, "a\nb"),
        ("OPEN1", {"OPEN1": " \r\n"}, None),
        ("VGN", {"VGN": "1"}, None),
        ("A_DEF", {}, None),
    ],
)
def test_what_a_browser_sends_becomes_one_plain_value(core, item, sent, value) -> None:
    field = _field(core, item, sent)
    assert field.data == value
    assert field.validate(None) or value is None


def test_a_stored_value_is_shown_as_a_browser_would_send_it(core) -> None:
    values = {"Z_SEX": -2, "BR1": [1, 3], "Z_AGE": 34, "Z_ADULTS": -1, "KN2N": "11616", "LE": 0}
    for item, value in values.items():
        raw = FIELD_BUILDERS[core.items[item].kind].raw(core.items[item], value)
        assert _field(core, item, raw).data == value


def _field(core, item, sent):
    from wtforms.form import BaseForm

    builder = FIELD_BUILDERS[core.items[item].kind]
    form = BaseForm({item: builder(core.items[item], core.draw("x"))})
    form.process(MultiDict(sent))
    return form[item]


def test_every_problem_an_item_can_report_has_words_in_every_language(core) -> None:
    tried = (None, 999, -4, [1, 2, 3, 4], [1, 10], [999], "x" * 3000, "12a", 10**10, -7, Missing.NO_ANSWER)
    found = {
        problem.code
        for item in core.items.values()
        for value in tried
        for problem in item.problems(value, core.draw("x"))
    }
    assert found <= set(WORDS)
    for code in WORDS:
        params = {"value": "7", "min": 3, "max": 5}
        said = [
            message(Problem(code, params), translator(language)).words
            for language in ("kk", "ru", "uz", "en")
        ]
        assert len(set(said)) == 4
        assert not any("{" in words for words in said)


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        ("ru", 1, "Выберите не больше 1 ответа."),
        ("ru", 3, "Выберите не больше 3 ответов."),
        ("ru", 21, "Выберите не больше 21 ответа."),
        ("en", 1, "Please choose at most 1 answer."),
        ("en", 3, "Please choose at most 3 answers."),
        ("kk", 3, "Ең көбі 3 жауап таңдаңыз."),
        ("uz", 3, "Koʻpi bilan 3 ta javob tanlang."),
    ],
)
def test_numbers_are_said_with_the_right_plural(language, n, words) -> None:
    assert message(Problem("too_many", {"max": n}), translator(language)).words == words


def test_a_state_survives_its_cookie() -> None:
    assert SEALS.state(SEALS.cookie(STATE)) == STATE
    assert SEALS.state(None) is None
    assert STATE.echoes(2) and not STATE.echoes(1)
    assert STATE.saved(1).echoes(1)


def test_an_old_cookie_is_no_state_and_a_changed_one_an_error(monkeypatch) -> None:
    cookie = SEALS.cookie(STATE)
    monkeypatch.setattr("survey.interview.state.KEPT", -1)
    assert SEALS.state(cookie) is None
    assert SEALS.language(cookie) == STATE.language
    assert SEALS.language("x" + cookie) is SEALS.language(None) is None
    monkeypatch.undo()
    other = "A" if cookie[-10] != "A" else "B"
    for forged in (cookie[:-10] + other + cookie[-9:], "x", cookie.rpartition(".")[0]):
        with pytest.raises(CookieError):
            SEALS.state(forged)
    with pytest.raises(CookieError):
        Seals((b"k" * 32,), "elsewhere").state(cookie)
    with pytest.raises(CookieError):
        Seals((b"other" * 7,), "opinion").state(cookie)


def test_a_form_s_token_is_good_for_one_interview_and_one_page() -> None:
    token = SEALS.form(STATE, "3")
    assert SEALS.stay(STATE, "3", token) == Stay()
    assert SEALS.stay(STATE, "3", SEALS.form(STATE, "3", Stay(spent=41))).spent == 41
    wrong = [
        (STATE, "4", token),
        (State("c" * 64, "uz"), "3", token),
        (STATE, "3", ""),
        (STATE, "3", token + "A"),
    ]
    wrong.append((STATE, "3", token.replace("0", "9", 1)))
    for state, page, value in wrong:
        with pytest.raises(TicketError):
            SEALS.stay(state, page, value)


def test_a_code_is_read_however_it_is_typed() -> None:
    key = WaveKey(b"k" * 32)
    code = codes.code_of(key, "b" * 64)
    assert codes.code_of(key, "b" * 64) == code
    assert codes.code_of(key, "c" * 64) != code
    assert codes.code_of(WaveKey(b"x" * 32), "b" * 64) != code
    typed = (code.lower(), code.replace("-", " "), code.replace("-", "").replace("0", "O").replace("1", "l"))
    for variant in (*typed, code.translate(str.maketrans("ABCEHKMPTX", "АВСЕНКМРТХ"))):
        assert codes.code_mac(key, variant) == codes.code_mac(key, code)
    assert codes.code_mac(key, code[:-1]) != codes.code_mac(key, code)


def test_codes_use_every_letter_of_crockford_s_alphabet_and_no_other() -> None:
    key = WaveKey(b"k" * 32)
    letters = {letter for n in range(300) for letter in codes.code_of(key, str(n)).replace("-", "")}
    assert letters == set(codes.ALPHABET)
    assert not letters.intersection("ILOU")
