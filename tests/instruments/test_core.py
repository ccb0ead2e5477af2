"""The core questionnaire: nothing of its draft is lost, and its figures are the ones reports are built on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from instruments import (
    Missing,
    Questionnaire,
    Role,
    SeveralOf,
    SingleChoice,
    check,
    load_library,
    placeholders,
)
from instruments.wording import fill_known, slots

LANGUAGES = ("en", "ru", "kk", "uz")
HEADLINES = ("VB_ANY", "VB_INDEX", "WR_POLICE", "WR_ANY", "WR_PASSIVE", "hotline_known", "ACTION_GAP")
MISSING = {98: Missing.DONT_KNOW, 99: Missing.REFUSED}
KINDS = {
    "single": "single",
    "number_scale": "single",
    "number": "number",
    "digits": "digits",
    "text": "text",
    "info": "info",
    "multi": "several",
    "vignette": "vignette",
    "list_experiment": "list_experiment",
}


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_library("kz_thb_core")


@pytest.fixture(scope="module")
def said(core: Questionnaire) -> dict[str, set[str]]:
    """Every text of the library's core as a respondent reads it, by language."""
    found: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    periods, phones = core.document["periods"], core.document["phones"]
    for language in LANGUAGES:
        values = {f"period:{name}": period["text"][language] for name, period in periods.items()}
        values |= {f"phone:{name}": phone["display"] for name, phone in phones.items()}
        values["minutes"] = str(core.minutes)
        for _, words in slots(core.document):
            found[language].add(fill_known(words[language], values))
    return found


def draft(shared: Path, name: str) -> Any:
    data = yaml.safe_load((shared / "instruments" / name).read_text(encoding="utf-8"))
    data.pop("translation_status", None)
    return data


def items_of(core_draft: Any) -> Iterator[dict[str, Any]]:
    for module in core_draft["modules"]:
        yield from module["items"]


def texts_in(value: Any) -> Iterator[dict[str, str]]:
    """Every node of a draft that holds words in the four languages."""
    if isinstance(value, dict):
        if set(LANGUAGES) <= set(value):
            yield {language: value[language] for language in LANGUAGES}
        for child in value.values():
            yield from texts_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from texts_in(child)


@pytest.mark.parametrize(("name", "least"), [("core.yaml", 196), ("scales.yaml", 25), ("regions.yaml", 20)])
def test_every_text_of_the_draft_is_there_in_every_language(
    shared: Path, said: dict[str, set[str]], name: str, least: int
) -> None:
    texts = list(texts_in(draft(shared, name)))
    assert len(texts) >= least
    lost = [
        text[language] for text in texts for language in LANGUAGES if text[language] not in said[language]
    ]
    assert not lost


def test_every_safety_text_of_the_draft_is_there(shared: Path, said: dict[str, set[str]]) -> None:
    blocks = draft(shared, "content_blocks.yaml")
    del blocks["blocks"]["quick_exit"]  # a control of the page, not a text of the questionnaire
    # The draft promises not to ask about own experience, and its list experiment then counts some of it.
    promise = blocks["blocks"].pop("content_note")
    assert "do not ask about your own experience" in str(promise)
    texts = list(texts_in(blocks))
    assert len(texts) == 7
    lost = [
        text[language] for text in texts for language in LANGUAGES if text[language] not in said[language]
    ]
    assert not lost


def test_every_item_of_the_draft_is_there_with_its_kind_codes_and_missing_kinds(
    shared: Path, core: Questionnaire
) -> None:
    scales = draft(shared, "scales.yaml")["scales"]
    count = 0
    for item in items_of(draft(shared, "core.yaml")):
        if item["type"] in ("grid", "end"):
            continue
        count += 1
        found = core.items[item["code"]]
        assert found.kind == KINDS[item["type"]], found.id
        if item["code"] not in ("LE", "ATT1"):
            assert set(found.allow) == {MISSING[code] for code in item.get("allow", [])}, found.id
        if "options" in item or item.get("scale") in scales:
            options = item.get("options") or scales[item["scale"]].get("options") or range(11)
            assert isinstance(found, SingleChoice | SeveralOf)
            assert [option.code for option in found.options] == list(options), found.id
    assert count == 44


