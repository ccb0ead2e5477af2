"""`tolqyn analyse crosstab`: releases in, an item by column variables out, with letters and tests."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.crossing import one_by_one, refuse_several, tabled
from survey.cli.analyse.options import Asked, asked_in_parts, one_each
from survey.cli.analyse.printing import HIDDEN, as_csv, plain, records
from survey.cli.analyse.reading import read_of

if TYPE_CHECKING:
    import pandas as pd

STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint")
ADJUSTMENTS = ("holm", "bonferroni", "fdr_bh", "fdr_by", "none")
WIDEST = 22
FLAG = "*"
MARKS = (("suppress", HIDDEN, "suppressed"), ("flag", FLAG, "to be read with care"))
"""Rulings of `publish`, how a cell shows them, and in words."""


@click.command()
@asked_in_parts
@click.option(
    "--variable",
    "variables",
    multiple=True,
    required=True,
    callback=one_each,
    help="Item in the rows; repeatable.",
)
@click.option("--statistic", default="F", show_default=True, type=click.Choice(STATISTICS))
@click.option("--adjust", default="holm", show_default=True, type=click.Choice(ADJUSTMENTS))
@click.option("--rules", default="tables", show_default=True, help="Publication rules: a name or a file.")
def crosstab(asked: Asked, variables: Sequence[str], statistic: str, adjust: str, rules: str) -> None:
    """Column percentages by each --by column, letters for sure differences, and tests of association.

    A letter beside a share names a column whose share is surely lower. Suppressed cells (.) show no figure,
    and neither do those from which one could be computed back; * is to be read with care. The reasons stand
    below. Opt-in samples have no tests. JSON holds `table`, `comparisons` and `tests`.

    \b
    Example:  tolqyn analyse crosstab demo/releases/kz-attitudes/2026/1 --variable VB1 --by Z_SEX --by age6
    """
    import pandas as pd

    from analysis import association, banner

    if not asked.by:
        raise click.UsageError("a crosstab needs columns: type --by COLUMN")
    found = read_of(asked, variables, crossing=tabled if rules == "tables" else one_by_one)
    refuse_several([data.codebook for data in found], variables, asked.by)
    shown = [
        banner(
            data,
            name,
            asked.by,
            where=asked.where,
            level=asked.level,
            rules=rules,
            adjust=adjust,
            alpha=1 - asked.level,
        )
        for name, data in zip(variables, found, strict=True)
    ]
    infers = all(found[0].wave_meta(wave).infers for wave in found[0].waves)
    tested = [
        {"row": name, "column": column}
        | association(data, name, column, statistic=statistic, where=asked.where).to_dict()
        for name, data in (zip(variables, found, strict=True) if infers else ())
        for column in asked.by
    ]
    tests = pd.DataFrame(tested, columns=None if tested else ["row", "column"])
    _echo([one.table for one in shown], [one.comparisons for one in shown], tests, asked)


def _echo(
    tables: "Sequence[pd.DataFrame]",
    comparisons: "Sequence[pd.DataFrame]",
    tests: "pd.DataFrame",
    asked: Asked,
) -> None:
    import pandas as pd

    if asked.as_json:
        parts = {
            "table": records(pd.concat(tables, ignore_index=True)),
            "comparisons": records(pd.concat(comparisons, ignore_index=True)),
            "tests": records(tests),
        }
        click.echo(json.dumps(parts, ensure_ascii=False, indent=2, default=plain))
    elif asked.as_csv:
        click.echo(as_csv(pd.concat(tables, ignore_index=True)), nl=False)
    else:
        blocks = [_matrix(table, tests) for table in tables]
        click.echo("\n\n".join(blocks))


def _matrix(table: "pd.DataFrame", tests: "pd.DataFrame") -> str:
    """Answers down, columns across; per cent, then the letters; bases below."""
    import pandas as pd

    name = str(table["row"].iloc[0])
    grid: dict[str, dict[str, str]] = {}
    bases: dict[str, str] = {}
    for cell in records(table):
        column = grid.setdefault(_heading(cell), {})
        label = f"{cell['row_code']} {cell['row_label']}"[:WIDEST]
        column[label] = _share(cell)
        bases[_heading(cell)] = str(cell["base"])
    shown = pd.concat([pd.DataFrame(grid).fillna(""), pd.DataFrame(bases, index=["base"])])
    lines = [name, shown.to_string(), *_legend(records(table))]
    for test in records(tests[tests["row"] == name]):
        df = f"{test['df']:.4g}" + ("" if test["ddf"] is None else f", {test['ddf']:.4g}")
        lines.append(f"{test['column']}: {test['method']}: {test['statistic']:.4f} ({df}), p {test['p']:.4f}")
    return "\n".join(lines)


def _legend(cells: Sequence[dict[str, Any]]) -> list[str]:
    """What a point, a star and a letter mean, where the table has them, with the reasons."""
    lines = []
    for ruling, mark, meaning in MARKS:
        reasons = {key for cell in cells if cell["publish"] == ruling for key in cell["reason"].split(";")}
        if any(cell["publish"] == ruling for cell in cells):
            lines.append(f"{mark}  {meaning}: {', '.join(sorted(reasons - {''}))}")
    if any(cell["marks"] for cell in cells):
        lines.append("A, B, ...  surely higher than the share in the column of that letter")
    return lines


def _heading(cell: dict[str, Any]) -> str:
    if not cell["column"]:
        return "all"
    return f"{cell['letter']} {cell['column']}={cell['column_code']} {cell['column_label']}"[:WIDEST]


def _share(cell: dict[str, Any]) -> str:
    if cell["publish"] == "suppress":
        return HIDDEN
    flag = FLAG if cell["publish"] == "flag" else ""
    return f"{100 * cell['estimate']:.1f}{flag} {cell['marks']}".rstrip()
