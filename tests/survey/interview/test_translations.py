"""Every word of the interface exists in every language, and is not merely copied."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

LANGUAGES = ("kk", "ru", "uz")
SAID, COUNTED = ("gettext", "say", "_", "Said"), ("ngettext", "_n")
LETTERS = {
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "uz": "abcdefghijklmnopqrstuvxyzʻʼ",
}
LATIN_WORDS = ("esc", "cookie", "keys", "aapor")
TYPED = re.compile(
    r"tolqyn [a-z ]+|release build|--\w+(?: \d+)?|\b[A-Z_]{3,}\b|\b(?:email|language|strata)\b"
    r"|\.yaml|\([ns]\)|\(election[^)]*\)"
)
"""Commands, options, names of columns and signs, as one types and finds them in every language."""


@pytest.fixture(scope="session")
def messages(repository: Path) -> set[str | tuple[str, ...]]:
    """Message ids in the source of the server."""
    found = set()
    for path in sorted((repository / "survey").rglob("*.py")):
        found |= set(_in_python(ast.parse(path.read_text())))
    for path in sorted((repository / "survey" / "templates").rglob("*.html")):
        found |= set(_in_template(Environment(autoescape=True).parse(path.read_text())))
    return found


@pytest.fixture(scope="session")
def words(repository: Path) -> set[str]:
    """Every string of the source: a refusal's expected and found are looked up when somebody reads them."""
    files = (
        path for part in ("instruments", "reports", "survey") for path in (repository / part).rglob("*.py")
    )
    trees = (ast.parse(path.read_text()) for path in files)
    constants = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def _in_python(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            words = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from _message(name, words)


def _in_template(tree: nodes.Template) -> Iterator[str | tuple[str, ...]]:
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else getattr(call.node, "attr", "")
        words = [a.value for a in call.args if isinstance(a, nodes.Const) and isinstance(a.value, str)]
        yield from _message(name, words)


def _message(name: str, words: list[str]) -> Iterator[str | tuple[str, ...]]:
    if name in SAID and words:
        yield words[0]
    if name in COUNTED and len(words) >= 2:
        yield tuple(words[:2])


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest, repository: Path) -> Catalog:
    """The catalogue of one language."""
    path = repository / "survey" / "translations" / request.param / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_the_source_holds_the_messages_that_a_respondent_reads(messages) -> None:
    assert "Leave this page now" in messages
    assert ("Please choose at most {n} answer.", "Please choose at most {n} answers.") in messages
    assert len(messages) > 80


def test_every_message_is_translated_and_none_is_left_over(catalogue, messages, words) -> None:
    translated = {message.id for message in catalogue if message.id}
    assert messages <= translated
    assert translated - messages <= words
    for message in catalogue:
        if message.id:
            strings = [message.string] if isinstance(message.string, str) else message.string
            assert all(strings), message.id
            assert not message.fuzzy


def test_plural_forms_are_those_of_the_language(catalogue) -> None:
    fresh = Catalog(locale=catalogue.locale)
    assert (catalogue.num_plurals, catalogue.plural_expr) == (fresh.num_plurals, fresh.plural_expr)
    for message in catalogue:
        if message.pluralizable:
            assert len(message.string) == fresh.num_plurals


def test_translations_keep_the_fills_and_are_not_copied(catalogue) -> None:
    for message in catalogue:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[1]
        for words in [message.string] if isinstance(message.string, str) else message.string:
            assert _fills(words) == _fills(source), source
            assert words != source or not re.sub(r"\{\w+\}", "", source)


def _fills(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


def test_translations_are_written_in_the_language_s_letters(catalogue) -> None:
    language = catalogue.locale.language
    for message in catalogue:
        for words in [message.string] if isinstance(message.string, str) else message.string:
            if message.id:
                plain = re.sub(r"\{\w+\}", "", TYPED.sub("", words)).lower()
                for word in LATIN_WORDS:
                    plain = plain.replace(word, "")
                strange = {letter for letter in plain if letter.isalpha()} - set(LETTERS[language])
                assert not strange, (message.id, strange)


def test_a_translator_speaks_without_compiled_files(repository) -> None:
    from survey.i18n import translator

    assert not list((repository / "survey" / "translations").rglob("*.mo"))
    assert translator("kk").gettext("Next") == "Әрі қарай"
