"""Questions about what the respondent suffered are found in whatever is read, in four languages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem, load, load_library
from instruments.checks.own_words import BUILT_IN, Words

TINY = [
    path
    for path in (Path(__file__).resolve().parents[2] / "library").glob("*.yaml")
    if path.stem.count(".") == 0
]
ProblemsIn = Callable[[Path], tuple[FileProblem, ...]]
Edited = Callable[[str, str, str], Path]

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
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
    "an option that tells what the respondent suffered": (
        "info",
        '2: "Blue"',
        '2: "I myself was a victim"',
        {"never_ask"},
    ),
    "an option that asks for it in a scale": (
        "battery",
        '3: "Agree"',
        '3: "It happened to me"',
        {"never_ask"},
    ),
    "a battery's question about what the respondent suffered": (
        "battery",
        '"How much do you agree?"',
        '"Has any of this happened to you?"',
        {"never_ask"},
    ),
    "a row that tells what the respondent suffered": (
        "battery",
        '"They could leave."',
        '"My employer has threatened me."',
        {"never_ask"},
    ),
    "a list with what the respondent suffered": (
        "list_experiment",
        "I saw something wrong and said nothing.",
        "I was forced to work.",
        {"never_ask"},
    ),
    "a list whose other statements tell it": (
        "list_experiment",
        "I saw a doctor.",
        "I have been beaten.",
        {"never_ask"},
    ),
    "a situation that befell the respondent": (
        "vignette",
        "She agreed.",
        "She agreed. Has it happened to you?",
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
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])


KNOWN = Words("own_victimisation", BUILT_IN["own_victimisation"])
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
    "uz": [
        "Siz jinoyat qurboni boʻlganmisiz?",
        "Sizni kimdir majburlaganmi?",
        "Siz zoʻravonlikka uchraganmisiz?",
    ],
}
OWN_ANSWERS = {
    "en": [
        "I myself was a victim",
        "I have been exploited",
        "I've been beaten",
        "Yes, it happened to me",
        "My husband hit me",
        "They made me work",
        "I survived violence",
        "I was never threatened",
    ],
    "ru": [
        "Я сам был жертвой",
        "Я была потерпевшей",
        "Да, со мной это случилось",
        "Меня заставляли работать",
        "Муж бил меня",
        "Я пострадала",
        "Я подвергался насилию",
        "У меня отобрали паспорт",
    ],
    "kk": [
        "Мен өзім құрбан болдым",
        "Мен қылмыс құрбаны болғанмын",
        "Бұл менің басымнан өткен",
        "Мені мәжбүрледі",
        "Мен зорлыққа ұшырадым",
    ],
    "uz": [
        "Men oʻzim qurbon boʻlganman",
        "Bu mening boshimdan oʻtgan",
        "Meni majburlashgan",
        "Men zoʻravonlikka uchraganman",
    ],
}


OTHERS = {
    "en": [
        "Would you call the police?",
        "Have you heard of people being exploited?",
        "Is the victim to blame?",
        "Have you sold a car?",
        "I would call the police",
        "I was told nothing about it",
        "I am not sure that it is violence",
    ],
    "ru": [
        "Знаете ли Вы, где помогают пострадавшим?",
        "Считаете ли Вы, что виновата жертва?",
        "Я не знаю, как помочь жертвам",
        "Меня это не касается",
        "Я знаю пострадавших",
    ],
    "kk": [
        "Құрбандарға көмек көрсетілетінін білесіз бе?",
        "Кінәлі кім деп ойлайсыз?",
        "Сізді сатып алу қызықтырады ма?",
        "Адам саудасы мен қанаудың құрбаны болған адамдар",
        "Мені бұл қызықтырмайды",
    ],
    "uz": [
        "Qurbonlarga yordam berilishini bilasizmi?",
        "Kim aybdor deb oʻylaysiz?",
        "Men politsiyaga qoʻngʻiroq qilardim",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"),
    [(lang, text) for told in (OWN, OWN_ANSWERS) for lang in told for text in told[lang]],
)
def test_own_suffering_asked_for_or_told_is_known_in_each_language(language: str, text: str) -> None:
    assert KNOWN.found_in(text, language)


@pytest.mark.parametrize(("language", "text"), [(lang, text) for lang in OTHERS for text in OTHERS[lang]])
def test_a_question_about_others_is_let_pass(language: str, text: str) -> None:
    assert not KNOWN.found_in(text, language)


def test_an_item_may_ask_anyway_with_a_reason(problems_in: ProblemsIn, edited: Edited) -> None:
    path = edited(
        "info", '"Which colour?"', '"Has this happened to you?", asks_anyway: {own_victimisation: "a reason"}'
    )
    assert problems_in(path) == ()


def _written(path: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_question_that_follows_from_an_earlier_answer_is_read_with_it(
    problems_in: ProblemsIn, edited: Edited
) -> None:
    path = edited("recalls", '"where you live"', '"forced to stay"')
    assert [problem for problem in problems_in(path) if problem.rule == "never_ask"] == []
    _written(path, ("We mean {recall:town}.", "Have you been {recall:town}?"))
    (problem,) = [problem for problem in problems_in(path) if problem.rule == "never_ask"]
    assert (problem.path, problem.found) == ("items.SCHOOL.hint", "Have you been forced")


def test_a_battery_is_told_once_of_its_question_and_a_row_of_what_it_adds(
    problems_in: ProblemsIn, edited: Edited
) -> None:
    stem = edited("battery", '"How much do you agree?"', '"Has this happened to you?"')
    assert [problem.path for problem in problems_in(stem)] == ["items.OPINION.text"]
    row = _written(
        stem, ('"Has this happened to you?"', '"Have you ever been"'), ("They could", "beaten? They could")
    )
    assert [problem.path for problem in problems_in(row)] == ["items.OPINION.rows.OP_C.text"]


@pytest.mark.parametrize("key", ["innocuous", "sensitive_item"])
def test_a_pair_of_statements_needs_a_reason_too(problems_in: ProblemsIn, edited: Edited, key: str) -> None:
    statement = {
        "innocuous": "My mother was born in January, February or March.",
        "sensitive_item": "I have paid a bribe this year.",
    }[key]
    path = edited("crosswise", statement, "I was beaten this year.")
    assert [(problem.path, problem.rule) for problem in problems_in(path)] == [
        (f"items.PAID.{key}", "never_ask")
    ]
    excuse = "asks_anyway: {own_victimisation: The answer says nothing of one respondent}"
    _written(path, ("    kind: crosswise\n", f"    kind: crosswise\n    {excuse}\n"))
    assert problems_in(path) == ()


def test_the_words_of_an_item_hold_all_that_any_respondent_reads() -> None:
    for questionnaire in (load_library("kz_thb_core"), *(load(path) for path in TINY)):
        for number in range(20):
            draw = questionnaire.draw(f"b{number}")
            for item in questionnaire.items.values():
                said = [text for _, text in item.words()]
                assert all(text in said for text in item.reads(draw)), item.id
