"""Safety: help after what is sensitive, a notice before free words, words for every ending, neutral title."""

from collections.abc import Iterator

from instruments.checks.alphabets import words_of
from instruments.checks.finding import Finding, item_path
from instruments.items import OpenText, OtherText
from instruments.questionnaire import Content, drawn_apart
from instruments.tree import nearest, said

HELP, NOTE, NOTICE = "support_info", "content_note", "free_text_notice"
TELLING = 5
"""Words of the title from this length on may not stand in the public title."""


def check_safety(content: Content) -> Iterator[Finding]:
    """Findings about what protects the respondent."""
    yield from _named_texts(content)
    yield from _sensitive(content)
    yield from _endings(content)
    yield from _public_title(content)
    yield from _free_words(content)


def _free_words(content: Content) -> Iterator[Finding]:
    """The notice stands before a module with free words, and under the box that other-specify adds."""
    hint = "Ask for no names before people write freely."
    for item in content.items.values():
        module = content.modules.get(item.module)
        if isinstance(item, OtherText):
            if NOTICE not in content.texts:
                place = item_path(content, item.id)
                yield Finding(place, "free_text", f"the text {NOTICE}, which it shows", "nothing", hint)
        elif isinstance(item, OpenText) and module is not None and module.before != NOTICE:
            expected = f"before: {NOTICE}"
            yield Finding(f"modules.{module.id}", "free_text", expected, said(module.before), hint)


def _named_texts(content: Content) -> Iterator[Finding]:
    for module in content.modules.values():
        for key in ("before", "after"):
            name = getattr(module, key)
            if name is not None and name not in content.texts:
                hint = nearest(name, tuple(content.texts))
                yield Finding(
                    f"modules.{module.id}.{key}", "unknown_text", "a name under texts", said(name), hint
                )


def _sensitive(content: Content) -> Iterator[Finding]:
    """A sensitive module shows help itself; a sensitive item outside one, in its module or a later one."""
    items, modules = _sensitive_items(content), tuple(content.modules.values())
    noting: list[str] = []
    for module in modules:
        noting += [module.id] if module.before == NOTE else []
        # In a block another module's note may come too late.
        noted = any(not drawn_apart(content, name, module.id) for name in noting)
        path = f"modules.{module.id}"
        if module.sensitive and module.after != HELP:
            hint = f"Write after: {HELP}; it shows the help lines."
            yield Finding(path, "help_block", f"after: {HELP}", said(module.after), hint)
        if module.sensitive and not noted:
            hint = f"Write before: {NOTE} here or in an earlier module."
            yield Finding(path, "content_note", f"{NOTE} shown before", "nothing", hint)
        for place in () if module.sensitive or noted else items.get(module.id, ()):
            hint = f"Write before: {NOTE} at module {module.id} or an earlier one."
            yield Finding(place, "content_note", f"{NOTE} before a sensitive item", "nothing", hint)
    helping: list[str] = []
    for module in reversed(modules):
        helping += [module.id] if module.after == HELP else []
        helped = any(not drawn_apart(content, name, module.id) for name in helping)
        for place in () if module.sensitive or helped else items.get(module.id, ()):
            hint = f"Write after: {HELP} at module {module.id}, or at a later one that always follows."
            yield Finding(place, "help_block", f"{HELP} behind a sensitive item", "nothing", hint)


def _sensitive_items(content: Content) -> dict[str, list[str]]:
    """By module, where its sensitive items stand; a battery once."""
    found: dict[str, list[str]] = {}
    for item in content.items.values():
        place = f"items.{item.battery}" if item.battery else item_path(content, item.id)
        if item.sensitive and not item.beside and place not in found.setdefault(item.module, []):
            found[item.module].append(place)
    return found


def _endings(content: Content) -> Iterator[Finding]:
    for item in content.items.values():
        for number, exit_ in enumerate(item.exits):
            name = f"end_{exit_.to}"
            if name not in content.texts:
                path = f"{item_path(content, item.id)}.exits.{number}"
                yield Finding(path, "ending", f"the text {name}", "none", f"Write it under texts: {name}.")
        if item.role == "age" and not any(exit_.to == "minor" for exit_ in item.exits):
            hint = "Write exits: [{when: {item: ID, lt: 18}, to: minor}]."
            yield Finding(item_path(content, item.id), "minors", "an exit for minors", "none", hint)
        if item.role == "consent" and not any(exit_.to == "refusal" for exit_ in item.exits):
            hint = "Write exits: [{when: {item: ID, eq: 2}, to: refusal}]."
            yield Finding(item_path(content, item.id), "consent", "an exit for a refusal", "none", hint)


def _public_title(content: Content) -> Iterator[Finding]:
    for language in content.languages:
        topic = {
            word.casefold() for word in words_of(content.title.get(language, "")) if len(word) >= TELLING
        }
        shown = {word.casefold() for word in words_of(content.public_title.get(language, ""))}
        if telling := sorted(topic & shown):
            hint = "It stands in the browser's title bar and history; name no topic."
            yield Finding(
                "public_title", "public_title", "a neutral title", ", ".join(telling), hint, language
            )
