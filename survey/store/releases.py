"""The register of release folders this instance has built or imported."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.store.models import Release


def next_number(session: Session, study: str, wave_name: str) -> int:
    """1 for a wave's first release, then counting up."""
    query = select(func.max(Release.number)).where(Release.study == study, Release.wave_name == wave_name)
    return (session.scalar(query) or 0) + 1


def register(
    session: Session, *, study: str, wave_name: str, number: int, source: str, fingerprint: str, made_on: date
) -> Release:
    """Record a release folder; `source` is `collected` or `imported`."""
    release = Release(
        study=study,
        wave_name=wave_name,
        number=number,
        source=source,
        fingerprint=fingerprint,
        made_on=made_on,
    )
    session.add(release)
    session.flush()
    return release


def listing(session: Session, study: str | None = None) -> list[Release]:
    """Registered releases by study, wave and number."""
    query = select(Release).order_by(Release.study, Release.wave_name, Release.number)
    return list(session.scalars(query if study is None else query.where(Release.study == study)))
