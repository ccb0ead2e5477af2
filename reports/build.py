"""Releases in, a finished `Report` of one language out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis import SurveyData, TrackingPlan, pool, read_json, read_release
from reports.code import code_fingerprint, libraries
from reports.errors import ReportError
from reports.evidence import Evidence, gather
from reports.further import gather_further
from reports.i18n import words
from reports.ledger import without_marks
from reports.report import Report, Section
from reports.sections import (
    CHAPTERS,
    NEEDED,
    Material,
    Record,
    chosen_chapters,
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
    incomplete: bool = False,
) -> Iterator[Report]:
    """`build_report` in several languages, estimated once."""
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
    evidence = gather(pooled, indicators, chosen_batteries(pooled.codebook, chosen))
    other = pool(list(beside)) if beside else None
    codebooks = {data.meta.wave: data.codebook for data in releases}
    bare = [
        Material(evidence, each, records or {}, version("tolqyn"), codebooks, spec=chosen) for each in spoken
    ]
    for each in bare if not incomplete else ():
        refuse_incomplete(each)
    further = gather_further(pooled, evidence, chosen, other=other, plan=plan)
    toplines = gather_toplines(pooled, evidence.batteries)
    for each in bare:
        material = replace(each, further=further, toplines=toplines, numbers=Numbers())
        yield _report(material, planned=plan is not None)


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
    return build_reports(
        releases,
        languages=languages,
        spec=spec,
        records=records,
        plan=plan,
        beside=beside,
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


def _report(material: Material, *, planned: bool) -> Report:
    evidence, spoken = material.evidence, material.words
    latest = evidence.latest.meta
    chapters = _with_strips(_chapters(material), material)
    front = (cover_section(material), *verso_sections(material, chapters))
    return Report(
        title=material.title,
        language=spoken.language,
        sections=tuple(
            replace(each, html=without_marks(each.html), marked=each.html) for each in (*front, *chapters)
        ),
        study=latest.study,
        wave=latest.wave,
        release=f"{latest.study} {latest.wave}/{latest.release}",
        fingerprint=latest.fingerprint,
        synthetic=material.synthetic,
        draft=material.spec.draft,
        colours=material.colours,
        author="; ".join(text for _, text in material.disclosed("conductor")[-1:]),
        description=spoken.say("Trend report on releases of {study}.", study=latest.study),
        dated=_day(latest.dates[1]) if latest.dates else "",
        marks={"bottom-left": _foot(material)},
        attachments={
            "estimates.csv": _csv(material),
            "estimates.json": _json(evidence, material, planned=planned),
            **(material.spec.source.files if material.spec.source else {}),
        },
        sources=spoken.marks,
    )


def _chapters(material: Material) -> tuple[Section, ...]:
    chapters: list[Section] = []
    for make in chosen_chapters(material.spec):
        made = make(material)
        chapters += made if isinstance(made, tuple) else [made]
    return tuple(chapters)


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


def _csv(material: Material) -> bytes:
    return material.table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _json(evidence: Evidence, material: Material, *, planned: bool) -> bytes:
    rows = json.loads(material.table.to_json(orient="records", double_precision=15))
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
        "language": material.words.language,
        "software": f"tolqyn {material.code_version}",
        "code": code_fingerprint(),
        "libraries": libraries(),
        "planned": planned,
        "comparisons": evidence.comparisons,
        "findings": [
            {
                "indicator": each.indicator.name,
                "sentences": [unmarked(s) for s in finding(each, material).sentences],
            }
            for each in evidence.indicators
        ],
        "estimates": rows,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
