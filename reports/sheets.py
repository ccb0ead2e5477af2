"""Releases in, finished factsheets and written tiles out, language by language."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis import TrackingPlan, read_release
from instruments import write_whole
from reports.build import finished, read_records
from reports.code import code_fingerprint, libraries
from reports.factsheet import FIT, factsheet_sections
from reports.further import gather_few
from reports.ground import Ground, prepared
from reports.report import Report
from reports.sections import Material
from reports.sections.numbers import Numbers
from reports.spec import ReportSpec
from reports.tiles import LeftOut, Tile, tiles_of

FACTSHEET = "factsheet"


@dataclass(frozen=True)
class WrittenTiles:
    """One language's tiles on disk: the JSON file that lists them, and what there is none of."""

    index: Path
    left_out: tuple[LeftOut, ...]


def factsheets_from_folders(
    folders: Sequence[Path],
    languages: Sequence[str],
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Iterator[Report]:
    """From the same evidence, specification, plan and gates as the report. Raises what `build_report`
    does."""
    yield from factsheets_of(_ground(folders, languages, spec, plan, incomplete=incomplete))


def factsheets_of(ground: Ground) -> Iterator[Report]:
    """One a language from what was estimated."""
    few = gather_few(ground.pooled, ground.evidence, ground.spec)
    for each in ground.materials:
        material = replace(each, further=few, numbers=Numbers())
        yield finished(material, factsheet_sections(material), plan=ground.plan, kind=FACTSHEET, fit=FIT)


def write_tiles(
    folders: Sequence[Path],
    languages: Sequence[str],
    out: Path,
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Iterator[WrittenTiles]:
    """Each language's tiles, their alternative texts beside them and a list of all; the same bytes again.

    Raises what `build_report` does, and ReportError for words that have no room.
    """
    out.mkdir(parents=True, exist_ok=True)
    named = spec is not None and spec.source is not None
    for each in _ground(folders, languages, spec, plan, incomplete=incomplete).materials:
        material = in_points(each)
        made = list(tiles_of(material))
        stem = (
            f"{material.evidence.latest.meta.study}-{material.evidence.latest.name}-{material.words.language}"
        )
        lines = [_written(tile, out, stem) for tile in made if isinstance(tile, Tile)]
        index = out / f"{stem}-tiles.json"
        write_whole(
            index,
            json.dumps(
                _listed(material, lines, named=named, planned=plan is not None), ensure_ascii=False, indent=1
            ).encode()
            + b"\n",
        )
        yield WrittenTiles(index, tuple(each for each in made if isinstance(each, LeftOut)))


def in_points(material: Material) -> Material:
    """The same with a logo that pictures of points can hold."""
    organisation, source = material.spec.organisation, material.spec.source
    if source is None or organisation is None or not organisation.logo.endswith(".svg"):
        return material
    # What reads PDFs back is loaded for tiles with such a logo alone.
    from reports.picture import png_of  # noqa: PLC0415

    drawn = replace(source, logo=png_of(source.logo))
    named = replace(organisation, logo=organisation.logo.removesuffix(".svg") + ".png")
    return replace(material, spec=replace(material.spec, organisation=named, source=drawn))


def _ground(
    folders: Sequence[Path],
    languages: Sequence[str],
    spec: ReportSpec | None,
    plan: TrackingPlan | None,
    *,
    incomplete: bool,
) -> Ground:
    return prepared(
        [read_release(folder) for folder in folders],
        languages=languages,
        spec=spec,
        records=read_records(folders),
        plan=plan,
        incomplete=incomplete,
    )


def _written(tile: Tile, out: Path, stem: str) -> dict[str, Any]:
    """Write the picture and its text; its line in the list."""
    name = f"{stem}-{tile.name}-{tile.shape.name}"
    write_whole(out / f"{name}.png", tile.png)
    write_whole(out / f"{name}.txt", tile.alt.encode() + b"\n")
    return {
        "file": f"{name}.png",
        "sha256": sha256(tile.png).hexdigest(),
        "size": list(tile.shape.pixels),
        "alternative_text": tile.alt,
        "numbers": [
            {"printed": text}
            if source is None
            else {"printed": text, "estimate": source.estimate, "column": source.column}
            for text, source in tile.numbers
        ],
    }


def _listed(material: Material, tiles: list[dict[str, Any]], *, named: bool, planned: bool) -> dict[str, Any]:
    return {
        "language": material.words.language,
        "releases": [
            {
                "study": wave.meta.study,
                "wave": wave.name,
                "release": wave.meta.release,
                "fingerprint": wave.meta.fingerprint,
                "synthetic": wave.meta.synthetic,
            }
            for wave in material.evidence.waves
        ],
        "specification": named,
        "planned": planned,
        "code": code_fingerprint(),
        "libraries": libraries(),
        "tiles": tiles,
    }
