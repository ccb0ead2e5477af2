"""A table and its map come in, the rows of each wave go out; rows of no wave are noted."""

import numpy as np

from analysis.imports.gathering import Gathering
from analysis.imports.shape import near
from analysis.imports.spec import ImportMap
from analysis.release.layout import NAME


def rows_by_wave(built: ImportMap, gathering: Gathering) -> dict[str, np.ndarray]:
    """Positions in the table by wave, the waves in the order of their names."""
    table = gathering.table
    wave = built.wave
    if wave.value is not None:
        return {wave.value: np.arange(len(table.rows))}
    if wave.column is None or not gathering.has_column(wave.column, ("wave", "column")):
        return {}
    cells = table.columns[wave.column].cells
    path = ("wave", "column")
    blank = np.flatnonzero([value is None for value in cells])
    hint = "fill the column"
    gathering.in_rows(path, blank, "blank-wave", expected="a wave in every row", found="a blank", hint=hint)
    found: dict[str, np.ndarray] = {}
    for value in dict.fromkeys(value for value in cells if value is not None):
        at = np.flatnonzero([each == value for each in cells])
        name = wave.names.get(value, str(value)) if wave.names else str(value)
        if _accepted(name, value, at, gathering):
            found[name] = np.sort(np.concatenate([found.get(name, at[:0]), at]))
    _check_single(found, built, gathering)
    return dict(sorted(found.items()))


def _accepted(name: str, value: object, at: np.ndarray, gathering: Gathering) -> bool:
    wave = gathering.built.wave
    known = list(wave.known)
    path = ("wave", "column")
    if (wave.names and value not in wave.names) or (known and name not in known):
        choices = [str(key) for key in wave.names] if wave.names else known
        keys = "names" if wave.names else "dates, mode and sample"
        expected = f"one of the waves {', '.join(choices)}"
        hint = f"{near(name, choices)} or add it under wave.{keys}"
        gathering.in_rows(path, at, "unknown-wave", expected=expected, found=repr(value), hint=hint)
        return False
    if not NAME.fullmatch(name):
        expected = "letters, digits, . _ - in a wave's name"
        hint = f"name it: `wave: {{names: {{{value}: NAME}}}}`"
        gathering.in_rows(path, at, "wave-name", expected=expected, found=repr(name), hint=hint)
        return False
    return True


def _check_single(found: dict[str, np.ndarray], built: ImportMap, gathering: Gathering) -> None:
    if len(found) > 1 and built.wave.dates.default is not None:
        hint = f"write `dates: {{{', '.join(f'{name}: ...' for name in sorted(found))}}}`"
        gathering.in_map(
            ("wave", "dates"), "dates", "dates for each wave", f"one for {len(found)} waves", hint
        )
    for name in built.wave.known:
        if name not in found and gathering.table.rows.size:
            hint = "remove it from the map, or check wave.column"
            gathering.in_map(("wave",), "absent-wave", f"rows of wave {name}", "none", hint)
