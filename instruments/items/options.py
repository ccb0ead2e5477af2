"""Options and the scales that share them by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.codebook import Level, Net, Text
from instruments.tree import Node

LEVELS = ("nominal", "ordinal", "interval")


@dataclass(frozen=True)
class Option:
    """One possible answer."""

    code: int
    label: Text


@dataclass(frozen=True)
class Scale:
    """Options shared by name. `reversible`: half of the respondents see it from last to first."""

    name: str
    level: Level
    options: tuple[Option, ...]
    reversible: bool = False
    nets: Mapping[str, Net] = field(default_factory=dict)


def read_options(node: Node, key: str, *, required: bool = False) -> tuple[Option, ...]:
    """Options written as `{code: words}`, in file order."""
    options = tuple(Option(code, words) for code, words in node.coded(key, required=required))
    if required and node.has(key) and not options:
        node.problem("options", "at least one option", "none", "Write 1: words.", key)
    return options


def read_nets(node: Node) -> dict[str, Net]:
    """Nets written as `nets: {agree: {label: words, codes: [4, 5]}}`, by name."""
    nets = {}
    for name, child in node.children("nets"):
        nets[name] = Net(child.text("label", required=True), child.integers("codes"))
        if not nets[name].codes:
            child.problem("net", "a list of codes", "nothing", "Write codes: [4, 5].", "codes")
        child.finish()
    return nets


def read_scale(node: Node, name: str, languages: tuple[str, ...]) -> Scale:
    """A scale: `options`, or numbers `min` to `max` with words for some of them under `anchors`."""
    level = Level(node.choice("level", LEVELS, "nominal"))
    reversible = node.flag("reversible")
    options = read_options(node, "options") if node.has("options") else _numbered(node, languages)
    nets = read_nets(node)
    node.finish()
    return Scale(name, level, options, reversible, nets)


def _numbered(node: Node, languages: tuple[str, ...]) -> tuple[Option, ...]:
    low, high = node.integer("min", required=True), node.integer("max", required=True)
    anchors: Mapping[int, Text] = dict(node.coded("anchors"))
    if not low < high <= low + 100:
        node.problem("range", "min below max, at most 101 numbers", f"{low} to {high}", "Correct min or max.")
        return ()
    return tuple(
        Option(
            number,
            {language: _anchored(number, anchors.get(number, {}).get(language)) for language in languages},
        )
        for number in range(low, high + 1)
    )


def _anchored(number: int, words: str | None) -> str:
    return f"{number} – {words}" if words else str(number)
