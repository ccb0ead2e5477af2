"""A number of rows in, the same seeded poll as a binary file for every program out.

Ten waves; in each 25 strata of PSUs of similar size; unequal weights; 20 items of 0 and 1 whose shares differ
by wave and group; four groups; four margins of 2, 6, 10 and 5 categories. Columns are stored one after the
other as 8-byte floats, which R, numpy and polars read alike without parsing.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ITEMS = tuple(f"i{number}" for number in range(1, 21))
MARGINS = {"m1": 2, "m2": 6, "m3": 10, "m4": 5}
WAVES, GROUPS, STRATA = 10, 4, 25
COLUMNS = ("wave", "year", "stratum", "psu", "weight", "grp", *MARGINS, *ITEMS)


@dataclass(frozen=True)
class Poll:
    """Columns by name, n floats each."""

    columns: dict[str, np.ndarray]

    @property
    def rows(self) -> int:
        return len(self.columns["wave"])


def draw(rows: int, seed: int = 20261125) -> Poll:
    """n people in 10 waves; 4 PSUs a stratum up to 100,000 rows, 40 beyond."""
    chance = np.random.default_rng(seed)
    psus = 4 if rows <= 100_000 else 40
    wave = np.sort(chance.integers(1, WAVES + 1, rows)).astype(float)
    stratum = (wave - 1) * STRATA + chance.integers(1, STRATA + 1, rows)
    psu = stratum * 100 + chance.integers(1, psus + 1, rows)
    group = chance.integers(1, GROUPS + 1, rows).astype(float)
    effect = chance.normal(0, 0.3, int(psu.max()) + 1)[psu.astype(int)]
    columns = {
        "wave": wave,
        "year": wave,
        "stratum": stratum,
        "psu": psu,
        "weight": np.exp(chance.normal(0, 0.4, rows)),
        "grp": group,
    }
    for name, count in MARGINS.items():
        columns[name] = chance.integers(1, count + 1, rows).astype(float)
    for number, name in enumerate(ITEMS):
        logit = -1 + 0.1 * number + 0.04 * wave + 0.1 * group + effect
        columns[name] = (chance.random(rows) < 1 / (1 + np.exp(-logit))).astype(float)
    return Poll(columns)


def targets(poll: Poll) -> dict[str, dict[int, float]]:
    """Counts by margin that sum to the rows: far enough from the sample that raking has to work."""
    found = {}
    for place, (name, count) in enumerate(MARGINS.items()):
        shares = 1 + 0.25 * np.cos(np.arange(count) + place)
        counts = shares / shares.sum() * poll.rows
        found[name] = {code + 1: float(value) for code, value in enumerate(counts)}
    return found


def write(rows: int, folder: Path) -> Path:
    """The poll under `folder`, made once: `poll.bin` and `poll.json` (columns, rows, targets)."""
    home = folder / str(rows)
    if not (home / "poll.json").exists():
        home.mkdir(parents=True, exist_ok=True)
        poll = draw(rows)
        np.concatenate([poll.columns[name] for name in COLUMNS]).tofile(home / "poll.bin")
        about = {"rows": rows, "columns": COLUMNS, "targets": targets(poll)}
        (home / "poll.json").write_text(json.dumps(about))
    return home


def read(home: Path) -> tuple[Poll, dict[str, dict[int, float]]]:
    """What `write` left there."""
    about = json.loads((home / "poll.json").read_text())
    flat = np.fromfile(home / "poll.bin").reshape(len(about["columns"]), about["rows"])
    wanted = {
        name: {int(code): value for code, value in counts.items()}
        for name, counts in about["targets"].items()
    }
    return Poll(dict(zip(about["columns"], flat, strict=True))), wanted
