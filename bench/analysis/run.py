"""R survey and svy beside `analysis`: tasks and sizes in, CPU and wall seconds, ratios and agreement out.

Each program runs in a process of its own, one BLAS thread, in turn; the data are in memory before the clock
starts, building the design is timed. R's bootstrap is run with a tenth of the replicates and counted ten
times; svy holds an n x replicates matrix and may be left out with `--no-svy`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import population

HERE = Path(__file__).resolve().parent
REPLICATES, OF_R = 500, 50
WANTED = {"tables": (30, 15), "raking": (40, 10), "bootstrap": (200, 20)}
"""How many times less CPU than R and svy is asked for."""
AGREE = {"tables": 1e-8, "raking": 1e-6, "bootstrap": 0.2}
"""Largest relative difference; of a bootstrap's error the programs draw differently."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"}
Result = dict[str, Any]


def commands(options: argparse.Namespace) -> dict[str, list[str]]:
    """How each program is started."""
    found = {"ours": [sys.executable, str(HERE / "ours.py")], "R": ["Rscript", str(HERE / "theirs.R")]}
    if options.svy:
        found["svy"] = [options.svy, str(HERE / "peer.py")]
    return found


def once(command: list[str], task: str, home: Path, replicates: int) -> Result:
    """One run of one program."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "out.json"
        words = [*command, task, str(home), str(output)] + ([str(replicates)] if task == "bootstrap" else [])
        subprocess.run(words, check=True, env={**os.environ, **ONE_THREAD})
        result: Result = json.loads(output.read_text())
    return result


def measure(options: argparse.Namespace, task: str, home: Path) -> dict[str, Result]:
    """Medians of the programs' rounds, run in turn."""
    runs: dict[str, list[Result]] = {}
    for _ in range(options.rounds):
        for name, command in commands(options).items():
            share = OF_R if name == "R" else REPLICATES
            found = once(command, task, home, share)
            if task == "bootstrap":
                found["cpu"], found["wall"] = (found[key] * REPLICATES / share for key in ("cpu", "wall"))
            runs.setdefault(name, []).append(found)
    return {
        name: {**found[0], **{key: statistics.median(run[key] for run in found) for key in ("cpu", "wall")}}
        for name, found in runs.items()
    }


def disagreement(task: str, ours: Result, theirs: Result) -> float:
    """The largest relative difference of the answers, item by item in the same order."""
    worst = 0.0
    for key, values in ours["answer"].items():
        mine, other = np.atleast_1d(values), np.atleast_1d(theirs["answer"][key])
        worst = max(worst, float(np.max(np.abs(mine - other) / np.abs(other))))
    if worst > AGREE[task]:
        raise SystemExit(f"{task}: answers differ from {theirs['program']} by {worst:.2g}")
    return worst


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--tasks", nargs="+", default=list(WANTED), choices=list(WANTED))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tolqyn-bench-analysis")
    parser.add_argument("--svy", help="the Python of an environment with svy; without it svy is left out")
    options = parser.parse_args()
    print("| task | rows | program | CPU s | wall s | peak MB | ratio (wanted) | answers differ by |")
    print("|---|---|---|---|---|---|---|---|")
    for task in options.tasks:
        sizes = options.rows if task == "tables" else options.rows[-1:]
        for rows in [100_000] if task == "bootstrap" else sizes:
            found = measure(options, task, population.write(rows, options.folder))
            ours = found["ours"]
            for name, one in found.items():
                ratio = differ = ""
                if name != "ours":
                    ratio = f"{one['cpu'] / ours['cpu']:.0f} ({WANTED[task][name == 'svy']})"
                    differ = f"{disagreement(task, ours, one):.1e}"
                figures = f"{one['cpu']:.3f} | {one['wall']:.3f} | {one['peak_mb']:.0f}"
                print(f"| {task} | {rows} | {one['program']} | {figures} | {ratio} | {differ} |", flush=True)


main()
