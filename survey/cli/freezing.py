"""The register of publications in, waves frozen or let go of out, each with its act in the record."""

from sqlalchemy.orm import Session

from survey.cli.acts import note
from survey.cli.registered import register_of
from survey.config import Config
from survey.store import freezing


def settle(session: Session, config: Config, study: str, *, by: str = "") -> None:
    """Freeze what stands in the register of publications, and let go of what stands there no more."""
    names = published_waves(config, study)
    freeze(session, config, study)
    for wave in freezing.thaw(session, study, names):
        note(session, "wave.thaw", wave, by)


def freeze(session: Session, config: Config, study: str) -> None:
    """The same, letting go of nothing: a register that is lost thaws no wave."""
    if freezing.released(session, study):
        for wave in freezing.freeze(session, study, published_waves(config, study)):
            note(session, "wave.freeze", wave)


def freeze_all(session: Session, config: Config) -> None:
    """Every study of which something is published."""
    for study in freezing.released(session):
        freeze(session, config, study)


def published_waves(config: Config, study: str) -> set[str]:
    """Waves of the study of which a publication that counts shows figures."""
    found = register_of(config).publications(study)
    return {wave for each in found for wave in each.releases}
