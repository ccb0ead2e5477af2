"""Releases in, a finished `Report` of one language out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis import SurveyData, pool, read_json, read_release
from reports.errors import ReportError
from reports.evidence import Evidence, gather
from reports.i18n import Words, words
from reports.report import Report, Section
from reports.sections import (
    SECTIONS,
    Material,
    Record,
    cover_section,
    finding,
    gaps,
    method_strip,
    refuse_incomplete,
    verso_section,
)
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators
from reports.toplines import gather_toplines


def build_report(
    releases: Sequence[SurveyData],
    *,
    language: str,
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
    incomplete: bool = False,
) -> Report:
    """Pool the waves, estimate what the spec names, write every section.

    `records`: the releases' other files by wave name (`read_records`). ReportError for no release, an unknown
    language or name, a text that lacks the language, and every missing item of the method statement, unless
    the report may be `incomplete`: then each page is stamped. AnalysisError from the estimators.
    """
    if not releases:
        raise ReportError(
            "a report needs at least one release: type `tolqyn release list` to see what there is"
        )
    spoken = words(language)
    refuse_unspoken(releases, language)
    pooled = pool(list(releases))
    chosen = spec or ReportSpec()
    indicators = chosen_indicators(pooled.codebook, chosen)
    evidence = gather(pooled, indicators, chosen_batteries(pooled.codebook, chosen))
    codebooks = {data.meta.wave: data.codebook for data in releases}
    material = Material(evidence, spoken, records or {}, version("tolqyn"), codebooks)
    if not incomplete:
        refuse_incomplete(material)
    return _report(with_toplines(material, pooled))


def with_toplines(material: Material, pooled: SurveyData) -> Material:
    """The material with the answers to every question, whose rows join the table of figures."""
    evidence = material.evidence
    toplines = gather_toplines(pooled, evidence.batteries)
    if toplines.table is None:
        return replace(material, toplines=toplines)
    known = set(evidence.table["id"])
    new = toplines.table[~toplines.table["id"].isin(known)]
    table = pd.concat([evidence.table, new], ignore_index=True)
    return replace(material, toplines=toplines, evidence=replace(evidence, table=table))


def read_records(folders: Sequence[Path]) -> dict[str, Record]:
    """The instrument, weights and fieldwork files of release folders, by wave name."""
    return {
        str(read_json(folder, "manifest")["wave"]): Record(
            read_json(folder, "instrument"), read_json(folder, "weights"), read_json(folder, "fieldwork")
        )
        for folder in folders
    }


def report_from_folders(
    folders: Sequence[Path], language: str, spec: ReportSpec | None = None, *, incomplete: bool = False
) -> Report:
    """A report from release folders, each verified as it is read (ReleaseError)."""
    releases = [read_release(folder) for folder in folders]
    records = read_records(folders)
    return build_report(releases, language=language, spec=spec, records=records, incomplete=incomplete)


def refuse_unspoken(releases: Sequence[SurveyData], language: str) -> None:
    """ReportError when a wave's questionnaire has no wording in this language."""
    for data in releases:
        if language not in data.codebook.languages:
            have = ",".join(data.codebook.languages)
            raise ReportError(
                f"{data.meta.study} {data.meta.wave} has no wording in {language!r}; "
                f"its languages are {have}: type --lang {have}"
            )


def _report(material: Material) -> Report:
    evidence, spoken = material.evidence, material.words
    latest = evidence.latest.meta
    chapters = _with_strips(_chapters(material), material)
    front = (cover_section(material), verso_section(material, chapters))
    return Report(
        title=material.title,
        language=spoken.language,
        sections=(*front, *chapters),
        study=latest.study,
        wave=latest.wave,
        release=f"{latest.study} {latest.wave}/{latest.release}",
        fingerprint=latest.fingerprint,
        synthetic=material.synthetic,
        author="; ".join(text for _, text in material.disclosed("conductor")[-1:]),
        description=spoken.say("Trend report on releases of {study}.", study=latest.study),
        dated=_day(latest.dates[1]) if latest.dates else "",
        marks={"bottom-left": _foot(material)},
        attachments={"estimates.csv": _csv(evidence), "estimates.json": _json(evidence, spoken, material)},
    )


def _chapters(material: Material) -> tuple[Section, ...]:
    chapters: list[Section] = []
    for make in SECTIONS:
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
    marks = [words.say("INCOMPLETE METHODS")] if gaps(material) else []
    marks += [words.say("SYNTHETIC DATA")] if material.synthetic else []
    release = words.say("Release {release}", release=f"{latest.study} {latest.wave}/{latest.release}")
    return " · ".join([*marks, release]) + f"\n{latest.fingerprint}"


def _day(text: str) -> str:
    """The last day a date names: `2018` is 2018-12-31 and `2018-05` is 2018-05-31."""
    return str(pd.Period(text).end_time.date())


def _csv(evidence: Evidence) -> bytes:
    return evidence.table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _json(evidence: Evidence, words: Words, material: Material) -> bytes:
    rows = json.loads(evidence.table.to_json(orient="records", double_precision=15))
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
        "language": words.language,
        "software": f"tolqyn {material.code_version}",
        "comparisons": evidence.comparisons,
        "findings": [
            {"indicator": each.indicator.name, "sentences": finding(each, material).sentences}
            for each in evidence.indicators
        ],
        "estimates": rows,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
