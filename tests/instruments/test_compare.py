"""Two versions compared: every verdict, what the gate refuses, and what is no change at all."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instruments import (
    KINDS,
    Questionnaire,
    Verdict,
    VersionDifference,
    compare_versions,
    html_page,
    load,
    load_library,
    text_sha,
    word_changes,
)

Edit = Callable[[dict[str, Any]], object]
REASON = {"en": "Because.", "ru": "Так."}
SENTENCE = {"en": "Two interviewers confirmed the same meaning.", "ru": "Смысл тот же, это проверено."}
TINY = Path(__file__).resolve().parent.parent / "library"


def text(en: str, ru: str) -> dict[str, str]:
    return {"en": en, "ru": ru}


def base() -> dict[str, Any]:
    agree = {
        "1": text("Disagree", "Не согласен"),
        "2": text("Unsure", "Трудно"),
        "3": text("Agree", "Согласен"),
    }
    return {
        "instrument": "tiny",
        "version": "1",
        "title": text("Tiny", "Мало"),
        "public_title": text("Opinion", "Мнение"),
        "population": text("All", "Все"),
        "minutes": 1,
        "languages": ["en", "ru"],
        "source_language": "en",
        "status": {},
        "missing_labels": {"dont_know": text("Don't know", "Не знаю"), "refused": text("No answer", "Нет")},
        "periods": {"year": {"months": 12, "text": text("since May 2026", "с мая 2026")}},
        "scales": {
            "agree": {"level": "ordinal", "options": agree},
            "no_yes": {"level": "nominal", "options": {"0": text("No", "Нет"), "1": text("Yes", "Да")}},
        },
        "texts": {"note": text("Thank you.", "Спасибо.")},
        "modules": {"M": {"title": text("M", "М"), "pages": [["SEEN", "WHERE"], ["N"], ["VB"]]}},
        "items": {
            "SEEN": {
                "kind": "single",
                "level": "nominal",
                "allow": ["dont_know"],
                "text": text("Have you seen “it” {period:year} – at home?", "Видели «это» {period:year}?"),
                "options": {"1": text("Police", "Полиция"), "2": text("Family", "Семья")},
            },
            "WHERE": {
                "kind": "several",
                "text": text("Where was it?", "Где это было?"),
                "options": {"1": text("At home", "Дома"), "2": text("Outside", "На улице")},
                "show_if": {"item": "SEEN", "in": [1, 2]},
            },
            "N": {"kind": "number", "min": 0, "max": 10, "text": text("How many?", "Сколько?")},
            "VB": {
                "kind": "battery",
                "scale": "agree",
                "text": text("Do you agree?", "Вы согласны?"),
                "rows": {
                    "VB1": {"text": text("The victim is to blame.", "Жертва виновата.")},
                    "VB2": {"text": text("The state must help.", "Государство должно помочь.")},
                },
            },
        },
        "indicators": {
            "ANY": {
                "label": text("Any", "Любое"),
                "finding": text("the share", "доля"),
                "scale": "no_yes",
                "rule": {"any_of": ["VB1", "VB2"], "codes": [3], "min_valid": 1},
            }
        },
    }


def read(document: dict[str, Any]) -> Questionnaire:
    return Questionnaire.from_json(json.dumps(document))


def after(edit: Edit, document: dict[str, Any] | None = None) -> VersionDifference:
    """The difference that an edit of the tiny questionnaire makes."""
    before = document or base()
    later = copy.deepcopy(before)
    later["version"] = "2"
    edit(later)
    return compare_versions(read(before), read(later))


def set_in(*path: Any) -> Edit:
    """An edit: the last argument is put where the others lead."""
    *steps, last, value = path

    def edit(document: dict[str, Any]) -> None:
        for step in steps:
            document = document.setdefault(step, {})
        document[last] = value

    return edit


def both(*edits: Edit) -> Edit:
    return lambda document: [edit(document) for edit in edits]


def verdicts(found: VersionDifference) -> dict[str, str]:
    return {item.item: item.verdict.value for item in found.changed}


def rules(found: VersionDifference) -> set[tuple[str, str]]:
    return {(problem.path, problem.rule) for problem in found.problems}


def declared(item: str, kind: str, reason: dict[str, str] = REASON) -> Edit:
    return both(
        set_in("items", item, "wording", 2),
        set_in("items", item, "compare", {"1": {"kind": kind, "reason": reason}}),
    )


NOISE = (
    "<b>Have you</b> seen &quot;it&quot; {period:year} &ndash; at <i>home</i>?",
    "<p>Have you seen<br>“it” {period:year}<br/>– at home?</p>",
    "Have  you\u00a0seen «it»\n{period:year} — at home? ",
    "**Have** you seen \u201eit\u201c {period:year} - at\u00ad home?",
    "Have you <em class='x'>seen</em> ”it” {period:year} ‑ at home?\u200b",
)


@pytest.mark.parametrize("words", NOISE)
def test_markup_entities_white_space_quotes_and_dashes_are_no_change(words: str) -> None:
    found = after(set_in("items", "SEEN", "text", "en", words))
    assert verdicts(found) == {}
    assert found.problems == ()
    sha = next(item for item in found.items if item.item == "SEEN").sha["en"]
    assert sha[0] == sha[1]


def test_ten_waves_in_which_only_the_reference_period_changes_give_no_break() -> None:
    """A later start and, in two waves, another length: reported on their own, never a change of wording."""
    waves = [base() for _ in range(10)]
    for year, document in enumerate(waves):
        document["version"] = str(2020 + year)
        said = {"en": f"since May {2020 + year}", "ru": f"с мая {2020 + year}"}
        document["periods"]["year"] = {"months": 24 if year in (4, 7) else 12, "text": said}
    read_waves = [read(document) for document in waves]
    pairs = [(i, j) for i in range(10) for j in range(i + 1, 10)]
    differences = {pair: compare_versions(read_waves[pair[0]], read_waves[pair[1]]) for pair in pairs}
    assert all(found.problems == () and found.changed == () for found in differences.values())
    assert all(len(found.periods) == 1 for found in differences.values())
    longer = differences[3, 4].periods[0]
    assert (longer.name, longer.months, longer.items) == ("year", (12, 24), ("SEEN",))
    assert "12 months became 24" in differences[3, 4].notes[0]
    assert differences[0, 1].notes == ()
    assert len({text_sha(wave)["SEEN"]["en"] for wave in read_waves}) == 1
    assert "since May 2020" in read_waves[0].items["SEEN"].text["en"]


def test_a_period_in_other_words_is_told_with_the_words_before_and_now() -> None:
    said = text("since May 2027", "с мая 2027")
    found = after(set_in("periods", "year", "text", said))
    (period,) = found.periods
    assert list(period.reworded()) == [
        ("en", "since May 2026", "since May 2027"),
        ("ru", "с мая 2026", "с мая 2027"),
    ]
    assert '<span lang="ru">с мая <del>2026</del> <ins>2027</ins></span>' in html_page(found)


def test_another_period_is_another_wording() -> None:
    longer = set_in("periods", "long", {"months": 60, "text": text("in five years", "за пять лет")})
    words = set_in("items", "SEEN", "text", "en", "Have you seen “it” {period:long} – at home?")
    assert verdicts(after(both(longer, words))) == {"SEEN": "reworded"}


def test_a_typed_period_put_in_the_place_of_the_same_words_is_no_change() -> None:
    plain = base()
    plain["items"]["SEEN"]["text"]["en"] = "Have you seen “it” since May 2026 – at home?"
    found = after(set_in("items", "SEEN", "text", "en", base()["items"]["SEEN"]["text"]["en"]), plain)
    assert found.changed == ()


@pytest.mark.parametrize(
    ("edit", "verdict", "item"),
    [
        (set_in("items", "N", "text", "en", "How many, then?"), "reworded", "N"),
        (set_in("items", "N", "text", "en", "how many"), "editorial", "N"),
        (set_in("items", "N", "text", "ru", "Сколька?"), "editorial", "N"),
        (set_in("items", "N", "hint", text("In whole years.", "В годах.")), "reworded", "N"),
        (
            set_in("items", "VB", "rows", "VB1", "text", "en", "The victim is not to blame."),
            "reworded",
            "VB1",
        ),
        (set_in("items", "VB", "rows", "VB1", "text", "en", "The victims are to blame."), "reworded", "VB1"),
        (set_in("items", "N", "max", 20), "rescaled", "N"),
        (set_in("items", "SEEN", "allow", ["dont_know", "refused"]), "reworded", "SEEN"),
        (set_in("items", "WHERE", "max", 1), "rescaled", "WHERE"),
        (set_in("items", "WHERE", "options", "3", text("At work", "На работе")), "rescaled", "WHERE"),
        (set_in("items", "WHERE", "show_if", {"item": "SEEN", "eq": 1}), "rerouted", "WHERE"),
        (set_in("items", "N", "required", True), "rerouted", "N"),
        (set_in("items", "WHERE", "random_options", True), "reordered", "WHERE"),
        (set_in("indicators", "ANY", "rule", "codes", [2, 3]), "recomputed", "ANY"),
        (set_in("items", "SEEN", "options", "1", "en", "The police"), "reworded", "SEEN"),
    ],
)
def test_a_change_has_its_verdict_and_is_refused_until_it_is_declared(
    edit: Edit, verdict: str, item: str
) -> None:
    found = after(edit)
    assert verdicts(found)[item] == verdict
    assert [rule for path, rule in rules(found) if path.endswith(item)] == ["undeclared"]
    (named,) = [i for i in found.items if i.item == item]
    assert named.to_write.startswith("wording: 2, compare: {1: ")


def test_a_reworded_stem_rewords_every_row_of_its_battery() -> None:
    found = after(set_in("items", "VB", "text", "en", "How much do you agree?"))
    assert verdicts(found) == {"VB1": "reworded", "VB2": "reworded"}


def test_codes_listed_in_another_order_are_the_same_route() -> None:
    assert after(set_in("items", "WHERE", "show_if", {"item": "SEEN", "in": [2, 1]})).changed == ()


def test_an_item_moved_is_reported_and_needs_no_declaration() -> None:
    found = after(set_in("modules", "M", "pages", [["N"], ["SEEN", "WHERE"], ["VB"]]))
    assert verdicts(found) == {"N": "reordered"}
    assert found.problems == ()


def test_options_in_another_order_are_reordered_and_must_be_declared() -> None:
    turned = {"2": text("Outside", "На улице"), "1": text("At home", "Дома")}
    found = after(set_in("items", "WHERE", "options", turned))
    assert verdicts(found) == {"WHERE": "reordered"}
    assert rules(found) == {("items.WHERE", "undeclared")}


def test_a_new_item_and_a_dropped_one_are_named_and_pass() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["items"]["N2"] = {**document["items"].pop("N"), "replaces": "N"}
        document["modules"]["M"]["pages"][1] = ["N2"]

    found = after(edit)
    assert verdicts(found) == {"N2": "new", "N": "dropped"}
    assert found.problems == ()


def test_replaces_must_name_an_item_of_the_earlier_version() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["items"]["N2"] = {**document["items"].pop("N"), "replaces": "NN"}
        document["modules"]["M"]["pages"][1] = ["N2"]

    assert rules(after(edit)) == {("items.N2.replaces", "replaces")}


SWAPPED = {"1": text("Family", "Семья"), "2": text("Police", "Полиция")}


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (set_in("items", "SEEN", "options", SWAPPED), "recoded"),
        (
            set_in(
                "items", "SEEN", "options", {"1": text("Police", "Семья"), "2": text("Family", "Полиция")}
            ),
            "recoded",
        ),
        (set_in("items", "SEEN", "options", "1", text("Neighbours", "Соседи")), "recoded"),
        (set_in("items", "SEEN", "options", "1", "en", "Not police"), "recoded"),
        (
            set_in(
                "items", "SEEN", "options", {"1": text("Police", "Полиция"), "3": text("Family", "Семья")}
            ),
            "removed_option",
        ),
        (set_in("items", "WHERE", "options", {"1": text("At home", "Дома")}), "removed_option"),
        (set_in("items", "SEEN", "level", "ordinal"), "retyped"),
        (
            set_in("items", "N", {"kind": "text", "max_len": 9, "text": text("How many?", "Сколько?")}),
            "retyped",
        ),
        (set_in("scales", "agree", "options", "4", text("Fully", "Полностью")), "rescaled"),
        (set_in("scales", "no_yes", "options", {"0": text("Yes", "Да"), "1": text("No", "Нет")}), "recoded"),
    ],
)
def test_no_declaration_allows_another_meaning_of_a_code_or_another_type(edit: Edit, rule: str) -> None:
    """A swap in one language only is a swap; a label under another code is one; so is a label replaced."""
    items = ("SEEN", "WHERE", "N")
    found = after(both(edit, *(declared(item, "editorial", SENTENCE) for item in items)))
    assert rule in {problem.rule for problem in found.problems}
    assert all("replaces:" in p.hint for p in found.problems if p.rule == rule)


def test_a_code_taken_from_one_label_and_given_to_another_is_refused() -> None:
    """The code of a dropped answer is not free for another."""
    moved = {"1": text("Neighbours", "Соседи"), "2": text("Family", "Семья"), "3": text("Police", "Полиция")}
    found = after(set_in("items", "SEEN", "options", moved))
    assert rules(found) == {("items.SEEN", "recoded")}


STRONGLY = text("Strongly disagree", "Совершенно не согласен"), text("Strongly agree", "Совершенно согласен")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (text("Agree strongly", STRONGLY[0]["ru"]), text("Disagree strongly", STRONGLY[1]["ru"])),
        (text(STRONGLY[0]["en"], "Согласна совершенно"), text(STRONGLY[1]["en"], "Не согласна совершенно")),
    ],
)
def test_a_swap_of_codes_hidden_by_another_order_of_words_is_refused(
    first: dict[str, str], second: dict[str, str]
) -> None:
    document = base()
    document["items"]["WHERE"]["options"] = {"1": STRONGLY[0], "2": STRONGLY[1]}
    swapped = set_in("items", "WHERE", "options", {"1": first, "2": second})
    found = after(both(swapped, declared("WHERE", "broken", SENTENCE)), document)
    assert rules(found) == {("items.WHERE", "recoded")}


def test_labels_said_in_other_order_under_their_own_codes_are_no_swap() -> None:
    document = base()
    document["items"]["WHERE"]["options"] = {"1": STRONGLY[0], "2": STRONGLY[1]}
    kept = {"1": text("Disagree strongly", STRONGLY[0]["ru"]), "2": text("Agree strongly", STRONGLY[1]["ru"])}
    found = after(both(set_in("items", "WHERE", "options", kept), declared("WHERE", "broken")), document)
    assert found.problems == ()
    assert verdicts(found)["WHERE"] == "reworded"


def test_a_swap_of_codes_in_a_computed_column_is_refused() -> None:
    turned = {"0": text("Yes", "Да"), "1": text("No", "Нет")}
    assert ("indicators.ANY", "recoded") in rules(after(set_in("scales", "no_yes", "options", turned)))


def test_the_known_numbers_of_a_digits_item_are_codes() -> None:
    digits = base()
    digits["items"]["N"] = {
        "kind": "digits",
        "max_len": 5,
        "known": ["111", "112"],
        "text": text("Which?", "Какой?"),
    }
    assert after(set_in("items", "N", "known", ["112", "111"]), digits).changed[0].verdict is Verdict.RECODED


def test_another_question_passes_only_as_broken() -> None:
    words = set_in("items", "N", "text", "en", "How many were there in all?")
    found = after(both(words, declared("N", "broken", SENTENCE)))
    assert found.problems == ()
    assert found.changed[0].declared is not None
    assert found.changed[0].declared.kind == "broken"
    assert rules(after(both(words, declared("N", "editorial", SENTENCE)))) == {
        ("items.N.compare.1", "editorial")
    }


def test_a_bumped_wording_without_a_word_about_the_old_number_is_refused() -> None:
    words = both(set_in("items", "N", "text", "en", "How much?"), set_in("items", "N", "wording", 2))
    assert rules(after(words)) == {("items.N", "undeclared")}


def test_a_declaration_under_the_old_number_is_refused() -> None:
    words = set_in("items", "N", "text", "en", "How many were there in all?")
    assert rules(after(both(words, declared("N", "broken"), set_in("items", "N", "wording", 1)))) == {
        ("items.N", "undeclared")
    }


def test_a_wording_number_that_goes_back_is_refused() -> None:
    document = base()
    document["items"]["N"]["wording"] = 3
    assert rules(after(set_in("items", "N", "wording", 2), document)) == {("items.N", "wording")}


LONG = {
    "en": "Suppose that you saw a neighbour held and exploited: would you tell the police about it today?",
    "ru": "Представьте, что Вы видите, как соседа удерживают: сообщите ли Вы об этом в полицию?",
    "kk": "Көршіңізді ұстап отырып қанап жатқанын көрсеңіз, бұл туралы полицияға хабарлауға келісесіз бе?",
    "uz": "Qoʻshningiz ushlab turilganini koʻrsangiz, bu haqda politsiyaga aytishga rozimisiz?",
}


def reworded(language: str, old: str, new: str, kind: str = "editorial") -> VersionDifference:
    """A long question with other words in one language, declared with a reason that is a sentence."""
    document = base()
    document["languages"] = list(LONG)
    document["items"]["N"]["text"] = dict(LONG)
    assert old in LONG[language]
    words = set_in("items", "N", "text", language, LONG[language].replace(old, new))
    reason = dict.fromkeys(LONG, SENTENCE["en"])
    return after(both(words, declared("N", kind, reason)), document)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("en", "would you tell", "would you not tell"),
        ("en", "the police", "the courts"),
        ("en", "the police", "the local police"),
        ("en", "held and exploited", "held or exploited"),
        ("en", "today", "within 5 days"),
        ("en", "exploited", ""),
        (
            "en",
            LONG["en"],
            "Is the state to blame for what happens to people who are held against their will?",
        ),
        ("ru", "сообщите ли", "не сообщите ли"),
        ("ru", "в полицию", "в прокуратуру"),
        ("kk", "келісесіз бе", "келіспейсіз бе"),
        ("kk", "келісесіз бе", "келісесіз емес пе"),
        ("uz", "koʻrsangiz", "koʻrmasangiz"),
        ("uz", "rozimisiz", "rozi emasmisiz"),
    ],
)
def test_no_reason_makes_another_question_editorial(language: str, old: str, new: str) -> None:
    """One word in one language is enough, however long the question and the reason are."""
    found = reworded(language, old, new)
    assert rules(found) == {("items.N.compare.1", "editorial")}
    assert f"in {language}" in found.problems[0].found
    assert "kind: broken" in found.changed[0].to_write
    assert reworded(language, old, new, "broken").problems == ()


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [("en", "Suppose that you", "Suppose you"), ("en", "tell the police", "please tell police")],
)
def test_words_without_weight_may_come_or_go_with_a_reason_that_is_a_sentence(
    language: str, old: str, new: str
) -> None:
    found = reworded(language, old, new)
    assert verdicts(found) == {"N": "reworded"}
    assert found.problems == ()
    document = base()
    document["items"]["N"]["text"] = text("Please say how many cases.", "Скажите, сколько.")
    words = set_in("items", "N", "text", "en", "Say how many cases.")
    assert rules(after(both(words, declared("N", "editorial")), document)) == {
        ("items.N.compare.1", "editorial")
    }
    assert after(both(words, declared("N", "editorial", SENTENCE)), document).problems == ()


def test_many_small_changes_together_are_too_many() -> None:
    document = base()
    document["items"]["N"]["text"]["en"] = "Colours neighbours organised favour centres"
    words = set_in("items", "N", "text", "en", "Colors neighbors organized favor centers")
    found = after(both(words, declared("N", "editorial", SENTENCE)), document)
    assert rules(found) == {("items.N.compare.1", "editorial")}


@pytest.mark.parametrize(
    ("edit", "item"),
    [
        (set_in("items", "N", "max", 20), "items.N"),
        (set_in("items", "SEEN", "allow", []), "items.SEEN"),
        (set_in("items", "WHERE", "options", "3", text("At work", "На работе")), "items.WHERE"),
        (set_in("indicators", "ANY", "rule", "codes", [2, 3]), "indicators.ANY"),
    ],
)
def test_other_answers_or_another_rule_are_never_editorial(edit: Edit, item: str) -> None:
    group, name = item.split(".")

    def by(kind: str) -> Edit:
        reason = {"1": {"kind": kind, "reason": SENTENCE}}
        return both(edit, set_in(group, name, "wording", 2), set_in(group, name, "compare", reason))

    assert rules(after(by("editorial"))) == {(f"{item}.compare.1", "editorial")}
    assert after(by("broken")).problems == ()


def test_a_number_more_that_is_recognised_may_be_editorial() -> None:
    """What nobody is shown: the question stays, and whether its answers compare is a matter of reasons."""
    digits = base()
    digits["items"]["N"] = {
        "kind": "digits",
        "max_len": 5,
        "known": ["111"],
        "text": text("Which?", "Какой?"),
    }
    more = both(set_in("items", "N", "known", ["111", "112"]), declared("N", "editorial", SENTENCE))
    assert after(more, digits).problems == ()


NETS = {"agreed": {"label": text("Agree", "Согласны"), "codes": [3]}}


def with_nets() -> dict[str, Any]:
    document = base()
    document["scales"]["agree"]["nets"] = copy.deepcopy(NETS)
    return document


def test_a_net_is_what_its_name_says() -> None:
    wider = after(set_in("scales", "agree", "nets", "agreed", "codes", [2, 3]), with_nets())
    assert {rule for _, rule in rules(wider)} == {"net"}
    assert "another name" in wider.problems[0].hint
    renamed = {"agreed_or_unsure": {"label": text("Not against", "Не против"), "codes": [2, 3]}}
    assert after(set_in("scales", "agree", "nets", renamed), with_nets()).problems == ()


def test_a_net_that_comes_is_told_and_needs_no_declaration() -> None:
    found = after(set_in("scales", "agree", "nets", NETS))
    assert verdicts(found) == {"VB1": "recomputed", "VB2": "recomputed"}
    assert found.problems == ()


def test_a_row_keyed_the_other_way_must_be_declared_and_breaks_the_trend() -> None:
    document = base()
    document["items"]["VB"]["construct"] = "blame"
    document["items"]["VB"]["rows"]["VB2"]["key"] = 1
    turned = set_in("items", "VB", "rows", "VB2", "key", -1)
    found = after(turned, document)
    assert verdicts(found) == {"VB2": "recomputed"}
    assert found.changed[0].to_write.startswith("wording: 2, compare: {1: {kind: broken")


def test_an_order_of_modules_drawn_now_is_told() -> None:
    def edit(later: dict[str, Any]) -> None:
        later["modules"]["M2"] = {"title": text("M2", "М2"), "pages": [later["modules"]["M"]["pages"].pop()]}

    document = base()
    edit(document)
    found = after(set_in("blocks", {"main": {"modules": ["M", "M2"]}}), document)
    assert set(verdicts(found).values()) == {"reordered"}
    (change, *_) = found.changed[0].changes
    assert (change.before, change.after) == ("nothing", "drawn among M, M2")
    assert found.problems == ()


def test_other_words_of_a_recall_reword_the_questions_that_say_it() -> None:
    before = load(TINY / "recalls.yaml")
    document = json.loads(before.to_json())
    document["version"] = "2"
    document["recalls"]["kids"]["missing"]["en"] = "your pupils"
    found = compare_versions(before, read(document))
    assert {"SCHOOL", "OP_A", "OP_B", "STORY"} == set(verdicts(found))
    assert {problem.rule for problem in found.problems} == {"undeclared"}


def test_an_item_moved_within_its_module_is_told_by_what_it_stands_behind() -> None:
    found = after(set_in("modules", "M", "pages", [["SEEN", "WHERE"], ["VB"], ["N"]]))
    (item,) = [item for item in found.changed if item.item == "N"] or [None]
    assert item is not None
    assert (item.changes[0].before, item.changes[0].after) == ("after WHERE", "after VB2")


def test_replaces_may_not_name_an_item_that_is_still_asked() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["items"]["N2"] = {**copy.deepcopy(document["items"]["N"]), "replaces": "N"}
        document["modules"]["M"]["pages"][1] = ["N", "N2"]

    found = after(edit)
    assert rules(found) == {("items.N2.replaces", "replaces")}
    assert "no longer asked" in found.problems[0].expected


@pytest.mark.parametrize(
    ("key", "value"), [("prevalence", 0.1), ("sensitive_item", {"en": "I have hit somebody."})]
)
def test_what_is_asked_indirectly_is_never_another_by_declaration(key: str, value: object) -> None:
    before = load(TINY / "crosswise.yaml")
    document = copy.deepcopy(dict(before.document))
    item = document["items"]["PAID"]
    item[key] = {**item[key], **value} if isinstance(value, dict) else value
    reason = dict.fromkeys(before.languages, SENTENCE["en"])
    item |= {"wording": 2, "compare": {"1": {"kind": "editorial", "reason": reason}}}
    document["version"] = "2"
    assert rules(compare_versions(before, read(document))) == {("items.PAID.compare.1", "editorial")}
    item["compare"]["1"]["kind"] = "broken"
    assert compare_versions(before, read(document)).problems == ()


def test_a_small_change_is_editorial_with_any_reason() -> None:
    words = set_in("items", "VB", "rows", "VB2", "text", "en", "The State must help!")
    row = both(
        set_in("items", "VB", "rows", "VB2", "wording", 2),
        set_in("items", "VB", "rows", "VB2", "compare", {"1": {"kind": "editorial", "reason": REASON}}),
    )
    assert after(both(words, row)).problems == ()


def test_changed_words_cannot_be_declared_identical_but_a_changed_route_can() -> None:
    words = set_in("items", "N", "text", "en", "How many cases?")
    assert rules(after(both(words, declared("N", "identical")))) == {("items.N.compare.1", "identical")}
    route = set_in("items", "WHERE", "show_if", {"item": "SEEN", "eq": 1})
    assert after(both(route, declared("WHERE", "identical"))).problems == ()


def test_declared_but_unchanged_is_noted() -> None:
    found = after(declared("N", "editorial"))
    assert found.problems == ()
    assert found.notes == ("N: wording 1 became 2, yet nothing about it changed",)


def test_other_content_under_the_same_version_is_refused() -> None:
    found = after(both(set_in("version", "1"), declared("N", "editorial")))
    assert {rule for _, rule in rules(found)} == {"version"}


def test_a_language_more_is_no_change_and_a_text_besides_the_questions_is_told() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["languages"] = ["en", "ru", "kk"]
        document["texts"]["note"]["en"] = "Many thanks."

    found = after(edit)
    assert found.languages == (("kk",), ())
    assert found.changed == ()
    assert [(t.name, t.language, t.after) for t in found.texts] == [("note", "en", "Many thanks.")]


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    source = (TINY / "single.yaml").read_text(encoding="utf-8")
    before = load(TINY / "single.yaml")
    item = next(iter(before.items.values()))
    changed = source.replace(item.text["en"], "Something quite different, is it?")
    changed = changed.replace(f'version: "{before.version}"', 'version: "2027.9"')
    (tmp_path / "single.yaml").write_text(changed, encoding="utf-8")
    later = load(tmp_path / "single.yaml")
    (problem,) = compare_versions(before, later).problems
    line = source.splitlines()[problem.line - 1]
    assert (problem.file, problem.path) == (str(tmp_path / "single.yaml"), f"items.{item.id}")
    assert f"{item.id}:" in line


@pytest.mark.parametrize(
    "path", sorted(p for p in TINY.glob("*.yaml") if "." not in p.stem), ids=lambda p: p.stem
)
def test_every_kind_is_compared_word_for_word(path: Path) -> None:
    """Whatever the kind, each word of each text that a respondent reads counts."""
    before = load(path)
    assert compare_versions(before, before).changed == ()
    for name, item in before.items.items():
        assert item.kind in KINDS
        document = copy.deepcopy(dict(before.document))
        if item.beside:
            # Words beside an option belong to its item, which declares their change.
            owner, node = item.beside, document["items"][item.beside]["other"]
        else:
            owner = name
            node = document["items"].get(name) or document["items"][item.battery]["rows"][name]
        words = node.get("text") or next(iter(node["cells"].values()))["text"]
        words[before.source_language] += " Or else something that was never asked?"
        found = compare_versions(before, read(document))
        assert owner in verdicts(found), name
        assert (f"items.{owner}", "undeclared") in {
            (p.path.replace(f"items.{item.battery}.rows.", "items."), p.rule) for p in found.problems
        }


def test_the_core_compared_with_itself_has_nothing_to_tell() -> None:
    core = load_library("kz_thb_core")
    found = compare_versions(core, core)
    assert set(found.counts()) == {"identical"}
    assert (found.problems, found.notes, found.periods, found.texts) == ((), (), (), ())


def test_the_web_page_escapes_words_and_marks_what_changed() -> None:
    found = after(set_in("items", "N", "text", "en", "How <many> & more?"))
    page = html_page(found)
    assert "<ins>&amp;" in page
    assert "<many>" not in page
    assert '<span lang="en">' in page
    assert "<script" not in page
    assert "http" not in page
    assert page.count("<th scope=") > 5


def test_data_carry_verdicts_hashes_and_problems() -> None:
    found = after(set_in("items", "N", "text", "en", "How much?"))
    data = json.loads(json.dumps(found.as_data(), ensure_ascii=False))
    (item,) = [entry for entry in data["items"] if entry["item"] == "N"]
    assert item["verdict"] == "reworded"
    assert item["text_sha"]["en"][0] != item["text_sha"]["en"][1]
    assert item["text_sha"]["ru"][0] == item["text_sha"]["ru"][1]
    assert data["problems"][0]["rule"] == "undeclared"
    assert data["counts"]["reworded"] == 1


def test_changed_words_are_shown_as_runs() -> None:
    assert word_changes("How many were there?", "How much was there?") == (
        ("same", "How"),
        ("old", "many were"),
        ("new", "much was"),
        ("same", "there?"),
    )
