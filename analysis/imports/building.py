"""Plain data of the right shape come in, an `ImportMap` goes out; lacking languages are noted."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from analysis.imports.cells import keyed
from analysis.imports.noting import Notes, Path
from analysis.imports.spec import (
    ByWave,
    Coding,
    DesignSpec,
    Exclusion,
    FileSpec,
    ImportMap,
    ReplicatesSpec,
    VariableSpec,
    WaveSpec,
)
from analysis.imports.words import Words, languages_of
from instruments import Comparison, Group, Indicator, Level, Missing, Role, Text


def build_map(data: dict[str, Any], notes: Notes, *, path: str, sha256: str) -> ImportMap:
    """The typed map. Its cross-references are checked afterwards by `mapchecks`."""
    languages = languages_of(data)
    source = data.get("source_language", languages[0])
    words = Words(languages, source, notes)
    design = data["design"]
    return ImportMap(
        study=data["study"],
        instrument=data.get("instrument", data["study"]),
        version=str(data["version"]) if "version" in data else None,
        title=words.text(data.get("title"), ("title",)) or dict.fromkeys(languages, data["study"]),
        population=words.text(data.get("population"), ("population",)),
        languages=languages,
        source_language=source,
        status=data.get("status", {}),
        synthetic=data.get("synthetic", False),
        file=FileSpec(**{"format": "", **data.get("file", {})}),
        wave=_wave(data["wave"]),
        design=_design(design, {}),
        design_waves={wave: _design(design, own) for wave, own in design.get("waves", {}).items()},
        exclude=tuple(
            Exclusion(entry["where"], words.text(entry["reason"], ("exclude", str(place), "reason")))
            for place, entry in enumerate(data.get("exclude", []))
        ),
        ignore=tuple(str(name) for name in data.get("ignore", [])),
        variables=tuple(
            _variable(name, spec, data, words, ("variables", name))
            for name, spec in data["variables"].items()
        ),
        groups=tuple(_group(name, spec, words) for name, spec in data.get("groups", {}).items()),
        indicators=tuple(_indicator(name, spec, words) for name, spec in data.get("indicators", {}).items()),
        disclosure={
            key: _disclosed(value, words, ("disclosure", key))
            for key, value in data.get("disclosure", {}).items()
        },
        raw=data,
        line=notes.line,
        path=PurePath(path).name,
        sha256=sha256,
    )


def _wave(data: dict[str, Any]) -> WaveSpec:
    mode = data["mode"]
    by_column = isinstance(mode, dict) and "column" in mode
    return WaveSpec(
        column=_name(data.get("column")),
        value=_name(data.get("value")),
        names={key: str(name) for key, name in keyed(data.get("names", {})).items()},
        dates=_by_wave(data["dates"], _dates),
        mode=ByWave() if by_column else _by_wave(mode, str),
        mode_column=str(mode["column"]) if by_column else None,
        mode_recode=keyed(mode.get("recode", {})) if by_column else {},
        sample=_by_wave(data["sample"], str),
        language=_by_wave(data["language"], str) if "language" in data else ByWave(),
    )


def _by_wave(value: Any, read: Any) -> ByWave[Any]:
    if isinstance(value, dict):
        return ByWave(None, {wave: read(part) for wave, part in value.items()})
    return ByWave(read(value))


def _dates(value: Any) -> tuple[str, str]:
    first, last = value if isinstance(value, list) else (value, value)
    return str(first), str(last)


def _design(base: dict[str, Any], own: dict[str, Any]) -> DesignSpec:
    data = {**base, **own}
    weight = data["weight"]
    return DesignSpec(
        weight=None if weight == 1 else str(weight),
        base_weight=_name(data.get("base_weight")),
        strata=_name(data.get("strata")),
        cluster=_names(data.get("cluster")),
        fpc=_names(data.get("fpc")),
        lonely_psu=data.get("lonely_psu", "fail"),
        replicates=_replicates(data.get("repweights")),
        person=_name(data.get("person")),
    )


def _replicates(spec: dict[str, Any] | None) -> ReplicatesSpec | None:
    if spec is None:
        return None
    columns = tuple(name for each in _names(spec["columns"]) for name in _numbered(each))
    rscales = tuple(spec["rscales"]) if "rscales" in spec else None
    return ReplicatesSpec(**{**spec, "columns": columns, "rscales": rscales})


def _numbered(name: str) -> list[str]:
    """`rw1 to rw80` as eighty names, any other as it stands. Bounded on purpose."""
    found = re.fullmatch(r"(.{0,64}?)(\d{1,4}) to \1(\d{1,4})", name)
    if found is None:
        return [name]
    stem, first, last = found.groups()
    width = len(first) if first.startswith("0") else 0
    return [f"{stem}{number:0{width}}" for number in range(int(first), int(last) + 1)]


def _name(value: Any) -> str | None:
    return None if value is None else str(value)


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(name) for name in value) if isinstance(value, list) else (str(value),)


def _variable(
    name: str, spec: dict[str, Any], data: dict[str, Any], words: Words, path: Path
) -> VariableSpec:
    defaults = data.get("defaults", {})
    return VariableSpec(
        name=name,
        label=words.text(spec.get("label"), (*path, "label")),
        level=_level(spec, data),
        codes=_codes(spec.get("codes"), data.get("scales", {}), words, (*path, "codes")),
        universe=words.text(spec.get("universe"), (*path, "universe")),
        role=Role.DERIVED if "rule" in spec else Role(spec.get("role", "answer")),
        item=spec.get("item", ""),
        module=spec.get("module", ""),
        construct=spec.get("construct", ""),
        key=spec.get("key", 0),
        higher=spec.get("higher", "neutral"),
        low=spec.get("min"),
        high=spec.get("max"),
        rule=spec.get("rule"),
        coding=_coding(spec, {}, defaults, words, path),
        waves={
            wave: _coding(spec, own, defaults, words, (*path, "waves", wave))
            for wave, own in spec.get("waves", {}).items()
        },
    )


def _level(spec: dict[str, Any], data: dict[str, Any]) -> Level | None:
    if "level" in spec:
        return Level(spec["level"])
    return Level.NOMINAL if "codes" in spec else None


def _codes(value: Any, scales: dict[str, Any], words: Words, path: Path) -> Mapping[int, Text] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return words.codes(value, path)
    if value in scales:
        return words.codes(scales[value], ("scales", value))
    words.notes.add(
        path, "unknown-scale", "a name under scales", value, f"write the codes here, or add scales.{value}"
    )
    return {}


def _coding(
    base: dict[str, Any], own: dict[str, Any], defaults: dict[str, Any], words: Words, path: Path
) -> Coding:
    spec = {**base, **own}
    missing = spec.get("missing", defaults.get("missing", {}))
    blank = spec.get("blank", missing.get("", defaults.get("blank")))
    return Coding(
        source=None if "rule" in spec else _name(spec.get("from", path[1])),
        recode=keyed(spec.get("recode", {})),
        missing={key: Missing(code) for key, code in keyed(missing).items()},
        blank=None if blank is None else Missing(blank),
        question=words.text(spec.get("question"), (*_where("question", own, path), "question")),
        wording=spec.get("wording", 1),
        compare={
            int(number): Comparison(
                entry["kind"],
                words.text(entry["reason"], (*_where("compare", own, path), "compare", number, "reason")),
            )
            for number, entry in spec.get("compare", {}).items()
        },
    )


def _where(key: str, own: dict[str, Any], path: Path) -> Path:
    """The variable's own path for a key its wave does not change."""
    return path if key in own or "waves" not in path else path[: path.index("waves")]


def _group(name: str, spec: dict[str, Any], words: Words) -> Group:
    path = ("groups", name)
    return Group(
        name=name,
        label=words.text(spec["label"], (*path, "label")),
        question=words.text(spec.get("question"), (*path, "question")),
        variables=tuple(spec["variables"]),
        kind=spec.get("kind", "battery"),
        headline=spec.get("headline", False),
    )


def _indicator(name: str, spec: dict[str, Any], words: Words) -> Indicator:
    path = ("indicators", name)
    return Indicator(
        name=name,
        variable=spec["variable"],
        statistic=spec.get("statistic", "proportion"),
        label=words.text(spec["label"], (*path, "label")),
        finding=words.text(spec["finding"], (*path, "finding")),
        code=spec.get("code"),
        higher=spec.get("higher", "neutral"),
        headline=spec.get("headline", False),
    )


def _disclosed(value: Any, words: Words, path: Path) -> Text | str:
    return words.text(value, path) if isinstance(value, dict) else str(value)
