"""From statsmodels' own data sets to studies with declared designs: data frames in Python, CSV files for R.

The strata, clusters, population counts and weights are made from the columns by fixed rules: nothing is drawn
at random, so both sides see the same numbers. They stand for no real sample.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm


def votes() -> pd.DataFrame:
    """1996 election study (944 people): strata of elements, or of age bands as clusters."""
    frame = _load("anes96")
    row = np.arange(len(frame))
    frame["place"] = 1 + (frame.popul >= 1) + (frame.popul > 22) + (frame.popul > 150)
    counts = frame.groupby("place").place.transform("size")
    frame["place_size"] = counts * (4 + frame.place) + 5
    frame["w_place"] = frame.place_size / counts
    frame["band"] = (frame.age // 6).astype(int)
    frame["band_count"] = frame.groupby("place").band.transform("nunique") * 2 + frame.place
    frame["w_person"] = 3 * (0.5 + frame.educ / 4) * (1 + 0.15 * (row % 4))
    frame["school"] = 1 + (frame.educ > 3) + (frame.educ > 5)
    frame["party"] = 1 + (frame.PID > 2) + (frame.PID > 3)
    frame["dole_right"] = (frame.DoleLR >= 6).astype(int)
    frame["selfLR"] = frame.selfLR.where(frame.TVnews > 0)
    return frame.drop(columns=["logpopul"])


def clinics() -> pd.DataFrame:
    """RAND health insurance experiment, every tenth row (2,019): regions, towns, streets."""
    frame = _load("randhie").iloc[::10].reset_index(drop=True)
    row = np.arange(len(frame))
    frame["town"] = row // 60
    frame["region"] = frame.town % 3 + 1
    frame["street"] = row % 60 // 6
    frame["towns"] = 40
    frame["streets"] = 25 + frame.town % 4
    sampled_towns = frame.groupby("region").town.transform("nunique")
    sampled_streets = frame.groupby("town").street.transform("nunique")
    frame["w_stage"] = frame.towns / sampled_towns * frame.streets / sampled_streets
    frame["seen"] = (frame.mdvis > 0).astype(int)
    frame["health"] = np.select([frame.hlthp == 1, frame.hlthf == 1, frame.hlthg == 1], [4, 3, 2], 1)
    return frame


def schools() -> pd.DataFrame:
    """California school districts, 1998 (303): one stage, of districts or of groups of them."""
    frame = _load("star98")
    row = np.arange(len(frame))
    frame["takers"] = frame.NABOVE + frame.NBELOW
    frame["size"] = 1 + (frame.takers > 150) + (frame.takers > 450)
    counts = frame.groupby("size")["size"].transform("size")
    frame["size_count"] = counts * (frame["size"] + 1) + 10 * frame["size"]
    frame["w_size"] = frame.size_count / counts
    frame["county"] = row // 7
    frame["counties"] = 110
    frame["w_county"] = 110 / frame.county.nunique()
    frame["all_year"] = (frame.PCTYRRND > 0).astype(int)
    frame["poor"] = 1 + (frame.LOWINC > 30) + (frame.LOWINC > 55)
    return frame


def marriages() -> pd.DataFrame:
    """Affairs survey (6,366 women): years of marriage as seven waves, occupations as clusters."""
    frame = _load("fair")
    row = np.arange(len(frame))
    frame["wave"] = (2000 + frame.yrs_married).astype(int)
    frame["faith"] = frame.religious.astype(int)
    frame["stratum"] = frame.wave * 10 + frame.faith
    frame["work"] = (frame.occupation * 2 + (frame.educ > 14)).astype(int)
    frame["w"] = (1 + 0.2 * frame.children) * (1 + 0.25 * (row % 3))
    frame["affair"] = (frame.affairs > 0).astype(int)
    frame["content"] = (frame.rate_marriage >= 4).where(row % 11 != 3).astype(float)
    frame["college"] = (frame.educ >= 16).astype(int)
    frame["decade"] = (frame.wave - 2000) / 10
    return frame


def cards() -> pd.DataFrame:
    """Credit card spending (72 people): the youngest and the oldest stratum hold one cluster each."""
    frame = _load("ccard")
    frame["ages"] = np.searchsorted([21, 23, 26, 30, 37, 41, 55], frame.AGE, side="right")
    frame["year"] = frame.AGE.astype(int)
    frame["w"] = 1 + frame.INCOME / 4
    return frame


def classes() -> pd.DataFrame:
    """Economics teaching experiment (32 students): a small sample for binary models."""
    frame = _load("spector")
    frame["w"] = 1 + (np.arange(len(frame)) % 5) / 4
    frame["score"] = frame.TUCE.astype(int)
    return frame


STUDIES: dict[str, Callable[[], pd.DataFrame]] = {
    study.__name__: study for study in (votes, clinics, schools, marriages, cards, classes)
}


def _load(name: str) -> pd.DataFrame:
    return getattr(sm.datasets, name).load_pandas().data.reset_index(drop=True)


def main(folder: Path) -> None:
    """Write one CSV per study, with every digit, and the name of the source."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, study in STUDIES.items():
        study().to_csv(folder / f"{name}.csv", index=False)
    (folder / "source.txt").write_text(f"statsmodels {statsmodels.__version__}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
