"""Releases in, a finished `Report` of one language out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from analysis import SurveyData, pool, read_json, read_release
from reports.code import code_fingerprint, libraries
from reports.errors import ReportError
from reports.evidence import Evidence, gather
from reports.i18n import words
from reports.ledger import without_marks
from reports.report import Report, Section
from reports.sections import SECTIONS, Material, Record, cover_section, finding, verso_section
from reports.spec import ReportSpec, chosen_batteries, chosen_indicators
from reports.trace import Marks, unmarked


def build_report(
    releases: Sequence[SurveyData],
    *,
    language: str,
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
) -> Report:
    """Pool the waves, estimate what the spec names, write every section.

    `records`: the releases' other files by wave name (`read_records`); without them the method statement says
    that they were not given. ReportError for no release, an unknown language or name, or a text that
    lacks the language; AnalysisError from the estimators.
    """
    (report,) = build_reports(releases, languages=(language,), spec=spec, records=records)
    return report


def build_reports(
    releases: Sequence[SurveyData],
    *,
    languages: Sequence[str],
    spec: ReportSpec | None = None,
    records: Mapping[str, Record] | None = None,
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
    chosen = spec or ReportSpec()
    indicators = chosen_indicators(pooled.codebook, chosen)
    evidence = gather(pooled, indicators, chosen_batteries(pooled.codebook, chosen))
    for each in spoken:
        yield _report(Material(evidence, each, records or {}, version("tolqyn")), chosen)


def read_records(folders: Sequence[Path]) -> dict[str, Record]:
    """The instrument, weights and fieldwork files of release folders, by wave name."""
    return {
        str(read_json(folder, "manifest")["wave"]): Record(
            read_json(folder, "instrument"), read_json(folder, "weights"), read_json(folder, "fieldwork")
        )
        for folder in folders
    }


def report_from_folders(folders: Sequence[Path], language: str, spec: ReportSpec | None = None) -> Report:
    """A report from release folders, each verified as it is read (ReleaseError)."""
    (report,) = reports_from_folders(folders, (language,), spec)
    return report


def reports_from_folders(
    folders: Sequence[Path], languages: Sequence[str], spec: ReportSpec | None = None
) -> Iterator[Report]:
    """The same in several languages, estimated once and made one after the other."""
    releases = [read_release(folder) for folder in folders]
    return build_reports(releases, languages=languages, spec=spec, records=read_records(folders))


def refuse_unspoken(releases: Sequence[SurveyData], language: str) -> None:
    """ReportError when a wave's questionnaire has no wording in this language."""
    for data in releases:
        if language not in data.codebook.languages:
            have = ",".join(data.codebook.languages)
            raise ReportError(
                f"{data.meta.study} {data.meta.wave} has no wording in {language!r}; "
                f"its languages are {have}: type --lang {have}"
            )


def _report(material: Material, spec: ReportSpec) -> Report:
    evidence, spoken = material.evidence, material.words
    latest = evidence.latest.meta
    chapters = _chapters(material)
    front = (cover_section(material), verso_section(material, chapters))
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
        author="; ".join(text for _, text in material.disclosed("conductor")[-1:]),
        description=spoken.say("Trend report on releases of {study}.", study=latest.study),
        dated=_day(latest.dates[1]) if latest.dates else "",
        marks={"bottom-left": _foot(material)},
        attachments={"estimates.csv": _csv(evidence), "estimates.json": _json(evidence, spec, material)},
        sources=spoken.marks,
    )


def _chapters(material: Material) -> tuple[Section, ...]:
    chapters: list[Section] = []
    for make in SECTIONS:
        made = make(material)
        chapters += made if isinstance(made, tuple) else [made]
    return tuple(chapters)


def _foot(material: Material) -> str:
    """Two lines: the synthetic mark with the release, and the whole fingerprint of the latest release."""
    words, latest = material.words, material.evidence.latest.meta
    release = words.say("Release {release}", release=f"{latest.study} {latest.wave}/{latest.release}")
    mark = words.say("SYNTHETIC DATA")
    return (
        f"{mark} · {release}\n{latest.fingerprint}"
        if material.synthetic
        else f"{release}\n{latest.fingerprint}"
    )


def _day(text: str) -> str:
    """The last day a date names: `2018` is 2018-12-31 and `2018-05` is 2018-05-31."""
    return str(pd.Period(text).end_time.date())


def _csv(evidence: Evidence) -> bytes:
    return evidence.table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _json(evidence: Evidence, spec: ReportSpec, material: Material) -> bytes:
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
        "language": material.words.language,
        "software": f"tolqyn {material.code_version}",
        "code": code_fingerprint(),
        "libraries": libraries(),
        "specification": asdict(spec),
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
