"""One request of a respondent: the wave's address and its state in, all that the page needs to know out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import Gone, NotFound

from instruments import Digits, Draw, Questionnaire
from survey import keys
from survey.config import LANGUAGES, study_today
from survey.fieldwork.helplines import lines_before
from survey.i18n import Translator, translator
from survey.interview import carried, cookies
from survey.interview.fields import Wording
from survey.interview.instance import Form, Instance, instance, room
from survey.interview.route import Route
from survey.interview.state import COOKIE, CookieError, Seals, State
from survey.refusal import Refused
from survey.store import ballots, waves
from survey.store.ballots import Sitting
from survey.store.engine import Database
from survey.store.field import FieldWave

NAMES = {"kk": "Қазақша", "ru": "Русский", "uz": "Oʻzbekcha", "en": "English"}
"""Each language by its own name."""


INSIDE_NUMBER = re.compile(r"(?<=\d) (?=\d)")


class SessionLostError(LookupError):
    """The browser shows no interview: the cookie is gone or too old."""


class SurveyOverError(Gone):
    """The wave takes no answers any more; who comes all the same may still want its help lines."""

    def __init__(self, visit: "Visit") -> None:
        super().__init__()
        self.visit = visit


@dataclass(frozen=True)
class Visit:
    """A wave that can be seen, and what the browser showed of itself."""

    instance: Instance
    wave: FieldWave
    phase: str
    form: Form
    sitting: Sitting
    seals: Seals
    state: State | None
    language: str
    carries: bool
    """Whether the browser keeps no cookies: then the state stands in the page's forms."""

    @property
    def questionnaire(self) -> Questionnaire:
        """What this interview is asked."""
        return self.form.questionnaire

    @property
    def alias(self) -> str:
        """The word in the wave's address."""
        return self.wave.alias

    @property
    def say(self) -> Translator:
        """The interface's words."""
        return translator(self.language)

    @property
    def title(self) -> str:
        """What the browser shows: names no topic."""
        return str(self.questionnaire.public_title[self.language])

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of the wave's languages, Kazakh first."""
        return [(code, NAMES[code]) for code in LANGUAGES if code in self.wave.languages]

    @property
    def words(self) -> Wording:
        """The questionnaire's words, without earlier answers."""
        fills = (("contact", unbroken(self.wave.contact)), ("organisation", self.wave.organisation))
        return Wording(self.language, fills, self.questionnaire.missing_labels)

    @property
    def own_words(self) -> Wording:
        """The questionnaire's words, earlier answers of this respondent said again."""
        recalled = self.questionnaire.recalled(self.answers, self.draw, self.language)
        return replace(self.words, recalled=recalled)

    @cached_property
    def draw(self) -> Draw:
        """What chance decided for this ballot."""
        return self.questionnaire.draw(self.own.ballot)

    @property
    def own(self) -> State:
        """The browser's interview. Raises SessionLostError."""
        if self.state is None:
            raise SessionLostError
        return self.state

    @cached_property
    def key(self) -> keys.WaveKey:
        """The wave's key, read once a request. Raises OSError when it is not on this machine."""
        try:
            return keys.read_wave_key(self.instance.config.keys, self.alias)
        except Refused as gone:
            current_app.logger.error("no key of %s: put it into this machine's keys folder", self.alias)
            raise FileNotFoundError("the wave's key") from gone

    def require_key(self) -> keys.WaveKey:
        """For whoever begins: the last page needs it. Raises OSError."""
        return self.key

    @cached_property
    def answers(self) -> Mapping[str, Any]:
        """Everything stored so far."""
        return self.sitting.answers

    @cached_property
    def route(self) -> Route:
        """The way through the pages as stored answers stand."""
        return self.route_with({})

    def route_with(self, given: Mapping[str, Any]) -> Route:
        """The way through the pages when these answers are added to the stored ones."""
        answers = {**self.answers, **given}
        return Route(self.questionnaire, self.draw, answers, self.sitting.pages, self.form.always)

    @property
    def over(self) -> bool:
        """Whether this interview ended, in whatever way."""
        ballot = self.sitting.ballot
        return bool(self.own.end) or (ballot is not None and ballot.state != "started")

    def here(self) -> str:
        """The address at which this interview goes on."""
        if self.over:
            return self.path("done")
        return self.path("q", self.route.first_incomplete() or self.route.last())

    def text(self, name: str) -> str:
        """One of the questionnaire's texts, nothing when it has none of that name."""
        return unbroken(self.words.say(self.questionnaire.texts.get(name, {})))

    def phones(self, *, before: bool = False) -> list[dict[str, str]]:
        """The help lines in the respondent's language.

        `before` the interview: without the numbers it asks for, which would answer its own question, unless
        no line were left.
        """
        lines = lines_before(self.questionnaire) if before else self.questionnaire.phones.values()
        return [
            {"number": phone.number, "display": phone.display, "what": self.words.say(phone.what)}
            for phone in lines
        ]

    @property
    def phones_so_far(self) -> list[dict[str, str]]:
        """The help lines in mid-interview: a number the interview asks for only once it was asked."""
        asked = [item.id for item in self.questionnaire.items.values() if isinstance(item, Digits)]
        return self.phones(before=not all(name in self.answers for name in asked))

    def speaking(self, language: str) -> "Visit":
        """The same visit in another of the wave's languages."""
        return replace(self, language=language if language in self.wave.languages else self.language)

    def path(self, *parts: str | int) -> str:
        """An address below the wave's."""
        return f"/s/{self.alias}/" + "/".join(map(str, parts))


