"""The 1996 election study with designed questions made of its answers: studies in, two data frames out.

The sensitive answer is the vote, which is known, so that estimators can be held to the truth as well.
Groups, devices and factors follow fixed rules of the row's number: nothing is drawn.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

STEPS = (7919, 104729, 31337, 613, 877)
"""Primes: multiples of the row's number, taken modulo another, stand in for draws."""


def people(votes: pd.DataFrame) -> pd.DataFrame:
    """A row a person: list experiment, crosswise item with an anchor, forced response, vignette, form."""
    row = np.arange(len(votes)) + 1
    vote = votes.vote.astype(int)
    treat = row * STEPS[0] % 101 % 2
    others = (votes.TVnews >= 3).astype(int) + (votes.educ >= 4) + (votes.income >= 15) + (votes.age >= 45)
    quarter = (row * STEPS[1] % 1009 < 252).astype(int)
    third = (row * STEPS[2] % 997 < 300).astype(int)
    die = row * STEPS[2] % 13 % 6
    return votes.assign(
        person=row,
        ten=votes.age / 10,
        treat=treat,
        count=others + treat * vote,
        cx=np.where(quarter == vote, 1, 2),
        anchor=np.where(third == 0, 1, 2),
        forced=np.where(die == 0, 0, np.where(die == 1, 1, vote)),
        who=row * STEPS[3] % 17 % 3 + 1,
        how=row * STEPS[4] % 19 % 2 + 1,
        form=row * STEPS[4] % 23 % 2 + 1,
    )


def profiles(frame: pd.DataFrame) -> pd.DataFrame:
    """Two rows a person: the place they give each candidate, with a factor of three levels."""
    long = pd.concat(
        [frame.assign(rating=frame[name], trait=(frame.person * 5 + shift) % 3 + 1) for name, shift in _RATED]
    )
    return long.sort_values(["person", "trait"], kind="stable").reset_index(drop=True)


_RATED = (("ClinLR", 0), ("DoleLR", 1))


def main(votes: Path, folder: Path) -> None:
    """Write both frames as CSV, from the exported study."""
    frame = people(pd.read_csv(votes))
    frame.to_csv(folder / "people.csv", index=False)
    profiles(frame).to_csv(folder / "profiles.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
