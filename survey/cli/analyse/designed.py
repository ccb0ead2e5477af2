"""A codebook in, which of its questions are experiments and of what kind out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instruments import Role
from survey.refusal import Reason, Refused

if TYPE_CHECKING:
    from instruments import Codebook

LIST, CROSSWISE, RANDOMISED, VIGNETTE, SPLIT = "list", "crosswise", "randomised", "vignette", "split"
KINDS = (LIST, CROSSWISE, RANDOMISED, VIGNETTE, SPLIT)
TAKES: Mapping[str, tuple[str, ...]] = {
    LIST: ("formula", "method", "group", "control_items"),
    CROSSWISE: ("formula", "prevalence", "attentive", "anchor", "same"),
    RANDOMISED: ("formula", "device", "yes", "chances"),
    VIGNETTE: ("outcomes", "factors", "code", "respondent"),
    SPLIT: ("outcomes", "code"),
}
"""The options that each kind understands."""


@dataclass(frozen=True)
class Designed:
    """An experiment: its kind and its name, that of a column or (vignette) of an item."""

    kind: str
    name: str


def designed(codebook: "Codebook") -> tuple[Designed, ...]:
    """The experiments that the codebook declares, in its order."""
    found: dict[str, Designed] = {}
    for variable in codebook.variables:
        name = variable.name
        kind = _declared(variable.design) or (LIST if _has_lists(codebook, name) else None)
        if kind:
            found[name] = Designed(kind, name)
        item = variable.item
        if variable.role is Role.ASSIGNMENT and item and item not in codebook:
            found[item] = Designed(VIGNETTE, item)
    return tuple(found.values())


def kind_of(codebook: "Codebook", name: str, kind: str | None) -> Designed:
    """The experiment of that name; Refused where the codebook does not say what it is."""
    if kind:
        return Designed(kind, name)
    known = {each.name: each for each in designed(codebook)}
    if name not in known:
        listed = ", ".join(known) or "nothing"
        hint = f"type --kind {'|'.join(KINDS)} if it is one"
        raise Refused(Reason(f"an experiment of the codebook ({listed})", name, hint))
    return known[name]


def _declared(design: Mapping[str, Any]) -> str | None:
    if "list_experiment" in design:
        return LIST
    return CROSSWISE if "crosswise" in design else SPLIT if "split" in design else None


def _has_lists(codebook: "Codebook", name: str) -> bool:
    """Releases from before `design` tell a list experiment by its column of lists."""
    return any(v.role is Role.ASSIGNMENT and v.item == name and v.name != name for v in codebook.variables)
