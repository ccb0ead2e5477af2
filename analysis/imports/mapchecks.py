"""A typed map comes in, everything in it that contradicts itself is noted: names, codes, waves, rules."""

import codecs
from collections.abc import Collection
from datetime import date

from analysis.data import RESERVED
from analysis.errors import DataError
from analysis.imports.designing import design_of
from analysis.imports.noting import Notes, Path
from analysis.imports.rulechecks import check_condition, check_rule
from analysis.imports.shape import near
from analysis.imports.spec import ByWave, Coding, DesignSpec, ImportMap, VariableSpec
from analysis.release.layout import NAME
from instruments import Level, Missing

CODED = (Level.NOMINAL, Level.ORDINAL)


def check_map(built: ImportMap, notes: Notes) -> None:
    """Note every contradiction inside the map."""
    _check_top(built, notes)
    _check_waves(built, notes)
    seen: list[str] = []
    for variable in built.variables:
        _check_variable(variable, built.raw["variables"][variable.name], seen, notes)
        seen.append(variable.name)
    _check_groups(built, notes)
    _check_indicators(built, notes)
    read = [variable.name for variable in built.variables if variable.rule is None]
    for place, exclusion in enumerate(built.exclude):
        check_condition(exclusion.where, [*read, "weight"], ("exclude", str(place), "where"), notes)


def _check_top(built: ImportMap, notes: Notes) -> None:
    if built.source_language not in built.languages:
        expected = f"one of {', '.join(built.languages)}"
        hint = "name a language of `languages`"
        notes.add(("source_language",), "unknown-language", expected, built.source_language, hint)
    if built.file.encoding is not None:
        try:
            codecs.lookup(built.file.encoding)
        except LookupError:
            hint = "type utf-8 or cp1251 (Russian Windows)"
            notes.add(("file", "encoding"), "unknown-encoding", "a known encoding", built.file.encoding, hint)
    for wave in ("", *built.design_waves):
        design = built.design_of(wave)
        _check_design(built, design, ("design", "waves", wave) if wave else ("design",), notes)
        if len(design.fpc) > max(1, len(design.cluster)):
            path = ("design", "waves", wave, "fpc") if wave else ("design", "fpc")
            found = f"{len(design.fpc)} for {len(design.cluster)} cluster stages"
            notes.add(
                path,
                "fpc-stages",
                "at most one fpc column for each stage",
                found,
                "name each stage's clusters",
            )


def _check_design(built: ImportMap, design: DesignSpec, path: Path, notes: Notes) -> None:
    """Replicate weights that lack their numbers, a panel with them, names that the release gives itself."""
    try:
        given = design_of(design).columns()
    except DataError as error:
        for problem in error.problems:
            hint = "the keys of repweights are those of docs/guide/import.md, `rscales: [...]`"
            notes.add(
                (*path, "repweights"), "repweights", "replicate weights with their scale", problem, hint
            )
        return
    if design.person and design.replicates:
        expected = "either person or repweights"
        hint = "replicate weights do not say who came back: leave one of the two out"
        notes.add((*path, "person"), "person-and-repweights", expected, "both", hint)
    taken = [variable.name for variable in built.variables if variable.name in given]
    for name in [name for name in taken if name not in RESERVED]:
        hint = "choose another name; the column itself may keep its own"
        expected = f"a name other than the design's {name}"
        notes.add(("variables", name), "reserved-name", expected, name, hint)


def _check_waves(built: ImportMap, notes: Notes) -> None:
    wave = built.wave
    if (wave.column is None) == (wave.value is None):
        found = "neither" if wave.column is None else "both"
        notes.add(
            ("wave",), "wave-choice", "either column or value", found, "type `column: NAME` or `value: 2021`"
        )
    for name in (*wave.names.values(), *([wave.value] if wave.value else [])):
        if not NAME.fullmatch(name):
            notes.add(
                ("wave",),
                "wave-name",
                "a wave name of letters, digits, . _ -",
                name,
                "such as 2021 or 2021-1",
            )
    known = list(wave.known)
    parts: dict[str, ByWave[str] | ByWave[tuple[str, str]]] = {
        "dates": wave.dates,
        "mode": wave.mode,
        "sample": wave.sample,
        "language": wave.language,
    }
    for key, part in parts.items():
        lacking = [name for name in known if part.waves and name not in part.waves]
        if lacking:
            hint = f"add {lacking[0]}: ..." if len(lacking) == 1 else f"add {', '.join(lacking)}"
            notes.add(
                ("wave", key), "wave-missing", f"a value for each wave: {', '.join(known)}", "less", hint
            )
    for name in built.design_waves:
        _check_wave_name(name, known, ("design", "waves", name), notes)
    for variable in built.variables:
        for name in variable.waves:
            _check_wave_name(name, known, ("variables", variable.name, "waves", name), notes)
    for name, dates in [("", wave.dates.default), *wave.dates.waves.items()]:
        if dates is not None:
            _check_dates(dates, ("wave", "dates", name) if name else ("wave", "dates"), notes)


def _check_wave_name(name: str, known: list[str], path: Path, notes: Notes) -> None:
    if known and name not in known:
        notes.add(path, "unknown-wave", f"one of the waves {', '.join(known)}", name, near(name, known))


