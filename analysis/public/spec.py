"""What a microdata specification says: keys with their steps, limits and lists, as frozen classes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments import Text

WITHHELD = -7
"""Code of a key's value that the public file does not hold: suppressed, or never given. The two are one code,
so that nobody sees which rows were at risk. It lies beside the missing codes -1 to -6, which say why there
was no answer."""


@dataclass(frozen=True)
class KeyGroup:
    """One category of a coarser key: which codes (or words of a text column) of its column it holds."""

    code: int
    label: Text
    values: tuple[int | str, ...]


@dataclass(frozen=True)
class KeyStep:
    """One level of detail of a key. Without groups and edges the column's own codes; `edges` cut numbers."""

    column: str
    name: str
    label: Text = field(default_factory=dict)
    groups: tuple[KeyGroup, ...] = ()
    edges: tuple[int, ...] = ()


@dataclass(frozen=True)
class Key:
    """What an acquaintance may know of somebody. Steps from fine to coarse; `removable`: may be left out."""

    steps: tuple[KeyStep, ...]
    importance: float = 1.0
    removable: bool = False
    hides: tuple[str, ...] = ()
    """Other columns that tell the same and are therefore left out."""


@dataclass(frozen=True)
class PublicSpec:
    """How a wave's public-use file is made."""

    keys: tuple[Key, ...]
    licence: str
    k: int = 5
    ceiling: float = 0.05
    """Largest share of a key's values that may be suppressed."""
    sensitive: tuple[str, ...] = ()
    """Columns whose variety within a class of equal keys is reported (l-diversity)."""
    numbers: Mapping[str, int | None] = field(default_factory=dict)
    """Numbers that may be published, with the value from which on they are one (None: as they are)."""
    remove: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Where given, nothing but these columns and the keys is published."""
    paradata: tuple[str, ...] = ()
    """Columns about the interview that may be published, all others may not."""
    units: bool = True
    """Whether places are published as random groups of places, for errors of estimates."""
    sha256: str = ""
