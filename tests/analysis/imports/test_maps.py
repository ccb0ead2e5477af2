"""A map that cannot be used is refused with every problem and its line; the schema says the same."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis import ImportProblems, read_map
from analysis.imports import schema
from analysis.imports.shape import KEYWORDS, departures
from tests.analysis.schemas import keywords

MINIMAL = """\
study: poll
wave: {value: 2019, dates: 2019, mode: capi, sample: probability}
design: {weight: w}
variables:
  Q1:
    label: Would report
    codes: {1: Yes, 2: No}
"""


def refused(make_map: Callable[..., Path], text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportProblems) as caught:
        read_map(make_map(text))
    return [(problem.line, problem.path, problem.rule) for problem in caught.value.problems]


def test_a_map_of_seven_lines_is_enough(make_map: Callable[..., Path]) -> None:
    built = read_map(make_map(MINIMAL))
    (variable,) = built.variables
    assert (built.study, built.languages, built.wave.value) == ("poll", ("en",), "2019")
    assert variable.codes == {1: {"en": "Yes"}, 2: {"en": "No"}}
    assert variable.coding.source == "Q1"


def test_yes_and_no_stay_words(make_map: Callable[..., Path]) -> None:
    built = read_map(make_map(MINIMAL.replace("{1: Yes, 2: No}", "{1: on, 2: off, 3: y}")))
    assert [words["en"] for words in (built.variables[0].codes or {}).values()] == ["on", "off", "y"]


def test_languages_are_those_of_the_first_label(make_map: Callable[..., Path]) -> None:
    text = MINIMAL.replace("label: Would report", "label: {ru: Сообщил бы, kk: Хабарлар еді}").replace(
        "{1: Yes, 2: No}", "{1: {ru: Да, kk: Иә}, 2: {ru: Нет, kk: Жоқ}}"
    )
    assert read_map(make_map(text)).languages == ("ru", "kk")


def test_a_language_without_words_is_named(make_map: Callable[..., Path]) -> None:
    text = "languages: [en, ru]\n" + MINIMAL.replace("{1: Yes, 2: No}", "{1: '1', 2: {en: No}}")
    assert refused(make_map, text) == [
        (7, "variables.Q1.label", "language-missing"),
        (8, "variables.Q1.codes.2", "language-missing"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("study: poll\n", "", (1, "study", "required")),
        ("study: poll", "study: a b", (1, "study", "type")),
        ("study: poll", "study: poll\nstudi: x", (2, "studi", "unknown-key")),
        ("study: poll", "study: poll\nstudy: other", (2, "study", "duplicate-key")),
        ("sample: probability", "sample: random", (2, "wave.sample", "type")),
        ("mode: capi", "mode: phone", (2, "wave.mode", "type")),
        ("dates: 2019", "dates: May", (2, "wave.dates", "type")),
        ("dates: 2019", "dates: 2019-02-30", (2, "wave.dates", "dates")),
        ("dates: 2019", "dates: [2019-05-02, 2019-05-01]", (2, "wave.dates", "dates")),
        ("value: 2019, ", "", (2, "wave", "wave-choice")),
        ("value: 2019", "value: 2019, column: y", (2, "wave", "wave-choice")),
        ("value: 2019", "value: '20 19'", (2, "wave", "wave-name")),
        ("dates: 2019", "dates: {2018: 2018}", (2, "wave.dates", "wave-missing")),
        ("{weight: w}", "{}", (3, "design.weight", "required")),
        ("{weight: w}", "{weight: 2}", (3, "design.weight", "type")),
        ("{weight: w}", "{weight: w, repweights: [r1]}", (3, "design.repweights", "type")),
        (
            "{weight: w}",
            "{weight: w, repweights: {columns: r1, kind: odd}}",
            (3, "design.repweights.kind", "type"),
        ),
        (
            "{weight: w}",
            "{weight: w, repweights: {columns: r1 to r9, kind: JKn}}",
            (3, "design.repweights", "repweights"),
        ),
        (
            "{weight: w}",
            "{weight: w, person: id, repweights: {columns: [r1, r2], kind: BRR}}",
            (3, "design.person", "person-and-repweights"),
        ),
        ("{weight: w}", "{weight: w, fpc: [a, b]}", (3, "design.fpc", "fpc-stages")),
        ("  Q1:", "  1Q:", (5, "variables.1Q", "type")),
        ("  Q1:", "  weight:", (5, "variables.weight", "reserved-name")),
        ("{1: Yes, 2: No}", "{-1: Yes, 2: No}", (7, "variables.Q1.codes.-1", "negative-code")),
        ("{1: Yes, 2: No}", "{a: Yes}", (7, "variables.Q1.codes.a", "type")),
        ("{1: Yes, 2: No}", "{1: true}", (7, "variables.Q1.codes.1", "type")),
        ("{1: Yes, 2: No}", "yesno", (7, "variables.Q1.codes", "unknown-scale")),
        ("codes:", "level: interval\n    codes:", (8, "variables.Q1.codes", "codes-level")),
        ("codes:", "min: 1\n    codes:", (5, "variables.Q1", "range-level")),
        ("codes:", "missing: {98: 1}\n    codes:", (7, "variables.Q1.missing.98", "type")),
        ("codes:", "missing: {2: -1}\n    codes:", (7, "variables.Q1.missing.2", "code-and-missing")),
        ("codes:", "recode: {9: 3}\n    codes:", (7, "variables.Q1.recode.9", "recode-target")),
        ("codes:", "waves: {2020: {blank: -5}}\n    codes:", (7, "variables.Q1.waves.2020", "unknown-wave")),
        (
            "codes:",
            "rule: {share: {item: Q2, eq: 1}}\n    codes:",
            (7, "variables.Q1.rule", "unknown-variable"),
        ),
        (
            "codes:",
            "compare: {1: {kind: broken, reason: x}}\n    codes:",
            (7, "variables.Q1.compare.1", "compare"),
        ),
        ("study: poll", "study: poll\nfile: {encoding: cp9999}", (2, "file.encoding", "unknown-encoding")),
        ("study: poll", "study: poll\nsource_language: ru", (2, "source_language", "unknown-language")),
        ("study: poll", "study: &a poll", (1, "", "yaml-alias")),
        ("study: poll", "study: !!python/name:os.system poll", (1, "study", "yaml-tag")),
        ("study: poll", "study: [poll", (2, "", "yaml-syntax")),
        ("sample: probability", "sample: " + "9" * 6000, (2, "wave.sample", "yaml-number")),
        ("codes:", "wording: 100\n    codes:", (7, "variables.Q1.wording", "type")),
    ],
)
def test_a_broken_map_is_refused_with_line_and_path(
    make_map: Callable[..., Path], old: str, new: str, expected: tuple[int, str, str]
) -> None:
    assert old in MINIMAL
    found = refused(make_map, MINIMAL.replace(old, new, 1))
    assert expected in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("groups: {G: {label: x, variables: [Q2]}}", ("groups.G.variables", "unknown-variable")),
        (
            "groups: {G: {label: x, variables: [Q1]}, H: {label: x, variables: [Q1]}}",
            ("groups.H.variables", "two-groups"),
        ),
        (
            "indicators: {I: {variable: Q2, code: 1, label: x, finding: y}}",
            ("indicators.I.variable", "unknown-variable"),
        ),
        (
            "indicators: {I: {variable: Q1, code: 3, label: x, finding: y}}",
            ("indicators.I.code", "indicator-code"),
        ),
        ("indicators: {I: {variable: Q1, label: x, finding: y}}", ("indicators.I.code", "indicator-code")),
        ("indicators: {I: {variable: Q1, statistic: mean, label: x, finding: y}}", ("indicators.I", "mean")),
        ("exclude: [{where: {item: Q2, eq: 1}, reason: x}]", ("exclude.1.where", "unknown-variable")),
        ("exclude: [{where: {item: stratum, eq: 1}, reason: x}]", ("exclude.1.where", "unknown-variable")),
        ("disclosure: {sponsors: x}", ("disclosure.sponsors", "unknown-key")),
    ],
)
def test_what_the_map_builds_on_its_variables_is_checked(
    make_map: Callable[..., Path], text: str, expected: tuple[str, str]
) -> None:
    assert [(path, rule) for _, path, rule in refused(make_map, f"{MINIMAL}{text}\n")] == [expected]


COMPUTED = """\
  Q2:
    label: Computed
    level: interval
    rule: RULE
