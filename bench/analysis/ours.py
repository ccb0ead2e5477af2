"""A task and a folder with a poll in, what `analysis` needs for it through its front door out.

Usage: ours.py tables|raking|bootstrap FOLDER OUTPUT [REPLICATES]
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import population

from analysis import (
    Design,
    ModelResult,
    SurveyData,
    Targets,
    from_frame,
    make_replicates,
    proportions,
    rake,
    svyglm,
)

YES_NO = {0: "no", 1: "yes"}
Answer = dict[str, Any]


def load(home: Path) -> tuple[pd.DataFrame, dict[str, dict[int, float]]]:
    """The poll as a researcher holds it: whole numbers as such."""
    poll, targets = population.read(home)
    columns = {name: c if name == "weight" else c.astype(np.int64) for name, c in poll.columns.items()}
    return pd.DataFrame(columns), targets


def survey(frame: pd.DataFrame) -> SurveyData:
    """Codes checked, design bound: what every estimate starts from."""
    codes = dict.fromkeys(population.ITEMS, YES_NO)
    for name, count in {**population.MARGINS, "grp": population.GROUPS}.items():
        codes[name] = {code: str(code) for code in range(1, count + 1)}
    design = Design(strata="stratum", cluster=("psu",), weight="weight")
    return from_frame(frame, design, codes=codes)


def tables(frame: pd.DataFrame, _targets: object, _replicates: int) -> pd.DataFrame:
    """20 shares in each of 10 waves and 4 groups, with errors and intervals."""
    return proportions(survey(frame), list(population.ITEMS), code=1, by=("wave", "grp"))


def raking(frame: pd.DataFrame, targets: dict[str, dict[int, float]], _replicates: int) -> SurveyData:
    """Weights that meet four margins."""
    wanted = Targets.from_shares(targets, name="bench", source="made", date="2026-01-01")
    return rake(survey(frame), wanted, base="weight", scale="base", tolerance=1e-10)[0]


def bootstrap(frame: pd.DataFrame, _targets: object, replicates: int) -> ModelResult:
    """A logit slope refitted in every replicate."""
    replicated = make_replicates(survey(frame), "bootstrap", replicates=replicates, seed=1)
    fit = svyglm("i1 ~ year", replicated, family="binomial")
    assert fit.se["year"] > 0
    return fit


def of_tables(found: pd.DataFrame) -> Answer:
    """Item by item, wave by wave, group by group: the order of the other programs."""
    place = {name: number for number, name in enumerate(population.ITEMS)}
    keys = zip(found["variable"].map(place), found["wave"].astype(int), found["group"], strict=True)
    order = [row for _, row in sorted(zip(keys, found.index, strict=True))]
    return {name: found.loc[order, name].tolist() for name in ("estimate", "se")}


def of_raking(found: SurveyData) -> Answer:
    """Scaled to the number of rows, as the targets are."""
    weight = found.frame["weight"].to_numpy()
    return {"weight": (weight * len(weight) / weight.sum()).tolist()}


def of_bootstrap(found: ModelResult) -> Answer:
    """The slope and its error."""
    return {"slope": [float(found.params["year"])], "se": [float(found.se["year"])]}


TASKS: dict[str, tuple[Callable[..., Any], Callable[[Any], Answer]]] = {
    "tables": (tables, of_tables),
    "raking": (raking, of_raking),
    "bootstrap": (bootstrap, of_bootstrap),
}


def main() -> None:
    """Time one task and write what it took and found."""
    task, home, output, *rest = sys.argv[1:]
    frame, targets = load(Path(home))
    wall, cpu = time.perf_counter(), time.process_time()
    run, answer_of = TASKS[task]
    found = run(frame, targets, int(rest[0]) if rest else 0)
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = {**spent, "peak_mb": peak, "program": "tolqyn", "answer": answer_of(found)}
    Path(output).write_text(json.dumps(said))


main()
