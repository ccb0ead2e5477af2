"""The office's settings and waves in, words that everybody around it knows out: no password is made of them.

The list is documented in docs/guide/staff.md.
"""

import re
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from survey.config import Config
from survey.store.people import ROLES
from survey.store.waves import all_waves

SHORTEST = 3
"""Letters of a word that is looked for."""
LATEST = 40
"""Waves that are looked at."""


def words_known(config: Config, session: Session) -> tuple[str, ...]:
    """Names of the office, its addresses, studies, waves and roles, whole and word by word."""
    names = [urlsplit(address).hostname or "" for address in (config.public_url, config.console_url)]
    names += [*config.hosts, *ROLES]
    for wave in all_waves(session)[-LATEST:]:
        names += [wave.organisation, wave.study, wave.name, wave.alias, *wave.title.values()]
    found = {name.lower() for name in names}
    found |= {word for name in found for word in re.split(r"[\W_]+", name)}
    return tuple(sorted(word for word in found if len(word) >= SHORTEST))
