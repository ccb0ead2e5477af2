"""Randomising devices: probabilities come in, the line from the sensitive share to the answers goes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.errors import EstimationError, Said, setting

LEAST_SLOPE = 1e-6
DEVICE = "device"
"""Whose settings the probabilities are."""


@dataclass(frozen=True)
class Device:
    """The share of "yes" answers is `base` + `slope` times the sensitive share."""

    name: str
    base: float
    slope: float

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest share of yes that honest answers can give."""
        return min(self.base, self.base + self.slope), max(self.base, self.base + self.slope)

    def share(self, answers: float) -> float:
        """The sensitive share behind a share of yes answers."""
        return (answers - self.base) / self.slope


def crosswise_device(prevalence: float) -> Device:
    """Yes is "both or neither" (Yu, Tian and Tang 2008): 1 - p + (2 p - 1) times the sensitive share."""
    _refuse_share("prevalence", prevalence)
    return _sound(Device("crosswise", 1 - prevalence, 2 * prevalence - 1), f"prevalence {prevalence:g}")


def warner(p: float) -> Device:
    """The sensitive statement with chance p, else its opposite (Warner 1965, JASA 60: 63-69)."""
    _refuse_share("p", p)
    return _sound(Device("warner", 1 - p, 2 * p - 1), f"p = {p:g}")


def mirrored(p: float) -> Device:
    """The question with chance p, else its mirror image (Blair, Imai and Zhou 2015): Warner's line."""
    return Device("mirrored", warner(p).base, warner(p).slope)


def forced(p: float, yes: float) -> Device:
    """An honest answer with chance p, yes whatever holds with chance `yes`, else no (Boruch 1971)."""
    _refuse_share("p", p)
    if not 0 <= yes <= 1 - p + 1e-12:
        raise EstimationError(
            f"yes={yes:g} must be between 0 and 1 - p = {1 - p:g}: the rest are forced to no"
        )
    return Device("forced", yes, p)


def unrelated(p: float, prevalence: float) -> Device:
    """The sensitive question with chance p, else one with a known share of yes (Greenberg et al. 1969)."""
    _refuse_share("p", p)
    if not 0 <= prevalence <= 1:
        raise EstimationError(
            Said(
                setting("prevalence", float(prevalence), of=DEVICE), " is no share: type one between 0 and 1"
            )
        )
    return Device("unrelated", (1 - p) * prevalence, p)


DEVICES: Mapping[str, Callable[..., Device]] = {
    "warner": warner,
    "mirrored": mirrored,
    "forced": forced,
    "unrelated": unrelated,
    "crosswise": crosswise_device,
}


def device(name: str, probabilities: Mapping[str, float]) -> Device:
    """The device of that name; EstimationError says which probabilities it needs."""
    if name not in DEVICES:
        raise EstimationError(Said(setting("design", name), f" is unknown: type one of {', '.join(DEVICES)}"))
    needed = {
        "warner": ("p",),
        "mirrored": ("p",),
        "forced": ("p", "yes"),
        "unrelated": ("p", "prevalence"),
        "crosswise": ("prevalence",),
    }[name]
    if set(probabilities) != set(needed):
        given = ", ".join(sorted(probabilities)) or "nothing"
        raise EstimationError(Said(setting("design", name), f" needs {' and '.join(needed)}; given: {given}"))
    return DEVICES[name](**probabilities)


def _refuse_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise EstimationError(Said(setting(name, float(value), of=DEVICE), " must be above 0 and below 1"))


def _sound(found: Device, said: str) -> Device:
    if abs(found.slope) < LEAST_SLOPE:
        raise EstimationError(f"with {said} the answers say nothing: it must differ from 0.5")
    return found


def named_probabilities(given: Mapping[str, float]) -> dict[str, float]:
    """The device's own names: `forced_yes` is its `yes`, which elsewhere names a code."""
    return {"yes" if name == "forced_yes" else name: value for name, value in given.items()}
