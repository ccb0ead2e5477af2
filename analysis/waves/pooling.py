"""Pooling: one SurveyData a wave comes in, one over all waves goes out, its breaks marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from analysis.data import Break, Meta, SurveyData
from analysis.design import Design, PooledDesign
from analysis.errors import EstimationError
from analysis.recode import rule_columns
from analysis.replicates import ReplicateDesign
from instruments import Codebook, Level, Missing, Role, Text, Variable

UNDECLARED: Text = {
    "en": "the wording changed and the instrument does not say whether the answers compare",
    "ru": "формулировка изменилась, и в анкете не указано, сопоставимы ли ответы",
    "kk": "сұрақтың тұжырымы өзгерген, ал сауалнамада жауаптардың салыстыруға келетіні көрсетілмеген",
    "uz": "savol matni oʻzgargan, soʻrovnomada esa javoblarni taqqoslash mumkinligi koʻrsatilmagan",
}
COMPUTED_OTHERWISE: Text = {
    "en": "it is computed in another way, and the instrument does not say whether the figures compare",
    "ru": "показатель рассчитан иначе, и в анкете не указано, сопоставимы ли значения",
    "kk": "көрсеткіш басқаша есептелген, ал сауалнамада мәндердің салыстыруға келетіні көрсетілмеген",
    "uz": "koʻrsatkich boshqacha hisoblangan, soʻrovnomada qiymatlar taqqoslanishi koʻrsatilmagan",
}

OPTIONS_ADDED: Text = {
    "en": "options were added, and the instrument does not say whether the answers compare",
    "ru": "добавлены варианты ответа, и в анкете не указано, сопоставимы ли ответы",
    "kk": "жауап нұсқалары қосылған, ал сауалнамада жауаптардың салыстыруға келетіні көрсетілмеген",
    "uz": "javob variantlari qoʻshilgan, soʻrovnomada esa javoblarni taqqoslash mumkinligi koʻrsatilmagan",
}
ANSWERED = (Role.ANSWER, Role.DERIVED, Role.INDICATOR)
"""Whose codes carry a trend; those of assignments and paradata say how a wave was organised."""


class Wave(Protocol):
    """What pooling reads of a wave beside its rows."""

    @property
    def codebook(self) -> Codebook: ...

    @property
    def meta(self) -> Meta: ...


Waves = TypeVar("Waves", bound=Wave)


def pooled(data: SurveyData | Sequence[SurveyData]) -> SurveyData:
    """What is pooled, or one wave, as it is; several waves in one frame."""
    return data if isinstance(data, SurveyData) else pool(data)


def pool(waves: Sequence[SurveyData]) -> SurveyData:
    """All waves in one frame: strata become wave x stratum, in time order where every wave has dates.

    A variable a wave did not ask is "not asked" there (empty when an interval). EstimationError when a
    variable of one name has another level, other ordered codes, lacks an option it had, or has a label under
    another code: a taken option sends its answers to the others, so no figure of the two compares. A changed
    wording or rule or an added option that is declared broken, or not declared, is kept in `breaks`, for the
    variable itself and for whatever is computed from it.
    """
    if not waves:
        raise EstimationError("no waves to pool: give at least one release")
    if len(waves) == 1:
        return waves[0]
    ordered = in_time_order(waves)
    design = PooledDesign(tuple((wave.meta.wave, _single(wave)) for wave in ordered))
    refuse_clashes(ordered, [*_other_waves(ordered), *_rows_of_two_kinds(ordered)])
    variables = _variables(ordered)
    frame = pd.concat([_columns(wave, variables) for wave in ordered], ignore_index=True)
    latest = ordered[-1]
    return SurveyData(
        frame,
        replace(latest.codebook, variables=tuple(variables.values())),
        design,
        Meta(latest.meta.study, "", title=latest.meta.title, parts=tuple(wave.meta for wave in ordered)),
        breaks_between(ordered),
    )


def refuse_clashes(waves: Sequence[Wave], others: Sequence[str] = ()) -> None:
    """EstimationError that lists why the waves cannot be one survey, `others` among it."""
    problems = [*_clashing_names(waves), *others, *_clashing_variables(waves)]
    if problems:
        raise EstimationError(problems)


def in_time_order(waves: Sequence[Waves]) -> list[Waves]:
    """By their dates, then by name, where every wave has some; else as they come."""
    if all(wave.meta.dates for wave in waves):
        return sorted(waves, key=lambda wave: (wave.meta.dates or ("", ""), wave.meta.wave))
    return list(waves)


def _single(wave: SurveyData) -> Design | ReplicateDesign:
    if isinstance(wave.design, PooledDesign) or wave.meta.parts:
        raise EstimationError(f"waves {', '.join(wave.waves)} are pooled already: give single waves")
    return wave.design


def _clashing_names(waves: Sequence[Wave]) -> Iterator[str]:
    names = [wave.meta.wave for wave in waves]
    studies = sorted({wave.meta.study for wave in waves})
    if len(studies) > 1:
        yield f"waves of different studies ({', '.join(studies)}) do not pool: give waves of one study"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"wave {name!r} is given {names.count(name)} times: give one release of each wave"


def _other_waves(waves: Sequence[SurveyData]) -> Iterator[str]:
    for wave in waves:
        found = sorted(set(wave.frame["wave"].astype(str)) - {wave.meta.wave})
        if found:
            yield f"rows of wave {wave.meta.wave!r} say {', '.join(found)} in column wave: correct the column"


def _rows_of_two_kinds(waves: Sequence[SurveyData]) -> Iterator[str]:
    if len({wave.grouped for wave in waves}) > 1:
        yield "in some of the waves a row stands for several interviews: compress all of them, or none"


def _by_name(waves: Sequence[Wave]) -> Mapping[str, list[tuple[str, Variable]]]:
    """Each variable's versions with their wave, in time order."""
    found: dict[str, list[tuple[str, Variable]]] = {}
    for wave in waves:
        for variable in wave.codebook.variables:
            found.setdefault(variable.name, []).append((wave.meta.wave, variable))
    return found


