"""Any tidy data frame, for work in Python without an instrument: a frame comes in, SurveyData goes out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.data import Meta, SurveyData
from analysis.design import PooledDesign
from analysis.designs import AnyDesign
from analysis.errors import DataError
from analysis.replicates import ReplicateDesign
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
    rows are of `meta.wave`. DataError as in SurveyData, and for a weight or population count that is text: a
    number read as words (44,2 with a decimal comma) must not become a code.
    """
    problems = _misfits(frame, design)
    if problems:
        raise DataError(problems)
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


def _misfits(frame: pd.DataFrame, design: AnyDesign) -> list[str]:
    if not isinstance(frame, pd.DataFrame):
        return [f"a data frame is needed, found {type(frame).__name__}: read the file with pandas first"]
    if not isinstance(design, AnyDesign):
        return [f"a design is needed, found {type(design).__name__}: type Design(weight='...')"]
    twice = frame.columns[frame.columns.duplicated()]
    found = [f"column {name!r} is there more than once: give each column a name of its own" for name in twice]
    if found:
        return found
    return [
        problem
        for name in numbers_of(design)
        if name in frame and not pd.api.types.is_numeric_dtype(frame[name])
        for problem in [_no_number(name, frame[name])]
    ]


def numbers_of(design: AnyDesign) -> tuple[str, ...]:
    """The design's columns that must hold numbers: weights, population counts, calibrated totals."""
    if isinstance(design, PooledDesign):
        return tuple(dict.fromkeys(name for _, part in design.parts for name in numbers_of(part)))
    if isinstance(design, ReplicateDesign):
        return (*design.weights, *numbers_of(design.base))
    calibration = design.calibration
    adjusted = () if calibration is None else (calibration.base_weight, calibration.adjusted)
    fixed = () if calibration is None else calibration.numeric
    return tuple(name for name in (design.weight, *design.fpc, *adjusted, *fixed) if name)


def _no_number(name: str, column: pd.Series) -> str:
    bad = pd.to_numeric(column, errors="coerce").isna() & column.notna()
    row = int(np.argmax(bad.to_numpy()))
    shown = f"{column.iloc[row]!r} in row {row}" if bad.any() else "numbers as text"
    return (
        f"column {name!r} of the design must hold numbers, found {shown}: read it with its decimal "
        "sign (pandas.read_csv(..., decimal=',')), or correct that row"
    )


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
