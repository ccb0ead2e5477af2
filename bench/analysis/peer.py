"""A task and a folder with a poll in, what the package svy needs for it out; has an environment of its own.

Usage: peer.py tables|raking|bootstrap FOLDER OUTPUT [REPLICATES]
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import svy

ITEMS = [f"i{number}" for number in range(1, 21)]


def load(home):
    about = json.loads((home / "poll.json").read_text())
    flat = np.fromfile(home / "poll.bin").reshape(len(about["columns"]), about["rows"])
    frame = pl.DataFrame({name: flat[place] for place, name in enumerate(about["columns"])})
    whole = [name for name in about["columns"] if name not in ("weight", *ITEMS)]
    return frame.with_columns(pl.col(name).cast(pl.Int32) for name in whole), about


def sample(frame):
    return svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight"))


def tables(frame, _about, _replicates):
    found = sample(frame).estimation.mean(ITEMS, by=["wave", "grp"])
    parts = [one.to_polars().sort("wave", "grp") for one in found]
    estimate = np.column_stack([part["est"].to_numpy() for part in parts])
    se = np.column_stack([part["se"].to_numpy() for part in parts])
    return {"estimate": estimate.ravel("F").tolist(), "se": se.ravel("F").tolist()}


def raking(frame, about, _replicates):
    controls = {
        name: {int(code): value for code, value in counts.items()}
        for name, counts in about["targets"].items()
    }
    raked = sample(frame).weighting.rake(controls=controls, wgt_name="raked", tol=1e-8)
    return {"weight": raked.data["raked"].to_list()}


def bootstrap(frame, _about, replicates):
    replicated = sample(frame).weighting.create_bs_wgts(replicates, rstate=1)
    fit = replicated.glm.fit("i1", x=["year"], family="binomial", method="replication")
    rows = fit.to_polars()
    slope = rows.filter(pl.col("term") == "year")
    return {"slope": slope["estimate"].item(), "se": slope["std_err"].item()}


def main():
    task, home, output, *rest = sys.argv[1:]
    frame, about = load(Path(home))
    wall, cpu = time.perf_counter(), time.process_time()
    answer = globals()[task](frame, about, int(rest[0]) if rest else 0)
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(output).write_text(
        json.dumps({**spent, "peak_mb": peak, "program": f"svy {svy.__version__}", "answer": answer})
    )


main()
