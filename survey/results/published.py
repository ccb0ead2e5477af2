"""TOLQYN_HOME and the register of releases in, what the public may see out: studies, waves, report files.

A report is published by lying at `reports/STUDY/STUDY-WAVE-LANG.pdf` below TOLQYN_HOME. Of a release only the
JSON files are read, so that the web server never loads a data frame.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from instruments import offered_phones
from survey.store.models import Release

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReportFile:
    """One published PDF."""

    language: str
    name: str
    kilobytes: int


@dataclass(frozen=True)
class PublishedWave:
    """One released wave and the reports up to it."""

    name: str
    dates: tuple[date, date] | None
    rows: int
    reports: tuple[ReportFile, ...]


@dataclass(frozen=True)
class HelpLine:
    """A number to call, and what answers there by language."""

    display: str
    what: Mapping[str, str]


@dataclass(frozen=True)
class PublishedStudy:
    """A study with at least one published report; its waves, newest first."""

    name: str
    title: Mapping[str, str]
    synthetic: bool
    sample_type: str
    help_lines: tuple[HelpLine, ...]
    waves: tuple[PublishedWave, ...]


def reports_folder(home: Path, study: str) -> Path:
    """Where a study's published reports lie."""
    return home / "reports" / study


def published(
    home: Path, register: Iterable[Release], languages: tuple[str, ...]
) -> tuple[PublishedStudy, ...]:
    """Every study with a report, the latest release of each wave.

    A release that is no longer on disk is left out; so is one whose records are not those of the register,
    with a warning in the log, because nobody may vouch for it.
    """
    newest: dict[tuple[str, str], Release] = {}
    for release in register:
        known = newest.get((release.study, release.wave_name))
        if known is None or release.number > known.number:
            newest[release.study, release.wave_name] = release
    studies: dict[str, dict[str, _Records]] = {}
    for (study, wave), release in newest.items():
        records = _records(home / "releases" / study / wave / str(release.number), release.fingerprint)
        if records is not None:
            studies.setdefault(study, {})[wave] = records
    found = [_study(home, study, waves, languages) for study, waves in studies.items()]
    return tuple(study for study in found if any(wave.reports for wave in study.waves))


@dataclass(frozen=True)
class _Records:
    """What the page reads of one release, as it was written."""

    manifest: Mapping[str, Any]
    instrument: Mapping[str, Any]


def _records(folder: Path, fingerprint: str) -> _Records | None:
    if not (folder / "manifest.json").is_file():
        return None
    content = (folder / "manifest.json").read_bytes()
    if hashlib.sha256(content).hexdigest() == fingerprint:
        manifest = json.loads(content)
        instrument = _bytes(folder / "instrument.json")
        if hashlib.sha256(instrument).hexdigest() == manifest["files"]["instrument.json"]["sha256"]:
            return _Records(manifest, json.loads(instrument))
    log.warning("%s is not as it was written: left out; see tolqyn release verify", folder)
    return None


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _study(
    home: Path, study: str, waves: Mapping[str, _Records], languages: tuple[str, ...]
) -> PublishedStudy:
    manifests = {wave: records.manifest for wave, records in waves.items()}
    order = sorted(manifests, key=lambda wave: (manifests[wave].get("dates") or [wave], wave), reverse=True)
    latest = manifests[order[0]]
    return PublishedStudy(
        name=study,
        title=latest.get("title") or {},
        synthetic=any(manifest["synthetic"] for manifest in manifests.values()),
        sample_type=latest["sample_type"],
        help_lines=_help_lines(waves[order[0]].instrument),
        waves=tuple(
            PublishedWave(
                wave,
                _dates(manifests[wave].get("dates")),
                manifests[wave]["rows"],
                _reports(home, study, wave, languages),
            )
            for wave in order
        ),
    )


def _reports(home: Path, study: str, wave: str, languages: tuple[str, ...]) -> tuple[ReportFile, ...]:
    paths = {
        language: reports_folder(home, study) / f"{study}-{wave}-{language}.pdf" for language in languages
    }
    return tuple(
        ReportFile(language, path.name, max(1, round(path.stat().st_size / 1024)))
        for language, path in paths.items()
        if path.is_file()
    )


def _help_lines(instrument: Mapping[str, Any]) -> tuple[HelpLine, ...]:
    """The numbers the questionnaire gave; an imported wave has none."""
    return tuple(HelpLine(phone["display"], phone["what"]) for phone in offered_phones(instrument))


def _dates(raw: Any) -> tuple[date, date] | None:
    """Whole days only: an imported wave may know no more than a year."""
    if not raw or any(len(day) != 10 for day in raw):
        return None
    return date.fromisoformat(raw[0]), date.fromisoformat(raw[1])
