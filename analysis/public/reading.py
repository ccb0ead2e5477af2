"""The path of a microdata specification in; a checked `PublicSpec` or every problem of the file out."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import prod
from pathlib import Path
from typing import Any

from analysis.errors import MicrodataError
from analysis.imports.checked import Kind, published, read_checked
from analysis.imports.noting import Notes
from analysis.public.spec import Key, KeyGroup, KeyStep, PublicSpec
from instruments import Text

SCHEMA = "microdata.schema.json"
SPECIFICATION = Kind("a microdata specification", "format: 1")
MOST_COMBINATIONS, MOST_KEYS = 5000, 8
LANGUAGES = ("kk", "ru", "uz", "en")


def microdata_schema() -> dict[str, Any]:
    """The published JSON Schema of the format, which is also what the reader accepts."""
    return published(__package__, SCHEMA)


def read_public_spec(path: str | Path) -> PublicSpec:
    """Read and check a specification. MicrodataError lists everything wrong with it, by line."""
    read = read_checked(Path(path), microdata_schema(), SPECIFICATION)
    if not read.notes.problems:
        _check(read.data, read.notes)
    if read.notes.problems:
        raise MicrodataError(read.notes.in_order())
    return _built(read.data, read.sha256)


def library_spec(instrument: str) -> PublicSpec | None:
    """The specification that comes with an instrument of the library; None for any other."""
    path = Path(str(files(__package__).joinpath("library"))) / f"{instrument}.yaml"
    return read_public_spec(path) if path.is_file() else None


def _check(raw: Mapping[str, Any], notes: Notes) -> None:
    """What the schema cannot say."""
    seen: dict[str, str] = {}
    for place, key in enumerate(raw["keys"]):
        for at, step in enumerate(key["steps"]):
            path = ("keys", str(place), "steps", str(at))
            _check_step(step, path, notes)
            name = step.get("name", step["column"])
            if name in seen:
                hint = f"give the step a name of its own; {seen[name]} has this one"
                notes.add((*path, "name"), "repeated-name", "each name once", name, hint)
            seen.setdefault(name, ".".join(path))
    _check_size(raw["keys"], notes)


def _check_size(keys: Sequence[Mapping[str, Any]], notes: Notes) -> None:
    """Every combination of steps and every set of keys may have to be tried."""
    count = prod(len(key["steps"]) + bool(key.get("removable")) for key in keys)
    if count > MOST_COMBINATIONS:
        hint = "take fewer steps or keys; columns that need not be published belong under remove:"
        expected = f"at most {MOST_COMBINATIONS:,} combinations of steps"
        notes.add(("keys",), "combinations", expected, f"{count:,}", hint)
    if len(keys) > MOST_KEYS:
        hint = "a sample carries few keys: put the others under remove:"
        notes.add(("keys",), "keys", f"at most {MOST_KEYS} keys", str(len(keys)), hint)


def _check_step(step: Mapping[str, Any], path: tuple[str, ...], notes: Notes) -> None:
    if "groups" in step and "at" in step:
        notes.add((*path, "at"), "step", "groups or at", "both", "leave one out")
    if ("groups" in step or "at" in step) and "name" not in step:
        hint = "add name: a coarser column is another column"
        notes.add((*path, "name"), "required", "a name for the coarser column", "none", hint)
    edges = step.get("at", [])
    if edges != sorted(set(edges)):
        notes.add((*path, "at"), "rising", "rising numbers", str(edges), "put them in order, each once")
    taken: dict[Any, str] = {}
    for code, group in step.get("groups", {}).items():
        for value in group["values"]:
            if value in taken:
                found = f"{value} in {taken[value]} and in {code}"
                notes.add((*path, "groups", code), "twice", "each value in one group", found, "leave one out")
            taken.setdefault(value, code)


def _built(raw: Mapping[str, Any], sha256: str) -> PublicSpec:
    given: dict[str, Any] = {name: raw[name] for name in ("k", "ceiling", "units") if name in raw}
    for name in ("sensitive", "remove", "only", "paradata"):
        given[name] = tuple(raw.get(name, ()))
    return PublicSpec(
        keys=tuple(_key(key) for key in raw["keys"]),
        licence=raw["licence"],
        numbers={name: how.get("top") for name, how in raw.get("numbers", {}).items()},
        sha256=sha256,
        **given,
    )


def _key(raw: Mapping[str, Any]) -> Key:
    return Key(
        tuple(_step(step) for step in raw["steps"]),
        float(raw.get("importance", 1)),
        raw.get("removable", False),
        tuple(raw.get("hides", ())),
    )


def _step(raw: Mapping[str, Any]) -> KeyStep:
    groups = tuple(
        KeyGroup(int(code), _text(group["label"]), tuple(group["values"]))
        for code, group in raw.get("groups", {}).items()
    )
    return KeyStep(
        raw["column"],
        raw.get("name", raw["column"]),
        _text(raw.get("label", {})),
        groups,
        tuple(raw.get("at", ())),
    )


def _text(raw: Any) -> Text:
    return dict(raw) if isinstance(raw, Mapping) else dict.fromkeys(LANGUAGES, str(raw))
