"""Whose words are printed: a questionnaire, a language and a draw in; texts with their blanks named out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup, escape

from instruments import Draw, Missing, Questionnaire, Text, placeholders
from reports.i18n import Words

RECALL = "recall:"


@dataclass(frozen=True)
class Setting:
    """One document. Without a draw everything that chance may show is printed."""

    questionnaire: Questionnaire
    words: Words
    draw: Draw | None = None
    fills: Mapping[str, str] = field(default_factory=dict)
    """What is known of `{organisation}`, `{contact}`, ...; the rest is printed as a named blank."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Item id to the number it is printed under; without one, its id."""

    def place(self, item: str) -> str:
        """What a reader finds an item by."""
        return self.where.get(item, item)

    def pick(self, text: Text, what: str) -> Markup:
        """The text in the document's language, escaped, its placeholders filled or shown as named blanks.

        ReportError when the language has no words for it.
        """
        written = self.words.pick(text, what)
        said = str(escape(written))
        for name in dict.fromkeys(placeholders(written)):
            said = said.replace(f"{{{name}}}", self._filled(name))
        return Markup(said)  # noqa: S704  text and fills are escaped above

    def plain(self, text: Text, what: str) -> str:
        """As `pick`, as plain text."""
        return self.pick(text, what).striptags()

    def _filled(self, name: str) -> str:
        if name in self.fills:
            return str(escape(self.fills[name]))
        return f'<span class="blank">[{escape(self._blank(name))}]</span>'

    def _blank(self, name: str) -> str:
        if name.startswith(RECALL):
            return self._recalled(name.removeprefix(RECALL))
        return self._blanks.get(name, name)

    def _recalled(self, name: str) -> str:
        recall = self.questionnaire.recalls.get(name)
        item = recall.item if recall else name
        return self.words.say("the answer to question {n}", n=self.place(item))

    @cached_property
    def _blanks(self) -> Mapping[str, str]:
        say = self.words.say
        return {
            "organisation": say("name of the organisation"),
            "contact": say("contact of the organisation"),
            "code": say("withdrawal code"),
            "date": say("last day"),
        }

    @cached_property
    def missing_words(self) -> Mapping[Missing, str]:
        """Every missing code in words: the questionnaire's own where it has some."""
        say, labels = self.words.say, self.questionnaire.missing_labels
        own = {
            kind: self.plain(labels[kind], f"missing_labels.{kind.name.lower()}")
            for kind in (Missing.DONT_KNOW, Missing.REFUSED)
            if labels.get(kind)
        }
        return {
            Missing.DONT_KNOW: say("Don’t know"),
            Missing.REFUSED: say("refused"),
            Missing.NOT_APPLICABLE: say("not applicable: the question was rightly passed over"),
            Missing.NOT_ASKED: say("not asked of this person"),
            Missing.NO_ANSWER: say("no answer: seen and left blank"),
            Missing.NOT_REACHED: say("not reached: the interview ended before"),
            **own,
        }
