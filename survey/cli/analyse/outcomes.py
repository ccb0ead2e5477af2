"""`tolqyn analyse outcomes`: releases in, response, cooperation, refusal and contact rates out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import Asked, asked_of_fieldwork
from survey.cli.analyse.printing import Part, echo_parts

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("study", "wave", "rate", "kind", "estimate", "numerator", "denominator", "formula")


class Also(click.ParamType[tuple[str, str]]):
    """`WORD=CATEGORY`."""

    name = "word=category"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The word and its category."""
        word, _, category = str(value).partition("=")
        if not word.strip() or not category.strip():
            self.fail(f"expected WORD=CATEGORY; found {value!r}: type for example moved=NE", param)
        return word.strip(), category.strip()


@click.command()
@asked_of_fieldwork
@click.option("--e", "eligible", type=float, help="Share eligible among the unknown; default: as the known.")
@click.option("--drawn", type=click.IntRange(min=1), help="Cases drawn; default: invitations and forms.")
@click.option(
    "--also", multiple=True, type=Also(), help="The category of another word: moved=NE; repeatable."
)
def outcomes(
    asked: Asked, eligible: float | None, drawn: int | None, also: Sequence[tuple[str, str]]
) -> None:
    """Outcome rates of AAPOR's Standard Definitions from each release's record of fieldwork.

    A non-probability wave has a participation rate and no other. None of the rates has a margin of error.

    \b
    Example:  tolqyn analyse outcomes demo/releases/kz-attitudes/2026/1
    """
    import pandas as pd

    tables, notes = [], []
    for folder in asked.releases:
        table, said = _rates(folder, eligible, drawn, dict(also))
        tables.append(table)
        notes += said
    echo_parts([Part("rates", pd.concat(tables, ignore_index=True), COLUMNS)], asked, {"note": notes})


def _rates(
    folder: Path, eligible: float | None, drawn: int | None, also: dict[str, str]
) -> "tuple[pd.DataFrame, list[str]]":
    """One release's rates, and what was assumed about its cases."""
    from analysis import dispositions_of, outcome_rates, read_json, read_release

    meta = read_release(folder).meta
    found = dispositions_of(read_json(folder, "fieldwork"), also=also, drawn=drawn)
    table = outcome_rates(found, e=eligible, meta=meta)
    table.insert(0, "study", meta.study)
    table.insert(1, "wave", meta.wave)
    return table, [f"{meta.study}/{meta.wave}: {note}" for note in found.notes]
