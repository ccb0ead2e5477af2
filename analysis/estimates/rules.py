"""Publication rules as data: the name of a shipped set, or a YAML or JSON file, comes in, Rules go out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.errors import RulesError
from instruments import FileProblem, read_source

FOLDER = Path(__file__).with_name("rules")
ACTIONS = ("suppress", "flag")
SCOPES = ("any", "inference", "shares")
MEASURES = ("base", "n_eff", "df", "width", "relative_width", "edge", "count")
LIMITS = ("below", "at_most", "above", "at_least")
_KEYS = ("key", "action", "for", "complement", "when", "says")


@dataclass(frozen=True)
class Rule:
    """One reason not to print, or to mark, a figure: all limits of `when` hold.

    `when`: {measure: {limit: number}}; `scope`: any figure, those whose sampling error is defined, or shares
    among them; `complement`: a cell hidden for it must not be computable from the rest of its table.
    """

    key: str
    action: str
    says: str
    when: Mapping[str, Mapping[str, float]]
    scope: str = "any"
    complement: bool = False


@dataclass(frozen=True)
class Rules:
    """A set of rules in the order in which their reasons are named, and who made them."""

    name: str
    source: str
    rules: tuple[Rule, ...]

    @property
    def suppress(self) -> dict[str, str]:
        """Words of the suppressing rules, by key."""
        return {rule.key: rule.says for rule in self.rules if rule.action == "suppress"}

    @property
    def flag(self) -> dict[str, str]:
        """Words of the flagging rules, by key."""
        return {rule.key: rule.says for rule in self.rules if rule.action == "flag"}

    @property
    def complement(self) -> frozenset[str]:
        """Keys of the rules that protect a cell from being computed back."""
        return frozenset(rule.key for rule in self.rules if rule.complement)


@lru_cache
def rule_names() -> tuple[str, ...]:
    """The names of the sets that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def read_rules(rules: str | Path | Rules) -> Rules:
    """A set by its name (`rule_names()`), or from a file of one's own; RulesError lists every problem."""
    if isinstance(rules, Rules):
        return rules
    if isinstance(rules, str) and rules in rule_names():
        return _shipped(rules)
    return _read(Path(rules))


@lru_cache
def _shipped(name: str) -> Rules:
    return _read(FOLDER / f"{name}.yaml")


def _read(path: Path) -> Rules:
    source = read_source(path)
    if source.problems:
        raise RulesError(source.problems)
    found = [
        FileProblem(str(path), source.line(place), place, *rest) for place, *rest in _problems(source.data)
    ]
    if found:
        raise RulesError(found)
    raw = source.data
    return Rules(str(raw["name"]), str(raw["source"]), tuple(_rule(rule) for rule in raw["rules"]))


def _rule(raw: Mapping[str, Any]) -> Rule:
    when = {
        measure: {limit: float(v) for limit, v in limits.items()} for measure, limits in raw["when"].items()
    }
    return Rule(
        raw["key"], raw["action"], str(raw["says"]), when, raw.get("for", "any"), raw.get("complement", False)
    )


Problems = Iterator[tuple[str, str, str, str, str]]
"""Place, rule, expected, found, hint of each problem."""


def _problems(raw: Any) -> Problems:
    for name in ("name", "source"):
        if not isinstance(raw.get(name), str):
            yield name, name, "words", repr(raw.get(name)), "say what the set is called, and who made it"
    rules = raw.get("rules")
    if not isinstance(rules, list) or not rules:
        yield "rules", "rules", "a list of rules", repr(rules)[:40], "write at least one rule"
        return
    for place, rule in enumerate(rules):
        yield from _of_rule(rule, f"rules.{place}")
    keys = [rule.get("key") for rule in rules if isinstance(rule, Mapping)]
    for key in {str(key) for key in keys if keys.count(key) > 1}:
        yield "rules", "repeated-key", "each key once", key, "rename one of the two"


def _of_rule(rule: Any, place: str) -> Problems:
    if not isinstance(rule, Mapping):
        yield place, "rule", f"a mapping of {', '.join(_KEYS)}", repr(rule)[:40], "write a mapping"
        return
    for key in rule:
        if key not in _KEYS:
            yield (
                f"{place}.{key}",
                "unknown-key",
                ", ".join(_KEYS),
                str(key),
                "remove it, or correct its name",
            )
    for key in ("key", "says"):
        if not isinstance(rule.get(key), str):
            yield (
                f"{place}.{key}",
                key,
                "a word" if key == "key" else "words",
                repr(rule.get(key)),
                "write it",
            )
    for key, allowed in (("action", ACTIONS), ("for", SCOPES), ("complement", (True, False))):
        if (key in rule and rule[key] not in allowed) or (key == "action" and key not in rule):
            yield (
                f"{place}.{key}",
                key,
                " or ".join(map(str, allowed)),
                repr(rule.get(key)),
                "write one of them",
            )
    when = rule.get("when")
    if not isinstance(when, Mapping) or not when:
        yield (
            f"{place}.when",
            "when",
            "limits by measure",
            repr(when)[:40],
            "write for example {base: {below: 30}}",
        )
        return
    for measure, limits in when.items():
        yield from _of_limits(str(measure), limits, f"{place}.when.{measure}")


def _of_limits(measure: str, limits: Any, place: str) -> Problems:
    if measure not in MEASURES:
        yield place, "measure", ", ".join(MEASURES), measure, "write one of them"
    if not isinstance(limits, Mapping) or not limits:
        yield (
            place,
            "limits",
            f"a mapping of {', '.join(LIMITS)}",
            repr(limits)[:40],
            "write for example {below: 30}",
        )
        return
    for limit, value in limits.items():
        sound = isinstance(value, int | float) and not isinstance(value, bool)
        if limit not in LIMITS or not sound:
            yield (
                f"{place}.{limit}",
                "limit",
                f"a number by {', '.join(LIMITS)}",
                f"{limit}: {value!r}",
                "correct it",
            )
