"""Interviews that somebody asked in, what the answers of one interviewer share out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from analysis import SurveyData, interviewer_effects
from survey.monitor.sample import Sampled

MOST_EFFECTS: Final = 10
"""The largest intraclass correlations are shown: whoever looks wants to know where to listen."""
COLUMN: Final = "interviewer"


def effects(data: SurveyData, complete: Sequence[Sampled], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The variables on which interviewers differ most: `variable`, `label`, `rho`, `design_effect`."""
    people = {name: number for number, name in enumerate(sorted(set(names.values())))}
    who = [each.ballot.interviewer for each in complete]
    asked = np.array([-1 if one is None else people[names[one]] for one in who])
    with_people = data.with_frame(data.frame.assign(**{COLUMN: asked}))
    variables = [indicator.variable for indicator in data.codebook.indicators]
    variables += [
        name for group in data.codebook.groups if group.kind == "battery" for name in group.variables
    ]
    table = interviewer_effects(with_people, COLUMN, dict.fromkeys(variables))
    return [
        {
            "variable": row["variable"],
            "label": dict(data.codebook.variable(row["variable"]).label),
            "rho": round(float(row["rho"]), 2),
            "design_effect": round(float(row["design_effect"]), 2),
        }
        for row in table.head(MOST_EFFECTS).to_dict("records")
    ]
