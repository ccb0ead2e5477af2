"""`tolqyn analyse decompose`: releases in, why a figure changed or differs out: people, rates, cohorts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.crossing import jointly
from survey.cli.analyse.options import Asked, Domain, asked, family, one_each, variables, with_options
from survey.cli.analyse.printing import Part, echo_parts, named
from survey.cli.analyse.reading import read

if TYPE_CHECKING:
    import pandas as pd

    from analysis import SurveyData

PARTS = (
    *("variable", "code", "part", "detail", "wave_from", "wave_to", "side_from", "side_to"),
    *("estimate", "se", "low", "high", "p_adjusted", "mdc", "base", "verdict"),
)
STANDARD = ("wave", "estimate", "se", "low", "high", "crude", "crude_se", "effect", "effect_se", "covered")
PROFILE = ("cohort", "code", "wave", "estimate", "se", "low", "high", "base")
COHORT_CHANGES = (
    *("cohort", "code", "wave_from", "wave_to", "estimate", "se", "low", "high"),
    *("p_adjusted", "verdict"),
)
IDENTIFIED = ("term", "meaning", "estimate", "se", "low", "high", "df", "p")
BOUNDS = ("slope", "lowest", "highest", "low", "high", "assumed")
TAKES: Mapping[str, tuple[str, ...]] = {
    "kitagawa": ("wave_from", "wave_to", "sides", "empty"),
    "oaxaca": ("wave_from", "wave_to", "sides", "factors", "reference", "fold", "model"),
    "standardise": ("standard", "empty"),
    "firebaugh": ("age", "cohort"),
    "cohorts": ("age", "cohort", "edges"),
    "apc": ("age", "cohort", "assume"),
}
"""The options that each method understands."""
SPELLED = {"wave_from": "from", "wave_to": "to", "sides": "side", "factors": "factor", "edges": "edge"}


class Assumed(click.ParamType[tuple[str, tuple[float | None, float | None]]]):
    """`SLOPE=LOWEST:HIGHEST`, either of them left out for no limit."""

    name = "slope=lowest:highest"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float | None, float | None]]:
        """The slope and its limits."""
        slope, _, limits = str(value).partition("=")
        low, colon, high = limits.partition(":")
        try:
            if not colon:
                raise ValueError(limits)
            return slope.strip(), (_number(low), _number(high))
        except ValueError:
            self.fail(f"expected SLOPE=LOWEST:HIGHEST; found {value!r}: type for example age=0:", param)


def _number(text: str) -> float | None:
    return float(text) if text.strip() else None


OPTIONS = (
    click.option("--method", default="kitagawa", show_default=True, type=click.Choice(list(TAKES))),
    click.option("--from", "wave_from", help="Earlier wave; default: the first."),
    click.option("--to", "wave_to", help="Later wave; default: the last."),
    click.option(
        "--side", "sides", multiple=True, type=Domain(), help="Two groups in place of waves: twice."
    ),
    click.option("--empty", type=click.Choice(["refuse", "drop"]), help="A group that one side lacks."),
    click.option("--standard", help="standardise: the wave whose people all have; default: the first."),
    click.option(
        "--factor", "factors", multiple=True, callback=one_each, help="oaxaca: a column; repeatable."
    ),
    click.option("--reference", type=click.Choice(["from", "to", "average", "pooled"]), help="oaxaca."),
    click.option("--fold", type=click.Choice(["2", "3"]), help="oaxaca: parts; default: 2."),
    click.option("--model", type=click.Choice(["linear", "logit"]), help="oaxaca; default: linear."),
    click.option("--age", help="firebaugh, cohorts, apc: the column of years of age."),
    click.option("--cohort", help="firebaugh, cohorts, apc: the column of birth years, in place of --age."),
    click.option("--edge", "edges", multiple=True, type=float, help="cohorts: a birth year that begins one."),
    click.option("--assume", multiple=True, type=Assumed(), help="apc: age=0: for 'age lowers nothing'."),
)


@click.command()
@asked
@variables
@with_options(OPTIONS)
@family
def decompose(
    asked: Asked,
    variables: Sequence[str],
    code: int | str | None,
    method: str,
    family: int,
    **options: Any,
) -> None:
    """Why a figure changed between waves, or differs between two groups: who people are, or what they say.

    kitagawa splits the difference by the groups of --by, oaxaca by the --factor columns; standardise gives
    every wave the people of one; firebaugh tells change within generations from their replacement; cohorts
    follows them; apc says what ages, periods and cohorts can and cannot.

    \b
    Example:  tolqyn analyse decompose demo/releases/kz-attitudes/*/1 --variable VB_ANY --code 1 --by age6
    """
    given = {name: value for name, value in options.items() if value not in (None, ())}
    strange = [name for name in given if name not in TAKES[method]]
    if strange:
        option = SPELLED.get(strange[0], strange[0])
        raise click.UsageError(f"{method} takes no --{option}: leave it out, or type another --method")
    if asked.by and method not in ("kitagawa", "standardise"):
        raise click.UsageError(f"{method} takes no --by: type --where COLUMN=CODE for one group at a time")
    if not asked.by and method in ("kitagawa", "standardise"):
        raise click.UsageError(f"{method} needs the groups people belong to: type --by COLUMN")
    if family > 1 and method in ("standardise", "cohorts", "apc"):
        raise click.UsageError(f"{method} takes no --family: leave it out")
    if len(variables) > 1:
        raise click.UsageError(f"one --variable at a time; found {', '.join(variables)}")
    common: dict[str, Any] = {"where": asked.where, "level": asked.level}
    if method in ("kitagawa", "oaxaca", "firebaugh"):
        common["family"] = family
    parted = (*given.get("factors", ()), *(column for column, _ in given.get("sides", ())))
    data = read(asked, (*variables, *parted), crossing=jointly)
    _METHODS[method](_Difference(data, variables[0], code, asked, common, given))


@dataclass(frozen=True)
class _Difference:
    """What is asked: data, variable, code, the options of all methods and those of this one."""

    data: "SurveyData"
    variable: str
    code: int | str | None
    asked: Asked
    common: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def ends(self) -> dict[str, Any]:
        """The two sides: two groups, or two waves, the first and the last where none is named."""
        if "sides" in self.given:
            if len(self.given["sides"]) != 2 or "wave_from" in self.given or "wave_to" in self.given:
                raise click.UsageError("--side is typed twice, without --from and --to")
            one, other = self.given["sides"]
            return {"domains": ({one[0]: one[1]}, {other[0]: other[1]})}
        waves = self.data.waves
        if len(waves) < 2:
            raise click.UsageError(
                "a difference needs releases of two waves, or two groups: --side A=1 --side A=2"
            )
        ends = {"wave_from": waves[0], "wave_to": waves[-1]}
        return ends | {key: self.given[key] for key in ("wave_from", "wave_to") if key in self.given}

    @property
    def births(self) -> dict[str, Any]:
        """The column of ages or of birth years."""
        if ("age" in self.given) == ("cohort" in self.given):
            raise click.UsageError("generations need birth years: type --age COLUMN or --cohort COLUMN")
        return {key: self.given[key] for key in ("age", "cohort") if key in self.given}

    def table(self, found: "pd.DataFrame") -> "pd.DataFrame":
        """The table; two groups stand in columns of their own, named as they were typed."""
        words = [f"{column}={','.join(map(str, codes))}" for column, codes in self.given.get("sides", ())]
        if words:
            found = found.rename(columns={"wave_from": "side_from", "wave_to": "side_to"})
            found = found.assign(side_from=words[0], side_to=words[1])
        return named(found, self.code)


def _by_cells(what: _Difference) -> None:
    from analysis import kitagawa

    found = kitagawa(
        what.data,
        what.variable,
        code=what.code,
        by=what.asked.by,
        empty=what.given.get("empty", "refuse"),
        **what.ends,
        **what.common,
    )
    cells = [str(column) for column in found.cells if found.cells[column].notna().any()]
    parts = (Part("parts", what.table(found.table), PARTS), Part("cells", found.cells, cells))
    echo_parts(parts, what.asked, {"covered": {"from": found.covered[0], "to": found.covered[1]}})


def _by_factors(what: _Difference) -> None:
    from analysis import oaxaca

    if "factors" not in what.given:
        raise click.UsageError("oaxaca needs what people differ in: type --factor COLUMN")
    own = {key: what.given[key] for key in ("reference", "model") if key in what.given}
    fold = int(what.given.get("fold", 2))
    found = oaxaca(
        what.data,
        what.variable,
        code=what.code,
        factors=what.given["factors"],
        fold=fold,
        **own,
        **what.ends,
        **what.common,
    )
    echo_parts([Part("parts", what.table(found.table), PARTS)], what.asked, {"note": found.note})


def _standardised(what: _Difference) -> None:
    from analysis import standardise

    standard = what.given.get("standard", what.data.waves[0])
    empty = what.given.get("empty", "refuse")
    found = standardise(
        what.data,
        what.variable,
        code=what.code,
        by=what.asked.by,
        standard=standard,
        empty=empty,
        **what.common,
    )
    facts = {"variable": what.variable, "code": what.code, "standard": standard}
    echo_parts([Part("waves", found.table, STANDARD)], what.asked, facts)


def _replacement(what: _Difference) -> None:
    from analysis import firebaugh

    found = firebaugh(what.data, what.variable, code=what.code, **what.births, **what.common)
    facts = {"note": found.caveat, "mean_birth_year": dict(zip(("from", "to"), found.cohorts, strict=True))}
    echo_parts([Part("parts", named(found.table, what.code), PARTS)], what.asked, facts)


def _cohorts(what: _Difference) -> None:
    from analysis import cohort_profile

    edges = sorted(what.given["edges"]) if "edges" in what.given else None
    found = cohort_profile(
        what.data, what.variable, code=what.code, edges=edges, **what.births, **what.common
    )
    parts = (
        Part("profile", named(found.table, what.code), PROFILE),
        Part("changes", named(found.changes, what.code), COHORT_CHANGES),
    )
    echo_parts(parts, what.asked, {"variable": what.variable})


def _ages(what: _Difference) -> None:
    from analysis import age_period_cohort

    found = age_period_cohort(
        what.data,
        what.variable,
        code=what.code,
        assume=dict(what.given.get("assume", ())),
        **what.births,
        **what.common,
    )
    parts = (
        Part("identified", found.identified, IDENTIFIED),
        Part("bounds", found.bounds, BOUNDS),
        Part("line", found.line, tuple(found.line.columns)),
    )
    echo_parts(parts, what.asked, {"variable": what.variable, "note": found.caveat})


_METHODS: Mapping[str, Callable[[_Difference], None]] = {
    "kitagawa": _by_cells,
    "oaxaca": _by_factors,
    "standardise": _standardised,
    "firebaugh": _replacement,
    "cohorts": _cohorts,
    "apc": _ages,
}
