"""A map and the labels a file carries come in, complete variables and one wave's codebook go out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analysis.imports.formats import Column
from analysis.imports.gathering import Gathering
from analysis.imports.noting import Path
from analysis.imports.spec import ImportMap, VariableSpec
from instruments import Codebook, Level, Missing, Text, Variable

CODED = (Level.NOMINAL, Level.ORDINAL)


def completed(built: ImportMap, gathering: Gathering) -> tuple[VariableSpec, ...]:
    """The map's variables, with label, level and codes taken from the file where the map is silent."""
    return tuple(_completed(variable, built, gathering) for variable in built.variables)


def codebook_of(
    built: ImportMap, variables: Iterable[VariableSpec], wave: str, unasked: set[str]
) -> Codebook:
    """The codebook of one wave; `unasked` names the variables some wave of the file did not ask."""
    groups = {name: group.name for group in built.groups for name in group.variables}
    return Codebook(
        instrument=built.instrument,
        version=built.version or wave,
        title=built.title,
        population=built.population,
        languages=built.languages,
        source_language=built.source_language,
        variables=tuple(
            _variable(variable, wave, groups.get(variable.name), variable.name in unasked)
            for variable in variables
        ),
        groups=built.groups,
        indicators=built.indicators,
        status=built.status,
    )


def _completed(variable: VariableSpec, built: ImportMap, gathering: Gathering) -> VariableSpec:
    path = ("variables", variable.name)
    columns = [gathering.table.columns[name] for name in variable.sources if name in gathering.table.columns]
    column = columns[0] if columns else Column("", gathering.table.rows[:0])
    label = variable.label or _from_file(column.label, (*path, "label"), "a label", built, gathering)
    level = variable.level or (Level.NOMINAL if column.value_labels else None)
    if level is None:
        hint = "write codes, or `level: interval` for a number, `level: text` for an open answer"
        gathering.in_map(path, "level", "codes or a level", "neither, and no value labels in the file", hint)
        level = Level.INTERVAL
    codes = variable.codes
    if level in CODED and not codes:
        codes = _codes_from_file(variable, column, built, gathering)
    return replace(variable, label=label, level=level, codes=codes)


def _from_file(words: str, path: Path, what: str, built: ImportMap, gathering: Gathering) -> Text:
    """Words of the file, which stand in the source language alone."""
    lacking = [language for language in built.languages if language != built.source_language or not words]
    if lacking:
        found = f"only {words!r} from the file" if words else "none, in the map or the file"
        hint = f"write {{{', '.join(f'{language}: ...' for language in built.languages)}}}"
        gathering.in_map(path, "language-missing", f"{what} in {', '.join(built.languages)}", found, hint)
    return {built.source_language: words}


def _codes_from_file(
    variable: VariableSpec, column: Column, built: ImportMap, gathering: Gathering
) -> Mapping[int, Text]:
    path = ("variables", variable.name, "codes")
    codings = (variable.coding, *variable.waves.values())
    away = {value for coding in codings for value in coding.missing}
    labels = {
        value: words
        for value, words in column.value_labels.items()
        if isinstance(value, int) and value >= 0 and value not in away and not column.is_user_missing(value)
    }
    if not labels or any(coding.recode for coding in codings):
        found = "none, and values that are recoded" if labels else "none, in the map or the file"
        gathering.in_map(path, "codes", "a label for each code", found, "write `codes: {1: ..., 2: ...}`")
    return {
        value: _from_file(words, (*path, str(value)), "a label", built, gathering)
        for value, words in labels.items()
    }


def _variable(variable: VariableSpec, wave: str, group: str | None, unasked: bool) -> Variable:
    coding = variable.coding_of(wave)
    return Variable(
        name=variable.name,
        label=variable.label,
        level=variable.level or Level.INTERVAL,
        codes=variable.codes or {},
        question=coding.question,
        item=variable.item,
        group=group,
        universe=variable.universe,
        role=variable.role,
        key=variable.key,
        construct=variable.construct,
        higher=variable.higher,
        wording=coding.wording,
        compare=coding.compare,
        missing=_missing(variable, unasked),
        module=variable.module,
        rule=variable.rule,
    )


def _missing(variable: VariableSpec, unasked: bool) -> tuple[Missing, ...]:
    """Every missing code the variable may hold, the same in each wave of the file."""
    if variable.rule is not None:
        return tuple(Missing)
    codings = (variable.coding, *variable.waves.values())
    found = {code for coding in codings for code in coding.missing.values()}
    found |= {coding.blank for coding in codings if coding.blank is not None}
    found |= {Missing(int(to)) for coding in codings for to in coding.recode.values() if to in set(Missing)}
    if unasked:
        found.add(Missing.NOT_ASKED)
    return tuple(sorted(found, reverse=True))
