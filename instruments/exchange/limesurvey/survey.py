"""The tables of a survey in, its groups and questions with words by language out (DBVersion 146 to 6xx)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from instruments.exchange.limesurvey.tables import Row, Tables

WORDS_OF = {"questions": "question_l10ns", "subquestions": "question_l10ns", "groups": "group_l10ns"}


@dataclass
class Words:
    """Words by the form's language code, each with the key of the cell they stand in."""

    said: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def take(self, row: Row, name: str, language: str) -> None:
        """Take the words of a field, the first of a language."""
        if row.get(name) and language not in self.said:
            self.said[language] = row.get(name)
            self.keys[language] = (row.table, row.number, name)


@dataclass
class Answer:
    """One answer of a question."""

    code: str
    scale: int
    order: float
    row: Row
    words: Words = field(default_factory=Words)


@dataclass
class Sub:
    """A subquestion: an option of a several-of question, a row or a column of an array."""

    qid: str
    title: str
    scale: int
    order: float
    row: Row
    relevance: str = ""
    words: Words = field(default_factory=Words)


@dataclass
class Attribute:
    """One setting of a question."""

    name: str
    value: str
    language: str
    row: Row


@dataclass
class Question:
    """One question with everything that hangs on it."""

    qid: str
    gid: str
    type: str
    title: str
    order: float
    row: Row
    words: Words = field(default_factory=Words)
    help: Words = field(default_factory=Words)
    subs: list[Sub] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    conditions: list[Row] = field(default_factory=list)

    def attribute(self, name: str) -> str:
        """The value of a setting without a language; empty when it is not there."""
        return next((found.value for found in self.attributes if found.name == name), "")

    def rows(self, scale: int = 0) -> list[Sub]:
        """Its subquestions of one scale."""
        return [sub for sub in self.subs if sub.scale == scale]

    def scale(self, number: int = 0) -> list[Answer]:
        """Its answers of one scale."""
        return [answer for answer in self.answers if answer.scale == number]


@dataclass
class Group:
    """A group of questions."""

    gid: str
    order: float
    row: Row
    title: Words = field(default_factory=Words)
    description: Words = field(default_factory=Words)
    questions: list[Question] = field(default_factory=list)


@dataclass
class Survey:
    """The survey's groups in order."""

    sid: str
    languages: tuple[str, ...]
    groups: list[Group]
    orphans: list[Row]
    """Rows that belong to no group or question."""


def read_survey(tables: Tables) -> Survey:
    """Put the tables together."""
    settings = next(iter(tables.table("surveys")), None)
    first = settings.get("language") if settings else ""
    further = settings.get("additional_languages").split() if settings else []
    languages = tuple(dict.fromkeys(filter(None, [first, *further, *tables.languages])))
    orphans: list[Row] = []
    groups = _groups(tables)
    questions = _questions(tables, languages)
    _subs(tables, questions, orphans)
    _answers(tables, questions, orphans)
    for row in tables.table("question_attributes"):
        if (asked := questions.get(row.get("qid"))) is not None:
            found = Attribute(row.get("attribute"), row.get("value"), row.get("language"), row)
            asked.attributes.append(found)
        else:
            orphans.append(row)
    for row in tables.table("conditions"):
        if (asked := questions.get(row.get("qid"))) is not None:
            asked.conditions.append(row)
        else:
            orphans.append(row)
    for question in questions.values():
        if (group := groups.get(question.gid)) is not None:
            group.questions.append(question)
        else:
            orphans.append(question.row)
    ordered = sorted(groups.values(), key=lambda group: group.order)
    for group in ordered:
        group.questions.sort(key=lambda question: question.order)
    sid = settings.get("sid") if settings else ""
    return Survey(sid, languages or ("en",), ordered, orphans)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _groups(tables: Tables) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for row in tables.table("groups"):
        gid = row.get("gid")
        group = groups.setdefault(gid, Group(gid, _number(row.get("group_order")), row))
        _group_words(group, row)
    for row in tables.table("group_l10ns"):
        if (found := groups.get(row.get("gid"))) is not None:
            _group_words(found, row)
    return groups


def _group_words(group: Group, row: Row) -> None:
    group.title.take(row, "group_name", row.get("language"))
    group.description.take(row, "description", row.get("language"))


def _questions(tables: Tables, languages: tuple[str, ...]) -> dict[str, Question]:
    questions: dict[str, Question] = {}
    rows = [row for row in tables.table("questions") if row.get("parent_qid") in ("", "0")]
    # The first row of a question carries its settings; the survey's own language comes first.
    rows.sort(
        key=lambda row: languages.index(row.get("language")) if row.get("language") in languages else 99
    )
    for row in rows:
        qid = row.get("qid")
        made = Question(
            qid, row.get("gid"), row.get("type"), row.get("title"), _number(row.get("question_order")), row
        )
        _question_words(questions.setdefault(qid, made), row)
    for row in tables.table("question_l10ns"):
        if (found := questions.get(row.get("qid"))) is not None:
            _question_words(found, row)
    return questions


def _question_words(question: Question, row: Row) -> None:
    question.words.take(row, "question", row.get("language"))
    question.help.take(row, "help", row.get("language"))


def sub_rows(tables: Tables) -> Iterable[Row]:
    """Rows of subquestions, wherever the version of the format keeps them."""
    yield from tables.table("subquestions")
    yield from (row for row in tables.table("questions") if row.get("parent_qid") not in ("", "0"))


def _subs(tables: Tables, questions: dict[str, Question], orphans: list[Row]) -> None:
    subs: dict[str, Sub] = {}
    for row in sub_rows(tables):
        parent = questions.get(row.get("parent_qid"))
        if parent is None:
            orphans.append(row)
            continue
        qid = row.get("qid")
        if qid not in subs:
            scale = int(_number(row.get("scale_id")))
            order = _number(row.get("question_order"))
            subs[qid] = Sub(qid, row.get("title"), scale, order, row, row.get("relevance"))
            parent.subs.append(subs[qid])
        subs[qid].words.take(row, "question", row.get("language"))
    for row in tables.table("question_l10ns"):
        if (found := subs.get(row.get("qid"))) is not None:
            found.words.take(row, "question", row.get("language"))
    for question in questions.values():
        question.subs.sort(key=lambda sub: (sub.scale, sub.order))


def _answers(tables: Tables, questions: dict[str, Question], orphans: list[Row]) -> None:
    found: dict[tuple[str, str, int], Answer] = {}
    by_aid: dict[str, Answer] = {}
    for row in tables.table("answers"):
        question = questions.get(row.get("qid"))
        if question is None:
            orphans.append(row)
            continue
        scale = int(_number(row.get("scale_id")))
        key = (question.qid, row.get("code"), scale)
        if key not in found:
            found[key] = Answer(row.get("code"), scale, _number(row.get("sortorder")), row)
            question.answers.append(found[key])
        found[key].words.take(row, "answer", row.get("language"))
        if row.get("aid"):
            by_aid[row.get("aid")] = found[key]
    for row in tables.table("answer_l10ns"):
        key = (row.get("qid"), row.get("code"), int(_number(row.get("scale_id"))))
        answer = by_aid.get(row.get("aid")) or found.get(key)
        if answer is not None:
            answer.words.take(row, "answer", row.get("language"))
        else:
            orphans.append(row)
    for question in questions.values():
        question.answers.sort(key=lambda answer: (answer.scale, answer.order))
