"""A microdata specification is refused with every problem and its line."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from analysis import MicrodataError, library_spec, microdata_schema, read_public_spec
from instruments import load_library


def test_each_departure_is_told_with_its_line(write_spec: Callable[..., Path]) -> None:
    path = write_spec(
        ("at: [30, 45, 60]", "at: [45, 30]"),
        ("        name: age2\n", ""),
        ("values: [3, 4]", "values: [2, 3]"),
        ("name: half", "name: tongue"),
    )
    with pytest.raises(MicrodataError) as caught:
        read_public_spec(path)
    rules = {problem.rule for problem in caught.value.problems}
    assert rules >= {"rising", "required", "twice", "repeated-name"}
    assert all(problem.line > 1 for problem in caught.value.problems)


def test_an_unknown_key_is_refused(write_spec: Callable[..., Path]) -> None:
    with pytest.raises(MicrodataError, match="licens"):
        read_public_spec(write_spec(("licence:", "licens:")))


def test_the_schema_accepts_what_the_reader_accepts(write_spec: Callable[..., Path]) -> None:
    import jsonschema

    raw = yaml.safe_load(write_spec().read_text(encoding="utf-8"))
    raw = _text_keys(raw)
    jsonschema.Draft202012Validator(microdata_schema()).validate(raw)


def _text_keys(node: object) -> object:
    if isinstance(node, dict):
        return {str(key): _text_keys(value) for key, value in node.items()}
    return [_text_keys(each) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize("name", ["kz_thb_core", "kz_thb_pulse", "kz_thb_professionals"])
def test_every_column_a_library_specification_names_is_the_instruments(name: str) -> None:
    spec, codebook = library_spec(name), load_library(name).codebook()
    assert spec is not None
    made_after = {"language", "mode"}
    flags = set(spec.paradata)
    named = {step.column for key in spec.keys for step in key.steps} - made_after
    named |= {hidden for key in spec.keys for hidden in key.hides}
    named |= {*spec.remove, *spec.numbers, *spec.sensitive}
    assert not {each for each in named if each not in codebook} - flags


def test_more_combinations_than_can_be_tried_are_refused(tmp_path: Path) -> None:
    steps = "\n".join(f"      - {{column: A, name: A{{n}}_{place}, at: [{place}]}}" for place in range(1, 4))
    keys = "\n".join("  - removable: true\n    steps:\n" + steps.replace("{n}", str(n)) for n in range(9))
    path = tmp_path / "many.yaml"
    path.write_text(f"format: 1\nlicence: CC0-1.0\nkeys:\n{keys}\n", encoding="utf-8")
    with pytest.raises(MicrodataError) as caught:
        read_public_spec(path)
    assert {problem.rule for problem in caught.value.problems} == {"combinations", "keys"}
