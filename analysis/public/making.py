"""A release folder and a microdata specification in; its public-use file and what was changed out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import Meta, SurveyData
from analysis.design import Design
from analysis.errors import MicrodataError
from analysis.public.choosing import left_out, refuse_unfit
from analysis.public.ladders import answers, became, key_codes, ladder
from analysis.public.loss import PublicLoss, losses
from analysis.public.mixing import grouped_weights, random_groups, secret_of, shuffled
from analysis.public.risk import Risk, Variety, risk, variety
from analysis.public.searching import Found, at_levels, search
from analysis.public.spec import WITHHELD, PublicSpec
from analysis.release import read_release, withheld_of
from analysis.replicates import ReplicateDesign
from instruments import Codebook, FileProblem, Level, Text, Variable

WEIGHT, VARIANCE_UNIT = "weight", "variance_unit"
DESIGN_LABELS: Mapping[str, Text] = {
    WEIGHT: {"kk": "Салмақ", "ru": "Вес", "uz": "Vazn", "en": "Weight"},
    VARIANCE_UNIT: {
        "kk": "Дисперсияны бағалау тобы",
        "ru": "Группа для оценки дисперсии",
        "uz": "Dispersiyani baholash guruhi",
        "en": "Unit for estimating variance",
    },
}


@dataclass(frozen=True)
class KeyChange:
    """What became of one key. `name`: its public column, empty where it was left out."""

    name: str
    finest: str
    label: Text
    """Of the finest step."""
    level: int
    levels: int
    withheld: int
    not_given: int
    """Values that the release lacks too; in the public file they have the same code."""


@dataclass(frozen=True)
class PublicChanges:
    """Everything that differs between the release and its public file."""

    k: int
    keys: tuple[KeyChange, ...]
    removed: Mapping[str, str]
    """Columns left out, each with the reason's key."""
    topped: Mapping[str, int]
    """Numbers cut at the top, each with how many were."""
    before: Risk
    """With the keys in the finest detail that the specification names."""
    after: Risk
    with_weight: Risk
    """With the weight as one more key."""
    variety: tuple[Variety, ...]
    weights: tuple[int, int, float]
    """Different weights before and after, and their correlation."""
    units: int
    """Random groups of places; 0 where there are none."""
    places: bool
    """Whether the release was drawn by places at all."""
    losses: tuple[PublicLoss, ...]


@dataclass(frozen=True)
class PublicFile:
    """A wave's public-use file, rows in an order of its own."""

    meta: Meta
    frame: pd.DataFrame
    codebook: Codebook
    keys: tuple[str, ...]
    levels: tuple[int, ...]
    changes: PublicChanges
    spec: PublicSpec


def make_public(
    folders: Sequence[Path | str],
    spec: PublicSpec,
    *,
    file: str = "",
    levels: tuple[int, ...] | None = None,
    without: frozenset[str] = frozenset(),
) -> tuple[PublicFile, ...]:
    """The public-use files of releases of one study, with the same keys in the same detail.

    `levels`: the detail of waves that are public already; where a wave cannot have it, all get one of their
    own. `without`: names of steps that may not be taken, for what they would tell beside other publications.
    MicrodataError with every name a release lacks, for a panel, and where k cannot be reached with at
    most `spec.ceiling` of any key's values withheld. `file`: the specification's name, for messages.
    """
    releases = [read_release(folder) for folder in folders]
    for data, folder in zip(releases, folders, strict=True):
        refuse_unfit(data, spec, file, withheld_of(folder))
    ladders = [[ladder(key, data) for key in spec.keys] for data in releases]
    known = levels is not None and len(levels) == len(spec.keys)
    found = at_levels(ladders, levels, spec.k, spec.ceiling) if known and levels else None
    barred = frozenset(
        (at, level)
        for at, key in enumerate(spec.keys)
        for level, step in enumerate(key.steps)
        if step.name in without
    )
    found = found or search(ladders, spec.k, spec.ceiling, barred=barred)
    if found is None:
        raise MicrodataError([_unreached(data, spec, file, without) for data in releases])
    secrets = [secret_of((Path(folder) / "data.parquet").read_bytes()) for folder in folders]
    return tuple(
        _made(data, spec, kept, secret) for data, kept, secret in zip(releases, found, secrets, strict=True)
    )


def _made(data: SurveyData, spec: PublicSpec, found: Found, secret: bytes) -> PublicFile:
    removed = left_out(data, spec)
    kept = [v for v in data.codebook.variables if v.name not in removed]
    chosen = zip(spec.keys, found.levels, strict=True)
    steps = [key.steps[level] for key, level in chosen if level < len(key.steps)]
    columns, topped = _plain(data, kept, spec)
    weights = grouped_weights(data.sample.weights, found.after, spec.k)
    units = _units(data, secret) if spec.units else None
    keys = {step.name: found.after[:, at] for at, step in enumerate(steps)}
    extra = {} if units is None else {VARIANCE_UNIT: units}
    frame = pd.DataFrame({**keys, **columns, WEIGHT: weights, **extra})
    codebook = _codebook(data.codebook, [became(step, data) for step in steps], kept, units=units is not None)
    risks = _risks(data, spec, found, weights)
    changes = PublicChanges(
        k=spec.k,
        keys=_key_changes(spec, found, data),
        removed={name: why for name, why in removed.items() if name not in keys},
        topped=topped,
        before=risks[0],
        after=risks[1],
        with_weight=risks[2],
        variety=tuple(
            variety(found.after, name, answers(frame[name])) for name in spec.sensitive if name in frame
        ),
        weights=_weights_told(data.sample.weights, weights),
        units=0 if units is None else len(np.unique(units)),
        places=bool((design := _drawn_by(data)) and design.cluster),
        losses=losses(data, frame, codebook),
    )
    frame = frame.iloc[shuffled(len(frame), secret)].reset_index(drop=True)
    return PublicFile(data.meta, frame, codebook, tuple(keys), found.levels, changes, spec)


