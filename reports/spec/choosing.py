"""A specification and a codebook in, the indicators, batteries and names a report prints out."""

from collections.abc import Iterable, Iterator, Sequence

from analysis import FileNotes, nearest
from instruments import Codebook, Group, Indicator, Level, Role
from reports.errors import ReportError, SpecError
from reports.spec.model import ReportSpec

MOST_GROUPED, MOST_CUTS, MOST_CODES, MOST_SCALES = 2, 5, 8, 4
LEAST_ITEMS = 3
LANGUAGE = "interview_language"
"""The column of the language an interview was held in, made for the report."""


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


def chosen_cards(codebook: Codebook, spec: ReportSpec) -> tuple[str, ...]:
    """Names of the indicators on cards of factsheet and tiles: those named, else all of the report's."""
    printed = [indicator.name for indicator in chosen_indicators(codebook, spec)]
    return _known(spec.cards, printed, "card") if spec.cards is not None else tuple(printed)


def chosen_batteries(codebook: Codebook, spec: ReportSpec) -> tuple[Group, ...]:
    """The batteries a report prints, possibly none; ReportError for an unknown name."""
    by_name = {group.name: group for group in codebook.groups if group.kind == "battery"}
    if spec.batteries is None:
        return tuple(group for group in by_name.values() if group.headline)
    return tuple(by_name[name] for name in _known(spec.batteries, by_name, "battery"))


def chosen_scales(codebook: Codebook, spec: ReportSpec) -> tuple[Indicator, ...]:
    """The mean scores of the index page: those named, else the first that are made of several items."""
    by_name = {each.name: each for each in codebook.indicators if each.statistic == "mean"}
    if spec.scales is not None:
        return tuple(by_name[name] for name in _known(spec.scales, by_name, "mean score"))
    made = [each for each in by_name.values() if len(items_of(codebook, each.variable)) >= LEAST_ITEMS]
    return tuple(made[:MOST_SCALES])


def items_of(codebook: Codebook, variable: str) -> tuple[str, ...]:
    """The items a mean score is made of; none for another kind of column."""
    rule = codebook.variable(variable).rule or {}
    return tuple(rule.get("mean_of", ()))


def chosen_questions(codebook: Codebook, spec: ReportSpec) -> tuple[Group, ...]:
    """Questions with several answers: those named, else every one that is not shown as exposure."""
    by_name = {group.name: group for group in codebook.groups if group.kind == "multi"}
    if spec.questions is not None:
        return tuple(by_name[name] for name in _known(spec.questions, by_name, "question"))
    return tuple(group for name, group in by_name.items() if name not in (spec.exposure or ()))


def chosen_cuts(codebook: Codebook, spec: ReportSpec) -> tuple[str, ...]:
    """Columns that part people: those named, else groups the codebook derives by recoding."""
    if spec.groups is not None:
        return tuple(name for name in spec.groups.by if name != "language")
    derived = [v for v in codebook.variables if v.role is Role.DERIVED and "recode" in (v.rule or {})]
    return tuple(v.name for v in derived if 2 <= len(v.codes) <= MOST_CODES)[:MOST_CUTS]


def chosen_grouped(codebook: Codebook, spec: ReportSpec) -> tuple[Indicator, ...]:
    """The indicators shown by group: those named, else the first of the report."""
    if spec.groups is not None and spec.groups.indicators is not None:
        by_name = {indicator.name: indicator for indicator in codebook.indicators}
        return tuple(by_name[name] for name in _known(spec.groups.indicators, by_name, "indicator"))
    return chosen_indicators(codebook, spec)[:MOST_GROUPED]


def fits(spec: ReportSpec, codebook: Codebook) -> bool:
    """Whether the codebook has every name that the specification takes from it."""
    kinds = _kinds(codebook, (), spec)
    return all(name in kinds[kind] for _, kind, name in _names(spec) if kind != "chapter")


