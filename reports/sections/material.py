"""What every section draws from: evidence, words and records in; names, numbers of figures and tables out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instruments import Codebook, Text, offered_phones
from reports.evidence import Evidence, comparisons
from reports.i18n import Words, own_name, typeset
from reports.toplines import Toplines


@dataclass(frozen=True)
class Record:
    """The other files of a release, as read: instrument, weights, fieldwork. Empty where not given."""

    instrument: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Any] = field(default_factory=dict)
    fieldwork: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """One language's report in the making."""

    evidence: Evidence
    words: Words
    records: Mapping[str, Record]
    """By wave name."""
    code_version: str
    codebooks: Mapping[str, Codebook] = field(default_factory=dict)
    """As each wave had it, by wave name."""
    toplines: Toplines = field(default_factory=Toplines)

    @property
    def title(self) -> str:
        latest = self.evidence.latest.meta
        return self.words.printed(latest.title or self.evidence.codebook.title, "title of the study")

    @property
    def wave_names(self) -> tuple[str, ...]:
        return tuple(wave.name for wave in self.evidence.waves)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The comparisons in the order tables print them: previous wave, then first wave."""
        return tuple(reversed(comparisons(self.wave_names)))

    @property
    def synthetic(self) -> bool:
        return any(wave.meta.synthetic for wave in self.evidence.waves)

    @property
    def infers(self) -> bool:
        """Whether sampling error is defined in every wave."""
        return all(wave.meta.infers for wave in self.evidence.waves)

    @property
    def several(self) -> bool:
        """Whether there is more than one wave to compare."""
        return len(self.evidence.waves) > 1

    @property
    def weighted(self) -> bool:
        """Whether weights differ within any wave."""
        return any(wave.weighted for wave in self.evidence.waves)

    @property
    def modelled(self) -> bool:
        """Whether an interval rests on a declared model instead of random selection."""
        return self.infers and any(wave.meta.sample_type != "probability" for wave in self.evidence.waves)

    def table_name(self, number: int) -> str:
        """`Table 1`, as text and alternative texts cite it."""
        return self.words.say("Table {n}", n=number)

    def figure_name(self, number: int) -> str:
        return self.words.say("Figure {n}", n=number)

    def disclosed(self, key: str) -> list[tuple[tuple[str, ...], str]]:
        """What the disclosure records say under a key: (waves, words), equal statements said once."""
        found: dict[str, list[str]] = {}
        for wave in self.evidence.waves:
            value = wave.meta.disclosure.get(key)
            if value:
                found.setdefault(self.in_words(value), []).append(wave.name)
        return [(tuple(waves), text) for text, waves in found.items() if text]

    def in_words(self, value: Any) -> str:
        """A disclosed value in this language; words that exist only in another one are said to be in it."""
        if isinstance(value, Mapping):
            return self._in_language(value)
        if isinstance(value, list | tuple):
            return ", ".join(self.in_words(each) for each in value)
        return str(value).strip()

    def _in_language(self, text: Text) -> str:
        if text.get(self.words.language):
            return typeset(str(text[self.words.language]).strip(), self.words.language)
        given = {language: words for language, words in text.items() if words}
        if not given:
            return ""
        language = "en" if "en" in given else sorted(given)[0]
        return self.words.say(
            "{text} [{language}]", text=str(given[language]).strip(), language=own_name(language)
        )

    def record(self, wave: str) -> Record:
        """The other files of a wave's release; empty when they were not given."""
        return self.records.get(wave, Record())

    def latest_instrument(self) -> Mapping[str, Any]:
        """The questionnaire of the latest wave that has one; empty for waves that were brought in."""
        found = [self.record(wave).instrument for wave in self.wave_names]
        return next((document for document in reversed(found) if document.get("items")), {})

    def phones(self) -> list[tuple[str, str]]:
        """Help lines of the latest wave's questionnaire: (number, whose it is)."""
        offered = offered_phones(self.record(self.evidence.latest.name).instrument)
        return [(str(phone["display"]), self.in_words(phone.get("what", {}))) for phone in offered]
