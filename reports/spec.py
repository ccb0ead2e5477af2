"""What a report shows: a codebook in, the chosen indicators and batteries out."""

from dataclasses import dataclass

from instruments import Codebook, Group, Indicator
from reports.errors import ReportError


@dataclass(frozen=True)
class ReportSpec:
    """Names of indicators and batteries, in printing order; None takes the codebook's headline ones."""

    indicators: tuple[str, ...] | None = None
    batteries: tuple[str, ...] | None = None


def chosen_indicators(codebook: Codebook, spec: ReportSpec) -> tuple[Indicator, ...]:
    """The indicators a report prints; ReportError when there are none or a name is unknown."""
    if spec.indicators is None:
        found = tuple(indicator for indicator in codebook.indicators if indicator.headline)
        if not found:
            raise ReportError(
                f"codebook {codebook.instrument} {codebook.version} marks no indicator as headline: "
                "set headline: true on at least one"
            )
        return found
    by_name = {indicator.name: indicator for indicator in codebook.indicators}
    return tuple(by_name[name] for name in _known(spec.indicators, by_name, "indicator"))


def chosen_batteries(codebook: Codebook, spec: ReportSpec) -> tuple[Group, ...]:
    """The batteries a report prints, possibly none; ReportError for an unknown name."""
    by_name = {group.name: group for group in codebook.groups if group.kind == "battery"}
    if spec.batteries is None:
        return tuple(group for group in by_name.values() if group.headline)
    return tuple(by_name[name] for name in _known(spec.batteries, by_name, "battery"))


def _known(
    names: tuple[str, ...], by_name: dict[str, Indicator] | dict[str, Group], kind: str
) -> tuple[str, ...]:
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ReportError(
            f"the report asks for {kind} {', '.join(unknown)}, which the codebook lacks; "
            f"it has {', '.join(by_name) or 'none'}"
        )
    return names
