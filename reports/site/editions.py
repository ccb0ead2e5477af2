"""The folder of the published site in, its editions out: numbered, never renumbered, what each was made of.

Addresses and folders are the same: `LANG/STUDY/…` the newest numbers, `LANG/STUDY@N/…` those of edition N.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import TrackingPlan, release_at
from reports.published import fingerprint, releases_of
from reports.spec import ReportSpec, choices

RECORD = "edition.json"
_LEAST_APART = 10
"""A wave that differs by fewer interviews between two editions tells about those few."""


@dataclass(frozen=True)
class Edition:
    """One published set of numbers."""

    study: str
    number: int
    releases: Mapping[str, Mapping[str, Any]]
    """By wave: release, fingerprint, rows."""
    by: tuple[str, ...]
    languages: tuple[str, ...]
    plan: str = ""
    """Fingerprint of the tracking plan that judged its changes; empty without one."""
    choices: str = ""
    """Likewise of what the report's specification chose to be judged together."""

    @property
    def cited(self) -> str:
        """Its releases as text cites them."""
        waves = (f"{wave}/{release['release']}" for wave, release in self.releases.items())
        return f"{self.study} {', '.join(waves)}"

    @property
    def place(self) -> str:
        """Its part of an address."""
        return f"{self.study}@{self.number}"


def editions(site: Path, study: str) -> tuple[Edition, ...]:
    """What of a study is published, oldest first."""
    found: dict[int, Edition] = {}
    for path in sorted(site.glob(f"*/{study}@*/{RECORD}")):
        if re.fullmatch(rf"{re.escape(study)}@\d+", path.parent.name):
            raw = json.loads(path.read_text("utf-8"))
            found[raw["number"]] = Edition(
                study,
                raw["number"],
                raw["releases"],
                tuple(raw["by"]),
                tuple(raw["languages"]),
                raw.get("plan", ""),
                raw.get("choices", ""),
            )
    return tuple(found[number] for number in sorted(found))


def newest_edition(site: Path, study: str) -> Edition | None:
    """The newest one, None where nothing is published."""
    return next(reversed(editions(site, study)), None)


def next_edition(
    site: Path,
    folders: Sequence[Path],
    by: Sequence[str],
    languages: Sequence[str],
    *,
    plan: TrackingPlan | None = None,
    spec: ReportSpec | None = None,
) -> Edition:
    """The edition of these releases, plan and choices: the newest when of the same, else the next number."""
    study = release_at(folders[-1]).study
    releases = releases_of(folders)
    last = newest_edition(site, study)
    judged = plan.fingerprint if plan is not None else ""
    chosen = fingerprint(choices(spec))
    wanted = (releases, tuple(by), judged, chosen)
    same = last is not None and (last.releases, last.by, last.plan, last.choices) == wanted
    number = (last.number if same else last.number + 1) if last else 1
    return Edition(study, number, releases, tuple(by), tuple(languages), judged, chosen)


def told_apart(site: Path, edition: Edition) -> tuple[tuple[int, str, int], ...]:
    """Earlier editions that differ by a few interviews of a wave: (number, wave, interviews)."""
    found = []
    for other in editions(site, edition.study):
        for wave, release in edition.releases.items():
            before = other.releases.get(wave)
            if before is None or before["fingerprint"] == release["fingerprint"]:
                continue
            apart = abs(int(before["rows"]) - int(release["rows"]))
            if 0 < apart < _LEAST_APART:
                found.append((other.number, wave, apart))
    return tuple(found)


def record(edition: Edition) -> str:
    """The edition as its file says it."""
    content = {
        "study": edition.study,
        "number": edition.number,
        "releases": edition.releases,
        "by": list(edition.by),
        "languages": list(edition.languages),
        **({"plan": edition.plan} if edition.plan else {}),
        **({"choices": edition.choices} if edition.choices else {}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