def _check_dates(dates: tuple[str, str], path: Path, notes: Notes) -> None:
    for day in dates:
        if len(day) == 10:
            try:
                date.fromisoformat(day)
            except ValueError:
                notes.add(path, "dates", "a day of the calendar", day, "write year-month-day")
                return
    if dates[0][: len(dates[1])] > dates[1]:
        notes.add(path, "dates", "the first day before the last", " to ".join(dates), "swap the two")


def _check_variable(
    variable: VariableSpec, stated: Collection[str], earlier: list[str], notes: Notes
) -> None:
    path = ("variables", variable.name)
    if variable.name in RESERVED:
        hint = "choose another name; the column itself may keep its own"
        notes.add(path, "reserved-name", f"a name other than {', '.join(RESERVED)}", variable.name, hint)
    if variable.rule is not None:
        _check_computed(variable, stated, earlier, path, notes)
    for code in variable.codes or ():
        if code < 0:
            hint = "code from 0 upwards with recode; negative codes say why there is no answer"
            notes.add((*path, "codes", str(code)), "negative-code", "codes from 0 upwards", str(code), hint)
    if variable.codes is not None and variable.level not in CODED:
        found = f"codes on a variable of level {variable.level}"
        notes.add((*path, "codes"), "codes-level", "codes on nominal and ordinal variables only", found,
                  "remove codes, or say level: nominal or ordinal")  # fmt: skip
    if variable.level is not Level.INTERVAL and (variable.low is not None or variable.high is not None):
        notes.add(path, "range-level", "min and max on interval variables only", str(variable.level),
                  "remove them, or say level: interval")  # fmt: skip
    for wave, coding in [("", variable.coding), *variable.waves.items()]:
        _check_coding(variable, coding, (*path, "waves", wave) if wave else path, notes)


def _check_computed(
    variable: VariableSpec, stated: Collection[str], earlier: list[str], path: Path, notes: Notes
) -> None:
    spec_keys = [key for key in ("from", "recode", "missing", "blank", "waves") if key in stated]
    if spec_keys:
        expected = "either rule or from, recode, missing, blank, waves"
        hint = "a computed variable reads other variables; remove these keys"
        notes.add(path, "rule-and-source", expected, ", ".join(spec_keys), hint)
    if variable.level is None:
        notes.add(path, "level", "codes, or level: interval", "neither", "say what the computed column holds")
    check_rule(variable.rule or {}, earlier, path, notes)


def _check_coding(variable: VariableSpec, coding: Coding, path: Path, notes: Notes) -> None:
    both = [key for key in coding.missing if key in coding.recode]
    both += [key for key in coding.missing if key in (variable.codes or ()) and key not in coding.recode]
    for key in dict.fromkeys(both):
        expected = "a value to be a code or missing"
        place = (*path, "missing", str(key))
        notes.add(place, "code-and-missing", expected, f"{key} as both", "keep it in one of the two")
    for source, target in coding.recode.items():
        if target in Missing._value2member_map_:
            continue
        if variable.codes is not None and target not in variable.codes:
            hint = f"add {target} to codes, or recode to one of {', '.join(map(str, variable.codes))}"
            notes.add(
                (*path, "recode", str(source)), "recode-target", "a code of the variable", str(target), hint
            )
    for number in coding.compare:
        if number >= coding.wording:
            found = f"{number}, with wording {coding.wording}"
            notes.add((*path, "compare", str(number)), "compare", "the number of an earlier wording", found,
                      f"say wording: {number + 1}")  # fmt: skip


def _check_groups(built: ImportMap, notes: Notes) -> None:
    names = [variable.name for variable in built.variables]
    seen: dict[str, str] = {}
    for group in built.groups:
        path = ("groups", group.name, "variables")
        for name in group.variables:
            if name not in names:
                notes.add(path, "unknown-variable", "variables of the map", name, near(name, names))
            elif name in seen:
                notes.add(
                    path, "two-groups", "a variable in one group", f"{name} in {seen[name]} too", "remove one"
                )
            seen[name] = group.name


def _check_indicators(built: ImportMap, notes: Notes) -> None:
    variables = {variable.name: variable for variable in built.variables}
    for indicator in built.indicators:
        path = ("indicators", indicator.name)
        variable = variables.get(indicator.variable)
        if variable is None:
            hint = near(indicator.variable, list(variables))
            notes.add(
                (*path, "variable"), "unknown-variable", "a variable of the map", indicator.variable, hint
            )
        elif indicator.statistic == "mean":
            if variable.level is Level.NOMINAL or indicator.code is not None:
                found = "a code" if indicator.code is not None else "a nominal variable"
                notes.add(path, "mean", "a mean of an interval or ordinal variable, without a code", found,
                          "say statistic: proportion, or remove the code")  # fmt: skip
        elif indicator.code is None or (variable.codes is not None and indicator.code not in variable.codes):
            known = ", ".join(map(str, variable.codes or ()))
            found = "none" if indicator.code is None else str(indicator.code)
            hint = f"type one of {known}" if known else "name one"
            notes.add((*path, "code"), "indicator-code", "a code of the variable", found, hint)
