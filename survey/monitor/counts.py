"""A tally in, every count that a snapshot shows out, and whether one fell since the last snapshot."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from survey.monitor.families import divided_cells, rows_of, strata_of
from survey.monitor.rules import STEP, at_least, percent
from survey.monitor.tally import COMPLETE, Tally, is_complete, is_unfinished
from survey.store.models import Batch, Wave
from survey.store.quotas import Cell, cells_of, numbers_of

GROWING: Final = (
    ("weeks", "week", "complete"),
    ("languages", "language", "complete"),
    ("modes", "mode", "complete"),
    ("strata", "stratum", "complete"),
    ("batches", "batch", "complete"),
    ("quotas", "cell", "at_least"),
    ("interviewers", "interviewer", "complete"),
)
"""Parts of a snapshot, what names a row, and a count of it that only a withdrawal lowers."""

ALL: Final = "*"
"""A part's rows together, which no name can be."""

SMALLEST_CELL: Final = 10
"""A cell may be a trade in a region, and who is in it be known."""


def counts(counted: Tally, wave: Wave, known: Sequence[Batch], people: Mapping[int, str]) -> dict[str, Any]:
    """Totals, and rows by week, language, mode, stratum, batch, quota cell and interviewer."""
    states = counted.by(lambda kind: kind.state)
    return {
        "completes": at_least(states.get(COMPLETE, 0)),
        "unfinished": at_least(counted.count(is_unfinished)),
        "screened_out": at_least(states.get("screenout", 0)),
        "withdrawn": at_least(states.get("withdrawn", 0)),
        "trapped": at_least(counted.count(lambda kind: kind.trap)),
        "target": (wave.design or {}).get("target"),
        "weeks": _weeks(counted),
        "languages": _by(counted, "language"),
        "modes": _by(counted, "mode"),
        "strata": strata(counted, wave, known),
        "batches": batches(counted, known),
        "quotas": quotas(counted, cells_of(wave)),
        "interviewers": interviewers(counted, people),
    }


def fell(last: Mapping[str, Any], new: Mapping[str, Any], exact: Mapping[str, Any]) -> bool:
    """Whether a count is below the last snapshot's only because interviews wait.

    Then the last one stands another day: who sees a count fall would know that interviews wait, and why. A
    row that is not there any more, as of a language of fewer than five, is a count that fell. So is what a
    row leaves of the whole: those who are not young, where 30 of 30 are, and 10 of 20 were.
    """
    before, shown, held = _growing(last), _growing(new), _growing(exact)
    if any(shown.get(key, 0) < before[key] <= held[key] for key in before.keys() & held.keys()):
        return True
    least, most, could = _rests(last), _rests(new), _rests(exact)
    return any(
        most[key][1] < least[key][0] <= could[key][1] for key in least.keys() & most.keys() & could.keys()
    )


