"""Waves and a variable in, the tables of one shape of trend out: any change, turns, bends, groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import Asked
from survey.cli.analyse.printing import Part, named

if TYPE_CHECKING:
    from analysis import SurveyData, WaveSeries

ONE_LINE = "line"
TAKES: Mapping[str, tuple[str, ...]] = {
    ONE_LINE: ("splice", "bridge"),
    "any": ("splice", "bridge"),
    "joinpoint": ("splice", "bridge", "turns", "seed"),
    "quadratic": (),
    "spline": ("knots",),
    "ordered": ("hold",),
    "groups": ("against",),
    "convergence": ("shares",),
}
"""The options that each shape understands."""
WHAT = ("variable", "code", "label", "group")
VERDICT = ("p_adjusted", "mdc", "verdict", "note")
LINE = (*WHAT, "waves", "estimate", "se", "p", "se_waves", "p_waves", "verdict", "note")
ANY = (*WHAT, "waves", "range", "f", "df", "ddf", "p", *VERDICT)
SEGMENTS = (*WHAT, "segment", "wave_from", "wave_to", "estimate", "se", "low", "high", *VERDICT)
BREAKS = ("group", "code", "break_number", "wave", "time", "low", "high", "probability")
SELECTION = ("group", "code", "breaks", "rss", "bic", "probability", "p", "chosen")
CURVE = (*WHAT, "estimate", "se", "low", "high", "nonlinear_p", "trend_p", "departure_p", *VERDICT)
FITTED = ("group", "code", "wave", "time", "estimate", "se", "low", "high")
ORDERED = ("variable", "waves", "link", "estimate", "se", "low", "high", "p", "departure_p", *VERDICT[:-1])
GROUPS = (*WHAT, "against", "estimate", "se", "low", "high", *VERDICT)
INTERACTION = ("variable", "code", "groups", "f", "df", "ddf", "p", "p_adjusted", "verdict")
CONVERGENCE = ("variable", "code", "estimate", "se", "low", "high", "sd_from", "sd_to", *VERDICT)
SPREAD = ("wave", "code", "estimate", "se", "low", "high", "sd", "groups")
SHIFTS = ("group", "code", "code_old", "old", "new", "estimate", "se", "low", "high", "p", "verdict")
Answer = tuple[Sequence[Part], Mapping[str, Any]]


@dataclass(frozen=True)
class Shape:
    """What a shape is asked of: data, variable, code, the options of all analyses and its own."""

    data: "SurveyData"
    variable: str
    code: int | str | None
    asked: Asked
    link: str | None
    family: int
    given: Mapping[str, Any]

    @property
    def figure(self) -> dict[str, Any]:
        """What every estimator is told of the figure."""
        return {"code": self.code, "where": self.asked.where, "level": self.asked.level}

    @property
    def scale(self) -> dict[str, Any]:
        return {"link": self.link or "identity", "family": self.family, "level": self.asked.level}

    def part(self, name: str, table: Any, columns: Sequence[str]) -> Part:
        """A table, a net's name as its code, with those of the columns that it has."""
        whole = named(table, self.code) if "code" in table else table
        return Part(name, whole, [column for column in columns if column in whole])

    def no_family(self) -> None:
        if self.family > 1:
            raise click.UsageError("groups are adjusted together: leave --family out")


def _series(shape: Shape) -> "tuple[tuple[WaveSeries, ...], list[Part]]":
    """The waves' figures, spliced where it was asked for, and the table of the shifts."""
    from analysis import splice, wave_series

    by = shape.asked.by or None
    if "splice" not in shape.given:
        return wave_series(shape.data, shape.variable, by=by, **shape.figure), []
    found = splice(
        shape.data,
        shape.given["splice"],
        shape.variable,
        bridge=shape.given["bridge"],
        by=by,
        link=shape.link or "identity",
        **shape.figure,
    )
    return found.series, [shape.part("shifts", found.shifts, SHIFTS)]


def line(shape: Shape) -> Answer:
    """The slope of a spliced series."""
    from analysis import series_trend

    series, shifts = _series(shape)
    return [shape.part("trend", series_trend(series, **shape.scale), LINE), *shifts], {}


def any_wave(shape: Shape) -> Answer:
    """Whether any wave differs from the others."""
    from analysis import any_change

    series, shifts = _series(shape)
    return [shape.part("any_change", any_change(series, **shape.scale), ANY), *shifts], {}


def turning(shape: Shape) -> Answer:
    """Lines that turn."""
    from analysis import joinpoint

    series, shifts = _series(shape)
    seed = shape.given.get("seed")
    rule = "bic" if seed is None else "permutation"
    most = int(shape.given.get("turns", 1))
    found = joinpoint(series, most=most, rule=rule, seed=seed, **shape.scale)
    parts = [
        shape.part("segments", found.segments, SEGMENTS),
        shape.part("breaks", found.breaks, BREAKS),
        shape.part("selection", found.selection, SELECTION),
    ]
    return [*parts, *shifts], {"rule": rule}


def bent(form: str) -> Callable[[Shape], Answer]:
    """A curve of that form."""

    def answer(shape: Shape) -> Answer:
        from analysis import curve

        found = curve(
            shape.data,
            shape.variable,
            form=form,
            knots=int(shape.given.get("knots", 3)),
            by=shape.asked.by or None,
            **shape.figure | shape.scale,
        )
        parts = [shape.part("curve", found.table, CURVE), shape.part("fitted", found.fitted, FITTED)]
        return parts, {"knot": list(found.knots)}

    return answer


def ordered(shape: Shape) -> Answer:
    """All answers in one cumulative model."""
    from analysis import ordered_trend

    if shape.code is not None or shape.asked.by:
        raise click.UsageError("--shape ordered is of all answers of all people: leave --code and --by out")
    found = ordered_trend(
        shape.data,
        shape.variable,
        adjust=shape.given.get("hold", ()),
        where=shape.asked.where,
        link=shape.link or "logit",
        family=shape.family,
        level=shape.asked.level,
    )
    return [shape.part("trend", found.table, ORDERED)], {}


def between_groups(shape: Shape) -> Answer:
    """Differences between the groups' slopes."""
    from analysis import compare_trends

    shape.no_family()
    found = compare_trends(
        shape.data,
        shape.variable,
        by=_groups(shape),
        against=shape.given.get("against"),
        link=shape.link or "identity",
        **shape.figure,
    )
    parts = [
        shape.part("differences", found.table, GROUPS),
        shape.part("interaction", found.interaction, INTERACTION),
    ]
    return parts, {}


def together(shape: Shape) -> Answer:
    """Whether the groups' figures come together or drift apart."""
    from analysis import convergence

    if shape.link:
        raise click.UsageError("--shape convergence is of the figures themselves: leave --link out")
    found = convergence(
        shape.data,
        shape.variable,
        by=_groups(shape),
        shares=shape.given.get("shares", "population"),
        family=shape.family,
        **shape.figure,
    )
    return [
        shape.part("convergence", found.table, CONVERGENCE),
        shape.part("waves", found.waves, SPREAD),
    ], {}


def _groups(shape: Shape) -> tuple[str, ...]:
    if not shape.asked.by:
        raise click.UsageError("groups are told apart by a column: type --by COLUMN")
    return shape.asked.by


ANSWERS: Mapping[str, Callable[[Shape], Answer]] = {
    ONE_LINE: line,
    "any": any_wave,
    "joinpoint": turning,
    "quadratic": bent("quadratic"),
    "spline": bent("spline"),
    "ordered": ordered,
    "groups": between_groups,
    "convergence": together,
}
"""Shapes by name."""
