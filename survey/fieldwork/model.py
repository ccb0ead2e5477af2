"""A study's fielded wave in, from the database or from its release alone, what its successor keeps to out."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey.config import HOME_ZONE
from survey.earlier import released, released_questionnaire
from survey.refusal import Reason, Refused, Said
from survey.store import waves
from survey.store.base import UNFIELDED
from survey.store.models import Wave

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Model:
    """The wave whose settings the next one takes. None: its release does not say, so nothing is locked."""

    study: str
    name: str
    sample_type: str
    mode: str | None
    access: str | None
    languages: tuple[str, ...] | None
    time_zone: str | None
    organisation: str
    contact: str
    title: Mapping[str, str]
    disclosure: Mapping[str, Any]
    design: Mapping[str, Any] | None
    """As its file was; None where nothing of it is known."""
    questionnaire: Questionnaire | None
    """None for a wave that came from a file of data."""
    released: bool = False
    """Whether its release is all there is."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Settings that the release does not say."""
        known = ("mode", "access", "languages", "time_zone")
        return tuple(name for name in known if getattr(self, name) is None)

    @property
    def strata(self) -> list[str] | None:
        """Names of the strata it was drawn in."""
        return None if self.design is None else sorted(self.design.get("strata") or {})


def find_model(session: Session, home: Path, text: str) -> Model:
    """The wave named STUDY/NAME, by its alias or by its release's folder; of a STUDY alone, its latest.

    The database goes first, then TOLQYN_HOME/releases. Raises Refused listing what there is.
    """
    folder = Path(text)
    if (folder / MANIFEST).is_file():
        return _of_folder(session, home, folder)
    query = select(Wave).where(Wave.study == text, Wave.state.not_in(UNFIELDED))
    fielded = {wave.name: (wave.opens.isoformat(), wave.name) for wave in session.scalars(query)}
    stored = {name: (dates[0], name) for name, dates, _ in released(home, text)} if "/" not in text else {}
    if latest := max({**stored, **fielded}.values(), default=None):
        return model_of(session, home, text, latest[1])
    study, _, name = text.partition("/")
    if waves.wave_named(session, study, name) is None and _folder(home, study, name) is not None:
        return model_of(session, home, study, name)
    found = waves.find_wave(session, text)
    if found.state in UNFIELDED:
        where = f"{found.study}/{found.name}"
        hint = f"tolqyn wave create {where} … --replace changes a draft"
        raise Refused(
            Reason(Said("a wave that was in the field"), found.state, hint, path=where, rule="state")
        )
    return model_of(session, home, found.study, found.name)


def model_of(session: Session, home: Path, study: str, name: str) -> Model:
    """The wave of these names. Raises Refused where it is neither in the database nor released here."""
    wave = waves.wave_named(session, study, name)
    if wave is not None:
        return _of_wave(session, wave)
    folder = _folder(home, study, name)
    if folder is None:
        expected = f"the wave {study}/{name}, or its release in TOLQYN_HOME/releases"
        hint = f"put the folder back: {home / 'releases' / study / name / '1'}"
        raise Refused(Reason(expected, "neither", hint, f"{study}/{name}", "no_wave"))
    return _of_release(folder, study, name)


def _folder(home: Path, study: str, name: str) -> Path | None:
    return next((folder for wave, _, folder in released(home, study) if wave == name), None)


def _of_folder(session: Session, home: Path, folder: Path) -> Model:
    """A release's folder stands for its wave; it must lie where the next wave's gates find it again."""
    from analysis import read_json  # noqa: PLC0415  slow, and most instances need none

    manifest = read_json(folder, "manifest")
    study, name, number = manifest["study"], manifest["wave"], manifest["release"]
    if _folder(home, study, name) is None and waves.wave_named(session, study, name) is None:
        there = home / "releases" / study / name / str(number)
        parts = [shlex.quote(str(each)) for each in (there.parent, folder, there)]
        hint = "mkdir -p {0} && cp -r {1} {2} && tolqyn release verify {2}".format(*parts)
        expected = "a release in TOLQYN_HOME/releases, where the gates of the new wave compare with it"
        raise Refused(Reason(expected, "one elsewhere", hint, str(folder), "release"))
    return model_of(session, home, study, name)


def _of_wave(session: Session, wave: Wave) -> Model:
    return Model(
        wave.study,
        wave.name,
        wave.sample_type,
        wave.mode,
        wave.access,
        tuple(wave.languages),
        wave.time_zone,
        wave.organisation,
        wave.contact,
        dict(wave.title),
        dict(wave.disclosure),
        dict(wave.design or {}),
        waves.questionnaire_of(session, wave),
    )


def _of_release(folder: Path, study: str, name: str) -> Model:
    from analysis import read_json  # noqa: PLC0415  slow, and most instances need none

    manifest, fieldwork = read_json(folder, "manifest"), read_json(folder, "fieldwork")
    record = read_json(folder, "disclosure")
    asked = released_questionnaire(folder)
    planned = fieldwork.get("design")
    modes = list(fieldwork.get("modes") or {})
    return Model(
        study,
        name,
        manifest["sample_type"],
        modes[0] if len(modes) == 1 else None,
        fieldwork.get("access"),
        None,
        None,
        _one_text(record.pop("conductor", "")),
        _one_text(record.pop("contact", "")),
        dict(manifest["title"]),
        record,
        None if planned is None else _design(planned, fieldwork.get("quotas") or []),
        asked,
        released=True,
    )


def _design(planned: Mapping[str, Any], quotas: list[dict[str, Any]]) -> dict[str, Any]:
    """What a release keeps of a design file, as such a file."""
    return {"format": 1, "time_zone": HOME_ZONE, **planned, **({"quotas": quotas} if quotas else {})}


def _one_text(words: Any) -> str:
    """A wave says who asks in one text for all languages; words by language are somebody's to choose from."""
    return words if isinstance(words, str) else ""