def test_every_grid_of_the_draft_is_a_battery_with_its_rows_and_keys(
    shared: Path, core: Questionnaire
) -> None:
    grids = [item for item in items_of(draft(shared, "core.yaml")) if item["type"] == "grid"]
    assert {grid["code"] for grid in grids} == set(core.batteries)
    for grid in grids:
        battery = core.batteries[grid["code"]]
        assert [row for row in battery.rows if row != "ATT1"] == list(grid["rows"])
        assert battery.random
        assert list(battery.last) == grid.get("fixed_last", [])
        for row, words in grid["rows"].items():
            assert core.items[row].allow == (Missing.DONT_KNOW, Missing.REFUSED)
            assert "key" not in words or core.items[row].key == words["key"]


def test_the_modules_stand_in_the_order_of_the_draft(shared: Path, core: Questionnaire) -> None:
    modules = [module["id"] for module in draft(shared, "core.yaml")["modules"]]
    assert list(core.modules) == modules
    shown = dict.fromkeys(page.module for page in core.pages)
    assert list(shown) == modules


def test_new_regions_lead_to_the_regions_they_were_cut_from(shared: Path, core: Questionnaire) -> None:
    regions = draft(shared, "regions.yaml")["regions"]
    rule = core.codebook().variable("region_parent").rule
    assert rule is not None
    parent = {code: int(to) for to, codes in rule["to"].items() for code in codes}
    for name, region in regions.items():
        assert parent[int(name[3:])] == int(region.get("parent_2021", name)[3:])


def test_parts_of_the_country_hold_whole_regions_of_2021(core: Questionnaire) -> None:
    """Weighting collapses regions to 2021 borders and those to parts: no part may cut one."""
    rules = {name: core.codebook().variable(name).rule for name in ("region_parent", "macroregion")}
    part = {code: to for to, codes in rules["macroregion"]["to"].items() for code in codes}
    for codes in rules["region_parent"]["to"].values():
        assert len({part[code] for code in codes}) == 1
    assert len(rules["macroregion"]["to"]) == 6


def test_the_core_is_sound(core: Questionnaire) -> None:
    assert check(core) == ()


def test_the_seven_headlines_come_first_and_in_their_order(core: Questionnaire) -> None:
    indicators = core.codebook().indicators
    assert tuple(indicator.name for indicator in indicators if indicator.headline) == HEADLINES
    assert tuple(indicator.name for indicator in indicators[:7]) == HEADLINES


def test_every_indicator_has_a_finding_in_every_language_and_a_rule(core: Questionnaire) -> None:
    codebook = core.codebook()
    for indicator in codebook.indicators:
        assert set(indicator.finding) == set(indicator.label) == set(LANGUAGES)
        assert all(len(words) <= 45 for words in indicator.label.values()), indicator.label
        assert not any(words.endswith(".") for words in indicator.finding.values())
        variable = codebook.variable(indicator.variable)
        assert variable.role is Role.INDICATOR and variable.rule
        assert set(variable.codes) == ({0, 1} if indicator.statistic == "proportion" else set())


def test_nothing_is_stored_before_consent_age_and_residence_are_known(core: Questionnaire) -> None:
    assert core.pages[0].items == ("CONSENT", "Z_AGE", "S_RES")
    assert all(core.items[name].required for name in core.pages[0].items)
    assert [name for name, item in core.items.items() if item.required] == list(core.pages[0].items)


def test_a_nine_year_old_reaches_the_exit_and_no_error(core: Questionnaire) -> None:
    assert core.items["Z_AGE"].problems(9) == ()
    found = core.exit_for({"CONSENT": 1, "Z_AGE": 9, "S_RES": 1})
    assert found is not None and found.to == "minor"


def test_help_follows_every_sensitive_module_and_a_notice_precedes_free_words(core: Questionnaire) -> None:
    last = {page.module: page for page in core.pages}
    assert all(last[module].after == "support_info" for module in "BVRLF")
    first = {page.module: page for page in reversed(core.pages)}
    assert first["B"].before == "content_note"
    assert first["F"].before == "free_text_notice"


def test_only_what_the_wave_knows_is_left_to_fill(core: Questionnaire) -> None:
    left = {
        name for item in core.items.values() for text in item.text.values() for name in placeholders(text)
    }
    left |= {name for text in core.texts.values() for words in text.values() for name in placeholders(words)}
    assert left == set(core.fills) == {"organisation", "contact", "code", "date"}


def test_the_index_turns_the_rows_keyed_the_other_way(core: Questionnaire) -> None:
    rule = core.codebook().variable("VB_INDEX").rule
    assert rule is not None
    assert rule["reverse"] == [row for row in core.batteries["VB"].rows if core.items[row].key == -1]
    assert rule["mean_of"] == [row for row in core.batteries["VB"].rows if core.items[row].key != 0]
