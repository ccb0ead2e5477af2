"""Data frames without an instrument: what is no number is never weighted by, what is misnamed is told."""

from typing import Any

import pandas as pd
import pytest

from analysis import Calibration, DataError, Design, ReplicateDesign, from_frame, mean

PLAIN = pd.DataFrame({"w": ["1.5", "2.5", "1.0"], "n": [10, 10, 10], "y": [1.0, 2.0, 4.0]})
DESIGN = Design(weight="w")


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (["44,2", "44,3", "44,2"], "'44,2' in row 0"),
        (["1.0", "x", "2.0"], "'x' in row 1"),
        (["1.0", "2.0", "3.0"], "numbers as text"),
    ],
)
def test_a_weight_of_text_is_refused_and_never_becomes_a_code(weights: list[str], said: str) -> None:
    with pytest.raises(DataError, match="column 'w' of the design must hold numbers") as refused:
        from_frame(PLAIN.assign(w=weights), DESIGN)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "design",
    [
        Design(weight="n", fpc=("w",)),
        Design(weight="n", calibration=Calibration("w", numeric=("n",))),
        Design(weight="n", calibration=Calibration("n", numeric=("w",))),
        ReplicateDesign("bootstrap", Design(weight="n"), weights=("w", "n")),
    ],
)
def test_no_number_a_design_needs_may_be_text(design: Any) -> None:
    with pytest.raises(DataError, match="column 'w' of the design must hold numbers"):
        from_frame(PLAIN, design)


def test_the_same_weights_as_numbers_weigh() -> None:
    data = from_frame(PLAIN.assign(w=PLAIN["w"].astype(float)), DESIGN)
    assert mean(data, "y")["estimate"][0] == pytest.approx((1.5 + 5 + 4) / 5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("file.csv", DESIGN), "a data frame is needed, found str"),
        ((PLAIN, {"weight": "w"}), "a design is needed, found dict"),
        (
            (pd.concat([PLAIN, PLAIN[["n"]]], axis=1), Design(weight="n")),
            "column 'n' is there more than once",
        ),
    ],
)
def test_what_is_no_frame_or_design_is_told(arguments: tuple[Any, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        from_frame(*arguments)
