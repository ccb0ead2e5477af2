"""Safety: help after sensitive modules, a notice before free words, words for every ending, neutral title."""

from collections.abc import Iterator

from instruments.checks.alphabets import words_of
from instruments.checks.finding import Finding, item_path
from instruments.items import OpenText
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
    for item in content.items.values():
        module = content.modules.get(item.module)
        if isinstance(item, OpenText) and module is not None and module.before != NOTICE:
            expected, hint = f"before: {NOTICE}", "Ask for no names before people write freely."
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
    noting: list[str] = []
    for module in content.modules.values():
        noting += [module.id] if module.before == NOTE else []
        # In a block another module's note may come too late.
        noted = any(not drawn_apart(content, name, module.id) for name in noting)
        if not module.sensitive:
            continue
        if module.after != HELP:
            hint = f"Write after: {HELP}; it shows the help lines."
            yield Finding(f"modules.{module.id}", "help_block", f"after: {HELP}", said(module.after), hint)
        if not noted:
            hint = f"Write before: {NOTE} here or in an earlier module."
            yield Finding(f"modules.{module.id}", "content_note", f"{NOTE} shown before", "nothing", hint)


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
