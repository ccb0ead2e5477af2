"""Releases in, a finished `Report` of one language out."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from analysis import SurveyData, TrackingPlan, pool, read_json, read_release
from reports.code import code_fingerprint, libraries
from reports.correcting import Corrections, corrections, corrections_csv, earlier_folders
from reports.declared import Declarations
from reports.document import Fit
from reports.evidence import Evidence, gather
from reports.further import gather_further
from reports.ground import named_by, prepared
from reports.ledger import without_marks
from reports.report import Report, Section
from reports.sections import (
    Material,
    Record,
    chapters_of,
    cover_section,
    finding,
    gaps,
    method_strip,
    verso_sections,
)
from reports.sections.numbers import Numbers
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators, together
from reports.toplines import gather_toplines
from reports.trace import unmarked

PLAN_FILE = "tracking-plan.yaml"
"""Name under which a report carries the tracking plan it was made with."""
STAGES = 4
"""How often somebody who waits hears that estimating is a step further, before the first report is made."""


def nobody() -> None:
    """Whom nobody told to listen."""


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
    further_on: Callable[[], None] = nobody,
) -> Iterator[Report]:
    """`build_report` in several languages, estimated once. `earlier`: replaced releases, by wave.

    `further_on` hears of each of STAGES - 1 steps of estimating.
    """
    ground = prepared(
        releases, languages=languages, spec=spec, records=records, plan=plan, incomplete=incomplete
    )
    further_on()
    pooled, evidence, chosen = ground.pooled, ground.evidence, ground.spec
    other = pool(list(beside)) if beside else None
    further = gather_further(pooled, evidence, chosen, other=other, plan=ground.plan)
    further_on()
    toplines = gather_toplines(pooled, evidence.batteries)
    known = replace(ground.materials[0], further=further, toplines=toplines)
    corrected = _corrected(releases, earlier or {}, known, other=other, plan=plan)
    known = replace(known, corrections=corrected, gathered=known.figures)
    further_on()
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
    further_on: Callable[[], None] = nobody,
) -> Iterator[Report]:
    """The same in several languages, estimated once and made one after the other.

    `further_on` hears of each of STAGES steps: releases read, headlines, all else, tables.
    """
    releases = [read_release(folder) for folder in folders]
    beside = [read_release(folder) for folder in professionals_of(spec)] if spec else []
    records = read_records(folders)
    earlier = {wave: read_release(folder) for wave, folder in earlier_folders(folders).items()}
    further_on()
    return build_reports(
        releases,
        languages=languages,
        spec=spec,
        records=records,
        plan=plan,
        beside=beside,
        earlier=earlier,
        incomplete=incomplete,
        further_on=further_on,
    )


def professionals_of(spec: ReportSpec) -> tuple[Path, ...]:
    """The release folders of the professionals' study, seen from the specification's folder."""
    if spec.professionals is None or spec.source is None:
        return ()
    return tuple(spec.source.path.parent / name for name in spec.professionals.releases)


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
        "together": together(material.spec, evidence.codebook, kind),
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
