"""The register of release folders this instance has built or imported."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused
from survey.store.models import Release


def register(
    session: Session, *, study: str, wave_name: str, number: int, source: str, fingerprint: str, made_on: date
) -> Release:
    """Record a release folder, `collected` or `imported`. The same folder again is the same row."""
    query = select(Release).where(
        Release.study == study, Release.wave_name == wave_name, Release.number == number
    )
    known = session.scalar(query)
    if known is not None and known.fingerprint == fingerprint:
        return known
    if known is not None:
        found = f"release {number} with fingerprint {known.fingerprint[:12]} in the register"
        hint = "is TOLQYN_HOME the folder this database was used with?"
        where = f"{study}/{wave_name}"
        raise Refused(Reason(f"fingerprint {fingerprint[:12]}", found, hint, path=where, rule="register"))
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
