"""Release folders in, every number of the site out, estimated once for all languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from analysis import SurveyData, TrackingPlan, pool, read_release, release_at
from instruments import Indicator, Variable
from reports.build import read_records
from reports.evidence import Answers, BatteryEvidence, Evidence, gather
from reports.further.groups import with_language
from reports.ground import named_by, refuse_unspoken
from reports.grouping import Grouped, GroupTable
from reports.i18n import words
from reports.parting import chosen_groups
from reports.published import Mended, Publication, Table, mended, releases_of
from reports.sections import Material, Record
from reports.sections.wording import sources
from reports.site.asked import Question, modules, questions
from reports.site.history import Wording, wordings
from reports.site.listed import Gate, site_tables
from reports.site.mending import mended_levels, mended_questions
from reports.site.moves import Moves, gather_moves
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators, spec_for

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


@dataclass(frozen=True)
class ShownQuestion:
    """A question with its answers by wave, its wording's history and its tables by group."""

    question: Question
    answers: tuple[tuple[Variable, tuple[Answers, ...]], ...]
    wordings: tuple[Wording, ...]
    groups: Mapping[str, Mapping[str, tuple[GroupTable, ...]]]
    """By grouping, then by variable: a table a wave."""


@dataclass(frozen=True)
class SiteNumbers:
    """Everything the pages of all languages are made of."""

    evidence: Evidence
    """The report's own: indicators with its changes, its batteries."""
    records: Mapping[str, Record]
    groups: tuple[Variable, ...]
    questions: tuple[ShownQuestion, ...]
    chapters: Mapping[str, Mapping[str, str]]
    levels: Mapping[str, Mapping[str, tuple[GroupTable, ...]]]
    """Indicators by group: indicator, grouping, a table a wave."""
    data: SurveyData
    tables: tuple[Table, ...]
    """What of all this is shown and what is kept back, as the register of publications takes it."""
    moves: Moves
    """How each question moved, as the report judges it."""
    mended: Mended
    """What of it is kept back because other tables, or earlier publications, would tell it."""

    def material(self, language: str) -> Material:
        """What the report's own sections take, in one language."""
        return Material(self.evidence, words(language), self.records, version("tolqyn"))


def gather_site(
    folders: Sequence[Path],
    languages: Sequence[str],
    *,
    spec: ReportSpec | None = None,
    by: Sequence[str] | None = None,
    plan: TrackingPlan | None = None,
    gate: Gate | None = None,
    progress: Progress = lambda done, of: None,
) -> SiteNumbers:
    """Read, pool and estimate. `by`: names of grouping columns, by default those the questionnaire derives.
    `plan`: judges the changes it names, as in the report.

    `gate`: knows what was published before; what would tell of a few together with it is kept back.
    ReleaseError for a folder that is not as it was written, ReportError for a language or name it lacks.
    """
    releases = [read_release(folder) for folder in folders]
    for language in languages:
        refuse_unspoken(releases, language)
    data = pool(releases)
    spoken = with_language(data)
    grouped = Grouped(spoken, chosen_groups(spoken, by))  # refused before minutes go into estimating
    chosen = spec or spec_for(data.codebook)
    indicators = chosen_indicators(data.codebook, chosen)
    asked = questions(data)
    named = named_by(plan, data)
    evidence = gather(data, indicators, [question.as_group() for question in asked], named)
    batteries = {battery.group.name: battery.rows for battery in evidence.batteries}
    total, found, levels = len(asked) + len(indicators), [], {}
    for number, indicator in enumerate(indicators):
        progress(number, total)
        levels[indicator.name] = _levels(grouped, indicator, data)
    for number, question in enumerate(asked, start=len(indicators)):
        progress(number, total)
        ties = {v.name: _ties(grouped, v.name, indicators) for v in question.variables}
        tables = _by_group(grouped, question, ties, levels)
        found.append(ShownQuestion(question, batteries[question.key], wordings(question, releases), tables))
    progress(total, total)
    records = read_records(folders)
    headline = replace(evidence, batteries=_headline(evidence, data, chosen))
    document = next((r.instrument for r in reversed(records.values()) if r.instrument.get("items")), {})
    made = SiteNumbers(
        headline,
        records,
        grouped.groups,
        tuple(found),
        modules(asked, document),
        levels,
        data,
        site_tables(evidence.table, [each.groups for each in found], levels, indicators, spoken),
        gather_moves(data, asked, evidence, chosen, named),
        Mended(),
    )
    return _mended(made, evidence, folders, gate, leaving_out=by is None)


