"""A broken settings file is refused with everything that is wrong in it."""

from pathlib import Path

import pytest
import yaml

from survey.simulation.settings import HERE, SettingsError, load_settings


def broken(tmp_path: Path, **changes: object) -> Path:
    raw = yaml.safe_load((HERE / "settings.yaml").read_text("utf-8"))
    raw["items"].update(changes)
    raw["sample"]["strata"]["cities"]["places"] = 1
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(raw), "utf-8")
    for name in ("population.yaml", "disclosure.yaml"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    return tmp_path


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    folder = broken(
        tmp_path, X1={"mean": 3, "shares": {1: 2}}, X2={"shares": {1: 1}, "loads": {"wrath": 0.5}}
    )
    with pytest.raises(SettingsError) as refused:
        load_settings(folder)
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "items.X1",
        "items.X2.loads",
        "sample.strata.cities",
    ]


def test_the_settings_of_the_project_are_whole() -> None:
    assert list(load_settings().waves) == ["2023", "2024", "2025", "2026"]
