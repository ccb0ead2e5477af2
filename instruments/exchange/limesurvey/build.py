"""A LimeSurvey survey structure in, a merged document and the report out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from instruments.exchange.draft import Draft, DraftModule, Raw, document_of, unruled_of
from instruments.exchange.expressions import Unconvertible
from instruments.exchange.leaves import Raw as Rule
from instruments.exchange.leaves import Target
from instruments.exchange.ledger import CodeRow, Ledger, Report
from instruments.exchange.limesurvey import choices, entries
from instruments.exchange.limesurvey.conditions import Known, conditions_rule, relevance_rule
from instruments.exchange.limesurvey.frame import finish_settings, open_survey
from instruments.exchange.limesurvey.inventory import take_inventory
from instruments.exchange.limesurvey.made import Made, Workshop, row_key
from instruments.exchange.limesurvey.order import place_blocks
from instruments.exchange.limesurvey.settings import apply_settings
from instruments.exchange.limesurvey.survey import Answer, Group, Question, Sub, read_survey
from instruments.exchange.limesurvey.tables import Tables, read_tables
from instruments.exchange.limesurvey.words import speaker_of
from instruments.exchange.names import Identifiers, Languages, instrument_name
from instruments.exchange.rules import every

Maker = Callable[[Workshop, Question], Made | None]
MAKERS: Mapping[str, Maker] = {
    **dict.fromkeys("L!O5YGZW", choices.single),
    **dict.fromkeys("MP", choices.several),
    **dict.fromkeys("ABCEFH1", choices.battery),
    **dict.fromkeys("STU", entries.text),
    **dict.fromkeys("QK", entries.listed),
    **dict.fromkeys(":;", entries.table),
    "N": entries.number,
    "D": entries.date,
    "X": entries.info,
    "R": choices.ranking,
}
NO_KIND: Mapping[str, str] = {
    "I": "Tolqyn's pages let everybody change the language",
    "*": "Tolqyn computes columns after collecting; write it under derived",
    "|": "Tolqyn takes no files",
    "X": "it has no words",
}
LOUD = "EVERYBODY IS ASKED"


def import_limesurvey(path: Path, name: str, languages: Languages) -> tuple[dict[str, Any], Report]:
    """The document and the report. Raises InstrumentError with all problems of the file."""
    tables = read_tables(path)
    survey = read_survey(tables)
    ledger = Ledger()
    speaker = speaker_of(tables, survey, languages, ledger)
    take_inventory(tables, survey, ledger)
    draft = Draft(
        name=name or instrument_name(path.stem),
        version="1",
        languages=list(speaker.languages),
        source=speaker.source,
        ledger=ledger,
    )
    workshop = Workshop(speaker, Identifiers(), ledger, draft.offer)
    setting = next(iter(tables.table("surveys")), None)
    one_by_one = setting is not None and setting.get("format") == "S"
    open_survey(tables, draft, workshop)
    titles = frozenset(question.title for group in survey.groups for question in group.questions)
    builder = _Builder(draft, workshop, titles, one_by_one=one_by_one)
    for number, group in enumerate(survey.groups, start=1):
        builder.group(group, number)
    place_blocks(draft, builder.placed, workshop.names)
    finish_settings(tables, ledger)
    if draft.split_pages:
        said = (
            f"pages: {draft.split_pages} more than groups: at most five questions, and rules look back only"
        )
        ledger.added.append(said)
    document = document_of(draft)
    return document, _report(path, tables, draft, workshop, builder.codes)


def _report(path: Path, tables: Tables, draft: Draft, workshop: Workshop, codes: list[CodeRow]) -> Report:
    return Report(
        source=str(path),
        format=f"LimeSurvey, DBVersion {tables.version or 'unknown'}",
        files=(),
        entries=tuple(draft.ledger.entries()),
        renamed=tuple(workshop.names.renamed.items()),
        codes=tuple(codes),
        added=tuple(draft.ledger.added),
        unruled=unruled_of(draft),
    )


class _Builder:
    """Puts groups and questions into the draft, one after another."""

    def __init__(self, draft: Draft, workshop: Workshop, titles: frozenset[str], *, one_by_one: bool) -> None:
        self.draft = draft
        self.workshop = workshop
        self.one_by_one = one_by_one
        self.known = Known(titles=titles)
        self.codes: list[CodeRow] = []
        self.place = 0
        self.placed: list[tuple[Group, DraftModule]] = []

    def group(self, group: Group, number: int) -> None:
        """A group: a module with its description to read first."""
        ledger = self.draft.ledger
        module = self.draft.module(f"G{number}", self.workshop.speaker.say(group.title))
        self.placed.append((group, module))
        cell = (group.row.table, group.row.number, "grelevance")
        rule, _ = self._rule(group.row.get("grelevance"), cell, self.place + 1)
        described = self.workshop.speaker.say(group.description)
        if described:
            name = self.workshop.names.give(f"G{number}_INTRO")
            self._add(name, {"kind": "info", "text": described}, rule, ("group", group.gid))
        for question in group.questions:
            self.place += 1
            self._question(question, rule, group)
        if group.questions:
            ledger.mapped(row_key(group.row))
        else:
            ledger.lost(row_key(group.row), "it holds no question")

    def _question(self, question: Question, group_rule: Rule | None, group: Group) -> None:
        ledger, row = self.draft.ledger, question.row
        hidden = question.attribute("hidden") == "1"
        maker = None if hidden else MAKERS.get(question.type)
        made = maker(self.workshop, question) if maker else None
        if made is None or not made.items:
            self._not_carried(question, "it is hidden" if hidden else self._why(question))
            return
        texts = made.items[made.main]
        hint = self.workshop.speaker.say(question.help)
        if hint and texts["kind"] == "info":
            texts["text"] = self.workshop.speaker.joined(texts["text"], hint)
            made.changes.append("its help is part of its words")
        elif hint and texts["kind"] == "battery":
            texts["text"] = self.workshop.speaker.joined(texts["text"], hint)
            made.changes.append("its help is part of the question")
        elif hint:
            texts["hint"] = hint
        if not question.words.said:
            made.changes.append("it has no words; its name stands there")
        self._required(question, made)
        unruled = apply_settings(question, made, ledger)
        own, failed = self._own_rule(question)
        unruled += failed + self._rows(question)
        mark = ("question", question.qid) if self.one_by_one else ("group", group.gid)
        for name, raw in made.items.items():
            self._add(name, raw, every(group_rule, own), mark)
        if unruled:
            self.draft.unruled.setdefault(made.main, []).extend(unruled)
        self._unused(question)
        for how in made.changes:
            ledger.changed(row_key(row), how)
        ledger.mapped(row_key(row), (row.table, row.number, "other"))
        ledger.lost((row.table, row.number, "preg"), "Tolqyn checks no pattern of letters")
        placed = {part: replace(target, place=self.place) for part, target in made.targets.items()}
        self.known.add(question.title, question.qid, placed)
        self.codes += made.codes

    def _add(self, name: str, raw: Raw, rule: Rule | None, mark: object) -> None:
        both = every(rule, raw.get("show_if"))
        body = {key: value for key, value in raw.items() if key not in ("kind", "show_if")}
        self.draft.items[name] = {"kind": raw["kind"], **({"show_if": both} if both else {}), **body}
        self.draft.place(name, mark)

    def _required(self, question: Question, made: Made) -> None:
        if question.row.get("mandatory") == "Y":
            for name, raw in made.items.items():
                comment = question.type in "OP" and name != made.main
                if raw["kind"] != "info" and not comment:
                    raw["required"] = True
        self.draft.ledger.mapped((question.row.table, question.row.number, "mandatory"))

    def _own_rule(self, question: Question) -> tuple[Rule | None, list[str]]:
        """The question's rule: its relevance, else its old conditions; and the condition where it is lost."""
        ledger = self.draft.ledger
        keys = [row_key(row) for row in question.conditions]
        relevance = question.row.get("relevance")
        if relevance not in ("", "1"):
            cell = (question.row.table, question.row.number, "relevance")
            rule, why = self._rule(relevance, cell, self.place)
            for key in keys:
                ledger.lost(key, f"{LOUD}; {why}") if why else ledger.mapped(key)
            return rule, [f"{relevance} ({why})"] if why else []
        if not keys:
            return None, []
        try:
            rule_or_not, _ = conditions_rule(question.conditions, self.known, self.place)
        except Unconvertible as reason:
            for key in keys:
                ledger.lost(key, f"{LOUD}; {reason}")
            said = "; ".join(
                f"{row.get('cfieldname')} {row.get('method')} {row.get('value')}"
                for row in question.conditions
            )
            return None, [f"{said} ({reason})"]
        ledger.mapped(*keys)
        return (None if isinstance(rule_or_not, bool) else rule_or_not), []

    def _rule(self, text: str, key: tuple[str, int, str], place: int) -> tuple[Rule | None, str]:
        """The rule of an expression, and why it is lost."""
        if text in ("", "1"):
            return None, ""
        ledger = self.draft.ledger
        try:
            rule, notes = relevance_rule(text, self.known, place)
            if rule is False:
                raise Unconvertible("it never holds")
        except Unconvertible as reason:
            ledger.lost(key, f"{LOUD}; {reason}")
            return None, str(reason)
        for how in notes:
            ledger.changed(key, how)
        ledger.mapped(key)
        return (None if isinstance(rule, bool) else rule), ""

    def _rows(self, question: Question) -> list[str]:
        """Conditions on single rows or answers: all of them are shown."""
        lost = []
        for sub in question.subs:
            key = (sub.row.table, sub.row.number, "relevance")
            if self.draft.ledger.open(key):
                self.draft.ledger.lost(key, "all rows and answers are shown")
                lost.append(f"{sub.title}: {sub.relevance} (all rows and answers are shown)")
        return lost

    def _unused(self, question: Question) -> None:
        """Answers and lines that a question of this type does not show."""
        parts: list[Answer | Sub] = [*question.answers, *question.subs]
        for part in parts:
            if self.draft.ledger.open(row_key(part.row)):
                for key in (row_key(part.row), *part.words.keys.values()):
                    self.draft.ledger.lost(key, "a question of its type does not show it")

    def _why(self, question: Question) -> str:
        if question.type in NO_KIND:
            return NO_KIND[question.type]
        if question.type in MAKERS:
            return "it has no answers or rows, or too many"
        return f"Tolqyn has no questions of the type {question.type}"

    def _not_carried(self, question: Question, why: str) -> None:
        """List a question with everything that belongs to it."""
        ledger = self.draft.ledger
        ledger.lost(row_key(question.row), why)
        said = f"{question.title} is not carried"
        gone = Target(question.title, "none", place=self.place, why=said)
        self.known.add(question.title, question.qid, {"": gone})
        rows = [
            question.row,
            *(sub.row for sub in question.subs),
            *(answer.row for answer in question.answers),
        ]
        keys = [row_key(row) for row in rows] + [row_key(row) for row in question.conditions]
        keys += [(a.row.table, a.row.number) for a in question.attributes]
        texts = [
            question.words,
            question.help,
            *(s.words for s in question.subs),
            *(a.words for a in question.answers),
        ]
        cells = [cell for words in texts for cell in words.keys.values()]
        cells += [(row.table, row.number, name) for row in rows for name in row.fields]
        for key in (*keys, *cells):
            if key != row_key(question.row):
                ledger.lost(key, "its question is not carried")