def _growing(document: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    found = {("", "completes"): document["completes"]}
    for part, key, measure in GROWING:
        for row in document.get(part, ()):
            if row[measure] is not None:
                found[part, row[key]] = row[measure]
    return found


def _rests(document: Mapping[str, Any]) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each row, and of a part's rows together, how many completes at least and at most are not in it."""
    whole, found = document["completes"], dict[tuple[str, str], tuple[int, int]]()
    for part, key, measure in GROWING:
        rows = [
            row
            for row in document.get(part, ())
            if row[measure] is not None and row.get("counts", "complete") == "complete"
        ]
        names = [(row[key], row[measure], _most(part, row[measure])) for row in rows]
        for name, low, high in names:
            found[part, name] = (whole - high, whole + STEP - 1 - low)
        low, high = sum(each[1] for each in names), sum(each[2] for each in names)
        found[part, ALL] = (whole - high, whole + STEP - 1 - low)
    return found


def _most(part: str, shown: int) -> int:
    """How many a shown count may stand for at most."""
    return SMALLEST_CELL - 1 if part == "quotas" and not shown else shown + STEP - 1


def _weeks(counted: Tally) -> list[dict[str, Any]]:
    """Interviews by the week in which they began."""
    weeks = counted.by(lambda kind: kind.week, is_complete)
    return [
        {"week": day.isoformat(), "complete": at_least(n)} for day, n in sorted(weeks.items()) if n >= STEP
    ]


def _by(counted: Tally, name: str) -> list[dict[str, Any]]:
    """Interviews by `language` or `mode`: how many ended, and which share did not.

    Of a language in which fewer than five have begun it is not told that anybody has.
    """
    ended = counted.by(attrgetter(name), is_complete)
    left = counted.by(attrgetter(name), is_unfinished)
    found = []
    for word in sorted({*ended, *left}):
        done, open_ = at_least(ended.get(word, 0)), at_least(left.get(word, 0))
        if done + open_:
            found.append({name: word, "complete": done, "left": percent(open_, done + open_)})
    return found


def interviewers(counted: Tally, people: Mapping[int, str]) -> list[dict[str, Any]]:
    """Of each person who asks, by name: one person's links count together."""
    done = counted.by(lambda kind: people.get(kind.interviewer or 0), is_complete)
    return [
        {"interviewer": name, "complete": at_least(done.get(name, 0))}
        for name in sorted(set(people.values()))
    ]


def strata(counted: Tally, wave: Wave, known: Sequence[Batch]) -> list[dict[str, Any]]:
    """Of each stratum of the design or of a batch: wanted, invited, complete (None where few are invited)."""
    wanted = {name: (given or {}).get("target") for name, given in _designed(wave).items()}
    shown = strata_of(known, tuple(wanted))
    stratum_of = {batch.id: batch.stratum for batch in known}
    done = counted.by(lambda kind: stratum_of.get(kind.batch or 0), is_complete)
    names = dict.fromkeys([*wanted, *(batch.stratum for batch in known if batch.stratum is not None)])
    return [
        {
            "stratum": name,
            "target": wanted.get(name),
            "invited": sum(batch.size for batch in known if batch.stratum == name) or None,
            "complete": at_least(done.get(name, 0)) if name in shown else None,
        }
        for name in names
    ]


def batches(counted: Tally, known: Sequence[Batch]) -> list[dict[str, Any]]:
    """Of each batch, site and sampling point: interviews against invitations; small batches together.

    `begun` is counted of sites alone, where nobody knows who could have.
    """
    begun = counted.by(lambda kind: kind.batch)
    done = counted.by(lambda kind: kind.batch, is_complete)
    return [
        {
            "batch": row.name,
            "stratum": row.stratum,
            "invited": row.invited or None,
            "merged": row.merged,
            "begun": at_least(begun.get(row.members[0], 0)) if row.word is not None else None,
            "complete": at_least(sum(done.get(number, 0) for number in row.members)),
        }
        for row in rows_of(known)
    ]


def quotas(counted: Tally, cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Of each quota cell what the office may know until the next snapshot; fewer than ten are none."""
    told = {cell.number for group in divided_cells(cells, counted) for cell in group}
    found = []
    for cell in cells:
        states = (COMPLETE,) if cell.counts == "complete" else (COMPLETE, "started")
        inside = [
            n for k, n in counted.kinds.items() if k.state in states and cell.number in numbers_of(k.cells)
        ]
        shown = at_least(sum(inside)) if sum(inside) >= SMALLEST_CELL else 0
        n = shown if cell.number in told else None
        known = {"cell": cell.name, "kind": cell.kind, "counts": cell.counts}
        found.append({**known, "at_least": n, "target": cell.target, "state": cell.state(n, STEP)})
    return found


def _designed(wave: Wave) -> dict[str, Any]:
    found = (wave.design or {}).get("strata")
    return dict(found) if isinstance(found, dict) else {}