def refuse_groups(folders: Sequence[Path], by: Sequence[str] | None) -> None:
    """ReportError with everything that is wrong with the columns named as groups; nothing is estimated."""
    if by is not None:
        chosen_groups(with_language(pool([read_release(folder) for folder in folders])), by)


def _mended(
    made: SiteNumbers, whole: Evidence, folders: Sequence[Path], gate: Gate | None, *, leaving_out: bool
) -> SiteNumbers:
    """The same without figures that would give away others, alone or beside earlier publications.

    Figures of indicators and of their questions hang together: it is looked at again until nothing is left.
    """
    study, indicators = release_at(folders[-1]).study, [each.indicator for each in whole.indicators]
    earlier = gate.earlier(study) if gate is not None else ()
    found, data = Mended(), with_language(made.data)
    while True:
        new = Publication(study, "site", "", (), releases_of(folders), made.tables)
        more = mended(new, earlier, data, leaving_out=leaving_out)
        if not more.hidden - found.hidden and not more.left_out - found.left_out:
            return replace(made, mended=found)
        found |= more
        levels = mended_levels(made.levels, indicators, more)
        asked = tuple(replace(q, groups=mended_questions(q.groups, more)) for q in made.questions)
        tables = site_tables(whole.table, [q.groups for q in asked], levels, indicators, data)
        made = replace(made, questions=asked, levels=levels, tables=tables)


def _headline(evidence: Evidence, data: SurveyData, spec: ReportSpec) -> tuple[BatteryEvidence, ...]:
    """The report's batteries, whose answers were estimated question by question."""
    rows = {variable.name: (variable, answers) for b in evidence.batteries for variable, answers in b.rows}
    return tuple(
        BatteryEvidence(group, tuple(rows[name] for name in group.variables if name in rows))
        for group in chosen_batteries(data.codebook, spec)
    )


Levels = Mapping[str, Mapping[str, tuple[GroupTable, ...]]]
Summed = tuple[tuple[frozenset[int], str], ...]


def _ties(grouped: Grouped, variable: str, indicators: Sequence[Indicator]) -> Summed:
    """The indicators of this question alone, with the answers each adds up; one of them shown as an
    indicator is hidden and shown with the question's own table."""
    codebook = grouped.data.codebook
    return tuple(
        (grouped.summed(each, variable), each.name)
        for each in indicators
        if each.statistic == "proportion"
        and each.variable != variable
        and sources(each.variable, codebook) == (variable,)
    )


def _by_group(
    grouped: Grouped, question: Question, ties: Mapping[str, Summed], levels: Levels
) -> dict[str, dict[str, tuple[GroupTable, ...]]]:
    """Tables by every grouping; none of a question of which a grouping is made."""
    found: dict[str, dict[str, list[GroupTable]]] = {}
    names = {variable.name for variable in question.variables}
    codebook = grouped.data.codebook
    if any(names & {group.name, *sources(group.name, codebook)} for group in grouped.groups):
        return {}
    for variable in question.variables:
        for wave in grouped.data.waves:
            for group in grouped.open_to(variable.name, wave):
                tied = [
                    (codes, table)
                    for codes, name in ties[variable.name]
                    for table in levels[name].get(group.name, ())
                    if table.wave == wave
                ]
                table = grouped.answers(variable.name, group, wave, tied)
                if table is not None:
                    found.setdefault(group.name, {}).setdefault(variable.name, []).append(table)
    return {group: {name: tuple(tables) for name, tables in rows.items()} for group, rows in found.items()}


def _levels(grouped: Grouped, indicator: Indicator, data: SurveyData) -> dict[str, tuple[GroupTable, ...]]:
    found: dict[str, list[GroupTable]] = {}
    for wave in data.waves:
        for group in grouped.open_to(indicator.variable, wave):
            table = grouped.level(indicator, group, wave)
            if table is not None:
                found.setdefault(group.name, []).append(table)
    return {group: tuple(tables) for group, tables in found.items()}
