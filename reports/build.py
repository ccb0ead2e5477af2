"""Releases in, a finished `Report` of one language out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis import SurveyData, TrackingPlan, pool, read_json, read_release
from reports.code import code_fingerprint, libraries
from reports.correcting import Corrections, corrections, corrections_csv, earlier_folders
from reports.declared import Declarations, declared_in
from reports.document import Fit
from reports.errors import ReportError
from reports.evidence import Evidence, gather
from reports.further import gather_further, with_language
from reports.i18n import words
from reports.ledger import without_marks
from reports.report import Report, Section
from reports.sections import (
    CHAPTERS,
    NEEDED,
    Material,
    Record,
    chapters_of,
    cover_section,
    finding,
    gaps,
    method_strip,
    refuse_incomplete,
    verso_sections,
)
from reports.sections.numbers import Numbers
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators, refuse_unknown, spec_for
from reports.toplines import gather_toplines
from reports.trace import Marks, unmarked

PLAN_FILE = "tracking-plan.yaml"
"""Name under which a report carries the tracking plan it was made with."""


def build_report(
    releases: Sequence[SurveyData],
    *,
    language: str,
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
    plan: TrackingPlan | None = None,
    beside: Sequence[SurveyData] = (),
    incomplete: bool = False,
) -> Report:
    """Pool the waves, estimate what the spec names, write every section.

    `records`: the releases' other files by wave name (`read_records`). `spec`: by default the one of the
    instrument (`spec_for`). `plan`: comparisons declared beforehand. `beside`: the releases of the
    professionals' study. ReportError for no release, an unknown language or name, a text that lacks the
    language, and every missing item of the method statement, unless the report may be `incomplete`: then each
    page is stamped. AnalysisError from the estimators.
    """
    (report,) = build_reports(
        releases,
        languages=(language,),
        spec=spec,
        records=records,
        plan=plan,
        beside=beside,
        incomplete=incomplete,
    )
    return report


def build_reports(
    releases: Sequence[SurveyData],
    *,
    languages: Sequence[str],
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
    plan: TrackingPlan | None = None,
    beside: Sequence[SurveyData] = (),
    earlier: Mapping[str, SurveyData] | None = None,
    incomplete: bool = False,
) -> Iterator[Report]:
    """`build_report` in several languages, estimated once. `earlier`: replaced releases, by wave."""
    ground = prepared(
        releases, languages=languages, spec=spec, records=records, plan=plan, incomplete=incomplete
    )
    pooled, evidence, chosen = ground.pooled, ground.evidence, ground.spec
    other = pool(list(beside)) if beside else None
    further = gather_further(pooled, evidence, chosen, other=other, plan=ground.plan)
    toplines = gather_toplines(pooled, evidence.batteries)
    known = replace(ground.materials[0], further=further, toplines=toplines)
    corrected = _corrected(releases, earlier or {}, known, other=other, plan=plan)
    known = replace(known, corrections=corrected, gathered=known.figures)
    for each in ground.materials:
        material = replace(known, words=each.words, numbers=Numbers())
        front, chapters = cover_section(material), _with_strips(chapters_of(material), material)
        sections = (front, *verso_sections(material, chapters), *chapters)
        yield finished(material, sections, plan=ground.plan)


def _corrected(
    releases: Sequence[SurveyData],
    earlier: Mapping[str, SurveyData],
    known: Material,
    *,
    other: SurveyData | None,
    plan: TrackingPlan | None,
) -> Corrections:
    """The same figures from the releases that these replaced, beside those known."""
    if not earlier:
        return Corrections()
    before = [earlier.get(data.meta.wave, data) for data in releases]
    pooled, spec = pool(before), known.spec
    named = named_by(plan, pooled)
    evidence = gather(
        pooled, chosen_indicators(pooled.codebook, spec), chosen_batteries(pooled.codebook, spec), named
    )
    further = gather_further(pooled, evidence, spec, other=other, plan=named)
    toplines = gather_toplines(pooled, evidence.batteries)
    then = replace(known, evidence=evidence, further=further, toplines=toplines)
    return corrections(before, releases, then.table, known.table)


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


def read_records(folders: Sequence[Path]) -> dict[str, Record]:
    """The instrument, weights and fieldwork files of release folders, by wave name."""
    return {
        str(read_json(folder, "manifest")["wave"]): Record(
            read_json(folder, "instrument"), read_json(folder, "weights"), read_json(folder, "fieldwork")
        )
        for folder in folders
    }


def report_from_folders(
    folders: Sequence[Path],
    language: str,
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Report:
    """A report from release folders, each verified as it is read (ReleaseError)."""
    (report,) = reports_from_folders(folders, (language,), spec, plan, incomplete=incomplete)
    return report


def reports_from_folders(
    folders: Sequence[Path],
    languages: Sequence[str],
    spec: ReportSpec | None = None,
    plan: TrackingPlan | None = None,
    *,
    incomplete: bool = False,
) -> Iterator[Report]:
    """The same in several languages, estimated once and made one after the other."""
    releases = [read_release(folder) for folder in folders]
    beside = [read_release(folder) for folder in professionals_of(spec)] if spec else []
    records = read_records(folders)
    earlier = {wave: read_release(folder) for wave, folder in earlier_folders(folders).items()}
    return build_reports(
        releases,
        languages=languages,
        spec=spec,
        records=records,
        plan=plan,
        beside=beside,
        earlier=earlier,
        incomplete=incomplete,
    )


def professionals_of(spec: ReportSpec) -> tuple[Path, ...]:
    """The release folders of the professionals' study, seen from the specification's folder."""
    if spec.professionals is None or spec.source is None:
        return ()
    return tuple(spec.source.path.parent / name for name in spec.professionals.releases)


def refuse_unspoken(releases: Sequence[SurveyData], language: str) -> None:
    """ReportError when a wave's questionnaire has no wording in this language."""
    for data in releases:
        if language not in data.codebook.languages:
            have = ",".join(data.codebook.languages)
            raise ReportError(
                f"{data.meta.study} {data.meta.wave} has no wording in {language!r}; "
                f"its languages are {have}: type --lang {have}"
            )


