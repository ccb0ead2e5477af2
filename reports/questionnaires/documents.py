"""What the documents share: a page's words, blocks and styles in, one HTML text out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from instruments import Comparison, Questionnaire
from reports.errors import ReportError
from reports.fonts import embedded_faces, font_faces
from reports.i18n import LANGUAGES, own_name, words
from reports.questionnaires.setting import Setting
from reports.sections.reading import review_status
from reports.sections.template import render

STYLES = Path(__file__).parent.parent / "styles"


def setting_for(questionnaire: Questionnaire, language: str, **more: Any) -> Setting:
    """The setting of one document. ReportError when the questionnaire or the program lacks the language."""
    known = [name for name in questionnaire.languages if name in LANGUAGES]
    if language not in known:
        raise ReportError(
            f"{questionnaire.name} {questionnaire.version} cannot be printed in {language!r}; "
            f"type --lang {','.join(known)}"
        )
    return Setting(questionnaire, words(language), **more)


def reviews(setting: Setting) -> list[tuple[str, str]]:
    """(language's own name, review status of its wording)."""
    codebook = setting.questionnaire.codebook()
    return [
        (own_name(language), review_status(language, codebook, setting.words))
        for language in codebook.languages
    ]


def review_of(setting: Setting) -> str:
    """The review status of the document's own language."""
    return review_status(setting.words.language, setting.questionnaire.codebook(), setting.words)


def compared(compare: Mapping[int, Comparison], setting: Setting) -> Iterator[str]:
    """Each earlier wording number with what is declared about it."""
    say = setting.words.say
    kinds = {
        "identical": say("identical"),
        "editorial": say("changed in form only"),
        "broken": say("not comparable with it"),
    }
    for number, comparison in compare.items():
        yield say(
            "against wording {n}: {kind} ({reason})",
            n=number,
            kind=kinds[comparison.kind],
            reason=setting.plain(comparison.reason, f"compare.{number}"),
        )


def screen_page(template: str, setting: Setting, **values: Any) -> str:
    """A page that is one file: fonts and style inside, no script."""
    style = (STYLES / "questionnaire-screen.css").read_text("utf-8")
    return _page(template, setting, style=style, faces=embedded_faces(), screen=True, **values)


def paper_page(template: str, setting: Setting, style: str, **values: Any) -> str:
    """A document for print, whose addresses are relative to the reports package."""
    text = (STYLES / style).read_text("utf-8")
    return _page(template, setting, style=text, faces=font_faces(), screen=False, **values)


def _page(template: str, setting: Setting, **values: Any) -> str:
    return render(f"questionnaires/{template}", setting.words, questionnaire=setting.questionnaire, **values)