"""


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("{share: {item: Q1, ge: fifty}}", "share.ge"),
        ("{share: {item: Q1, eq: yes, ne: 1}}", "share"),
        ("{share: {item: Q1, eq: one}}", "share.eq"),
        ("{share: {all: [{item: Q1, in: [1, two]}]}}", "share.all.1.in"),
        ("{share: {eq: 1}}", "share.item"),
        ("{share: {item: Q1, eq: 1}, among: {item: Q1}}", "among"),
        ("{share: {all: []}}", "share.all"),
        ("{recode: Q1, to: [1, 2]}", "to"),
        ("{recode: Q1, to: {a: [1, 2]}}", "to.a"),
        ("{recode: Q1}", "to"),
        ("{mean_of: [Q1], range: [1]}", "range"),
        ("{mean_of: [Q1], reverse: [Q1]}", "range"),
        ("{mean_of: [Q1], min_valid: x}", "min_valid"),
        ("{mean_of: []}", "mean_of"),
        ("{mean_of: Q1}", "mean_of"),
        ("{any_of: [Q1], codes: [one]}", "codes"),
        ("{any_of: [Q1]}", ""),
        ("{cut: Q1, at: [x]}", "at"),
        ("{cut: Q1, at: [2.5, x]}", "at"),
        ("{cut: Q1, at: [2.5, 1.5]}", "at"),
        ("{cut: [Q1], at: [1]}", "cut"),
        ("{count: [Q1]}", "count"),
        ("{count: {}}", "count"),
        ("{count: {Q1: }}", "count.Q1"),
        ("{count: {Q1: 1}, dont_know: 1}", "dont_know"),
        ("{sum: [Q1]}", ""),
        ("{recode: Q1, to: {1: [1, 2]}, otherwise: 3}", "otherwise"),
    ],
)
def test_a_rule_that_cannot_be_computed_is_refused_where_it_stands(
    make_map: Callable[..., Path], rule: str, place: str
) -> None:
    found = refused(make_map, MINIMAL + COMPUTED.replace("RULE", rule))
    path = f"variables.Q2.rule.{place}".rstrip(".")
    assert {line for line, _, _ in found} == {11}
    assert (path, "rule") in [(path, rule) for _, path, rule in found]


@pytest.mark.parametrize(
    "where", ["{item: Q1}", "{item: Q1, lt: x}", "{eq: 1}", "{all: 1}", "{item: Q1, eq: a}"]
)
def test_a_condition_that_cannot_be_decided_is_refused_where_it_stands(
    make_map: Callable[..., Path], where: str
) -> None:
    found = refused(make_map, f"{MINIMAL}exclude:\n  - reason: x\n    where: {where}\n")
    assert {(line, rule) for line, _, rule in found} == {(10, "rule")}


@pytest.mark.parametrize(
    "rule",
    [
        "{share: {item: Q1, answered: false}}",
        "{share: {item: Q1, eq: 1.5}}",
        "{cut: Q1, at: [0.5, 1.5]}",
        "{mean_of: [Q1]}",
        "{any_of: [Q1], codes: [1]}",
    ],
)
def test_a_map_may_write_a_rule_shorter_than_an_instrument(make_map: Callable[..., Path], rule: str) -> None:
    assert len(read_map(make_map(MINIMAL + COMPUTED.replace("RULE", rule))).variables) == 2


def test_all_problems_of_a_map_come_at_once(make_map: Callable[..., Path]) -> None:
    text = MINIMAL.replace("mode: capi", "mode: phone").replace("{weight: w}", "{wieght: w}")
    assert refused(make_map, text) == [
        (2, "wave.mode", "type"),
        (3, "design.weight", "required"),
        (3, "design.wieght", "unknown-key"),
    ]


def test_a_misspelt_key_is_offered_the_right_one(make_map: Callable[..., Path]) -> None:
    with pytest.raises(ImportProblems) as caught:
        read_map(make_map(MINIMAL.replace("    codes:", "    cods:")))
    assert "did you mean codes" in caught.value.problems[0].hint


def test_shared_codes_are_written_once(make_map: Callable[..., Path]) -> None:
    text = MINIMAL.replace("{1: Yes, 2: No}", "yesno") + "scales: {yesno: {1: Yes, 2: No}}\n"
    assert read_map(make_map(text)).variables[0].codes == {1: {"en": "Yes"}, 2: {"en": "No"}}


def test_a_map_that_is_no_utf8_or_empty_or_absent_is_refused(tmp_path: Path) -> None:
    russian = tmp_path / "russian.yaml"
    russian.write_bytes("study: poll\ntitle: Опрос".encode("cp1251"))
    empty = tmp_path / "empty.yaml"
    empty.write_text("# nothing\n", encoding="utf-8")
    found = []
    for path in (russian, empty, tmp_path / "absent.yaml"):
        with pytest.raises(ImportProblems) as caught:
            read_map(path)
        found += [(problem.rule, problem.line) for problem in caught.value.problems]
    assert found == [("encoding", 2), ("empty", 1), ("no-file", 0)]


def test_the_schema_uses_only_what_the_loader_knows() -> None:
    used = set(keywords(schema()))
    assert used <= KEYWORDS, used - KEYWORDS
    assert schema()["$id"].endswith(":1")


def test_every_place_of_the_schema_says_what_belongs_there() -> None:
    silent = [path for path, node in places(schema(), schema(), ()) if "description" not in node]
    assert not silent


def places(node: Any, root: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every named property with the schema behind it."""
    for name, part in {**node.get("properties", {}), **node.get("$defs", {})}.items():
        target = root["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        yield (*path, name), {**target, **part}
        yield from places(part, root, (*path, name))


def test_a_plain_document_that_departs_from_the_schema_is_told_apart() -> None:
    known = schema()
    sound = json.loads(
        '{"study": "a", "wave": {"value": "1", "dates": "2019", "mode": "web", "sample": "probability"},'
        ' "design": {"weight": 1}, "variables": {"A": {}}}'
    )
    assert list(departures(sound, known, known)) == []
    assert {d.rule for d in departures({**sound, "synthetic": "no"}, known, known)} == {"type"}
    assert {d.rule for d in departures([], known, known)} == {"type"}