def refuse_unknown(
    spec: ReportSpec, codebook: Codebook, chapters: Sequence[str], needed: Sequence[str]
) -> None:
    """SpecError with every name of the file that codebook or chapters lack, each with its line."""
    if spec.source is None:
        return
    notes = FileNotes(str(spec.source.path), spec.source.line, data=spec.source.data)
    kinds = _kinds(codebook, chapters, spec)
    for path, kind, name in _names(spec):
        if name not in kinds[kind]:
            hint = nearest(name, list(kinds[kind]))
            notes.add(path, f"unknown-{kind.replace(' ', '-')}", f"{_one(kind)} of the report", name, hint)
    for name in needed:
        if spec.chapters is not None and name not in spec.chapters:
            notes.add(("chapters",), "needed-chapter", f"the chapter {name}", "none", f"add {name}")
    _refuse_beyond(spec, codebook, notes)
    if notes.problems:
        raise SpecError(notes.in_order())


def _refuse_beyond(spec: ReportSpec, codebook: Codebook, notes: FileNotes) -> None:
    """No share can reach a target outside 0 to 100 per cent."""
    shares = {each.name for each in codebook.indicators if each.statistic == "proportion"}
    for place, target in enumerate(spec.targets):
        if target.indicator in shares and not 0 <= target.value <= 100:
            expected = "a share in per cent, from 0 to 100"
            notes.add(
                ("targets", str(place), "value"), "target", expected, f"{target.value:g}", "correct the value"
            )


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _kinds(codebook: Codebook, chapters: Sequence[str], spec: ReportSpec) -> dict[str, list[str]]:
    coded = [v.name for v in codebook.variables if v.codes]
    scored = [v.name for v in codebook.variables if v.level is Level.INTERVAL]
    several = [group.name for group in codebook.groups if group.kind == "multi"]
    wanted = spec.indicators or [each.name for each in codebook.indicators if each.headline]
    printed = [each.name for each in codebook.indicators if each.name in wanted]
    return {
        "chapter": list(chapters),
        "indicator": [each.name for each in codebook.indicators],
        "share": [each.name for each in codebook.indicators if each.statistic == "proportion"],
        "mean score": [each.name for each in codebook.indicators if each.statistic == "mean"],
        "printed indicator": printed,
        "card": [name for name in spec.cards or () if name in printed] or printed,
        "row of a battery": [
            name
            for group in codebook.groups
            if group.kind == "battery"
            and (group.headline if spec.batteries is None else group.name in spec.batteries)
            for name in group.variables
        ],
        "battery": [group.name for group in codebook.groups if group.kind == "battery"],
        "question": several,
        "column": ["language", *coded],
        "predictor": ["language", *coded, *scored],
        "answer": [*several, *coded],
    }


def _names(spec: ReportSpec) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(place, kind, name) of every name the file takes from elsewhere."""
    lists: tuple[tuple[tuple[str, ...], str, Iterable[str] | None], ...] = (
        (("chapters",), "chapter", spec.chapters),
        (("indicators",), "indicator", spec.indicators),
        (("batteries",), "battery", spec.batteries),
        (("scales",), "mean score", spec.scales),
        (("questions",), "question", spec.questions),
        (("exposure",), "answer", spec.exposure),
        (("groups", "by"), "column", spec.groups.by if spec.groups else None),
        (("groups", "indicators"), "indicator", spec.groups.indicators if spec.groups else None),
        (
            ("association", "predictors"),
            "predictor",
            spec.association.predictors if spec.association else None,
        ),
        (("cards",), "printed indicator", spec.cards),
        (("factsheet", "by"), "column", spec.factsheet.by if spec.factsheet else None),
        (("spotlight", "variables"), "answer", spec.spotlight.variables if spec.spotlight else None),
    )
    for path, kind, names in lists:
        for place, name in enumerate(names or ()):
            yield (*path, str(place)), kind, name
    for place, target in enumerate(spec.targets):
        yield ("targets", str(place), "indicator"), "indicator", target.indicator
    if spec.factsheet is not None and spec.factsheet.answers:
        yield ("factsheet", "answers"), "row of a battery", spec.factsheet.answers
    if spec.factsheet is not None and spec.factsheet.groups:
        yield ("factsheet", "groups"), "card", spec.factsheet.groups
    if spec.association is not None:
        yield ("association", "outcome"), "share", spec.association.outcome


def _known(names: tuple[str, ...], by_name: Iterable[str], kind: str) -> tuple[str, ...]:
    by_name = list(by_name)
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ReportError(
            f"the report asks for {kind} {', '.join(unknown)}, which the codebook lacks; "
            f"it has {', '.join(by_name) or 'none'}"
        )
    return names
