"""An instance's configuration in, its register of what was published out."""

from typing import TYPE_CHECKING

from survey.config import Config

if TYPE_CHECKING:
    from reports import Register


def register_of(config: Config) -> "Register":
    """The register of an instance."""
    from reports import Register

    return Register(config.published)
