"""A contact, the words of a wave and a link in, one e-mail message out: plain text, and the same as HTML.

The message loads nothing from anywhere, so that nobody learns who opened it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from markupsafe import Markup, escape

from instruments import Questionnaire
from survey.fieldwork import inviting
from survey.fieldwork.inviting import Place, Texts
from survey.store.models import Wave


@dataclass(frozen=True)
class Words:
    """What a message says in one language."""

    language: str
    subject: str
    body: tuple[str, ...]
    help: str
    lines: tuple[str, ...]
    signed: str


def mail_words(
    wave: Wave,
    questionnaire: Questionnaire,
    texts: Texts,
    *,
    part: str = "mail",
    all_lines: bool = False,
) -> dict[str, Words]:
    """Language -> words (`part`: `mail` or `reminder`)."""
    found = {}
    for language in wave.languages:
        given = inviting.fills(wave, questionnaire, language)
        body = inviting.said(texts, part, "body", language, given)
        found[language] = Words(
            language,
            inviting.said(texts, part, "subject", language, given),
            tuple(" ".join(words.split()) for words in re.split(r"\n\s*\n", body)),
            inviting.said(texts, "letter", "help", language, given),
            tuple(
                f"{phone.display}  {phone.what[language]}"
                for phone in inviting.offered(questionnaire, all_lines=all_lines)
            ),
            inviting.said(texts, "letter", "signed", language, given),
        )
    return found


def message(words: Sequence[Words], *, to: str, sender: str, organisation: str, link: str) -> EmailMessage:
    """One message in one language or in several, one after the other. `link`: where it leads."""
    made = EmailMessage()
    made["Subject"] = " / ".join(dict.fromkeys(each.subject for each in words))
    made["From"] = formataddr((organisation, sender))
    made["To"] = to
    made["Date"] = formatdate(usegmt=True)
    made["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made["List-Unsubscribe"] = f"<mailto:{sender}?subject=unsubscribe>"
    made.set_content("\n\n\n".join(_plain(each, link) for each in words) + "\n")
    made.add_alternative(_html(words, link), subtype="html")
    return made


def link_of(place: Place, token: str = "") -> str:
    """The address in a message: the personal one, or the wave's where there is no token."""
    return f"{place.whole}i/{token}" if token else place.whole


def _plain(words: Words, link: str) -> str:
    parts = [*words.body, link, "\n".join((f"{words.help}:", *words.lines)), words.signed]
    return "\n\n".join(parts)


def _html(words: Sequence[Words], link: str) -> str:
    sections = Markup("").join(_section(each, link) for each in words)
    head = Markup('<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>')
    return str(head.format(words[0].language, words[0].subject) + sections + Markup("</body></html>"))


def _section(words: Words, link: str) -> Markup:
    paragraphs = Markup("").join(Markup("<p>{}</p>").format(each) for each in words.body)
    lines = Markup("").join(Markup("<li>{}</li>").format(each) for each in words.lines)
    signed = Markup("<br>").join(escape(each) for each in words.signed.split("\n"))
    return Markup('<div lang="{}">{}<p><a href="{}">{}</a></p><p>{}:</p><ul>{}</ul><p>{}</p></div>').format(
        words.language, paragraphs, link, link, words.help, lines, signed
    )
