"""The design's columns of a table come in, reserved columns and a `Design` go out; gaps are noted."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.design import Design
from analysis.imports.cells import cell
from analysis.imports.gathering import Gathering
from analysis.imports.noting import Path
from analysis.imports.spec import DesignSpec, ImportMap, ReplicatesSpec
from analysis.replicates import ReplicateDesign

REPLICATE_KEYS = ("kind", "combined", "scale", "rscales", "fay_rho", "mse", "df")
COPY = "a replicate leaves a row out by the weight 0; leave rows without weights out with `exclude`"
POSITIVE = "give each row a number above 0, or leave the rows out with `exclude`"
MODES = ("web", "capi", "cati", "papi", "mail", "other")


def design_of(spec: DesignSpec) -> Design | ReplicateDesign:
    """The design by the names its columns have in a release. DataError for replicates without their scale."""
    base = Design(
        strata="stratum" if spec.strata else None,
        cluster=tuple(_stage("psu", stage) for stage in range(len(spec.cluster))),
        fpc=tuple(_stage("fpc", stage) for stage in range(len(spec.fpc))),
        weight="weight",
        lonely_psu=spec.lonely_psu,
        person="person" if spec.person else None,
    )
    if spec.replicates is None:
        return base
    own = {name: getattr(spec.replicates, name) for name in REPLICATE_KEYS}
    return ReplicateDesign(base=base, weights=_copies(spec.replicates), **own)


def design_columns(spec: DesignSpec, at: np.ndarray, kept: np.ndarray, gathering: Gathering) -> pd.DataFrame:
    """weight, base_weight, stratum, psu, ..., fpc, ..., person, repweight1, ... of the rows at `at`.

    Only rows that are `kept` need values; the others hold NaN or an empty word.
    """
    columns: dict[str, np.ndarray] = {}
    numbers = {"weight": spec.weight, "base_weight": spec.base_weight}
    numbers |= {_stage("fpc", stage): name for stage, name in enumerate(spec.fpc)}
    words = {"stratum": spec.strata} | {_stage("psu", stage): name for stage, name in enumerate(spec.cluster)}
    for target, source in numbers.items():
        path = ("design", target.rstrip("23456789"))
        if source is not None and gathering.has_column(source, path):
            columns[target] = _numbers(source, path, at, kept, gathering)
    for target, source in words.items():
        path = ("design", "strata" if target == "stratum" else "cluster")
        if source is not None and gathering.has_column(source, path):
            columns[target] = _words(source, path, at, kept, gathering)
    if spec.person is not None and gathering.has_column(spec.person, ("design", "person")):
        columns["person"] = _people(spec.person, at, kept, gathering)
    if spec.replicates is not None:
        path = ("design", "repweights")
        for target, source in zip(_copies(spec.replicates), spec.replicates.columns, strict=True):
            if gathering.has_column(source, path):
                columns[target] = _numbers(source, path, at, kept, gathering)
    if spec.weight is None:
        columns["weight"] = np.ones(len(at))
    return pd.DataFrame(columns, index=range(len(at)))


def mode_and_language(built: ImportMap, wave: str, at: np.ndarray, gathering: Gathering) -> pd.DataFrame:
    """The columns `mode` and, where the map gives it, `language` of the rows at `at`."""
    spec = built.wave
    columns: dict[str, object] = {"mode": spec.mode.of(wave)}
    if spec.mode_column is not None and gathering.has_column(spec.mode_column, ("wave", "mode", "column")):
        columns["mode"] = _modes(built, at, gathering)
    if spec.language.of(wave):
        columns["language"] = spec.language.of(wave)
    return pd.DataFrame(columns, index=range(len(at)))


def unknown_columns(built: ImportMap, gathering: Gathering) -> tuple[str, ...]:
    """Note every variable's column that the file lacks; give the file's columns that the map does not use."""
    used = {built.wave.column, built.wave.mode_column, *built.ignore}
    for variable in built.variables:
        for source in variable.sources:
            gathering.has_column(source, ("variables", variable.name, "from"))
        used.update(variable.sources)
    for name in built.ignore:
        gathering.has_column(name, ("ignore",))
    for spec in (built.design, *built.design_waves.values()):
        used.update(spec.columns)
    return tuple(name for name in gathering.table.columns if name not in used)


def _copies(spec: ReplicatesSpec) -> tuple[str, ...]:
    return tuple(f"repweight{number}" for number in range(1, len(spec.columns) + 1))


def _stage(name: str, stage: int) -> str:
    return name if stage == 0 else f"{name}{stage + 1}"


def _numbers(source: str, path: Path, at: np.ndarray, kept: np.ndarray, gathering: Gathering) -> np.ndarray:
    cells = gathering.table.columns[source].cells[at]
    numeric = np.array([isinstance(value, int | float) for value in cells], bool)
    values = np.array([float(value) if good else np.nan for value, good in zip(cells, numeric, strict=True)])
    blank = np.array([value is None for value in cells], bool)
    kinds = {
        "missing": blank,
        "not a number": ~numeric & ~blank,
        "zero": (values == 0) & (path[-1] != "repweights"),
        "negative": values < 0,
        "infinite": np.isinf(values),
    }
    rule = path[-1] if path[-1] in ("fpc", "repweights") else "weight"
    expected, advice = (
        ("a number of 0 or more", COPY) if rule == "repweights" else ("a number above 0", POSITIVE)
    )
    for kind, bad in kinds.items():
        found = f"{source} {kind}"
        hint = _decimal_hint(cells[bad & kept], gathering.built.file.decimal) or advice
        gathering.in_rows(path, at[bad & kept], rule, expected=expected, found=found, hint=hint)
    return values


def _decimal_hint(cells: Iterable[object], decimal: str) -> str:
    """What to write when these words are numbers with the other decimal mark; empty when they are not."""
    other = "," if decimal == "." else "."
    words = [value for value in cells if isinstance(value, str)]
    if words and all(isinstance(cell(word, other), int | float) for word in words):
        return f"{words[0]} is a number where the map says `file: {{decimal: '{other}'}}`"
    return ""


def _words(source: str, path: Path, at: np.ndarray, kept: np.ndarray, gathering: Gathering) -> np.ndarray:
    cells = gathering.table.columns[source].cells[at]
    blank = np.array([value is None for value in cells], bool)
    hint = "fill the column, or leave the rows out with `exclude`"
    found = f"{source} blank"
    gathering.in_rows(
        path, at[blank & kept], "design-blank", expected="a value in every row", found=found, hint=hint
    )
    return np.array(["" if value is None else str(value) for value in cells], dtype=object)


def _people(source: str, at: np.ndarray, kept: np.ndarray, gathering: Gathering) -> np.ndarray:
    """A code for each person that only this file's waves share: the file's mark and the person's place in it.

    What the column holds is nowhere in a release, and people of two files are never taken for the same.
    """
    path = ("design", "person")
    names = _words(source, path, at, kept, gathering)
    again = pd.Series(names).duplicated(keep=False).to_numpy() & (names != "") & kept
    hint = "leave the second answer out with `exclude`, or say which wave it belongs to"
    found = f"{source} the same person twice in a wave"
    gathering.in_rows(
        path, at[again], "person-twice", expected="one row a person and wave", found=found, hint=hint
    )
    place = pd.factorize(gathering.table.columns[source].cells)[0][at] + 1
    mark = _mark(source, gathering)
    return np.array([f"{mark}-{number}" for number in place], dtype=object)


def _mark(source: str, gathering: Gathering) -> str:
    """Eight digits that the waves and people of this file have alone, in whatever format it comes."""
    wave = gathering.built.wave
    named = [name for name in (wave.column, source) if name and name in gathering.table.columns]
    cells = [str(value) for name in named for value in gathering.table.columns[name].cells]
    words = "\n".join([gathering.built.study, wave.value or "", *cells])
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def _modes(built: ImportMap, at: np.ndarray, gathering: Gathering) -> np.ndarray:
    spec = built.wave
    cells = gathering.table.columns[str(spec.mode_column)].cells
    named = np.array([spec.mode_recode.get(cells[place], cells[place]) for place in at], dtype=object)
    for value in dict.fromkeys(named):
        if value not in MODES:
            rows = at[[each == value for each in named]]
            hint = f"add `{value}: MODE` to wave.mode.recode"
            expected = f"one of {', '.join(MODES)}"
            gathering.in_rows(("wave", "mode"), rows, "mode", expected=expected, found=repr(value), hint=hint)
    return named
