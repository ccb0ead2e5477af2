"""One small mistake at a time: each is found, by its rule and nothing else."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from instruments import UNVERIFIED, FileProblem, check, load
from instruments.checks.alphabets import copied, foreign
from instruments.checks.own_experience import BUILT_IN

ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]

MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "an unknown item in a rule": (
        "routing",
        "show_if: {item: NUMBER, ge",
        "show_if: {item: NUMBR, ge",
        {"unknown_item"},
    ),
    "an unknown code in a rule": (
        "routing",
        "{item: HEARD, eq: 1}, {item: MEDIA",
        "{item: HEARD, eq: 5}, {item: MEDIA",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a missing kind that is not offered": (
        "routing",
        "{item: MEDIA, in: [1, 2]}",
        "{item: MEDIA, in: [1, -1]}",
        {"unknown_code"},
    ),
    "a size that no number reaches": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{item: NUMBER, ge: 100}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a rule that looks ahead": (
        "routing",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: HEARD, eq: 1}",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: RIGHT, eq: 1}",
        {"forward_reference"},
    ),
    "a rule on the same page": (
        "routing",
        "MEDIA: {kind: several,",
        "MEDIA: {kind: several, show_if: {item: HEARD, eq: 1},",
        {"forward_reference"},
    ),
    "a rule that contradicts itself": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}",
        {"never_true", "unreachable_page"},
    ),
    "a rule that cannot fail": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{not: {all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}}",
        {"always_true"},
    ),
    "a rule that every answer to a required question meets": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: LIVES, in: [1, 2]},",
        {"always_true"},
    ),
    "a label SPSS would cut off": (
        "info",
        '"Which colour?"',
        f'"Which {"very " * 60}colour?"',
        {"label_length"},
    ),
    "an option SPSS would cut off": ("single", '2: "Blue"', f'2: "Blue {"sky " * 40}"', {"label_length"}),
    "a question about what the respondent suffered": (
        "info",
        '"Which colour?"',
        '"Have you ever been exploited?"',
        {"never_ask"},
    ),
    "a hint about what the respondent suffered": (
        "info",
        '"Which colour?"',
        '"Which colour?", hint: "Were you a victim of a crime?"',
        {"never_ask"},
    ),
    "a word the instrument itself rules out": (
        "exits",
        "items:\n  AGREE",
        "never_ask: {sight: {reason: r, words: {en: [did you see]}}}\nitems:\n  AGREE",
        {"never_ask"},
    ),
    "an excuse for a rule nobody made": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, asks_anyway: {sights: because},",
        {"never_ask"},
    ),
    "an excuse that gives no reason": (
        "exits",
        "SAW: {kind: single,",
        'SAW: {kind: single, asks_anyway: {own_victimisation: " "},',
        {"required"},
    ),
    "a direction that is none": ("battery", "OP_A: {key: 1,", "OP_A: {key: 2,", {"key"}),
    "a name that leads out of the folder": (
        "info",
        "instrument: tiny_info",
        "instrument: ../tiny_info",
        {"name"},
    ),
    "a version that leads out of the folder": ("info", 'version: "1"', 'version: "../1"', {"name"}),
    "a day on which no number can have been called": (
        "exits",
        'verified_on: "2026-01-01"',
        'verified_on: "2026-13-01"',
        {"date"},
    ),
    "other words beside an unknown code": (
        "other",
        "{code: 9, text",
        "{code: 7, text",
        {"unknown_code"},
    ),
    "other words without the notice": (
        "other",
        'texts: {free_text_notice: "Please write no names and no details of real people."}',
        'texts: {end_complete: "Thank you for all of your answers."}',
        {"free_text", "wording", "translation"},
    ),
    "a year that no date reaches": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: BORN, ge: 2030}",
        {"unknown_code", "never_true"},
    ),
    "an order of exact dates": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: MOVED, ge: 1995}",
        {"unknown_code", "never_true"},
    ),
    "a year that says nothing": (
        "date",
        "{all: [{item: BORN, ge: 1960}, {item: BORN, ne: 1991}]}",
        "{item: BORN, ge: 1920}",
        {"always_true"},
    ),
    "a range of dates upside down": ("date", 'max: "2026-06"', 'max: "1989-06"', {"range"}),
    "a date less exact than asked for": ("date", 'max: "2026-06"', 'max: "2026"', {"date"}),
    "a known share of a half": ("crosswise", "prevalence: 0.25", "prevalence: 0.5", {"range"}),
    "a known share that is none": ("crosswise", "prevalence: 0.25", "prevalence: 25", {"range"}),
    "an unknown answer to two statements": (
        "crosswise",
        "{item: PAID, eq: 2}",
        "{item: PAID, eq: 3}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "an item on no page": ("routing", "[RIGHT], [OTHER]]", "[RIGHT]]", {"no_page"}),
    "an item on two pages": (
        "routing",
        "[RIGHT], [OTHER]]",
        "[RIGHT], [OTHER, HEARD]]",
        {"page_twice", "forward_reference"},
    ),
    "a page of too many items": (
        "single",
        "[[COLOUR, TOWN, MUCH]]",
        "[[COLOUR, TOWN, MUCH, COLOUR, TOWN, MUCH]]",
        {"page_size", "page_twice"},
    ),
    "an empty page": ("single", "[[COLOUR, TOWN, MUCH]]", "[[COLOUR, TOWN, MUCH], []]", {"page_size"}),
    "two items of one name": ("single", "  TOWN: {", "  COLOUR: {", {"duplicate_key", "unknown_item"}),
    "two options that read the same": ("single", '2: "Blue"', '2: "red"', {"duplicate_label"}),
    "two options that differ in a full stop": ("single", '2: "Blue"', '2: "red ."', {"duplicate_label"}),
    "one code twice": ("single", '2: "Blue"', '01: "Blue"', {"duplicate_code"}),
    "a code that means missing": ("single", '2: "Blue"', '-2: "Blue"', {"missing_code"}),
    "a range over the missing codes": ("entry", "min: 0, max: 500", "min: -10, max: 500", {"missing_code"}),
    "no words for don't know": ("entry", 'dont_know: "Don\'t know", ', "", {"missing_label"}),
    "an exclusive code that is no option": ("several", "exclusive: [9]", "exclusive: [8]", {"unknown_code"}),
    "a last row that is no row": ("battery", "last: [OP_LAST]", "last: [OP_END]", {"unknown_item"}),
    "a fixed end without a random order": ("several", "    random_options: true\n", "", {"order"}),
    "a place beyond the rows": ("battery", "between: [2, 3]", "between: [2, 9]", {"range"}),
    "a rule of one row": (
        "battery",
        "OP_C: {key: 1,",
        "OP_C: {key: 1, show_if: {item: OP_A, eq: 1},",
        {"row"},
    ),
    "a new wording that compares with nothing": (
        "single",
        "COLOUR: {kind: single,",
        "COLOUR: {kind: single, wording: 2,",
        {"compare"},
    ),
    "a column computed from a later one": (
        "computed",
        "rule: {cut: AGE, at: [35]}",
        "rule: {recode: AGE1, to: {1: [1], 2: [2]}}",
        {"unknown_column"},
    ),
    "a column computed from an unknown code": (
        "computed",
        "{share: {item: CALL, le: 3}",
        "{share: {item: CALL, eq: 9}",
        {"unknown_code"},
    ),
    "a recode that forgets a code": ("computed", "to: {1: [1, 2]}", "to: {1: [1]}", {"recode"}),
    "an uncountable wording": (
        "computed",
        "  AGE1: {label",
        "  AGE1: {wording: 10000000000, label",
        {"range"},
    ),
    "a wording before the first": ("computed", "  AGE1: {label", "  AGE1: {wording: 0, label", {"range"}),
    "an item of uncountable wordings": (
        "info",
        'text: "Which colour?"',
        'wording: 1000000000000, text: "Which colour?"',
        {"range"},
    ),
    "a group without a label": ("computed", "at: [35]}", "at: [35, 65]}", {"codes"}),
    "a mean of answers without an order": (
        "computed",
        "{mean_of: [CALL, TELL], reverse: [TELL]",
        "{mean_of: [KNOWS, TELL], reverse: [TELL]",
        {"level"},
    ),
    "a split with one form": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, OP_NEW]}",
        {"split"},
    ),
    "a split of an unknown item": ("splits", "b: [OP_NEW]", "b: [OP_NWE]", {"unknown_item"}),
    "an item that no form leaves out": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, OP_A], b: [OP_NEW, OP_A]}",
        {"split"},
    ),
    "an item in two splits": ("splits", "no: []", "no: [OP_B]", {"split"}),
    "a split of a whole battery and a row of it": ("splits", "no: []", "no: [OPINION]", {"split"}),
    "a filter that is never asked together with its follow-up": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, WHY], b: [OP_NEW]}",
        {"split"},
    ),
    "a split without a title": (
        "splits",
        'half: {title: "Who was asked about the press", ',
        "half: {",
        {"required"},
    ),
    "a split of the name of an item": ("splits", "  half: {title", "  END: {title", {"duplicate_id"}),
    "a block of one module": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, D], last: [D]",
        {"block"},
    ),
    "a block of modules that stand apart": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, C, E]",
        {"block"},
    ),
    "a block of an unknown module": ("blocks", "[B, C, D]", "[B, C, F]", {"unknown_module"}),
    "a module in two blocks": (
        "blocks",
        "last: [D]}",
        "last: [D]}\n  other: {modules: [D, E]}",
        {"block"},
    ),
    "a pinned module that stands before the others": (
        "blocks",
        "last: [D]",
        "last: [B]",
        {"block", "forward_reference"},
    ),
    "a rule that looks at a module that may come later": (
        "blocks",
        '{item: RIVER, eq: 1}, text: "Long',
        '{item: TOWN, eq: 1}, text: "Long',
        {"forward_reference"},
    ),
    "a rule of a loose module that looks at another": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, C, D]",
        {"forward_reference"},
    ),
    "a net of an unknown code": ("nets", "codes: [4, 5]", "codes: [4, 6]", {"unknown_code"}),
    "a net that names a code twice": ("nets", "codes: [4, 5]", "codes: [4, 4]", {"net"}),
    "a net of no codes": ("nets", ", codes: [4, 5]", "", {"net"}),
    "a net without words": ("nets", 'label: "Agree or fully agree", ', "", {"required"}),
    "a net of numbers": (
        "single",
        "zero_ten: {level: interval,",
        'zero_ten: {level: interval, nets: {much: {label: "Much", codes: [9, 10]}},',
        {"net"},
    ),
    "a net of one item with an unknown code": (
        "nets",
        "codes: [1, 2]}}}\n",
        "codes: [1, 7]}}}\n",
        {"unknown_code"},
    ),
    "a net of a battery with an unknown code": (
        "nets",
        "codes: [1, 2, 4, 5]",
        "codes: [1, 2, 4, 9]",
        {"unknown_code"},
    ),
    "a net at one row": (
        "nets",
        'OP_A: {text: "It rains."}',
        'OP_A: {text: "It rains.", nets: {wet: {label: "Wet", codes: [5]}}}',
        {"row"},
    ),
    "required and never asked about": (
        "ask_again",
        "kind: single, ask_again: false",
        "kind: single, required: true, ask_again: false",
        {"order"},
    ),
    "a recall of an unknown item": ("recalls", "item: TOWN,", "item: TWON,", {"unknown_item"}),
    "a recall of an undeclared name": (
        "recalls",
        "{recall:town}",
        "{recall:twon}",
        {"fill", "fill_mismatch"},
    ),
    "a recall of the same page": (
        "recalls",
        'text: "Which city do you live in?"',
        'hint: "{recall:town}", text: "Which city do you live in?"',
        {"forward_recall", "translation"},
    ),
    "a recall of a later answer": (
        "recalls",
        "item: TOWN,",
        "item: LAST,",
        {"forward_recall"},
    ),
    "a recall of a sensitive item": (
        "recalls",
        "TOWN: {kind: single,",
        "TOWN: {kind: single, sensitive: true,",
        {"recall"},
    ),
    "a recall of what is no answer": (
        "recalls",
        "town: {item: TOWN,",
        "town: {item: STORY,",
        {"recall", "forward_recall"},
    ),
    "a recall of a choice with forms": (
        "recalls",
        "town: {item: TOWN,",
        'town: {item: TOWN, forms: {one: "it", other: "them"},',
        {"recall"},
    ),
    "a recall in an option": ("recalls", '1: "Almaty"', '1: "{recall:town}"', {"recall", "fill_mismatch"}),
    "a recall without words for no answer": (
        "recalls",
        ', missing: "where you live"',
        "",
        {"required", "wording"},
    ),
    "a plural category that no language has": (
        "recalls",
        'one: "{n} child", other',
        'single: "{n} child", one: "{n} child", other',
        {"plural"},
    ),
    "a recall in capitals": (
        "recalls",
        "  town: {item: TOWN",
        "  Town: {item: TOWN",
        {"name", "fill", "wording", "translation"},
    ),
    "a score whose range is not its answers'": (
        "battery",
        "reverse: [OP_B], range: [1, 3]",
        "reverse: [OP_B], range: [1, 4]",
        {"range"},
    ),
    "a score that turns what is keyed the right way": (
        "battery",
        "reverse: [OP_B]",
        "reverse: [OP_B, OP_C]",
        {"reverse"},
    ),
    "a score of an attention check": (
        "battery",
        "mean_of: [OP_A, OP_B, OP_C], reverse: [OP_B]",
        "mean_of: [OP_A, OP_B, OP_CHECK], reverse: [OP_B]",
        {"attention"},
    ),
    "a name that releases use": ("computed", "  AGE1: {label", "  weight: {label", {"reserved"}),
    "a sensitive module without help": ("exits", "after: support_info, ", "", {"help_block"}),
    "a sensitive module without a warning": ("exits", "before: content_note, ", "", {"content_note"}),
    "an ending without words": ("exits", '  end_minor: "This survey is for adults."\n', "", {"ending"}),
    "an age question without an exit": (
        "exits",
        "exits: [{when: {item: AGE, lt: 18}, to: minor}], ",
        "",
        {"minors"},
    ),
    "a consent question without an exit": (
        "exits",
        "exits: [{when: {item: AGREE, eq: 2}, to: refusal}], ",
        "",
        {"consent"},
    ),
    "free words without a notice": ("entry", "before: free_text_notice, ", "", {"free_text"}),
    "a text that is not there": (
        "exits",
        "after: support_info",
        "after: suport_info",
        {"unknown_text", "help_block"},
    ),
    "an undeclared placeholder": (
        "exits",
        "fills: [organisation, contact]",
        "fills: [organisation]",
        {"fill"},
    ),
    "a placeholder for an unknown period": ("exits", "{period:last_year}", "{period:last_yaer}", {"fill"}),
    "a period without a length": ("exits", "{months: 12, text", "{text", {"required"}),
    "half a placeholder": ("exits", "{minutes} minute", "{minutes minute", {"fill"}),
    "markup": ("info", '"Which colour?"', '"Which <i>colour</i>?"', {"markup"}),
    "an entity": ("info", '"Which colour?"', '"Which&nbsp;colour?"', {"markup"}),
    "Cyrillic in English": ("info", '"Which colour?"', '"Какой цвет?"', {"alphabet"}),
    "a telling public title": (
        "info",
        'public_title: "Opinion survey"',
        'public_title: "Tiny instrument"',
        {"public_title"},
    ),
    "a source language that is not declared": (
        "info",
        "source_language: en",
        "source_language: ru",
        {"language", "missing_file", "translation"},
    ),
}
TRANSLATION_MISTAKES: dict[str, tuple[str, str, set[str]]] = {
    "a missing text": ('text: "Жалпы алғанда, оларға сенесіз бе?", ', "", {"translation"}),
    "an empty text": ("Жалпы алғанда, оларға сенесіз бе?", " ", {"translation"}),
    "a copied text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Do you trust them, on the whole?",
        {"untranslated"},
    ),
    "a Latin text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Umuman olganda, ularga ishonasizmi?",
        {"alphabet"},
    ),
    "a long Russian text": (
        "Жалпы алғанда, оларға сенесіз бе?",
        "Насколько Вы в целом доверяете этим людям, если подумать об этом хорошо?",
        {"alphabet"},
    ),
    "a Latin letter in a Cyrillic word": ("оларға сенесіз", "олaрға сенесіз", {"alphabet"}),
    "a placeholder too many": (
        "оларға сенесіз бе?",
        "оларға сенесіз бе, {contact}?",
        {"fill", "fill_mismatch"},
    ),
    "words for an unknown place": ("items:\n", 'items:\n  TRUTS: {text: "Сенім"}\n', {"wording"}),
    "another language": ("language: kk", "language: ru", {"language"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, problems_in: ProblemsIn, edited: Edited) -> None:
    name, old, new, rules = MISTAKES[mistake]
    problems = problems_in(edited(name, old, new))
    assert {problem.rule for problem in problems} == rules, "\n".join(map(str, problems))
    assert all(problem.line > 0 for problem in problems)


@pytest.mark.parametrize("mistake", TRANSLATION_MISTAKES)
def test_the_mistake_in_a_translation_is_found_in_its_file(
    mistake: str, problems_in: ProblemsIn, edited: Edited
) -> None:
    old, new, rules = TRANSLATION_MISTAKES[mistake]
    path = edited("languages", "minutes: 1", "minutes: 1")
    kazakh = path.with_name("languages.kk.yaml")
    text = kazakh.read_text(encoding="utf-8")
    assert text.count(old) == 1
    kazakh.write_text(text.replace(old, new), encoding="utf-8")
    problems = problems_in(path)
    assert {problem.rule for problem in problems} == rules, "\n".join(map(str, problems))
    assert {problem.file for problem in problems} == {str(kazakh)}


OWN = {
    "en": [
        "Have you ever been trafficked?",
        "Did anyone threaten you?",
        "Has this happened to you?",
        "Have you ever been forced to work against your will?",
        "Has your husband ever hit you?",
        "Were you ever sexually assaulted?",
        "Have you experienced violence?",
        "Did your employer keep your documents?",
    ],
    "ru": [
        "Становились ли Вы жертвой преступления?",
        "Случалось ли, что Вас избивали?",
        "С Вами это случалось?",
        "Бил ли Вас муж?",
        "У Вас отбирали паспорт?",
        "Подвергались ли Вы насилию?",
    ],
    "kk": [
        "Сіз қылмыс құрбаны болдыңыз ба?",
        "Сізді біреу мәжбүрледі ме?",
        "Күйеуіңіз сізді ұрды ма?",
        "Сіз зорлық-зомбылыққа ұшырадыңыз ба?",
    ],
    "uz": ["Siz jinoyat qurboni boʻlganmisiz?", "Sizni kimdir majburlaganmi?"],
}
OTHERS = {
    "en": [
        "Would you call the police?",
        "Have you heard of people being exploited?",
        "Is the victim to blame?",
        "Have you sold a car?",
    ],
    "ru": ["Знаете ли Вы, где помогают пострадавшим?", "Считаете ли Вы, что виновата жертва?"],
    "kk": [
        "Құрбандарға көмек көрсетілетінін білесіз бе?",
        "Кінәлі кім деп ойлайсыз?",
        "Сізді сатып алу қызықтырады ма?",
    ],
    "uz": ["Qurbonlarga yordam berilishini bilasizmi?", "Kim aybdor deb oʻylaysiz?"],
}


@pytest.mark.parametrize(("language", "text"), [(lang, text) for lang in OWN for text in OWN[lang]])
def test_a_question_about_own_suffering_is_known_in_each_language(language: str, text: str) -> None:
    assert any(re.search(p, text, re.IGNORECASE) for p in BUILT_IN["own_victimisation"][language])


@pytest.mark.parametrize(("language", "text"), [(lang, text) for lang in OTHERS for text in OTHERS[lang]])
def test_a_question_about_others_is_let_pass(language: str, text: str) -> None:
    assert not any(re.search(p, text, re.IGNORECASE) for p in BUILT_IN["own_victimisation"][language])


def test_an_item_may_ask_anyway_with_a_reason(problems_in: ProblemsIn, edited: Edited) -> None:
    path = edited(
        "info", '"Which colour?"', '"Has this happened to you?", asks_anyway: {own_victimisation: "a reason"}'
    )
    assert problems_in(path) == ()


@pytest.mark.parametrize(("called", "found"), [("", True), ("2026-01-01", True), ("2027-05-01", False)])
def test_a_help_line_is_called_again_within_90_days(edited: Edited, called: str, found: bool) -> None:
    questionnaire = load(edited("exits", 'verified_on: "2026-01-01"', f'verified_on: "{called}"'))
    problems = check(questionnaire, date(2027, 5, 20))
    assert [problem.rule for problem in problems] == [UNVERIFIED] * found
    assert check(questionnaire) == ()


@pytest.mark.parametrize(
    ("text", "language", "source"),
    [
        ("Область Жетісу", "ru", "Zhetysu region"),
        ("Мессенджеры (WhatsApp, Telegram)", "ru", "Messengers (WhatsApp, Telegram)"),
        ("Oʻrta maʼlumot", "uz", "Secondary education"),
        ("65+", "kk", "65+"),
        ("Радио", "kk", "Radio"),
        ("{contact} 116 16", "ru", "{contact} 116 16"),
    ],
)
def test_names_numbers_and_short_words_pass_the_alphabet_test(text: str, language: str, source: str) -> None:
    assert foreign(text, language, source) == ""
    assert not copied(text, source)


def test_a_straight_apostrophe_in_uzbek_is_found() -> None:
    assert foreign("O'rta ma'lumot", "uz", "Secondary education")
    assert foreign("Oʻrta maʼlumot", "uz", "Secondary education") == ""
