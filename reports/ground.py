"""Releases and a specification in, pooled and estimated headline figures with words in each language out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from analysis import SurveyData, TrackingPlan, pool
from reports.declared import Declarations, declared_in
from reports.errors import ReportError
from reports.evidence import Evidence, gather
from reports.further import with_language
from reports.i18n import words
from reports.sections import CHAPTERS, NEEDED, Material, Record, refuse_incomplete
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators, refuse_unknown, spec_for
from reports.trace import Marks


@dataclass(frozen=True)
class Ground:
    """What every publication of a study stands on: estimates, and words in each language."""

    pooled: SurveyData
    spec: ReportSpec
    evidence: Evidence
    materials: tuple[Material, ...]
    """One a language, each with marks of its own."""
    plan: Declarations | None = None
    """What a tracking plan names, judged."""


def prepared(
    releases: Sequence[SurveyData],
    *,
    languages: Sequence[str],
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
    plan: TrackingPlan | None = None,
    incomplete: bool = False,
) -> Ground:
    """Pool and estimate the headline figures; refuse what may not be published, as `build_report` says."""
    if not releases:
        raise ReportError(
            "a report needs at least one release: type `tolqyn release list` to see what there is"
        )
    spoken = [replace(words(language), marks=Marks()) for language in languages]
    for language in languages:
        refuse_unspoken(releases, language)
    pooled = pool(list(releases))
    chosen = spec or spec_for(pooled.codebook)
    refuse_unknown(chosen, pooled.codebook, list(CHAPTERS), NEEDED)
    indicators = chosen_indicators(pooled.codebook, chosen)
    named = named_by(plan, pooled)
    evidence = gather(pooled, indicators, chosen_batteries(pooled.codebook, chosen), named)
    codebooks = {data.meta.wave: data.codebook for data in releases}
    bare = tuple(
        Material(evidence, each, records or {}, version("tolqyn"), codebooks, spec=chosen) for each in spoken
    )
    for each in bare if not incomplete else ():
        refuse_incomplete(each)
    return Ground(pooled, chosen, evidence, bare, named)


def named_by(plan: TrackingPlan | None, pooled: SurveyData) -> Declarations | None:
    """What the plan names in these data, judged; None without a plan."""
    return declared_in(with_language(pooled), plan) if plan is not None else None


def refuse_unspoken(releases: Sequence[SurveyData], language: str) -> None:
    """ReportError when a wave's questionnaire has no wording in this language."""
    for data in releases:
        if language not in data.codebook.languages:
            have = ",".join(data.codebook.languages)
            raise ReportError(
                f"{data.meta.study} {data.meta.wave} has no wording in {language!r}; "
                f"its languages are {have}: type --lang {have}"
            )
