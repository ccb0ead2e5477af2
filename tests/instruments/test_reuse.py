"""Items by reference: taken word for word with what they need; nobody can reword them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from instruments import InstrumentError, Questionnaire, Withheld, check, compare_versions, load
from instruments.wording import slots

HERE = Path(__file__).resolve().parent
Make = Callable[..., Questionnaire]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "reuse", tmp_path / "library"))


@pytest.fixture
def pulse(library: Path) -> Make:
    """The pulse after replacements in one of the files."""

    def make(*changes: tuple[str, str], name: str = "pulse/1.yaml") -> Questionnaire:
        path = library / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return load(library / "pulse" / "1.yaml", library)

    return make


def refused(make: Make, *changes: tuple[str, str], name: str = "pulse/1.yaml") -> list[str]:
    with pytest.raises(InstrumentError) as error:
        make(*changes, name=name)
    return [f"{problem.path} {problem}" for problem in error.value.problems]


def test_items_come_word_for_word_with_all_they_need(library: Path, pulse: Make) -> None:
    taken, source = pulse(), load(library / "source" / "1.yaml", library)
    assert check(taken) == ()
    assert (
        taken.items["ASKED"].text
        == source.items["ASKED"].text
        == {
            "en": "Were you asked in the past year?",
            "ru": "Вас спрашивали за год?",
        }
    )
    for group in ("periods", "phones", "missing_labels"):
        assert taken.document[group] == source.document[group]
    assert set(taken.scales) == {"agree3", "yesno", "no_yes"}
    assert taken.scales["agree3"] == source.scales["agree3"]
    assert set(taken.texts) == {"content_note", "support_info", "end_refusal", "end_complete"}
    assert taken.codebook().variable("BLAME") == source.codebook().variable("BLAME")


def test_a_fill_says_the_burden_of_the_instrument_that_asks(pulse: Make) -> None:
    assert pulse().items["OK"].text["en"] == "It takes 3 minutes. Do you agree?"


def test_a_row_taken_alone_keeps_its_id_scale_codes_key_and_attitude(library: Path, pulse: Make) -> None:
    taken, source = pulse(), load(library / "source" / "1.yaml", library)
    for name in ("OP_A", "OP_B"):
        alone, row = taken.items[name], source.items[name]
        for part in ("kind", "scale", "options", "level", "key", "higher", "construct", "allow", "sensitive"):
            assert getattr(alone, part) == getattr(row, part), (name, part)
        assert alone.battery is None
    assert taken.items["OP_A"].text["en"] == "It is their fault."
    assert taken.items["OP_B"].higher == "protective"


def test_a_fragment_gets_its_stem_in_every_language_and_a_name_that_says_where_it_belongs(
    pulse: Make,
) -> None:
    item = pulse().items["OP_B"]
    assert item.text == {"en": "Would you go to the police?", "ru": "Вы бы обратились в полицию?"}
    assert item.label == {"en": "Opinions: go to the police", "ru": "Мнения: обратиться в полицию"}


def test_the_document_needs_no_second_file(library: Path, pulse: Make) -> None:
    taken = pulse()
    again = Questionnaire.from_json(taken.to_json())
    assert again == taken
    assert again.fingerprint == taken.fingerprint
    source = load(library / "source" / "1.yaml", library)
    assert taken.reuse is not None
    assert taken.reuse.sha256 == source.fingerprint


def test_a_changed_word_in_the_source_changes_the_fingerprint(pulse: Make) -> None:
    before = pulse().fingerprint
    assert pulse(("Это их вина.", "Виноваты они."), name="source/1.ru.yaml").fingerprint != before


def test_only_the_languages_of_the_instrument_are_taken(library: Path, pulse: Make) -> None:
    (library / "pulse" / "1.ru.yaml").unlink()
    taken = pulse(("languages: [en, ru]", "languages: [en]"))
    assert check(taken) == ()
    assert {language for _, words in slots(taken.document) for language in words} == {"en"}


@pytest.mark.parametrize(
    ("name", "old", "new", "path"),
    [
        ("pulse/1.yaml", "modules:", 'items: {OP_A: {text: "Softer."}}\nmodules:', "items.OP_A"),
        ("pulse/1.yaml", "modules:", "items: {ASKED: {options: {1: A}}}\nmodules:", "items.ASKED"),
        ("pulse/1.ru.yaml", "modules:", 'items: {OP_A: {text: "Мягче."}}\nmodules:', "items.OP_A"),
        (
            "pulse/1.yaml",
            "modules:",
            "scales: {agree3: {options: {1: Never, 2: Perhaps, 3: Always}}}\nmodules:",
            "scales.agree3",
        ),
        ("pulse/1.yaml", "modules:", 'periods: {year: {months: 1, text: "month"}}\nmodules:', "periods.year"),
        (
            "pulse/1.yaml",
            "modules:",
            "indicators: {BLAME: {label: L, finding: F, rule: {share: {item: OP_A, eq: 1}}}}\nmodules:",
            "indicators.BLAME",
        ),
    ],
)
def test_other_words_answers_or_scales_are_refused(
    pulse: Make, name: str, old: str, new: str, path: str
) -> None:
    found = refused(pulse, (old, new), name=name)
    assert any(line.startswith(f"{path} ") and "described again" in line and name in line for line in found)


def test_only_a_row_asked_alone_may_have_a_stem(pulse: Make) -> None:
    found = refused(pulse, ("stems: {", 'stems: {ASKED: "Were you?", '))
    assert any(line.startswith("reuse.stems.ASKED ") and "all other words stay" in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("items: [OK, ASKED, OP_A, OP_B]", "items: [OK, ASKD, OP_A, OP_B]", "Did you mean ASKED?"),
        ("items: [OK, ASKED, OP_A, OP_B]", "items: [OK, ASKED, OP_A, OP_A, OP_B]", "each item once"),
        ("items: [OK, ASKED, OP_A, OP_B]", "items: [OK, ASKED, OP, OP_A, OP_B]", "each item once"),
        ("items: [OK, ASKED, OP_A, OP_B]", "items: []", "at least one item"),
        ("instrument: source", "instrument: sauce", "an instrument of the library"),
        ('version: "1"\n  items', 'version: "2"\n  items', "a version of the instrument"),
        ("indicators: [BLAME]", "indicators: [SHAME]", "one of indicators of source 1"),
        ("indicators: [BLAME]", "words: [BLAME]", "a key of the format"),
        ("languages: [en, ru]", "languages: [en, ru, kk]", "a language of source 1: en, ru"),
    ],
)
def test_what_cannot_be_taken_is_said(pulse: Make, old: str, new: str, said: str) -> None:
    assert any(said in line for line in refused(pulse, (old, new)))


def test_an_old_draft_may_not_be_taken_from(library: Path, pulse: Make) -> None:
    for path in (library / "source").glob("1*.yaml"):
        text = path.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
        path.with_name(path.name.replace("1", "2", 1)).write_text(text, encoding="utf-8")
    assert any("a fielded version or the newest: 2" in line for line in refused(pulse))
    sha = load(library / "source" / "1.yaml", library).fingerprint
    (library / "source" / "fielded.lock").write_text(f"1 {sha}\n", encoding="utf-8")
    assert check(pulse()) == ()


def test_a_source_with_problems_is_named_with_its_first_problem(pulse: Make) -> None:
    found = refused(pulse, ('label: "Opinions"', 'lable: "Opinions"'), name="source/1.yaml")
    assert any(
        "source 1 without a problem" in line and "tolqyn instrument check source" in line for line in found
    )


def test_two_instruments_may_not_take_from_each_other(library: Path, pulse: Make) -> None:
    take = 'reuse: {instrument: pulse, version: "1", items: [X]}\nfills: [contact]'
    found = refused(pulse, ("fills: [contact]", take), name="source/1.yaml")
    assert any("takes nothing from this one" in line for line in found)


def test_a_finding_about_taken_words_names_the_file_in_which_they_stand(pulse: Make) -> None:
    taken = pulse(("Это их вина.", "It is theirs."), name="source/1.ru.yaml")
    (problem, *_) = [problem for problem in check(taken) if problem.rule == "alphabet"]
    assert problem.file.endswith("source/1.ru.yaml")
    assert problem.line > 1
    stem = pulse(("Вы бы обратились в полицию?", "Other letters here?"), name="pulse/1.ru.yaml")
    (problem,) = [p for p in check(stem) if p.rule == "alphabet" and p.path == "items.OP_B.text"]
    assert problem.file.endswith("pulse/1.ru.yaml")


ROWS = ("items: [OK, ASKED, OP_A, OP_B]", "items: [OK, ASKED]\n  rows: {OP: [OP_B]}")
STEMS = ('  stems: {OP_B: "Would you go to the police?"}\n', "")
BLAME = ("  indicators: [BLAME]\n", "")
PAGE = ("[ASKED, OP_A, OP_B]", "[ASKED], [OP]")


@pytest.fixture
def without_russian_stems(library: Path) -> None:
    """The Russian file says nothing about a row that is not asked alone."""
    file = library / "pulse" / "1.ru.yaml"
    source = yaml.safe_load(file.read_text(encoding="utf-8"))
    source.pop("reuse")
    file.write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")


@pytest.mark.usefixtures("without_russian_stems")
def test_rows_of_a_battery_keep_its_question_and_are_the_same_in_every_word(
    library: Path, pulse: Make
) -> None:
    taken, source = pulse(ROWS, STEMS, BLAME, PAGE), load(library / "source" / "1.yaml", library)
    assert check(taken) == ()
    assert taken.batteries["OP"].rows == ("OP_B",)
    assert taken.batteries["OP"].text == source.batteries["OP"].text
    (item,) = [item for item in compare_versions(source, taken).items if item.item == "OP_B"]
    assert item.verdict.value in ("identical", "reordered")
    assert all(change.place == "place" for change in item.changes)
    assert taken.reuse is not None
    assert taken.reuse.items == ("OK", "ASKED", "OP")
    assert Questionnaire.from_json(taken.to_json()).fingerprint == taken.fingerprint


@pytest.mark.usefixtures("without_russian_stems")
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("{OPP: [OP_B]}", "a battery of source 1"),
        ("{ASKED: [OP_B]}", "a battery of source 1"),
        ("{OP: [OP_Z]}", "a row of OP"),
        ("{OP: []}", "at least one row"),
        ("{OP: [OP_B, OP_B]}", "each item once"),
    ],
)
def test_rows_that_are_not_there_are_refused(pulse: Make, rows: str, said: str) -> None:
    found = refused(pulse, (ROWS[0], f"items: [OK, ASKED]\n  rows: {rows}"), STEMS, BLAME, PAGE)
    assert any(said in line for line in found), found


SAYS = ('text: "Were you asked in the {period:year}?"', 'text: "You said {recall:agreed}. Were you asked?"')
RECALLS = ("scales:\n", 'recalls: {agreed: {item: OK, missing: "nothing"}}\nscales:\n')


def test_an_earlier_answer_that_a_text_says_again_comes_with_it(library: Path, pulse: Make) -> None:
    for name, says, missing in (("1.yaml", SAYS[1], ""), ("1.ru.yaml", "", "ничего")):
        file = library / "source" / name
        text = file.read_text(encoding="utf-8")
        if says:
            text = (
                text.replace(*SAYS).replace(*RECALLS).replace("pages: [[OK, ASKED]", "pages: [[OK], [ASKED]")
            )
        else:
            source = yaml.safe_load(text)
            source["recalls"] = {"agreed": {"missing": missing}}
            source["items"]["ASKED"]["text"] = "Вы сказали {recall:agreed}. Вас спрашивали?"
            text = yaml.safe_dump(source, allow_unicode=True, sort_keys=False)
        file.write_text(text, encoding="utf-8")
    taken = pulse()
    assert taken.recalls["agreed"].missing == {"en": "nothing", "ru": "ничего"}
    assert check(taken) == ()
    found = refused(pulse, ("items: [OK, ASKED", "items: [ASKED"), ("[[OK], [ASKED", "[[ASKED"))
    assert any("OK among the items taken" in line for line in found), found


@pytest.mark.parametrize(
    ("taken", "name", "held"),
    [
        ("[OK, ASKED, OP_A, OP_B]", "ASKED", Withheld("OK", 10)),
        ("[ASKED, OP_A, OP_B]", "ASKED", None),
        ("[OK, ASKED, OP_A, OP_B]", "OP_B", Withheld("OK", 20)),
        ("[OK, ASKED]\n  rows: {OP: [OP_A, OP_B]}", "OP_B", Withheld("OK", 20)),
    ],
)
def test_what_is_withheld_there_is_withheld_here_where_both_items_are_taken(
    withholding: Path, pulse: Make, taken: str, name: str, held: Withheld | None
) -> None:
    words = withholding.parents[1] / "pulse" / "1.ru.yaml"
    changes = [("[OK, ASKED, OP_A, OP_B]\n", f"{taken}\n")]
    if "OK" not in taken:
        changes.append(("pages: [[OK], ", "pages: ["))
    if "rows" in taken:
        words.write_text(words.read_text("utf-8").split("reuse:")[0], "utf-8")
        changes += [('  stems: {OP_B: "Would you go to the police?"}\n', ""), ("OP_A, OP_B]]", "OP]]")]
    assert pulse(*changes).codebook().variable(name).withhold == held


def test_a_limit_of_what_is_taken_is_not_written_anew(withholding: Path, pulse: Make) -> None:
    own = "withhold: {ASKED: {within: OP_A, under: 2}}\n"
    (told,) = refused(pulse, ("reuse:\n", f"{own}reuse:\n"))
    assert "withhold.ASKED" in told
    assert "expected ASKED as in source 1; found ASKED described again" in told


@pytest.fixture
def withholding(library: Path) -> Path:
    """The source, which withholds a question and a row of a battery."""
    source = library / "source" / "1.yaml"
    text = source.read_text(encoding="utf-8")
    held = "withhold: {ASKED: {within: OK, under: 10}, OP_B: {within: OK, under: 20}}"
    source.write_text(f"{text}{held}\n", encoding="utf-8")
    return source
