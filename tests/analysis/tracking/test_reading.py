"""A plan that cannot be used is refused with every problem and its line; the schema says the same."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis import PlanError, plan_schema, read_plan
from analysis.imports.shape import KEYWORDS
from analysis.multiplicity import ADJUSTMENTS
from tests.analysis.schemas import keywords

MINIMAL = """\
study: poll
declared: 2026-03-01
families:
  headlines: {adjustment: holm}
indicators:
  trust: {variable: Q1, code: 1}
comparisons:
  - {name: latest, indicator: trust, kind: change, from: 2025, to: 2026, family: headlines}
"""
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def build(text: str) -> Path:
        path = tmp_path / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return build


def refused(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return [(problem.line, problem.path, problem.rule) for problem in caught.value.problems]


def test_a_plan_of_eight_lines_is_enough(write: Write) -> None:
    plan = read_plan(write(MINIMAL))
    (comparison,) = plan.comparisons
    assert (plan.study, plan.declared, plan.level) == ("poll", date(2026, 3, 1), 0.95)
    assert (comparison.wave_from, comparison.wave_to, comparison.direction) == ("2025", "2026", "any")
    assert plan.indicator("trust").code == 1


def test_the_fingerprint_is_of_every_letter(write: Write) -> None:
    one = read_plan(write(MINIMAL)).fingerprint
    other = read_plan(write(MINIMAL + "# a remark\n")).fingerprint
    assert re.fullmatch("[0-9a-f]{64}", one)
    assert one != other


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("study: poll\n", "", (1, "study", "required")),
        ("study: poll", "study: poll\nstudi: x", (2, "studi", "unknown-key")),
        ("2026-03-01", "2026-02-30", (2, "declared", "day")),
        ("2026-03-01", "March 2026", (2, "declared", "type")),
        ("holm", "tukey", (4, "families.headlines.adjustment", "type")),
        ("code: 1", "code: one", (6, "indicators.trust.code", "type")),
        ("code: 1", "code: 1, net: agree", (6, "indicators.trust.net", "figure")),
        ("code: 1", "code: 1, statistic: mean", (6, "indicators.trust.code", "figure")),
        ("indicator: trust", "indicator: trusts", (8, "comparisons.1.indicator", "unknown-indicator")),
        ("family: headlines", "family: headline", (8, "comparisons.1.family", "unknown-family")),
        ("kind: change", "kind: difference", (8, "comparisons.1.kind", "type")),
        ("from: 2025, ", "", (8, "comparisons.1.from", "required")),
        ("to: 2026", "to: 2025", (8, "comparisons.1.to", "waves")),
        ("kind: change", "kind: trend", (8, "comparisons.1.from", "key-of-kind")),
        ("kind: change", "kind: groups", (8, "comparisons.1.by", "required")),
        ("to: 2026", "to: 2026, against: a=1", (8, "comparisons.1.against", "key-of-kind")),
        ("to: 2026", "to: 2026, link: logit", (8, "comparisons.1.link", "key-of-kind")),
        ("to: 2026", "to: 2026, declared: 2026-01-01", (8, "comparisons.1.declared", "declared")),
        ("to: 2026", "to: 2026, direction: up", (8, "comparisons.1.direction", "type")),
        (
            "kind: change, from: 2025, to: 2026",
            "kind: any_change, direction: rise",
            (8, "comparisons.1.direction", "direction"),
        ),
        ("study: poll", "study: &a poll", (1, "", "yaml-alias")),
        ("study: poll", "study: [poll", (2, "", "yaml-syntax")),
        ("study: poll", "level: 95\nstudy: poll", (1, "level", "type")),
    ],
)
def test_a_broken_plan_is_refused_with_line_and_path(
    write: Write, old: str, new: str, expected: tuple[int, str, str]
) -> None:
    assert old in MINIMAL
    assert expected in refused(write(MINIMAL.replace(old, new, 1)))


def test_every_problem_is_told_at_once(write: Write) -> None:
    line = MINIMAL.splitlines()[-1]
    text = MINIMAL.replace("2026-03-01", "2026-02-31") + line.replace("trust", "thrust") + "\n"
    assert refused(write(text)) == [
        (2, "declared", "day"),
        (9, "comparisons.2.indicator", "unknown-indicator"),
        (9, "comparisons.2.name", "repeated-name"),
    ]


def test_what_the_schema_cannot_say_is_told_beside_what_it_can(write: Write) -> None:
    text = MINIMAL.replace("indicator: trust", "indicator: trusts").replace("holm", "holmes")
    assert [problem[1:] for problem in refused(write(text))] == [
        ("families.headlines.adjustment", "type"),
        ("comparisons.1.indicator", "unknown-indicator"),
    ]


def test_files_that_are_no_plan_are_refused(write: Write, tmp_path: Path) -> None:
    assert refused(write("# nothing\n")) == [(1, "", "empty")]
    assert refused(tmp_path / "absent.yaml") == [(0, "", "no-file")]
    russian = tmp_path / "russian.yaml"
    russian.write_bytes("study: poll\ntitle: план\n".encode("cp1251"))
    assert refused(russian) == [(2, "", "encoding")]


def test_the_schema_uses_only_what_the_loader_knows_and_says_what_belongs_everywhere() -> None:
    schema = plan_schema()
    assert set(keywords(schema)) <= KEYWORDS
    assert [name for name, part in described(schema) if "description" not in resolved(part, schema)] == []


def test_the_schema_and_the_code_know_the_same_adjustments() -> None:
    known = plan_schema()["$defs"]["family"]["properties"]["adjustment"]["enum"]
    assert set(known) == set(ADJUSTMENTS) - {"none"}


def test_the_guides_example_is_a_sound_plan_and_names_every_key(repository: Path) -> None:
    plan = read_plan(repository / "docs" / "guide" / "examples" / "tracking.yaml")
    assert {each.kind for each in plan.comparisons} == {"change", "adjacent", "trend", "any_change", "groups"}
    guide = (repository / "docs" / "guide" / "tracking.md").read_text(encoding="utf-8")
    reference = guide[guide.index("## Reference") :]
    named = {word for span in re.findall(r"`([^`]+)`", reference) for word in re.findall(r"\w+", span)}
    assert {name for name, _ in described(plan_schema())} - set(plan_schema()["$defs"]) - named == set()


def described(node: Any) -> Iterator[tuple[str, Any]]:
    """Every named property and definition."""
    for name, part in {**node.get("properties", {}), **node.get("$defs", {})}.items():
        yield name, part
        yield from described(part)


def resolved(part: Any, root: Any) -> Any:
    return {**root["$defs"][part["$ref"].rsplit("/", 1)[1]], **part} if "$ref" in part else part
