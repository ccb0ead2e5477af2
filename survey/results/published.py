"""TOLQYN_HOME and the register of releases in, what the public may see out: studies, waves, report files.

A report is published by lying at `reports/STUDY/STUDY-WAVE-LANG.pdf` below TOLQYN_HOME, a factsheet beside it
as `STUDY-WAVE-LANG-factsheet.pdf`, a picture by being listed in `tiles/STUDY-WAVE-LANG-tiles.json`. Of a
release only the JSON files are read, so that the web server never loads a data frame.
"""

import glob
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
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
    superseded: bool = False
    """Whether one of corrected data took its place; it stays where it was cited."""


@dataclass(frozen=True)
class PictureFile:
    """One published picture for social media, and what it shows in words."""

    language: str
    name: str
    kilobytes: int
    size: tuple[int, int]
    """Width and height in pixels."""
    words: str


@dataclass(frozen=True)
class PublishedWave:
    """One released wave and the reports up to it."""

    name: str
    dates: tuple[date, date] | None
    rows: int
    reports: tuple[ReportFile, ...]
    factsheets: tuple[ReportFile, ...] = ()
    pictures: tuple[PictureFile, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether anything of it is published."""
        return bool(self.reports or self.factsheets or self.pictures)

    def pictures_in(self, language: str) -> tuple[PictureFile, ...]:
        """Those whose words are in that language."""
        return tuple(each for each in self.pictures if each.language == language)


@dataclass(frozen=True)
class HelpLine:
    """A number to call, and what answers there by language."""

    display: str
    what: Mapping[str, str]


@dataclass(frozen=True)
class PublishedStudy:
    """A study of which something is published; its waves, newest first."""

    name: str
    title: Mapping[str, str]
    synthetic: bool
    sample_type: str
    help_lines: tuple[HelpLine, ...]
    waves: tuple[PublishedWave, ...]


def reports_folder(home: Path, study: str) -> Path:
    """Where a study's published reports lie."""
    return home / "reports" / study


def pictures_folder(home: Path, study: str) -> Path:
    """Where a study's published pictures lie."""
    return reports_folder(home, study) / "tiles"


def published(
    home: Path, register: Iterable[Release], languages: tuple[str, ...]
) -> tuple[PublishedStudy, ...]:
    """Every study with a report, factsheet or picture; the latest release of each wave.

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
    return tuple(study for study in found if any(wave.shown for wave in study.waves))


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
                _printed(home, study, wave, languages),
                _printed(home, study, wave, languages, "-factsheet"),
                tuple(each for language in languages for each in _pictures(home, study, wave, language)),
            )
            for wave in order
        ),
    )


def _printed(
    home: Path, study: str, wave: str, languages: tuple[str, ...], kind: str = ""
) -> tuple[ReportFile, ...]:
    found = []
    for language in languages:
        stem = f"{study}-{wave}-{language}{kind}"
        newest = reports_folder(home, study) / f"{stem}.pdf"
        found += [_file(newest, language)] if newest.is_file() else []
        earlier = newest.parent.glob(f"{glob.escape(stem)}@*.pdf")
        found += [_file(path, language, superseded=True) for path in sorted(earlier, reverse=True)]
    return tuple(found)


def _pictures(home: Path, study: str, wave: str, language: str) -> tuple[PictureFile, ...]:
    """The pictures of one language that its index lists and that are as it says."""
    folder = pictures_folder(home, study)
    index = folder / f"{study}-{wave}-{language}-tiles.json"
    if not index.is_file():
        return ()
    found = []
    for tile in json.loads(index.read_bytes())["tiles"]:
        path = folder / Path(tile["file"]).name
        if path.is_file() and _digest(path, path.stat().st_mtime_ns) == tile["sha256"]:
            width, height = tile["size"]
            words = tile["alternative_text"]
            found.append(PictureFile(language, path.name, _kilobytes(path), (width, height), words))
        else:
            log.warning("%s is not as its index says: left out; see tolqyn report verify", path)
    return tuple(found)


@lru_cache(maxsize=1024)
def _digest(path: Path, changed: int) -> str:
    """SHA-256 of a picture as it was at the time of its last change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _file(path: Path, language: str, *, superseded: bool = False) -> ReportFile:
    return ReportFile(language, path.name, _kilobytes(path), superseded)


def _kilobytes(path: Path) -> int:
    return max(1, round(path.stat().st_size / 1024))


def _help_lines(instrument: Mapping[str, Any]) -> tuple[HelpLine, ...]:
    """The numbers the questionnaire gave; an imported wave has none."""
    return tuple(HelpLine(phone["display"], phone["what"]) for phone in offered_phones(instrument))


def _dates(raw: Any) -> tuple[date, date] | None:
    """Whole days only: an imported wave may know no more than a year."""
    if not raw or any(len(day) != 10 for day in raw):
        return None
    return date.fromisoformat(raw[0]), date.fromisoformat(raw[1])
