"""A publication and earlier ones in, everything that whoever holds both could compute about a few out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis import SurveyData
from reports.counts import FEWEST
from reports.further.groups import with_language
from reports.published.given import with_keys
from reports.published.held import both_keys, held_of, parts
from reports.published.known import Audit, few_apart, following
from reports.published.record import Answer, Cell, Publication, Table, cells_of
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
    data = with_keys(data, [given for each in (new, *earlier) for given in each.given])
    for wave in dict.fromkeys([*(table.wave for table in new.tables), *(each.wave for each in new.given)]):
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
    for held in held_of(wave, new, same, data, fewest=fewest):
        tables = held.numbered
        yield from _shown_elsewhere([pair for pair in tables if pair[1].variable])
        if held.parted:
            yield from _together(held.audit, held.variable, tables)


def _shown_elsewhere(tables: Sequence[tuple[int, Table]]) -> Iterator[Conflict]:
    """Figures kept back in one publication for the sake of people, and shown in another."""
    seen: dict[Cell, int] = {}
    kept: dict[Cell, int] = {}
    for number, table in tables:
        for cell, is_seen, is_kept in cells_of(table):
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


def _spoken(answer: Answer) -> str:
    return f"answer {'+'.join(map(str, answer))}" if answer else "the mean"


def _together(audit: Audit, variable: str, tables: Sequence[tuple[int, Table]]) -> Iterator[Conflict]:
    """Differences of few people, and figures kept back that follow, from every pair of groupings."""
    parted = [pair for pair in tables if parts(audit, pair[1].column)]
    for (number, table), (other_number, other) in combinations(parted, 2):
        if (number and other_number) or table.column == other.column or both_keys(table, other):
            continue  # both are out already, or both part people alike, or both are keys of the rows
        for said in few_apart(audit, table, other):
            what = f"{variable} {said.what}".strip()
            yield Conflict("few_apart", audit.wave, what, number or other_number, said.detail)
    for said in following(audit, variable, parted):
        yield Conflict("follows", audit.wave, f"{variable} {said.what}".strip(), said.number, said.detail)
