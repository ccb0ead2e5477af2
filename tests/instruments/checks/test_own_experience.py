"""Questions about what the respondent suffered are found in whatever is read, in four languages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem
from instruments.checks.own_experience import BUILT_IN

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
