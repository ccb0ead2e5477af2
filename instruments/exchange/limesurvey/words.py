"""Words of a LimeSurvey table in, plain words by language code out; Tolqyn's own words for fixed answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.exchange.guard import refusal
from instruments.exchange.ledger import Ledger
from instruments.exchange.limesurvey.survey import Survey, Words
from instruments.exchange.limesurvey.tables import Tables
from instruments.exchange.names import Languages
from instruments.exchange.plain import plain
from instruments.problem import InstrumentError

FIXED: Mapping[str, Mapping[str, str]] = {
    "yes": {"en": "Yes", "ru": "Да", "kk": "Иә", "uz": "Ha", "de": "Ja", "fr": "Oui"},
    "no": {"en": "No", "ru": "Нет", "kk": "Жоқ", "uz": "Yoʻq", "de": "Nein", "fr": "Non"},
    "uncertain": {"en": "Uncertain", "ru": "Затрудняюсь сказать", "kk": "Айту қиын", "uz": "Aytish qiyin"},
    "female": {
        "en": "Female",
        "ru": "Женский",
        "kk": "Әйел",
        "uz": "Ayol",
        "de": "Weiblich",
        "fr": "Féminin",
    },
    "male": {"en": "Male", "ru": "Мужской", "kk": "Ер", "uz": "Erkak", "de": "Männlich", "fr": "Masculin"},
    "increase": {"en": "Increase", "ru": "Увеличится", "kk": "Артады", "uz": "Oshadi"},
    "same": {"en": "Same", "ru": "Останется таким же", "kk": "Өзгермейді", "uz": "Oʻzgarmaydi"},
    "decrease": {"en": "Decrease", "ru": "Уменьшится", "kk": "Азаяды", "uz": "Kamayadi"},
    "comment": {
        "en": "If you like, add a comment",
        "ru": "Если хотите, добавьте комментарий",
        "kk": "Қаласаңыз, пікір қосыңыз",
        "uz": "Xohlasangiz, izoh qoʻshing",
    },
}
"""What LimeSurvey's own fixed answers say; Tolqyn's words where it has them (kk, ru, uz: drafts)."""


@dataclass(frozen=True)
class Speaker:
    """How the survey's languages are called here. `codes`: code in the form -> code."""

    languages: tuple[str, ...]
    source: str
    codes: Mapping[str, str]
    ledger: Ledger = field(repr=False)

    def say(self, words: Words) -> dict[str, str]:
        """Language code -> plain words; each cell is settled in the ledger."""
        spoken: dict[str, str] = {}
        for language, said in words.said.items():
            key = words.keys[language]
            code = self.codes.get(language or self.source)
            if code is None:
                self.ledger.lost(key, f"{language} is no language of the survey")
                continue
            found = plain(said, own_fills=False)
            if found.text:
                spoken[code] = found.text
                if found.changes:
                    self.ledger.changed(key, "; ".join(found.changes))
                self.ledger.mapped(key)
            else:
                self.ledger.lost(key, "; ".join(found.changes) or "no words in it")
        return {code: spoken[code] for code in self.languages if code in spoken}

    def fixed(self, name: str) -> dict[str, str]:
        """Words for a fixed answer, in those of the languages that have them."""
        known = FIXED[name]
        spoken = {code: known[code] for code in self.languages if code in known}
        return spoken if self.source in spoken else {self.source: known["en"], **spoken}

    def every(self, words: str) -> dict[str, str]:
        """The same words (a number) in every language."""
        return dict.fromkeys(self.languages, words)

    def joined(self, *parts: Mapping[str, str]) -> dict[str, str]:
        """Words of a question and of one of its parts as one text."""
        made = {}
        for code in self.languages:
            said = [part[code] for part in parts if part.get(code)]
            if said and (parts[-1].get(code) or not parts[-1]):
                made[code] = " – ".join(said)
        return made


def speaker_of(tables: Tables, survey: Survey, languages: Languages, ledger: Ledger) -> Speaker:
    """The languages of a survey. Raises InstrumentError for those without a code of their own."""
    codes: dict[str, str] = {}
    problems = []
    for language in survey.languages:
        code = languages.code(language)
        if code is None or code in codes.values():
            expected = "a code for each language" if code is None else f"one language with the code {code}"
            hint = f"Write --languages xx={language} with another code."
            problems.append(
                refusal(tables.path, "language", expected, language, hint, line=1, place="languages")
            )
            continue
        codes[language] = code
        if code != language:
            ledger.added.append(f"languages: {language} is called {code}")
    if problems:
        raise InstrumentError(problems)
    spoken = tuple(codes.values())
    return Speaker(spoken, spoken[0], {**codes, spoken[0]: spoken[0]}, ledger)
