"""A list experiment's columns: SurveyData and an item's name come in, counts and lists of its rows go out."""

from dataclasses import dataclass

import numpy as np

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting, unknown_name
from instruments import Role

KIND = "list_experiment"


@dataclass(frozen=True)
class Counts:
    """n rows of one list experiment.

    `count`: NaN where not valid; `treated`: who saw the sensitive item; `valid`: a count and a known list;
    `items`: length of the short list, `known`: whether the codebook or the caller said so.
    """

    item: str
    group: str
    count: np.ndarray
    treated: np.ndarray
    valid: np.ndarray
    items: int
    known: bool


def read_counts(
    data: SurveyData, item: str, *, group: str | None = None, control_items: int | None = None
) -> Counts:
    """The counts of `item` and the lists its group column says.

    `group`: `ITEM_GRP` by default, or the assignment column of that item; the higher of its two codes is the
    list with the sensitive item. `control_items`: the codebook's, by default, else the highest count of the
    short list. EstimationError for a count that no list allows.
    """
    column = group or _group_of(data, item)
    variable = data.variable(column)
    codes = sorted(variable.codes)
    if len(codes) != 2:
        raise EstimationError(
            f"{column!r} has the codes {codes}: a list experiment needs two, short and long"
        )
    assigned = data.frame[column]
    treated = (assigned == codes[1]).to_numpy()
    valid = data.valid(item) & data.valid(column)
    count = np.where(valid, data.values(item), np.nan)
    for name, arm in (("short", ~treated), ("long", treated)):
        if not (valid & arm).any():
            raise EstimationError(
                f"nobody with a valid answer to {item!r} saw the {name} list ({column!r}): check the codes "
                f"of {column!r}, or name the column of the lists by group="
            )
    declared = data.variable(item).design.get(KIND, {}).get("control_items")
    items = control_items or declared
    highest = int(np.nanmax(count[valid & ~treated]))
    found = Counts(item, column, count, treated, valid, int(items or highest), items is not None)
    _refuse_impossible(found)
    return found


def _group_of(data: SurveyData, item: str) -> str:
    data.variable(item)
    for variable in data.codebook.variables:
        if variable.role is Role.ASSIGNMENT and variable.item == item:
            return variable.name
    name = f"{item}_GRP"
    if name in data.codebook:
        return name
    raise EstimationError(
        f"no column says who saw the long list of {item!r}: name it by group=. "
        + unknown_name("column", name, [v.name for v in data.codebook.variables])
    )


def _refuse_impossible(found: Counts) -> None:
    length = np.where(found.treated, found.items + 1, found.items)
    with np.errstate(invalid="ignore"):
        bad = found.valid & ((found.count < 0) | (found.count > length) | (found.count % 1 != 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        arm = "long" if found.treated[row] else "short"
        raise EstimationError(
            Said(
                f"{found.item!r} holds {found.count[row]:g} in row {row} ({int(bad.sum())} such rows), and "
                f"the {arm} list has {int(length[row])} items: correct the counts, the codes of "
                f"{found.group!r} (the higher one is the long list), or type ",
                setting("control_items"),
            )
        )


def require_length(found: Counts) -> int:
    """The length of the short list; EstimationError where nothing says it."""
    if not found.known:
        raise EstimationError(
            Said(
                f"nothing says how many items the short list of {found.item!r} has (the highest count there "
                f"is {found.items}): type ",
                setting("control_items", found.items),
                " if that is its length",
            )
        )
    return found.items
