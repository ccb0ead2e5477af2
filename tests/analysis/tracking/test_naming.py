"""What a plan names and no wave has is told at once, with its place; a refusal reads in the plan's words."""

from pathlib import Path
from typing import Any

from analysis import EstimationError, Said, plan_problems, read_plan
from analysis.errors import setting
from analysis.tracking.naming import in_file

PLAN = """\
study: made
declared: 2022-02-15
families:
  headlines: {adjustment: holm}
indicators:
  agree: {variable: agree, code: 1}
  typed: {variable: agre, code: 1}
  coded: {variable: agree, code: 9}
  women: {variable: agree, code: 1, where: {sex: 7, sexx: 1}}
  silent: {variable: agree, code: 1, where: {sex: -1}}
comparisons:
  - {name: a, indicator: agree, kind: trend, family: headlines}
  - {name: b, indicator: agree, kind: trend, family: headlines, by: sxe}
"""


def test_every_name_that_no_wave_has_is_told_with_its_place(wave: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    found = plan_problems(read_plan(path), [wave("2020", 0.3), wave("2021", 0.4)])
    starts = [problem.split(":")[0] for problem in found]
    assert starts == [
        *("indicators.typed", "indicators.coded"),
        *("indicators.women", "indicators.women", "comparisons.2.by"),
    ]
    assert "no variable 'agre': type one of agree" in found[0]
    assert "no code 9" in found[1]
    assert "no code 7" in found[2]


def test_a_setting_is_a_key_of_the_plan_in_its_table() -> None:
    error = EstimationError(Said("a share of 0: type ", setting("link", "identity")))
    assert in_file(error) == "a share of 0: type link: identity"