def arrive(alias: str, *, ignore_cookie: bool = False) -> Visit:
    """The visit of this request, in one statement.

    Raises NotFound for a wave that is unknown or not open yet, SurveyOverError, CookieError.
    """
    here = instance()
    seals = Seals(here.secrets, alias)
    sent = carried.sent()
    state = carried.followed() or _state(seals, cookies.sent(COOKIE) if sent is None else sent, ignore_cookie)
    sitting = ballots.load(here.database, alias, *((state.ballot, state.seat) if state else ()))
    if sitting is None:
        raise NotFound
    if state is not None and state.stage != sitting.wave.stage:
        # The code of a pilot may be a respondent's by now; this browser's interview is over.
        state, sitting = None, replace(sitting, ballot=None, pages={})
    phase = waves.phase(sitting.wave, study_today(sitting.wave.time_zone))
    if phase == "none":
        raise NotFound
    form = form_of(here.database, sitting)
    language = language_of(state.language if state else None, tuple(sitting.wave.languages))
    visit = Visit(here, sitting.wave, phase, form, sitting, seals, state, language, sent is not None)
    if phase == "over":
        raise SurveyOverError(visit)
    return visit


def unbroken(words: str) -> str:
    """The words with each telephone number on one line: `116 16` cut in two is read as another."""
    return INSIDE_NUMBER.sub("\N{NO-BREAK SPACE}", words)


def form_of(database: Database, sitting: Sitting) -> Form:
    """The version an interview began with; before its first stored page, the one that begins today."""
    fingerprint = (sitting.ballot or sitting.wave).fingerprint
    forms = room().forms
    if fingerprint not in forms:
        with database.reading() as session:
            forms[fingerprint] = Form.read(waves.instrument_document(session, fingerprint))
    return forms[fingerprint]


def language_of(interview: str | None, offered: tuple[str, ...] = LANGUAGES) -> str:
    """The asked-for language, else the interview's, else the browser's, else the first on offer."""
    for language in (request.args.get("lang"), interview):
        if language in offered:
            return str(language)
    in_order = [language for language in LANGUAGES if language in offered]
    return request.accept_languages.best_match(in_order) or in_order[0]


def language_of_browser(alias: str | None) -> str:
    """The respondent's language where nothing else is known; whatever the cookie holds, it never fails."""
    seals = Seals(instance().secrets, alias or "")
    return language_of(seals.language(cookies.sent(COOKIE) or carried.sent()))


def _state(seals: Seals, cookie: str | None, ignore_cookie: bool) -> State | None:
    try:
        return seals.state(cookie)
    except CookieError:
        if ignore_cookie:
            return None
        raise
