"""Any tidy data frame, for work in Python without an instrument: a frame comes in, SurveyData goes out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.data import Meta, SurveyData
from analysis.designs import AnyDesign
from instruments import Codebook, Level, Missing, Variable

_MOST_WORDS = 200


def from_frame(
    frame: pd.DataFrame,
    design: AnyDesign,
    *,
    codes: Mapping[str, Mapping[int, str]] | None = None,
    meta: Meta | None = None,
) -> SurveyData:
    """SurveyData of one row per interview, with a codebook made from the columns.

    A column named in `codes` is nominal with these labels. A column of at most 200 different words becomes
    nominal with codes 1, 2, ... in alphabetical order, an empty cell the missing code -5; one of more words
    stays outside the codebook. Any other is an interval variable, NaN missing. Without a column `wave`, all
    rows are of `meta.wave`. DataError as in SurveyData.
    """
    meta = meta or Meta(study="frame", wave="1")
    columns = {name: frame[name] for name in frame.columns if name != "wave"}
    variables: list[Variable] = []
    for name, column in columns.items():
        labels = (codes or {}).get(name) or _words(column)
        if name not in (codes or {}) and not pd.api.types.is_numeric_dtype(column):
            if not labels or (name in design.columns() and column.isna().any()):
                continue
            columns[name] = _coded(column, labels)
        variables.append(_variable(name, labels))
    wave = (
        _words_of(frame["wave"])
        if "wave" in frame
        else pd.Series([meta.wave]).take(np.zeros(len(frame), int))
    )
    whole = pd.DataFrame({**columns, "wave": wave.set_axis(frame.index)}, copy=False)
    whole.index = pd.RangeIndex(len(whole))
    codebook = Codebook(meta.study, "frame", {}, {}, ("en",), "en", tuple(variables))
    return SurveyData(whole, codebook, design, meta)


def _words_of(column: pd.Series) -> pd.Series:
    """The column as text; each different value is put into words once."""
    codes, found = pd.factorize(column, use_na_sentinel=False)
    return pd.Series(pd.Index(found).astype(str)).take(codes)


def _words(column: pd.Series) -> Mapping[int, str]:
    if pd.api.types.is_numeric_dtype(column) or column.nunique() > _MOST_WORDS:
        return {}
    return dict(enumerate(sorted(column.dropna().unique(), key=str), start=1))


def _coded(column: pd.Series, labels: Mapping[int, str]) -> pd.Series:
    codes = column.map({word: code for code, word in labels.items()})
    return codes.fillna(int(Missing.NO_ANSWER)).astype(int)


def _variable(name: str, labels: Mapping[int, str]) -> Variable:
    codes = {code: {"en": str(word)} for code, word in labels.items()}
    return Variable(name, {"en": name}, Level.NOMINAL if codes else Level.INTERVAL, codes=codes)
