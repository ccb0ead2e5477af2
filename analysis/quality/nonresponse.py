"""Item nonresponse: SurveyData in, for each question how many were asked and lack an answer out."""

import pandas as pd

from analysis.data import SurveyData
from analysis.quality.asked import questions
from instruments import Missing

NONRESPONSE_COLUMNS = ("item", "asked", "dont_know", "refused", "no_answer")
_KINDS = {
    "dont_know": Missing.DONT_KNOW,
    "refused": Missing.REFUSED,
    "no_answer": Missing.NO_ANSWER,
}


def item_nonresponse(data: SurveyData) -> pd.DataFrame:
    """One row a question, in the codebook's order; NONRESPONSE_COLUMNS, unweighted counts of interviews.

    A question of several columns counts as one: its columns lack an answer together. Respondents' own words
    are left out: a blank box is no refusal.
    """
    found = questions(data)
    rows = []
    for place, columns in enumerate(found.columns):
        values = data.frame[columns[0].name].to_numpy(float)
        lacking = found.asked[:, place] & ~found.answered[:, place]
        counts = {name: int((lacking & (values == int(code))).sum()) for name, code in _KINDS.items()}
        item = columns[0].item or columns[0].name
        rows.append({"item": item, "asked": int(found.asked[:, place].sum()), **counts})
    return pd.DataFrame(rows, columns=list(NONRESPONSE_COLUMNS))
