"""`tolqyn analyse quality`: releases in, how their interviews were answered and what that moves out."""

import json
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey.cli.analyse.options import A_RELEASE

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("releases", nargs=-1, required=True, type=A_RELEASE, metavar="RELEASE...")
@click.option("--json", "as_json", is_flag=True, help="Print flags, thresholds and figures as JSON.")
def quality(releases: Sequence[Path], as_json: bool) -> None:
    """Flags for careless answering, and every headline figure with and without those flagged.

    Nobody is left out of a release for a flag. A release that has none yet, an imported one say, is flagged
    as it is read. The rules are in docs/methods.md.

    \b
    Example:  tolqyn analyse quality demo/releases/kz-attitudes/2026/1
    """
    found = [_assess(folder) for folder in releases]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo("\n\n".join(_screen(wave) for wave in found))


def _assess(folder: Path) -> dict[str, Any]:
    from analysis import flag_interviews, read_release, sensitivity

    flagged = flag_interviews(read_release(folder))
    data, record = flagged.data, flagged.record
    flags = [
        {"flag": name, **entry, "share": entry["flagged"] / entry["judged"] if entry["judged"] else None}
        for name, entry in record["flags"].items()
    ]
    return {
        "study": data.meta.study,
        "wave": data.meta.wave,
        "interviews": record["interviews"],
        "any": record["any"],
        "flags": flags,
        "indicators": _records(sensitivity(data)),
    }


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows as plain numbers; what there is none of is null."""
    return [
        {
            str(name): None if isinstance(value, float) and isnan(value) else value
            for name, value in row.items()
        }
        for row in table.astype(object).to_dict("records")
    ]


def _screen(wave: dict[str, Any]) -> str:
    import pandas as pd

    lines = [f"{wave['study']}/{wave['wave']}: {wave['interviews']} interviews, {wave['any']} with a flag"]
    flags = pd.DataFrame(wave["flags"])
    flags["share"] = ["" if pd.isna(share) else f"{share:.1%}" for share in flags["share"]]
    flags["threshold"] = [json.dumps(limits) if limits else "" for limits in flags["threshold"]]
    lines.append(flags[["flag", "judged", "flagged", "share", "threshold"]].to_string(index=False))
    moved = pd.DataFrame(wave["indicators"])
    if moved.empty:
        return "\n".join([*lines, "No figure moves: nobody is flagged, or there is no headline figure."])
    figures = ("estimate", "estimate_without", "difference", "se")
    for name in figures:
        moved[name] = ["" if pd.isna(value) else f"{value:.4f}" for value in moved[name]]
    columns = ["flag", "indicator", "base", "estimate", "base_without", *figures[1:]]
    return "\n".join([*lines, "", moved[columns].to_string(index=False)])
