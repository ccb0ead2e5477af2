"""Settings of one question in, keys of its item out; what has no key is listed with the reason."""

import re
from collections.abc import Mapping

from instruments.exchange.draft import Raw
from instruments.exchange.leaves import Target
from instruments.exchange.ledger import Ledger
from instruments.exchange.limesurvey.choices import RANDOM
from instruments.exchange.limesurvey.made import Made
from instruments.exchange.limesurvey.survey import Attribute, Question

USED: Mapping[str, str] = {
    "maximum_chars": "text",
    "numbers_only": "",
    "min_num_value_n": "number",
    "max_num_value_n": "number",
    "num_value_int_only": "",
    "multiflexible_checkbox": "",
    "multiflexible_min": "number",
    "multiflexible_max": "number",
    "multiflexible_step": "",
    "slider_min": "number",
    "slider_max": "number",
    "slider_layout": "",
    "input_boxes": "",
}
"""Settings the makers of items read, with the kind of item that can say them ('' for every kind)."""
WHY_NOT: Mapping[str, str] = {
    "array_filter": "all rows and answers are shown, whatever was ticked before",
    "array_filter_exclude": "all rows and answers are shown, whatever was ticked before",
    "min_answers": "Tolqyn asks for no least number of ticks",
    "max_answers": "the number is computed, or the question is none of ticks or places",
    "max_subquestions": "the number is computed, or the question is none of ticks or places",
    "min_num_value": "Tolqyn checks no sums of answers",
    "max_num_value": "Tolqyn checks no sums of answers",
    "equals_num_value": "Tolqyn checks no sums of answers",
    "min_num_value_n": "a bound that is computed or no whole number",
    "max_num_value_n": "a bound that is computed or no whole number",
    "em_validation_q": "Tolqyn checks ranges, lengths, days and numbers of ticks only",
    "em_validation_sq": "Tolqyn checks ranges, lengths, days and numbers of ticks only",
    "em_validation_q_tip": "Tolqyn says itself what is wrong with an answer, in every language",
    "em_validation_sq_tip": "Tolqyn says itself what is wrong with an answer, in every language",
    "other_numbers_only": "other answers are free words",
    "parent_order": "each question draws its own order",
    "time_limit": "Tolqyn takes nobody's time",
    "equation": "Tolqyn computes columns after collecting; write it under derived",
    "random_group": "its questions keep their order",
    "exclude_all_others": "the answers it names are not in the question, or it has no ticks",
    "random_order": "its lines keep their order",
    "answer_order": "its answers keep their order",
    "subquestion_order": "its lines keep their order",
    "keep_codes_order": "each respondent sees one order for each question",
    "hidden": "a hidden question is not asked",
    "prefix": "no words stand before an answer",
    "suffix": "no words stand behind an answer of this kind",
    "other_comment_mandatory": "other answers may be left without words",
    "exclude_all_others_auto": "Tolqyn ticks nothing by itself",
    "other_replace_text": "the words are kept only with a language",
}
LAYOUT = re.compile(
    r"(display|slider|location|time_limit|statistics|hide|show|cssclass|text_input|label_input|answer_width|repeat|"
    r"dropdown|use_dropdown|category|page_break|public|scale_export|printable|image|choice_title|dualscale|"
    r"placeholder|rows|keep_aspect|reverse|crop|horizontal|em_|other_position|commented|clear_default|form_title)"
)
MOST = ("max_answers", "max_subquestions")


def apply_settings(question: Question, made: Made, ledger: Ledger) -> list[str]:
    """Set what the question's items can say; give back conditions on rows or answers that are lost."""
    lost: list[str] = []
    for attribute in question.attributes:
        key = (attribute.row.table, attribute.row.number)
        if not ledger.open(key):
            continue
        if not _applied(attribute, question, made, ledger):
            ledger.lost(key, _why(attribute.name))
            if attribute.name.startswith("array_filter"):
                lost.append(f"{attribute.name} {attribute.value} ({WHY_NOT[attribute.name]})")
    return lost


def _applied(attribute: Attribute, question: Question, made: Made, ledger: Ledger) -> bool:
    name, value = attribute.name, attribute.value
    key = (attribute.row.table, attribute.row.number)
    main = made.items.get(made.main, {})
    kind = str(main.get("kind", ""))
    if name == "relevance" and value in (question.row.get("relevance"), "1"):
        ledger.mapped(key)
    elif name in RANDOM and value in ("1", "random"):
        return _random(made, ledger, key)
    elif name in MOST and kind in ("several", "ranking") and value.isdigit() and int(value):
        _at_most(main, int(value))
        ledger.mapped(key)
    elif name == "exclude_all_others" and kind == "several":
        return _exclusive(made, main, value, ledger, key)
    elif name in USED and (kind == USED[name] or not USED[name]):
        read = not USED[name] or re.fullmatch(r"-?\d+(\.0+)?", value)
        if not read:
            return False
        ledger.mapped(key)
    else:
        return False
    return True


def _at_most(main: Raw, most: int) -> None:
    """A limit that every option fits in is none."""
    if most < len(main["options"]):
        main["max"] = min(most, main.get("max", most))


def _random(made: Made, ledger: Ledger, key: tuple[str, int]) -> bool:
    done = False
    for raw in made.items.values():
        if raw["kind"] == "battery":
            raw["random_rows"] = done = True
        elif "options" in raw:
            raw["random_options"] = done = True
    if done:
        ledger.mapped(key)
    return done


def _exclusive(made: Made, main: Raw, value: str, ledger: Ledger, key: tuple[str, int]) -> bool:
    targets: Mapping[str, Target] = made.targets
    names = [name for name in re.split(r"[;,\s]+", value) if name]
    ticks = [targets[name].tick for name in names if name in targets and targets[name].tick is not None]
    codes = [code for code in ticks if code is not None and code >= 0]
    if not ticks:
        return False
    if codes:
        main["exclusive"] = codes
    if len(ticks) < len(names):
        ledger.changed(key, f"{len(names) - len(ticks)} of its answers are not in the question")
    ledger.mapped(key)
    return True


def _why(name: str) -> str:
    if name in WHY_NOT:
        return WHY_NOT[name]
    return "Tolqyn lays out its pages itself" if LAYOUT.match(name) else "Tolqyn has no such setting"
