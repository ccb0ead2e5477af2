"""A specification and a codebook in, the indicators, batteries and names a report prints out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from analysis import FileNotes, nearest
from instruments import Codebook, Group, Indicator, Level, Role
from reports.errors import ReportError, SpecError
from reports.spec.model import ReportSpec

MOST_GROUPED, MOST_CUTS, MOST_CODES, MOST_SCALES = 2, 5, 8, 4
LEAST_ITEMS = 3
LANGUAGE = "interview_language"
"""The column of the language an interview was held in, made for the report."""
PRINTED = "printed indicator"
LISTS: dict[tuple[str, ...], str] = {
    ("chapters",): "chapter",
    ("indicators",): "indicator",
    ("batteries",): "battery",
    ("scales",): "mean score",
    ("questions",): "question",
    ("exposure",): "answer",
    ("groups", "by"): "column",
    ("groups", "indicators"): "indicator",
    ("association", "predictors"): "predictor",
    ("cards",): PRINTED,
    ("factsheet", "by"): "column",
    ("spotlight", "variables"): "answer",
}
"""What the names of a list are names of."""
SINGLE: dict[tuple[str, ...], str] = {
    ("factsheet", "answers"): "row of a battery",
    ("factsheet", "groups"): "card",
    ("association", "outcome"): "share",
}


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
    data = spec.source.data if spec.source else {}
    kinds = _kinds(codebook, (), data)
    return all(name in kinds[kind] for _, kind, name in _names(data) if kind != "chapter")


def refuse_unknown(
    spec: ReportSpec, codebook: Codebook, chapters: Sequence[str], needed: Sequence[str]
) -> None:
    """SpecError with every name of the file that codebook or chapters lack, each with its line."""
    if spec.source is None:
        return
    notes = FileNotes(str(spec.source.path), spec.source.line, data=spec.source.data)
    note_unknown(spec.source.data, codebook, chapters, needed, notes)
    if notes.problems:
        raise SpecError(notes.in_order())


def note_unknown(
    data: Mapping[str, Any],
    codebook: Codebook,
    chapters: Sequence[str],
    needed: Sequence[str],
    notes: FileNotes,
) -> None:
    """The same of a file's plain data, whatever other faults it has."""
    kinds = _kinds(codebook, chapters, data)
    for path, kind, name in _names(data):
        if name not in kinds[kind]:
            hint = nearest(name, list(kinds[kind]))
            if kind in (PRINTED, "card") and name in kinds["indicator"]:
                if _misspelt(name, data, kinds["indicator"]):
                    continue
                if kind == PRINTED:
                    hint = f"add {name} under indicators: too, or leave it out here"
            notes.add(path, f"unknown-{kind.replace(' ', '-')}", f"{_one(kind)} of the report", name, hint)
    named = _listed(data, "chapters")
    for name in needed if named else ():
        if name not in named:
            notes.add(("chapters",), "needed-chapter", f"the chapter {name}", "none", f"add {name}")
    _note_beyond(data, codebook, notes)


def _misspelt(name: str, data: Mapping[str, Any], known: Sequence[str]) -> bool:
    """Whether `indicators` may mean this one by a name that nobody knows: told there, and once."""
    unknown = [each for each in _listed(data, "indicators") if each not in known]
    return bool(get_close_matches(name, unknown, n=1))


def _note_beyond(data: Mapping[str, Any], codebook: Codebook, notes: FileNotes) -> None:
    """No share can reach a target outside 0 to 100 per cent."""
    shares = {each.name for each in codebook.indicators if each.statistic == "proportion"}
    for place, target in enumerate(_objects(data, "targets")):
        value = target.get("value")
        if (
            str(target.get("indicator")) in shares
            and isinstance(value, int | float)
            and not 0 <= value <= 100
        ):
            expected = "a share in per cent, from 0 to 100"
            notes.add(("targets", str(place), "value"), "target", expected, f"{value:g}", "correct the value")


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _kinds(codebook: Codebook, chapters: Sequence[str], data: Mapping[str, Any]) -> dict[str, list[str]]:
    coded = [v.name for v in codebook.variables if v.codes]
    scored = [v.name for v in codebook.variables if v.level is Level.INTERVAL]
    several = [group.name for group in codebook.groups if group.kind == "multi"]
    wanted = _listed(data, "indicators") or [each.name for each in codebook.indicators if each.headline]
    printed = [each.name for each in codebook.indicators if each.name in wanted]
    batteries = data.get("batteries")
    return {
        "chapter": list(chapters),
        "indicator": [each.name for each in codebook.indicators],
        "share": [each.name for each in codebook.indicators if each.statistic == "proportion"],
        "mean score": [each.name for each in codebook.indicators if each.statistic == "mean"],
        PRINTED: printed,
        "card": [name for name in _listed(data, "cards") if name in printed] or printed,
        "row of a battery": [
            name
            for group in codebook.groups
            if group.kind == "battery"
            and (group.headline if batteries is None else group.name in _listed(data, "batteries"))
            for name in group.variables
        ],
        "battery": [group.name for group in codebook.groups if group.kind == "battery"],
        "question": several,
        "column": ["language", *coded],
        "predictor": ["language", *coded, *scored],
        "answer": [*several, *coded],
    }


def _names(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(place, kind, name) of every name the file takes from elsewhere."""
    for path, kind in LISTS.items():
        for place, name in enumerate(_listed(data, *path)):
            if name:
                yield (*path, str(place)), kind, name
    single = [(path, kind, _at(data, path)) for path, kind in SINGLE.items()]
    single += [
        (("targets", str(place), "indicator"), "indicator", target.get("indicator"))
        for place, target in enumerate(_objects(data, "targets"))
    ]
    yield from (each for each in single if each[2] and isinstance(each[2], str))


def _at(data: Any, path: Sequence[str]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _listed(data: Mapping[str, Any], *path: str) -> list[str]:
    """The names of a list, in their places; "" for what is no name."""
    found = _at(data, path)
    return [each if isinstance(each, str) else "" for each in found] if isinstance(found, list) else []


def _objects(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The mappings of a list, in their places; empty ones for what is none."""
    found = data.get(name)
    return [each if isinstance(each, Mapping) else {} for each in found] if isinstance(found, list) else []


def _known(names: tuple[str, ...], by_name: Iterable[str], kind: str) -> tuple[str, ...]:
    by_name = list(by_name)
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ReportError(
            f"the report asks for {kind} {', '.join(unknown)}, which the codebook lacks; "
            f"it has {', '.join(by_name) or 'none'}"
        )
    return names
