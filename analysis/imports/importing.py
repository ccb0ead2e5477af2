"""A data file and its import map come in; its waves, or every problem of the two at once, go out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import Meta, SurveyData
from analysis.errors import DataError, ImportProblems
from analysis.imports.codebooks import codebook_of, completed
from analysis.imports.coding import Coded, code_column, not_asked
from analysis.imports.designing import design_columns, design_of, mode_and_language, unknown_columns
from analysis.imports.formats import Table, read_table
from analysis.imports.gathering import Gathering
from analysis.imports.mapfile import read_map
from analysis.imports.records import fieldwork_record, instrument_record, weights_record
from analysis.imports.spec import ImportMap, VariableSpec
from analysis.imports.splitting import rows_by_wave
from analysis.recode import compute, decide, rule_columns
from instruments import Codebook


@dataclass(frozen=True)
class ImportedWave:
    """One wave ready to be written as a release; `notes` says what the import decided by itself."""

    data: SurveyData
    instrument: str
    weights: Mapping[str, Any]
    fieldwork: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Wave:
    """One wave half way: where its rows stand in the table, which are kept, its coded columns."""

    name: str
    at: np.ndarray
    kept: np.ndarray
    coded: Mapping[str, Coded]
    reserved: pd.DataFrame
    excluded: tuple[tuple[int, int], ...]


def import_file(path: Path | str, map_path: Path | str) -> tuple[ImportedWave, ...]:
    """Every wave of the file, in the order of the waves' names.

    ImportProblems lists everything wrong with the map, or everything in the file the map does not cover:
    unknown columns, codes, waves, weights, blanks, each with its count, its first rows and what to type.
    """
    path = Path(path)
    built = read_map(map_path)
    table = read_table(path, built.file)
    gathering = Gathering(table, built, str(map_path))
    unused = unknown_columns(built, gathering)
    variables = completed(built, gathering)
    waves = [
        _coded_wave(name, at, variables, built, gathering)
        for name, at in rows_by_wave(built, gathering).items()
    ]
    if gathering.problems:
        raise ImportProblems(gathering.in_order())
    unasked = {name for wave in waves for name, coded in wave.coded.items() if coded.unasked}
    source = {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": len(table.rows),
        "columns_not_imported": [*built.ignore, *unused],
    }
    return tuple(
        _finished(wave, codebook_of(built, variables, wave.name, unasked), built, source, gathering)
        for wave in waves
    )


def _coded_wave(
    name: str, at: np.ndarray, variables: tuple[VariableSpec, ...], built: ImportMap, gathering: Gathering
) -> _Wave:
    coded = {v.name: _coded(v, name, at, gathering) for v in variables if v.rule is None}
    labels = mode_and_language(built, name, at, gathering)
    spec = built.design_of(name)
    values = {variable: column.values for variable, column in coded.items()}
    kept, excluded = _exclusions(built, values, _weights(spec.weight, at, gathering.table), len(at))
    return _Wave(
        name,
        at,
        kept,
        coded,
        pd.concat([design_columns(spec, at, kept, gathering), labels], axis=1),
        excluded,
    )


def _coded(variable: VariableSpec, wave: str, at: np.ndarray, gathering: Gathering) -> Coded:
    source = variable.coding_of(wave).source
    if source is None or source not in gathering.table.columns:
        return not_asked(len(at))
    coded = code_column(gathering.table.columns[source], at, gathering.table.rows[at], variable, wave)
    for fault in coded.faults:
        gathering.in_data(("variables", variable.name), fault)
    return coded


def _weights(column: str | None, at: np.ndarray, table: Table) -> np.ndarray:
    """Weights for the rules of `exclude`, NaN where there is no number."""
    if column is None or column not in table.columns:
        return np.ones(len(at))
    cells = table.columns[column].cells[at]
    return np.array([value if isinstance(value, int | float) else np.nan for value in cells], float)


def _exclusions(
    built: ImportMap, values: Mapping[str, np.ndarray], weights: np.ndarray, count: int
) -> tuple[np.ndarray, tuple[tuple[int, int], ...]]:
    """Which rows stay, and how many each exclusion took, in the order of the map."""
    kept = np.ones(count, bool)
    taken = []
    for place, exclusion in enumerate(built.exclude):
        holds = decide(exclusion.where, {**values, "weight": weights})[0] & kept
        taken.append((place, int(holds.sum())))
        kept &= ~holds
    return kept, tuple(taken)


def _finished(
    wave: _Wave, codebook: Codebook, built: ImportMap, source: Mapping[str, Any], gathering: Gathering
) -> ImportedWave:
    columns = {name: coded.values for name, coded in wave.coded.items()}
    frame = pd.concat([wave.reserved, pd.DataFrame(columns, index=wave.reserved.index)], axis=1)
    frame = frame[wave.kept].reset_index(drop=True).assign(wave=wave.name)
    spec = built.design_of(wave.name)
    frame = _derived(frame, codebook, wave.name, gathering)
    try:
        data = SurveyData(frame, codebook, design_of(spec), _meta(built, wave.name))
    except DataError as error:
        for problem in error.problems:
            gathering.in_map(
                (), "data", "data that fit the map and the design", f"wave {wave.name}: {problem}"
            )
        raise ImportProblems(gathering.in_order()) from error
    return ImportedWave(
        data,
        json.dumps(instrument_record(built, codebook.version)),
        weights_record(data, spec),
        fieldwork_record(data, built, source, wave.excluded),
        _notes(wave, source),
    )


def _derived(frame: pd.DataFrame, codebook: Codebook, wave: str, gathering: Gathering) -> pd.DataFrame:
    """The frame with its computed columns. ImportProblems names the rules that do not cover the data."""
    columns = {str(name): frame[name] for name in frame.columns}
    before = len(gathering.problems)
    for variable in codebook.variables:
        if variable.rule is None or not all(name in columns for name in rule_columns(variable.rule)):
            continue
        try:
            columns[variable.name] = pd.Series(compute(variable, columns), index=frame.index)
        except DataError as error:
            for problem in error.problems:
                path = ("variables", variable.name, "rule")
                gathering.in_map(path, "rule", "a rule that covers the data", f"wave {wave}: {problem}")
    if len(gathering.problems) > before:
        raise ImportProblems(gathering.in_order())
    return pd.DataFrame(columns, index=frame.index)


def _meta(built: ImportMap, wave: str) -> Meta:
    return Meta(
        study=built.study,
        wave=wave,
        title=built.title,
        dates=built.wave.dates.of(wave),
        sample_type=built.wave.sample.of(wave) or "probability",
        synthetic=built.synthetic,
        disclosure=built.disclosure,
    )


def _notes(wave: _Wave, source: Mapping[str, Any]) -> tuple[str, ...]:
    blank = [name for name, coded in wave.coded.items() if coded.unasked]
    left_out = int((~wave.kept).sum())
    notes = []
    if blank:
        notes.append(f"not asked in {wave.name}: {', '.join(blank)}")
    if left_out:
        notes.append(f"{left_out} rows left out of {wave.name} by `exclude`")
    if source["columns_not_imported"]:
        notes.append(f"columns not imported: {', '.join(source['columns_not_imported'])}")
    return tuple(notes)
