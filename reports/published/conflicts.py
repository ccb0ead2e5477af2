"""A publication and earlier ones in, everything that whoever holds both could compute about a few out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis import SurveyData
from reports.correcting import FEWEST
from reports.further.groups import with_language
from reports.published.cells import asked_of, with_sources
from reports.published.known import Audit, few_apart, following
from reports.published.record import EVERYBODY, Answer, Publication, Table
from reports.unstated import group_name


@dataclass(frozen=True)
class Conflict:
    """One thing that two publications would tell together."""

    rule: str
    """`shown_elsewhere`, `follows`, `few_apart`, `release_few_apart`."""
    wave: str
    what: str
    """Variable and groups."""
    other: int
    """Number of the earlier publication; 0 where this one tells it by itself."""
    detail: str


def conflicts(
    new: Publication, earlier: Sequence[Publication], data: SurveyData, *, fewest: int = FEWEST
) -> tuple[Conflict, ...]:
    """What `new` would tell together with each of the `earlier` ones, or alone; () when nothing.

    `data`: the pooled waves of `new`. Publications of the same release are audited cell by cell; those of
    another release of a wave by how many people the two differ.
    """
    data = with_language(data)
    found: list[Conflict] = []
    for other in earlier:
        if other.study == new.study:
            found += _reissued(new, other, fewest)
    for wave in dict.fromkeys(table.wave for table in new.tables):
        same = [other for other in earlier if other.study == new.study and _same_release(new, other, wave)]
        found += _of_wave(wave, new, same, data, fewest)
    return tuple(dict.fromkeys(found))


def _same_release(new: Publication, other: Publication, wave: str) -> bool:
    return wave in other.releases and (
        new.releases[wave]["fingerprint"] == other.releases[wave]["fingerprint"]
    )


def _reissued(new: Publication, other: Publication, fewest: int) -> Iterator[Conflict]:
    """Waves of another release, from which few people came or went, in whole or in a group."""
    for wave, release in new.releases.items():
        before = other.releases.get(wave)
        if before is None or before["fingerprint"] == release["fingerprint"]:
            continue
        apart = abs(int(before["rows"]) - int(release["rows"]))
        said = f"release {release['release']} has {release['rows']} interviews"
        said += f", release {before['release']} had {before['rows']}"
        if 0 < apart < fewest:
            yield Conflict("release_few_apart", wave, "interviews", other.number, said)
            continue
        then = {table.key: table for table in other.tables if table.wave == wave}
        for table in new.tables:
            if table.wave == wave and table.key in then:
                yield from _fewer(table, then[table.key], other.number, fewest)


def _fewer(now: Table, then: Table, number: int, fewest: int) -> Iterator[Conflict]:
    before = dict(zip(then.groups, then.bases, strict=True))
    shown = {group for group, *marks in zip(now.groups, *now.shown, strict=True) if any(marks)}
    for group, base in zip(now.groups, now.bases, strict=True):
        apart = abs(base - before.get(group, base))
        if group in shown and 0 < apart < fewest:
            what = _named(now.variable, now.column, group)
            said = f"{base} answers, {before[group]} in the release before"
            yield Conflict("release_few_apart", now.wave, what, number, said)


def _named(variable: str, column: str, group: int) -> str:
    return " ".join(part for part in (variable, group_name(column, group) if column else "") if part)


def _of_wave(
    wave: str, new: Publication, same: Sequence[Publication], data: SurveyData, fewest: int
) -> Iterator[Conflict]:
    """One wave: what is shown of each variable by all publications of this release together."""
    held = [
        (each.number, table)
        for each in (new, *same)
        for table in with_sources(tuple(table for table in each.tables if table.wave == wave), data)
    ]
    people = [pair for pair in held if not pair[1].variable]
    for variable in sorted({table.variable for number, table in held if number == 0}):
        tables = [pair for pair in held if pair[1].variable == variable]
        yield from _shown_elsewhere(tables)
        tables += people if variable else []
        if any(table.column != EVERYBODY for _, table in tables):
            audit = Audit(data, wave, asked_of(data, wave, variable), fewest)
            yield from _together(audit, variable, tables)


Cell = tuple[str, str, str, str, int, Answer]
"""Wave, statistic, variable, grouping, group, answer."""


def _shown_elsewhere(tables: Sequence[tuple[int, Table]]) -> Iterator[Conflict]:
    """Figures kept back in one publication for the sake of people, and shown in another."""
    seen: dict[Cell, int] = {}
    kept: dict[Cell, int] = {}
    for number, table in tables:
        for cell, is_seen, is_kept in _cells(table):
            if is_seen:
                seen.setdefault(cell, number)
            if is_kept:
                kept.setdefault(cell, number)
    for cell in sorted(seen.keys() & kept.keys()):
        wave, _, variable, column, group, answer = cell
        # One of the two is always the publication at hand, whose number is 0.
        where = "shown there and kept back here" if seen[cell] else "shown here and kept back there"
        what = _named(variable, column, group)
        said = f"{_spoken(answer)}: {where}"
        yield Conflict("shown_elsewhere", wave, what, seen[cell] or kept[cell], said)


def _cells(table: Table) -> Iterator[tuple[Cell, bool, bool]]:
    for answer, shown, secret in zip(table.answers, table.shown, table.secret, strict=True):
        for group, seen, kept in zip(table.groups, shown, secret, strict=True):
            yield (*table.key, group, answer), seen, kept


def _spoken(answer: Answer) -> str:
    return f"answer {'+'.join(map(str, answer))}" if answer else "the mean"


def _parts(audit: Audit, column: str) -> bool:
    """Whether a grouping has more than one group: that of one city says what the whole wave says anyway."""
    if column == EVERYBODY or column not in audit.data.codebook:
        return False
    return len(np.unique(audit.codes(column))) > 1


def _together(audit: Audit, variable: str, tables: Sequence[tuple[int, Table]]) -> Iterator[Conflict]:
    """Differences of few people, and figures kept back that follow, from every pair of groupings."""
    parted = [pair for pair in tables if _parts(audit, pair[1].column)]
    for (number, table), (other_number, other) in combinations(parted, 2):
        if (number and other_number) or table.column == other.column:
            continue  # both are out already, or both part people alike
        for said in few_apart(audit, table, other):
            what = f"{variable} {said.what}".strip()
            yield Conflict("few_apart", audit.wave, what, number or other_number, said.detail)
    for said in following(audit, variable, parted):
        yield Conflict("follows", audit.wave, f"{variable} {said.what}".strip(), said.number, said.detail)
