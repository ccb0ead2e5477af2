"""Two questionnaires in, their difference out: items, computed columns, periods, texts, languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from instruments.codebook import Variable
from instruments.compare.asked import Asked, asked_items
from instruments.compare.changes import code_changes, item_changes, net_changes, spoken
from instruments.compare.gate import judge
from instruments.compare.texts import text_changes
from instruments.compare.verdicts import (
    ItemChange,
    ItemDifference,
    PeriodChange,
    Verdict,
    VersionDifference,
)
from instruments.questionnaire import Questionnaire
from instruments.wording import placeholders


def compare_versions(before: Questionnaire, after: Questionnaire) -> VersionDifference:
    """How the later version differs from the earlier one, and what its declarations leave open.

    Words are compared normalised (markup, entities, white space, quotes and dashes mean nothing), item by
    item, in every language both versions have; placeholders by name.
    """
    old, new = asked_items(before), asked_items(after)
    languages = [language for language in after.languages if language in before.languages]
    source = after.source_language if after.source_language in languages else (languages or [""])[0]
    found = VersionDifference(
        before=(before.name, before.version, before.fingerprint),
        after=(after.name, after.version, after.fingerprint),
        items=(*_items(old, new, languages, source), *_computed(before, after, languages, source)),
        periods=tuple(_periods(before, after, new)),
        texts=tuple(text_changes(before, after, languages)),
        languages=(
            tuple(language for language in after.languages if language not in before.languages),
            tuple(language for language in before.languages if language not in after.languages),
        ),
    )
    notes, problems = judge(found, before, after)
    return replace(found, notes=notes, problems=problems)


def _items(
    old: Mapping[str, Asked], new: Mapping[str, Asked], languages: Sequence[str], source: str
) -> Iterator[ItemDifference]:
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    for name, asked in new.items():
        earlier = old.get(name)
        changes: tuple[ItemChange, ...] = (ItemChange(name, Verdict.NEW, "", quiet=True),)
        if earlier is not None:
            changes = item_changes(earlier, asked, languages, source)
            if name in moved or earlier.module != asked.module:
                places = _places(name, earlier, asked, old, new)
                changes += (ItemChange(name, Verdict.REORDERED, "place", *places, quiet=True),)
            if earlier.surroundings != asked.surroundings:
                was, is_now = (spoken(each.surroundings.get("block")) for each in (earlier, asked))
                changes += (ItemChange(name, Verdict.REORDERED, "block", was, is_now, quiet=True),)
        yield ItemDifference(
            item=name,
            path=asked.path,
            module=asked.module,
            changes=changes,
            wording=(earlier.wording if earlier else None, asked.wording),
            declared=asked.declared.get(earlier.wording) if earlier else None,
            sha={lang: (earlier.sha(lang) if earlier else "", asked.sha(lang)) for lang in languages},
            replaces=asked.replaces,
        )
    for name, asked in old.items():
        if name not in new:
            yield ItemDifference(
                item=name,
                path=asked.path,
                module=asked.module,
                changes=(ItemChange(name, Verdict.DROPPED, "", quiet=True),),
                wording=(asked.wording, None),
                sha={lang: (asked.sha(lang), "") for lang in languages},
            )


def _places(
    name: str, earlier: Asked, asked: Asked, old: Mapping[str, Asked], new: Mapping[str, Asked]
) -> tuple[str, str]:
    """Where it stood and stands: in which module, or within one behind which item."""
    if earlier.module != asked.module:
        return f"module {earlier.module}", f"module {asked.module}"
    return _behind(name, tuple(old)), _behind(name, tuple(new))


def _behind(name: str, order: Sequence[str]) -> str:
    place = order.index(name)
    return f"after {order[place - 1]}" if place else "first"


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """Items outside the longest stretch-by-stretch match of the two orders."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    kept = {before[block.a + step] for block in matcher.get_matching_blocks() for step in range(block.size)}
    return frozenset(after) - kept


def _computed(
    before: Questionnaire, after: Questionnaire, languages: Sequence[str], source: str
) -> Iterator[ItemDifference]:
    """Derived columns and indicators: another rule, level or meaning of a code counts; labels do not."""
    old = {computed.variable.name: computed.variable for computed in before.computed}
    for computed in after.computed:
        new = computed.variable
        earlier = old.pop(new.name, None)
        group = "indicators" if computed.indicator else "derived"
        changes: tuple[ItemChange, ...] = (ItemChange(new.name, Verdict.NEW, "", quiet=True),)
        if earlier is not None:
            changes = tuple(_recomputed(earlier, new, languages, source))
        yield ItemDifference(
            item=new.name,
            path=f"{group}.{new.name}",
            module="",
            changes=changes,
            wording=(earlier.wording if earlier else None, new.wording),
            declared=new.compare.get(earlier.wording) if earlier else None,
        )
    for name, variable in old.items():
        dropped = (ItemChange(name, Verdict.DROPPED, "", quiet=True),)
        yield ItemDifference(name, f"derived.{name}", "", dropped, (variable.wording, None))


def _recomputed(
    earlier: Variable, new: Variable, languages: Sequence[str], source: str
) -> Iterator[ItemChange]:
    if earlier.level is not new.level:
        old_level, new_level = earlier.level.value, new.level.value
        yield ItemChange(new.name, Verdict.RETYPED, "level", old_level, new_level, fatal=True)
    yield from code_changes(new.name, "codes", earlier.codes, new.codes, languages=languages, source=source)
    if earlier.rule != new.rule:
        yield ItemChange(new.name, Verdict.RECOMPUTED, "rule", spoken(earlier.rule), spoken(new.rule))
    for key in ("higher", "construct"):
        said, says = getattr(earlier, key), getattr(new, key)
        if said != says:
            quiet = said in ("", "neutral")
            yield ItemChange(new.name, Verdict.RECOMPUTED, key, spoken(said), spoken(says), quiet=quiet)
    nets = ({name: sorted(net.codes) for name, net in variable.nets.items()} for variable in (earlier, new))
    yield from net_changes(new.name, *nets)


def _periods(before: Questionnaire, after: Questionnaire, new: Mapping[str, Asked]) -> Iterator[PeriodChange]:
    old_periods, new_periods = before.document.get("periods", {}), after.document.get("periods", {})
    for name, period in new_periods.items():
        earlier = old_periods.get(name)
        if earlier is None or (earlier["months"], earlier["text"]) == (period["months"], period["text"]):
            continue
        items = (item for item, asked in new.items() if f"period:{name}" in _named(asked))
        months = (int(earlier["months"]), int(period["months"]))
        yield PeriodChange(name, months, earlier["text"], period["text"], tuple(items))


def _named(asked: Asked) -> frozenset[str]:
    """Placeholders in any of the item's words."""
    return frozenset(
        name for words in asked.places.values() for text in words.values() for name in placeholders(text)
    )
