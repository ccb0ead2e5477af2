"""Keys of figures and tables, in the order they are asked for, in; numbers and a register of them out."""

from dataclasses import dataclass, field


@dataclass
class Numbers:
    """Counts figures and tables of one report; the same key keeps its number."""

    figures: dict[str, str] = field(default_factory=dict)
    """What each figure shows, by key; the place in the order is its number."""
    tables: dict[str, str] = field(default_factory=dict)

    def figure(self, key: str, content: str = "") -> int:
        """The figure's number; `content`: ids of what it shows, for the register."""
        return _number(self.figures, key, content)

    def table(self, key: str, content: str = "") -> int:
        return _number(self.tables, key, content)


def _number(known: dict[str, str], key: str, content: str) -> int:
    known[key] = known.get(key, "") or content
    return list(known).index(key) + 1
