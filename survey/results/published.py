"""TOLQYN_HOME and the register of releases in, what the public may see out: studies, waves, report files.

A report is published by lying at `reports/STUDY/STUDY-WAVE-LANG.pdf` below TOLQYN_HOME. Of a release only the
JSON files are read, so that the web server never loads a data frame.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from instruments import offered_phones
from survey.store.models import Release


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
    """Every study with a report, the latest release of each wave; what is no longer on disk is left out."""
    newest: dict[tuple[str, str], Release] = {}
    for release in register:
        known = newest.get((release.study, release.wave_name))
        if known is None or release.number > known.number:
            newest[release.study, release.wave_name] = release
    folders = {
        (study, wave): home / "releases" / study / wave / str(release.number)
        for (study, wave), release in newest.items()
    }
    present = {names: folder for names, folder in folders.items() if (folder / "manifest.json").is_file()}
    studies = dict.fromkeys(study for study, _ in present)
    found = [
        _study(home, study, {w: f for (s, w), f in present.items() if s == study}, languages)
        for study in studies
    ]
    return tuple(study for study in found if any(wave.reports for wave in study.waves))


def _study(home: Path, study: str, folders: Mapping[str, Path], languages: tuple[str, ...]) -> PublishedStudy:
    manifests = {wave: _read(folder / "manifest.json") for wave, folder in folders.items()}
    order = sorted(manifests, key=lambda wave: (manifests[wave].get("dates") or [wave], wave), reverse=True)
    latest = manifests[order[0]]
    return PublishedStudy(
        name=study,
        title=latest.get("title") or {},
        synthetic=any(manifest["synthetic"] for manifest in manifests.values()),
        sample_type=latest["sample_type"],
        help_lines=_help_lines(folders[order[0]]),
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


def _help_lines(folder: Path) -> tuple[HelpLine, ...]:
    """The numbers the questionnaire gave; an imported wave has none."""
    phones = offered_phones(_read(folder / "instrument.json"))
    return tuple(HelpLine(phone["display"], phone["what"]) for phone in phones)


def _dates(raw: Any) -> tuple[date, date] | None:
    """Whole days only: an imported wave may know no more than a year."""
    if not raw or any(len(day) != 10 for day in raw):
        return None
    return date.fromisoformat(raw[0]), date.fromisoformat(raw[1])


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content
