"""Rows and a folder in; partitions made there, 20 items x 10 waves x 4 groups estimated, figures out.

Usage: partitions.py ROWS FOLDER [--memory GB] [--compare ROWS]
The files are made chunk by chunk from a seed and kept; delete them afterwards. --memory limits the address
space that holds data (RLIMIT_DATA); --compare estimates the first files with that many rows in memory too.
"""

import argparse
import multiprocessing
import resource
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import analysis
from analysis import Design, Meta, from_frame

ITEMS = tuple(f"i{number}" for number in range(1, 21))
WAVES, GROUPS, STRATA, PSUS = 10, 4, 25, 40
CHUNK = 500_000
DESIGN = Design(strata="stratum", cluster=("psu",), weight="weight")
CODES = {"grp": {group: f"group {group}" for group in range(1, GROUPS + 1)}} | {
    name: {0: "no", 1: "yes"} for name in ITEMS
}


def interviews(chunk, rows):
    """One chunk of interviews, of all waves in no order, as small integers and one weight."""
    draw = np.random.default_rng([20261125, chunk])
    effects = np.random.default_rng(20261125).normal(0, 0.3, WAVES * STRATA * PSUS)
    wave = draw.integers(1, WAVES + 1, rows)
    stratum = (wave - 1) * STRATA + draw.integers(0, STRATA, rows)
    psu = draw.integers(0, PSUS, rows)
    group = draw.integers(1, GROUPS + 1, rows)
    effect = effects[stratum * PSUS + psu]
    columns = {
        "wave": pa.array(wave.astype(str)).dictionary_encode(),
        "stratum": stratum.astype(np.int16),
        "psu": psu.astype(np.int16),
        "weight": np.exp(draw.normal(0, 0.4, rows)),
        "grp": group.astype(np.int8),
    }
    for number, name in enumerate(ITEMS):
        logit = -1 + 0.1 * number + 0.04 * wave + 0.1 * group + effect
        answer = (draw.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int8)
        answer[draw.random(rows) < 0.03] = -1
        columns[name] = answer
    return pa.table(columns)


def write(rows, folder):
    """Files of CHUNK rows, made once."""
    folder.mkdir(parents=True, exist_ok=True)
    for chunk, start in enumerate(range(0, rows, CHUNK)):
        path = folder / f"part-{chunk:05d}.parquet"
        if not path.exists():
            pq.write_table(interviews(chunk, min(CHUNK, rows - start)), path, compression="zstd")


def schema(folder):
    """A SurveyData of the first interviews, for the codebook."""
    first = pq.read_table(next(iter(sorted(folder.glob("*.parquet"))))).slice(0, 2000)
    frame = first.set_column(0, "wave", first["wave"].cast(pa.string())).to_pandas()
    return from_frame(frame, DESIGN, codes=CODES, meta=Meta("bench", ""))


def opened(folder):
    known = schema(folder)
    return analysis.read_partitions(folder, known.codebook, known.design, known.meta)


def measured(folder, memory, results):
    """What one process without the making of the data needs."""
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (int(memory * 1e9), int(memory * 1e9)))
    wall, cpu = time.perf_counter(), time.process_time()
    data = opened(folder)
    table = data.proportions(list(ITEMS), by=["wave", "grp"], code=1)
    made = time.perf_counter() - wall
    trend = data.trend("i1", code=1, by="grp", time={str(wave): float(wave) for wave in range(1, WAVES + 1)})
    usage = resource.getrusage(resource.RUSAGE_SELF)
    results.put(
        {
            "rows": data.rows,
            "figures": len(table),
            "bases": int(table["base"].sum()),
            "seconds of the figures": round(made, 1),
            "seconds with a trend": round(time.perf_counter() - wall, 1),
            "CPU seconds": round(time.process_time() - cpu, 1),
            "peak memory, GB": round(usage.ru_maxrss / 1e6, 2),
            "slopes": trend.table["estimate"].round(6).tolist(),
        }
    )


def compared(rows, folder):
    """Largest relative difference of any number from the estimates of the same rows in memory."""
    some = folder / "compared"
    some.mkdir(exist_ok=True)
    files = sorted(folder.glob("*.parquet"))[: -(-rows // CHUNK)]
    for file in files:
        (some / file.name).unlink(missing_ok=True)
        (some / file.name).symlink_to(file.resolve())
    known = schema(some)
    table = pa.concat_tables([pq.read_table(file) for file in files])
    frame = table.set_column(0, "wave", table["wave"].cast(pa.string())).to_pandas()
    held = replace(known, frame=frame)
    options = {"by": ["wave", "grp"], "code": 1}
    found = opened(some).proportions(list(ITEMS), **options)
    wanted = analysis.proportions(held, list(ITEMS), **options)
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-9, atol=0)
    numbers = [name for name in wanted.columns if wanted[name].dtype.kind == "f"]
    relative = (found[numbers] / wanted[numbers] - 1).abs().max().max()
    for file in files:
        (some / file.name).unlink()
    some.rmdir()
    return {
        "rows compared": len(frame),
        "numbers": wanted[numbers].size,
        "largest difference": float(relative),
    }


def main():
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("rows", type=int)
    given.add_argument("folder", type=Path)
    given.add_argument("--memory", type=float, help="GB")
    given.add_argument("--compare", type=int, default=0, help="rows")
    asked = given.parse_args()
    write(asked.rows, asked.folder)
    if asked.compare:
        print(compared(asked.compare, asked.folder))
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=measured, args=(asked.folder, asked.memory, results))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"not finished: exit {process.exitcode}")
    print(results.get())


if __name__ == "__main__":
    main()
