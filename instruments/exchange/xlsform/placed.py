"""What is known while the questions of an XLSForm are placed one after another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.exchange.codes import Coded
from instruments.exchange.draft import Draft, Raw
from instruments.exchange.leaves import Target
from instruments.exchange.names import Identifiers
from instruments.exchange.xlsform.survey import Structure
from instruments.exchange.xlsform.words import Speaker


@dataclass
class Placing:
    """What is known while the questions are placed one after another."""

    draft: Draft
    structure: Structure
    codes: Mapping[str, Coded]
    scales: Mapping[str, str]
    speaker: Speaker
    names: Identifiers
    ids: dict[int, str] = field(default_factory=dict)
    """Row of the survey sheet -> item."""
    targets: dict[str, list[Target]] = field(default_factory=dict)
    rules: dict[int, Raw | None] = field(default_factory=dict)
    """Row of a group -> its rule."""