def finished(
    material: Material,
    sections: Sequence[Section],
    *,
    plan: Declarations | None = None,
    kind: str = "report",
    fit: Fit | None = None,
) -> Report:
    """Sections made from a material, with all that travels with them."""
    evidence, spoken = material.evidence, material.words
    latest = evidence.latest.meta
    return Report(
        title=material.title,
        language=spoken.language,
        sections=tuple(replace(each, html=without_marks(each.html), marked=each.html) for each in sections),
        study=latest.study,
        wave=latest.wave,
        release=f"{latest.study} {latest.wave}/{latest.release}",
        fingerprint=latest.fingerprint,
        synthetic=material.synthetic,
        draft=material.spec.draft,
        kind=kind,
        fit=fit,
        colours=material.colours,
        author="; ".join(text for _, text in material.disclosed("conductor")[-1:]),
        description=spoken.say("Trend report on releases of {study}.", study=latest.study),
        dated=_day(latest.dates[1]) if latest.dates else "",
        marks={"bottom-left": _foot(material)},
        attachments={
            "estimates.csv": material.figures.csv,
            "estimates.json": _json(evidence, material, kind, plan=plan),
            **_errata(material.corrections),
            **(material.spec.source.files if material.spec.source else {}),
            **({PLAN_FILE: plan.plan.content} if plan and plan.plan.content else {}),
        },
        sources=spoken.marks,
    )


def _with_strips(chapters: Sequence[Section], material: Material) -> tuple[Section, ...]:
    """ESOMAR's minimum under every figure: put here, so that no chapter can leave it out."""
    strip = method_strip(material)
    return tuple(replace(each, html=each.html.replace("</figure>", f"{strip}</figure>")) for each in chapters)


def _foot(material: Material) -> str:
    """Two lines: the marks with the release, and the whole fingerprint of the latest release."""
    words, latest = material.words, material.evidence.latest.meta
    marks = [words.say("DRAFT")] if material.spec.draft else []
    marks += [words.say("INCOMPLETE METHODS")] if gaps(material) else []
    marks += [words.say("SYNTHETIC DATA")] if material.synthetic else []
    release = words.say("Release {release}", release=f"{latest.study} {latest.wave}/{latest.release}")
    return " · ".join([*marks, release]) + f"\n{latest.fingerprint}"


def _day(text: str) -> str:
    """The last day a date names: `2018` is 2018-12-31 and `2018-05` is 2018-05-31."""
    return str(pd.Period(text).end_time.date())


def _errata(found: Corrections) -> dict[str, bytes]:
    """The list of changed figures, where releases were replaced."""
    return {"errata.csv": corrections_csv(found)} if found.replaced else {}


def _json(evidence: Evidence, material: Material, kind: str, *, plan: Declarations | None) -> bytes:
    content = {
        "releases": [
            {
                "study": wave.meta.study,
                "wave": wave.name,
                "release": wave.meta.release,
                "fingerprint": wave.meta.fingerprint,
                "synthetic": wave.meta.synthetic,
            }
            for wave in evidence.waves
        ],
        **(
            {"replaced": [asdict(each) for each in replaced]}
            if (replaced := material.corrections.replaced)
            else {}
        ),
        "language": material.words.language,
        "document": kind,
        "software": f"tolqyn {material.code_version}",
        "code": code_fingerprint(),
        "libraries": libraries(),
        "planned": plan is not None,
        **({"plan": plan.plan.fingerprint} if plan else {}),
        "comparisons": evidence.comparisons,
        "findings": [
            {
                "indicator": each.indicator.name,
                "sentences": [unmarked(s) for s in finding(each, material).sentences],
            }
            for each in evidence.indicators
        ],
    }
    head = json.dumps(content, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{head},\n "estimates": {material.figures.json}\n}}'.encode()