def _risks(data: SurveyData, spec: PublicSpec, found: Found, weights: np.ndarray) -> tuple[Risk, Risk, Risk]:
    """Before, after, and after with the weight as one more key."""
    finest = np.column_stack([key_codes(key.steps[0], data) for key in spec.keys])
    weighted = np.column_stack([found.after, pd.factorize(weights)[0]])
    return risk(finest, spec.k), risk(found.after, spec.k), risk(weighted, spec.k)


def _weights_told(before: np.ndarray, after: np.ndarray) -> tuple[int, int, float]:
    return len(np.unique(before)), len(np.unique(after)), _correlation(before, after)


def _unreached(data: SurveyData, spec: PublicSpec, file: str, without: frozenset[str]) -> FileProblem:
    if without:
        return FileProblem(
            file,
            0,
            f"{data.meta.study}/{data.meta.wave}",
            "beside-tables",
            "keys that complete no figure which published tables keep back",
            f"{', '.join(sorted(without))}, which would; no other steps reach k",
            "cut the key where no group of the tables ends (`at:`), make it removable, show other groups "
            "(--by), or publish without microdata (--no-microdata)",
        )
    kept = [key_codes(key.steps[-1], data) for key in spec.keys if not key.removable]
    coarse = np.column_stack(kept or [np.zeros(len(data.frame), int)])
    below = risk(coarse, spec.k).below
    return FileProblem(
        file,
        0,
        f"{data.meta.study}/{data.meta.wave}",
        "k-anonymity",
        f"{spec.k} or more rows alike in all keys, at most {spec.ceiling:.0%} of a key's values withheld",
        f"{below} of {len(coarse)} rows in smaller classes even with the coarsest keys",
        "add coarser steps or make a key removable, or publish without microdata (--no-microdata)",
    )


def _plain(
    data: SurveyData, kept: list[Variable], spec: PublicSpec
) -> tuple[dict[str, pd.Series], dict[str, int]]:
    """The columns that are no keys, numbers cut at their top; how many were."""
    columns = {variable.name: data.frame[variable.name] for variable in kept}
    topped = {}
    for name, top in spec.numbers.items():
        if name in columns and top is not None:
            above = columns[name] > top
            topped[name] = int(above.sum())
            columns[name] = columns[name].mask(above, top)
    return columns, topped


def _codebook(codebook: Codebook, keys: list[Variable], kept: list[Variable], *, units: bool) -> Codebook:
    names = {variable.name for variable in kept}
    groups = tuple(
        replace(group, variables=tuple(name for name in group.variables if name in names))
        for group in codebook.groups
        if names & set(group.variables)
    )
    indicators = tuple(each for each in codebook.indicators if each.variable in names)
    added = (
        _design_column(name, codebook.languages) for name in ((WEIGHT, VARIANCE_UNIT) if units else (WEIGHT,))
    )
    return replace(codebook, variables=(*keys, *kept, *added), groups=groups, indicators=indicators)


def _design_column(name: str, languages: tuple[str, ...]) -> Variable:
    label = DESIGN_LABELS[name]
    return Variable(name, {each: label.get(each, label["en"]) for each in languages}, Level.INTERVAL)


def _key_changes(spec: PublicSpec, found: Found, data: SurveyData) -> tuple[KeyChange, ...]:
    changes, at = [], 0
    for key, level in zip(spec.keys, found.levels, strict=True):
        kept = level < len(key.steps)
        codes = key_codes(key.steps[min(level, len(key.steps) - 1)], data)
        changes.append(
            KeyChange(
                name=key.steps[level].name if kept else "",
                finest=key.steps[0].name,
                label=became(key.steps[0], data).label,
                level=level,
                levels=len(key.steps) + key.removable,
                withheld=int(found.withheld[:, at].sum()) if kept else 0,
                not_given=int((codes == WITHHELD).sum()),
            )
        )
        at += kept
    return tuple(changes)


def _drawn_by(data: SurveyData) -> Design | None:
    """The design of the sample itself, below any replicates."""
    design = data.design.base if isinstance(data.design, ReplicateDesign) else data.design
    return design if isinstance(design, Design) else None


def _units(data: SurveyData, secret: bytes) -> np.ndarray | None:
    design = _drawn_by(data)
    if design is None or not design.cluster:
        return None
    strata = data.frame[design.strata].astype(str) if design.strata else pd.Series("", data.frame.index)
    places = strata + "/" + data.frame[design.cluster[0]].astype(str)
    return random_groups(strata.to_numpy(), places.to_numpy(), secret)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if one.std() == 0 or other.std() == 0:
        return 1.0
    return float(np.corrcoef(one, other)[0, 1])
