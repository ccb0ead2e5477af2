"""The publish gate: what a later version must declare about its changes, and what no declaration allows."""

from collections.abc import Callable, Iterator

from instruments.checks import Finding, located
from instruments.compare.measure import NEAR_SHARE, tokens
from instruments.compare.verdicts import ItemChange, ItemDifference, Verdict, VersionDifference
from instruments.problem import FileProblem
from instruments.questionnaire import Questionnaire

SENTENCE = 4
"""Words of a reason that may call a change editorial which is not small by measure."""
LONGEST = 60
OF_WORDS = (Verdict.EDITORIAL, Verdict.REWORDED)


def judge(
    found: VersionDifference, before: Questionnaire, after: Questionnaire
) -> tuple[tuple[str, ...], tuple[FileProblem, ...]]:
    """Notes, and every problem with file and line of the later version."""
    findings = [finding for item in found.items for finding in _findings(item, after.source_language)]
    findings += _replacements(found, before, after)
    findings += _numbers(found)
    return tuple(_notes(found)), tuple(located(after, finding) for finding in dict.fromkeys(findings))


def _findings(item: ItemDifference, source: str) -> Iterator[Finding]:
    earlier, later = item.wording
    if earlier is None or later is None:
        return
    fatal = [change for change in item.changes if change.fatal]
    for change in fatal:
        yield _fatal(item, change)
    if later < earlier:
        expected = f"wording {earlier} or higher"
        yield Finding(item.path, "wording", expected, str(later), f"Write wording: {earlier + 1}.")
    elif item.told and not fatal:
        yield from _declaration(item, earlier, later, source)


def _fatal(item: ItemDifference, change: ItemChange) -> Finding:
    rules: dict[Verdict, Callable[[], tuple[str, str]]] = {
        Verdict.RECOMPUTED: lambda: ("net", f"the codes of {change.place} as before: {change.before}"),
        Verdict.RETYPED: lambda: ("retyped", f"{change.place} as before: {change.before}"),
        Verdict.RESCALED: lambda: ("rescaled", "the ordered answers as before"),
        Verdict.RECODED: lambda: _recoded(change),
    }
    rule, expected = rules[change.verdict]()
    hint = f"Keep it, or give the item a new id, such as {item.item}_2, with replaces: {item.item}."
    if rule == "net":
        hint = "Keep it, or give the net another name."
    found = f"{change.place}: {_short(change.after)}" if rule != "retyped" else change.after
    return Finding(item.path, rule, expected, found, hint)


def _recoded(change: ItemChange) -> tuple[str, str]:
    code = change.place.rpartition(".")[2]
    if change.after == "no such code":
        return "removed_option", f"code {code} ({_short(change.before)}), which earlier answers hold"
    return "recoded", f"code {code} to mean {_short(change.before)}"


def _declaration(item: ItemDifference, earlier: int, later: int, source: str) -> Iterator[Finding]:
    declared = item.declared
    if later == earlier or declared is None:
        expected = f"a wording number above {earlier} and compare: {{{earlier}: ...}}"
        if later > earlier:
            expected = f"compare to say how wording {later} stands to wording {earlier}"
        yield Finding(item.path, "undeclared", expected, _said(item.told), f"Write {item.to_write}.")
        return
    place = f"{item.path}.compare.{earlier}"
    if declared.kind == "identical" and (differing := _not_identical(item)):
        hint = "Write kind: editorial or kind: broken, with a reason."
        yield Finding(
            place, "identical", "a change that leaves words and answers alone", _said(differing), hint
        )
    if declared.kind != "editorial":
        return
    other = beyond_editorial(item)
    if other:
        expected = (
            f"kind: broken: editorial is a change of spelling and endings in at most {NEAR_SHARE:.0%} of the "
            "words, and none of a number, a negation, a word more or less, the answers or the rule"
        )
        hint = "Write kind: broken, or give it a new id with replaces."
        yield Finding(place, "editorial", expected, _said(other), hint)
        return
    larger = [c for c in item.told if c.verdict in (Verdict.REWORDED, Verdict.RESCALED)]
    reason = declared.reason.get(source, "")
    if larger and len(tokens(reason)) < SENTENCE:
        expected = f"a small change, or a reason of at least {SENTENCE} words for calling it editorial"
        found = f"{_said(larger)}, because {reason!r}"
        hint = "Say why the answers stay comparable, or write kind: broken."
        yield Finding(place, "editorial", expected, found, hint)


def beyond_editorial(item: ItemDifference) -> tuple[ItemChange, ...]:
    """Its changes that are too large, by measure, to be called editorial whatever the reason."""
    return tuple(change for change in item.told if not change.editorial)


def _not_identical(item: ItemDifference) -> tuple[ItemChange, ...]:
    return tuple(c for c in item.told if c.verdict not in (Verdict.REROUTED, Verdict.REORDERED))


def _replacements(found: VersionDifference, before: Questionnaire, after: Questionnaire) -> Iterator[Finding]:
    for item in found.items:
        place = f"{item.path}.replaces"
        if item.replaces and item.replaces in after.items:
            hint = f"Take {item.replaces} out of the questionnaire, or replaces out of {item.item}."
            yield Finding(
                place, "replaces", "an item that is no longer asked", f"{item.replaces}, which is", hint
            )
        elif item.verdict is Verdict.NEW and item.replaces and item.replaces not in before.items:
            expected = f"an item of {before.name} {before.version}"
            yield Finding(place, "replaces", expected, repr(item.replaces), "Write the id it had.")


def _numbers(found: VersionDifference) -> Iterator[Finding]:
    """One version number is one content."""
    (name, version, sha), (later_name, later_version, later_sha) = found.before, found.after
    if (name, version) == (later_name, later_version) and sha != later_sha:
        hint = "Give the changed file a new version."
        yield Finding("version", "version", f"{version} as it was", f"other content under {version}", hint)


def _notes(found: VersionDifference) -> Iterator[str]:
    for item in found.items:
        earlier, later = item.wording
        if earlier is not None and later is not None and later > earlier and not item.told:
            yield f"{item.item}: wording {earlier} became {later}, yet nothing about it changed"
    for period in found.periods:
        if period.months[0] != period.months[1]:
            yield (
                f"period {period.name}: {period.months[0]} months became {period.months[1]}; it is in "
                f"{', '.join(period.items) or 'no item'}. "
                "If their answers no longer compare, declare it there."
            )


def _said(changes: tuple[ItemChange, ...] | list[ItemChange]) -> str:
    """`reworded text in en, ru (40% of the words); rerouted show_if`, each place once."""
    grouped: dict[tuple[str, str], list[ItemChange]] = {}
    for change in changes:
        grouped.setdefault((change.verdict.value, change.place), []).append(change)
    parts = []
    for (verdict, place), members in grouped.items():
        languages = ", ".join(dict.fromkeys(c.language for c in members if c.language))
        share = max(c.share for c in members)
        measured = f" ({share:.0%} of the words)" if members[0].verdict in OF_WORDS and share else ""
        parts.append(f"{verdict} {place}" + (f" in {languages}" if languages else "") + measured)
    return "; ".join(parts)


def _short(words: str) -> str:
    return repr(words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…")
