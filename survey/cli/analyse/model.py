"""`tolqyn analyse model`: a formula and releases in, coefficients, tests, margins and effects out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import Asked, asked
from survey.cli.analyse.printing import Part, echo_parts
from survey.cli.analyse.reading import read_fitted

if TYPE_CHECKING:
    from analysis import Margins, ModelResult, SurveyData

KINDS = ("glm", "ordered", "multinomial")
COEFFICIENTS = ("coefficient", "estimate", "se", "low", "high", "df", "t", "p")
TESTS = ("term", "statistic", "df", "ddf", "p", "method")
AVERAGES = (
    *("column", "at", "effect", "group", "wave", "outcome"),
    *("estimate", "se", "low", "high", "df", "t", "p"),
)


class Place(click.ParamType[tuple[str, tuple[float, ...]]]):
    """`COLUMN`, or `COLUMN=NUMBER,NUMBER`."""

    name = "column[=numbers]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float, ...]]:
        """The column and the numbers it is set to, none for each of its codes."""
        column, equals, numbers = str(value).partition("=")
        try:
            return column.strip(), tuple(float(each) for each in numbers.split(",")) if equals else ()
        except ValueError:
            self.fail(f"expected COLUMN or COLUMN=NUMBER,NUMBER; found {value!r}", param)


@click.command()
@click.argument("formula")
@asked
@click.option("--kind", default="glm", show_default=True, type=click.Choice(KINDS))
@click.option("--family", help="glm: gaussian (default), binomial, poisson, gamma, ...")
@click.option("--link", help="glm, ordered: logit, probit, log, identity, ...")
@click.option("--reference", type=int, help="multinomial: the code the others are compared with.")
@click.option("--test", default="Wald", show_default=True, type=click.Choice(["Wald", "LRT"]))
@click.option(
    "--margins",
    multiple=True,
    type=Place(),
    help="Average prediction at each code of a column, or AGE=20,40; repeatable.",
)
@click.option("--effects", multiple=True, help="Average effect of a column; repeatable.")
def model(  # noqa: PLR0917
    asked: Asked,
    formula: str,
    kind: str,
    family: str | None,
    link: str | None,
    reference: int | None,
    test: str,
    margins: Sequence[tuple[str, tuple[float, ...]]],
    effects: Sequence[str],
) -> None:
    """A regression with design-based errors: generalised linear, ordered or multinomial.

    FORMULA is 'answer ~ terms': C(NAME) for codes, I(NAME == 1) for one of them. Several releases are one
    data set, `wave` a column of it. --by makes a margin or an effect a group. JSON holds every table.

    \b
    Example:  tolqyn analyse model "WR2 ~ C(Z_SEX)" demo/releases/kz-attitudes/2026/1 --kind ordered
    """
    if asked.by and not (margins or effects):
        raise click.UsageError("--by is of --margins and --effects: type one of them too")
    more = (*(name for name, _ in margins), *effects)
    data = read_fitted(asked, formula, more)
    fit = _fit(data, asked, formula, kind, family=family, link=link, reference=reference)
    table = fit.table(asked.level).rename_axis("coefficient").reset_index()
    if "df" not in table:
        table = table.assign(df=fit.df_residual)
    parts = [Part("coefficients", table, COEFFICIENTS)]
    if fit.infers:
        parts.append(Part("tests", fit.anova(method=test), TESTS))
    parts += _averages(fit, asked, margins, effects)
    facts = {"formula": fit.formula, "kind": fit.engine.kind, "n": fit.n, "df": fit.df}
    echo_parts(parts, asked, facts)


def _fit(
    data: "SurveyData",
    asked: Asked,
    formula: str,
    kind: str,
    *,
    family: str | None,
    link: str | None,
    reference: int | None,
) -> "ModelResult":
    from analysis import svyglm, svymultinomial, svyolr

    if family and kind != "glm":
        raise click.UsageError("--family is of --kind glm: leave it out")
    if link and kind == "multinomial":
        raise click.UsageError("a multinomial model has the logit link: leave --link out")
    if reference is not None and kind != "multinomial":
        raise click.UsageError("--reference is of --kind multinomial: leave it out")
    if kind == "glm":
        return svyglm(formula, data, family=family or "gaussian", link=link, where=asked.where)
    if kind == "ordered":
        return svyolr(formula, data, link=link or "logit", where=asked.where)
    return svymultinomial(formula, data, reference=reference, where=asked.where)


def _averages(
    fit: "ModelResult",
    asked: Asked,
    margins: Sequence[tuple[str, tuple[float, ...]]],
    effects: Sequence[str],
) -> list[Part]:
    """A table for the margins and one for the effects, where any were asked for."""
    import pandas as pd

    from analysis import marginal_effects, predictive_margins

    by: Any = asked.by or None
    asked_for = {
        "margins": [
            predictive_margins(fit, {name: list(values)} if values else name, by=by)
            for name, values in margins
        ],
        "effects": [marginal_effects(fit, name, by=by) for name in effects],
    }
    parts = []
    for name, found in asked_for.items():
        tables = [_labelled(one, asked.level) for one in found]
        if tables:
            whole = pd.concat(tables, ignore_index=True)
            parts.append(Part(name, whole, [each for each in AVERAGES if each in whole]))
    return parts


def _labelled(found: "Margins", level: float) -> Any:
    """The table, with the column that is set and its code as two columns, whatever its name."""
    table = found.table(level)
    set_to = [str(name) for name in found.labels if name not in ("effect", "group", "wave", "outcome")]
    for name in set_to:
        table = table.rename(columns={name: "at"})
        table.insert(0, "column", name.removesuffix("_set"))
    return table
