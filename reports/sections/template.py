"""Jinja templates of the report: a template name and values in, escaped HTML out."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from instruments import fill, placeholders
from reports.i18n import Words

FOLDER = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """One environment for the whole package: everything escaped, an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["css_string"] = css_string
    made.filters["unbroken"] = unbroken
    return made


def css_string(text: str) -> Markup:
    """A quoted CSS string: escaped is all that could end the string, the line or the style element."""
    escaped = "".join(f"\\{ord(letter):x} " if letter in '"\\\n<' else letter for letter in text)
    return Markup(f'"{escaped}"')  # noqa: S704  every letter that means something to CSS or HTML is escaped above


def unbroken(text: str, part: str) -> Markup:
    """The text escaped, with one part of it kept on one line."""
    before, found, after = text.partition(part)
    return escape(before) + Markup('<span class="nobr">') + escape(found) + Markup("</span>") + escape(after)


def blanks(text: str, known: Mapping[str, str] | None = None) -> str:
    """A question with the names it was asked with; an ellipsis where each interview fills in its own."""
    given = {name: said for name, said in (known or {}).items() if said}
    return fill(text, {**dict.fromkeys(placeholders(text), "…"), **given})


def render(name: str, words: Words, **values: Any) -> str:
    """The template `templates/NAME` with `say` and `words` of the report's language."""
    return (
        environment()
        .get_template(name)
        .render(say=words.say, plural=words.plural, words=words, language=words.language, **values)
    )
