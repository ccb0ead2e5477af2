"""A wave and a ballot as a respondent's request meets them: plain values of one row, of no session."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from survey.store.models import Ballot, Wave


@dataclass(frozen=True, slots=True)
class FieldWave:
    """What a request needs of a wave; the long texts for the release are not among it."""

    id: int
    alias: str
    fingerprint: str
    state: str
    opens: date
    closes: date
    languages: list[str]
    organisation: str
    contact: str
    access: str
    panel: dict[str, str] | None
    synthetic: bool
    seed: int | None
    public_key: str
    quotas: list[dict[str, Any]] | None
    time_zone: str
    stage: int


@dataclass(frozen=True, slots=True)
class FieldBallot:
    """What a request needs of a ballot."""

    ballot: str
    fingerprint: str
    batch: int | None
    state: str
    language: str
    code_mac: str | None
    cells: str | None
    full_cell: int | None


AnyWave = Wave | FieldWave
WAVE_COLUMNS = tuple(Wave.__table__.c[name] for name in FieldWave.__slots__)
BALLOT_COLUMNS = tuple(Ballot.__table__.c[name] for name in FieldBallot.__slots__)
