"""What an editor checks is what the reader reads: both accept the same files and refuse the same slips."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from instruments import KINDS, check, instrument_schema, load, read_source, walk_randomly, wording_schema

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    [*(ROOT / "tests" / "library").glob("*.yaml"), *(ROOT / "instruments" / "library").rglob("*.yaml")]
)
STRUCTURE = jsonschema.Draft202012Validator(instrument_schema())
WORDING = jsonschema.Draft202012Validator(wording_schema())


def faults(data: dict[str, Any]) -> list[str]:
    validator = WORDING if "language" in data else STRUCTURE
    return [error.message for error in validator.iter_errors(data)]


@pytest.fixture
def core() -> dict[str, Any]:
    return copy.deepcopy(read_source(ROOT / "instruments/library/kz_thb_core/2026.1.yaml").data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_that_loads_fits_the_schema(path: Path) -> None:
    assert faults(read_source(path).data) == []


SLIPS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unknown key": lambda d: d.update(tittle="x"),
    "an unknown key of an item": lambda d: d["items"]["AW1"].update(requird=True),
    "an unknown kind": lambda d: d["items"]["AW1"].update(kind="singel"),
    "a key of another kind": lambda d: d["items"]["AW1"].update(max_len=5),
    "a number as text": lambda d: d.update(minutes="15"),
    "text as a number": lambda d: d.update(title=15),
    "no title": lambda d: d.pop("title"),
    "an id that is none": lambda d: d["items"].update({"1A": d["items"]["AW1"]}),
    "a code that is no number": lambda d: d["scales"]["agree5"]["options"].update(x="y"),
    "a page that is no list": lambda d: d["modules"]["B"].update(pages=["AW1"]),
    "two operators in a rule": lambda d: d["items"]["AW2"].update(show_if={"item": "AW1", "eq": 1, "ne": 2}),
    "an unknown operator": lambda d: d["items"]["AW2"].update(show_if={"item": "AW1", "is": 1}),
    "an unknown missing kind": lambda d: d["items"]["AW1"].update(allow=["dunno"]),
    "a row that repeats what its battery says": lambda d: d["items"]["VB"]["rows"]["VB1"].update(
        scale="agree5"
    ),
    "a computed column of no form": lambda d: d["derived"]["age6"].update(rule={"sum_of": ["A"]}),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_seen_while_typing(slip: str, core: dict[str, Any]) -> None:
    assert faults(core) == []
    SLIPS[slip](core)
    assert faults(core), slip


def test_structure_in_a_wording_file_is_seen_while_typing() -> None:
    data = copy.deepcopy(read_source(ROOT / "instruments/library/kz_thb_core/2026.1.kk.yaml").data)
    assert faults(data) == []
    data["items"]["AW1"]["kind"] = "single"
    assert faults(data)


def properties(schema: Any, parent: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Parent, name and schema of every property."""
    if not isinstance(schema, dict):
        return
    for name, child in schema.get("properties", {}).items():
        yield parent, name, child
        yield from properties(child, name)
    for part in ("items", "additionalProperties"):
        yield from properties(schema.get(part), parent)
    for part in schema.get("oneOf", ()):
        yield from properties(part, parent)


def test_every_key_is_explained() -> None:
    schemas = {**instrument_schema()}, wording_schema()
    silent = {
        f"{parent}.{name}"
        for schema in schemas
        for parent, name, child in properties({k: v for k, v in schema.items() if k != "$defs"})
        if not child.get("description")
    }
    assert silent == set()


def test_every_kind_of_item_has_its_own_keys() -> None:
    kinds = STRUCTURE.schema["properties"]["items"]["additionalProperties"]["oneOf"]
    assert [kind["properties"]["kind"]["const"] for kind in kinds] == [*KINDS, "battery"]


GUIDE = ROOT / "docs" / "guide" / "instruments.md"
EXAMPLE = ROOT / "docs" / "guide" / "examples" / "format.yaml"


def keys_of(data: Any) -> Iterator[str]:
    """Every key of a document, at whatever depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from keys_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from keys_of(value)


def test_every_key_has_a_place_in_the_guide_and_in_its_example() -> None:
    schema = {k: v for k, v in instrument_schema().items() if k != "$defs"}
    known = {name for _, name, _ in properties(schema)}
    assert known - set(re.findall(r"[A-Za-z_]+", GUIDE.read_text("utf-8"))) == set()
    assert known - set(keys_of(read_source(EXAMPLE).data)) == {"reuse", "stems"}, (
        "the library's pulse shows these"
    )


def test_the_guide_s_example_may_go_into_the_field() -> None:
    assert check(load(EXAMPLE)) == ()
    assert walk_randomly(load(EXAMPLE)).troubles == ()


def test_the_guide_quotes_files_that_load() -> None:
    files = [EXAMPLE, ROOT / "instruments" / "library" / "kz_thb_pulse" / "2026.1.yaml"]
    sources = [path.read_text("utf-8") for path in files]
    quoted = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    assert len(quoted) > 15
    assert [block for block in quoted if not any(block in source for source in sources)] == []


@pytest.mark.parametrize(("name", "made"), [("instrument", instrument_schema), ("wording", wording_schema)])
def test_the_files_for_editors_are_up_to_date(name: str, made: Callable[[], dict[str, Any]]) -> None:
    """`make schemas` writes them."""
    path = ROOT / "instruments" / "schemas" / f"{name}.schema.json"
    assert json.loads(path.read_text("utf-8")) == made()
