"""What every section draws from: evidence, words and records in; names, numbers of figures and tables out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from instruments import Codebook, Text, offered_phones
from reports.correcting import Corrections
from reports.evidence import Evidence, comparisons
from reports.figures import Figures
from reports.further import Further
from reports.i18n import Words, own_name, typeset
from reports.sections.numbers import Numbers
from reports.spec import Colours, ReportSpec
from reports.toplines import Toplines

NARROW = 4
"""So many waves fit in half the width of a page."""
APPENDED = ("tables", "topline", "wording", "differences", "release_log", "checklist")
"""Chapters that are printed where a specification does not name them: what figures and method rest on."""
MANY, LATEST = 12, 7
"""From more waves than these the tables of single answers show the latest ones only, and say so."""
UPRIGHT = 6
"""So many waves fit beside each other, with their changes, on a page that stands upright."""
LEAST_WAVES = 3
"""From so many waves on the report is the annual one."""


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
    spec: ReportSpec = field(default_factory=ReportSpec)
    further: Further = field(default_factory=Further)
    corrections: Corrections = field(default_factory=Corrections)
    numbers: Numbers = field(default_factory=Numbers)
    """Names of figures and tables, in the order in which sections ask for them."""
    gathered: Figures | None = None
    """What `figures` gives, where it was made for another language before."""

    @property
    def figures(self) -> Figures:
        """Every figure of the report."""
        more = (self.further.table, self.toplines.table)
        return self.gathered or Figures(
            (self.evidence.table, *(table for table in more if table is not None and len(table)))
        )

    @property
    def table(self) -> pd.DataFrame:
        """Every figure of the report, with its id."""
        return self.figures.table

    @property
    def colours(self) -> tuple[str, str]:
        """Main and accent colour: the organisation's, else the service's own."""
        colours = self.spec.organisation.colours if self.spec.organisation else Colours()
        return colours.main, colours.accent

    @property
    def dated(self) -> str:
        """The day the report speaks on: its publication, else the last day of fieldwork; may be empty."""
        dates = self.evidence.latest.meta.dates
        return self.spec.dated or (str(pd.Period(dates[1]).end_time.date()) if dates else "")

    @property
    def title(self) -> str:
        if self.spec.title:
            return self.words.printed(self.spec.title, "title of the specification")
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
    def long(self) -> bool:
        """Whether there are waves enough for every row of a battery to have half a page of its own."""
        return len(self.evidence.waves) >= LEAST_WAVES

    @property
    def narrow(self) -> bool:
        """Whether the waves fit beside the answers in half the width of a page."""
        return len(self.evidence.waves) <= NARROW

    @property
    def many(self) -> bool:
        """Whether tables of single answers show the latest waves only; the attached data have all."""
        return len(self.evidence.waves) > MANY

    @property
    def tabled(self) -> tuple[str, ...]:
        """The waves of a battery's table."""
        return self.wave_names[-LATEST:] if self.many else self.wave_names

    @property
    def in_topline(self) -> tuple[str, ...]:
        """The waves of the topline questionnaire: so few of many that it stands in two columns."""
        return self.wave_names[-NARROW:] if self.many else self.wave_names

    @property
    def turned(self) -> bool:
        """Whether tables with a column a wave are printed on pages that lie on their side."""
        return len(self.evidence.waves) > UPRIGHT

    @property
    def weighted(self) -> bool:
        """Whether weights differ within any wave."""
        return any(wave.weighted for wave in self.evidence.waves)

    @property
    def modelled(self) -> bool:
        """Whether an interval rests on a declared model instead of random selection."""
        return self.infers and any(wave.meta.sample_type != "probability" for wave in self.evidence.waves)

    @property
    def left_out(self) -> str:
        """What the sign of a question not asked also stands for; empty where it stands for no more."""
        records = (self.record(wave.name).fieldwork for wave in self.evidence.waves)
        if not any(record.get("withheld") for record in records):
            return ""
        return self.words.say("… also: a question left out of a wave’s data to protect people.")

    def table_name(self, key: str, content: str = "") -> str:
        """`Table 1`: the same for the same key, as text and alternative texts cite it before it stands."""
        return self.words.say("Table {n}", n=self.numbers.table(key, content))

    def figure_name(self, key: str, content: str = "") -> str:
        return self.words.say("Figure {n}", n=self.numbers.figure(key, content))

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

    def fills(self, wave: str) -> Mapping[str, str]:
        """The names that the wave's questions were asked with; empty where the release does not say them."""
        given: Mapping[str, str] = self.record(wave).fieldwork.get("fills") or {}
        return given

    def latest_instrument(self) -> Mapping[str, Any]:
        """The questionnaire of the latest wave that has one; empty for waves that were brought in."""
        found = [self.record(wave).instrument for wave in self.wave_names]
        return next((document for document in reversed(found) if document.get("items")), {})

    def phones(self) -> list[tuple[str, str]]:
        """Help lines of the latest wave's questionnaire: (number, whose it is)."""
        offered = offered_phones(self.record(self.evidence.latest.name).instrument)
        return [(str(phone["display"]), self.in_words(phone.get("what", {}))) for phone in offered]
