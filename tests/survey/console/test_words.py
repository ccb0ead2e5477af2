"""All that the console says has words in every language, and a refusal's details are in the visitor's."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from survey.console.words import worded
from survey.i18n import translator, untranslated
from survey.refusal import Said
from survey.store import invitations, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave

ROOT = Path(waves.__file__).parents[1]
MARKED = ("say", "Said")
IN_TEMPLATES = re.compile(r'_n?\("((?:[^"\\]|\\.)*)"')


def in_code() -> Iterator[str]:
    """Literal messages in the package's Python files."""
    for path in sorted(ROOT.glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in MARKED and isinstance(node.args[0].value, str):
                    yield node.args[0].value


def in_pages() -> Iterator[str]:
    """Messages in the console's templates."""
    for path in sorted((ROOT / "templates" / "console").glob("*.html")):
        yield from IN_TEMPLATES.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("language", ["kk", "ru", "uz"])
def test_every_message_in_code_and_pages_has_words(language: str) -> None:
    t = translator(language)
    wanted = {each for each in (*in_code(), *in_pages()) if re.search("[A-Za-z]{2}", each)}
    assert len(wanted) > 400
    assert untranslated(language) == ()
    # The catalogue itself: gettext answers for a message that it does not know, too.
    known = set(t.translations._catalog)
    # Of a singular with its plural the catalogue knows the singular and a number.
    lacking = {each for each in wanted if each not in known and (each, 0) not in known}
    assert lacking == set()


def test_words_are_filled_in_the_visitors_language_days_lists_and_words_in_words_too() -> None:
    ru = translator("ru")
    assert worded(ru, Said("called on {day}", day=date(2027, 5, 3))) == "звонили 03.05.2027"
    assert Said("not rehearsed in {languages}", languages=["kk", "ru"]) == "not rehearsed in kk, ru"
    assert worded(ru, Said("not rehearsed in {languages}", languages=["kk", "ru"])).endswith("языках: kk, ru")
    nested = Said("{key} as in wave {wave} ({before})", key="mode", wave="2026", before=Said("nothing"))
    assert nested == "mode as in wave 2026 (nothing)"
    assert worded(ru, nested) == "mode как в волне 2026 (ничего)"
    assert worded(ru, "draft") == "Черновик"
    there = Said("{wave}, which exists ({state})", wave="kz-thb/2027", state=Said("draft"))
    assert there == "kz-thb/2027, which exists (draft)"
    assert worded(ru, there).endswith("(Черновик)")
    assert worded(ru, Said("batch {name}", name="pilot")) == "партия pilot", "a name is nobody's state"
    assert worded(ru, "what nobody translated") == "what nobody translated"


LATIN = re.compile(r"[A-Za-z]{3,}")
NAMES = {
    # Names of things that are typed or stand in files, not words.
    "disclosure", "strategy", "sponsor", "sampling", "limitations", "tolqyn", "wave", "invite", "design",
    "template", "yaml", "NAME", "FILE", "batch", "out", "kz", "thb", "opinion", "police", "steppe", "cities",
    "organisation", "contact", "gov", "election",
}  # fmt: skip


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_details_of_every_gate_are_said_in_the_language_of_the_console(
    director: Any, make_wave: Callable[..., Wave], database: Database, language: str
) -> None:
    """A draft that lacks nearly everything."""
    made = make_wave(organisation="", contact="", disclosure={})
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.design = {"format": 1, "strata": {"cities": {}}, "reviewed": "required"}
        invitations.invite(session, found, BatchSpec("a", 50, "steppe"))
    director.client.set_cookie("tolqyn-lang", language)
    page = director.get("/waves/kz-thb/2027").text
    details = re.findall(r'<ul class="list">(.*?)</ul></details>', page, re.DOTALL)
    assert len(details) >= 6
    said = re.sub(r"<[^>]+>", " ", " ".join(details))
    assert set(LATIN.findall(said)) - NAMES == set()
    assert re.search("[а-яәғқңөұүһі]{5}", said)