def _clashing_variables(waves: Sequence[Wave]) -> Iterator[str]:
    for versions in _by_name(waves).values():
        for (wave_from, earlier), (wave_to, later) in pairwise(versions):
            clash = _clash(earlier, later)
            if clash:
                yield (
                    f"{later.name!r} cannot be pooled over {wave_from} and {wave_to}: {clash}; "
                    "a changed scale or meaning or a removed option needs a new id, or one coding in the "
                    "import maps (a code nobody could choose may stand there)"
                )


def _clash(earlier: Variable, later: Variable) -> str:
    if earlier.level is not later.level:
        return f"{earlier.level.value} before, {later.level.value} now"
    if later.level is Level.ORDINAL and set(earlier.codes) != set(later.codes):
        return f"ordered codes {sorted(earlier.codes)} before, {sorted(later.codes)} now"
    for code, words in earlier.codes.items():
        moved = [other for other, said in later.codes.items() if other != code and _same(said, words)]
        if moved and not _same(later.codes.get(code, {}), words):
            return f"{_any(words)!r} was code {code} before and is code {moved[0]} now"
    gone = [f"{code} ({_any(words)})" for code, words in earlier.codes.items() if code not in later.codes]
    return f"option {', '.join(gone)} before, none now" if gone and later.role in ANSWERED else ""


def _same(one: Text, other: Text) -> bool:
    """Whether two texts say the same in a language both have."""
    shared = set(one) & set(other)
    return bool(shared) and all(
        one[lang].strip().casefold() == other[lang].strip().casefold() for lang in shared
    )


def _any(words: Text) -> str:
    return next(iter(words.values()), "")


def _variables(waves: Sequence[SurveyData]) -> dict[str, Variable]:
    """The latest version of each variable, with the codes of all; those of the latest wave first."""
    versions = _by_name(waves)
    latest = [variable.name for variable in waves[-1].codebook.variables]
    names = latest + [name for name in versions if name not in latest]
    return {name: _union([variable for _, variable in versions[name]]) for name in names}


def _union(versions: Sequence[Variable]) -> Variable:
    codes = {code: words for version in versions for code, words in version.codes.items()}
    missing = tuple(dict.fromkeys(code for version in reversed(versions) for code in version.missing))
    # What one wave may not tell, the waves together may not tell of it.
    withhold = next((version.withhold for version in reversed(versions) if version.withhold), None)
    return replace(versions[-1], codes=dict(sorted(codes.items())), missing=missing, withhold=withhold)


def _columns(wave: SurveyData, variables: Mapping[str, Variable]) -> pd.DataFrame:
    absent = {
        name: np.nan if variable.level is Level.INTERVAL else int(Missing.NOT_ASKED)
        for name, variable in variables.items()
        if name not in wave.codebook
    }
    kept = wave.frame.drop(columns=[name for name in absent if name in wave.frame])
    return kept.assign(**absent)


def breaks_between(waves: Sequence[Wave]) -> tuple[Break, ...]:
    """Where a variable of two waves is not comparable."""
    return tuple(_breaks(waves))


def _breaks(waves: Sequence[Wave]) -> Iterator[Break]:
    """Columns are taken in codebook order, so what a computed column reads is judged before it."""
    found: dict[tuple[str, str, str], Text] = {}
    for name, versions in _by_name(waves).items():
        for later_place, (wave_to, later) in enumerate(versions):
            for wave_from, earlier in versions[:later_place]:
                reason = _break(earlier, later)
                if reason is None:
                    reason = _inherited(later, wave_from, wave_to, found)
                if reason is not None:
                    found[name, wave_from, wave_to] = reason
                    yield Break(name, wave_from, wave_to, reason)


def _break(earlier: Variable, later: Variable) -> Text | None:
    """Why two wordings do not compare; None when they do."""
    if earlier.wording == later.wording:
        if earlier.rule != later.rule:
            return COMPUTED_OTHERWISE
        return OPTIONS_ADDED if set(earlier.codes) != set(later.codes) and later.role in ANSWERED else None
    newer, older = (later, earlier) if later.wording > earlier.wording else (earlier, later)
    declared = newer.compare.get(older.wording)
    if declared is None:
        return UNDECLARED
    return declared.reason if declared.kind == "broken" else None


def _inherited(
    variable: Variable, wave_from: str, wave_to: str, found: Mapping[tuple[str, str, str], Text]
) -> Text | None:
    """The break of a column that a computed one reads."""
    columns = rule_columns(variable.rule) if variable.rule else ()
    return next((found[key] for name in columns if (key := (name, wave_from, wave_to)) in found), None)
