"""Forms for tests: workbooks of rows, and sixty questions as XLSForm and as LimeSurvey writes them."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]
LABELS = ("label::English (en)", "label::Русский (ru)")


def workbook(path: Path, survey: Rows, choices: Rows = (), settings: Rows = (), **sheets: Rows) -> Path:
    """A workbook with these rows; the first row of each sheet is its header."""
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in survey:
        sheet.append(list(row))
    for name, rows in {"choices": choices, "settings": settings, **sheets}.items():
        if rows:
            further = book.create_sheet(name)
            for row in rows:
                further.append(list(row))
    book.save(path)
    return path


SURVEY_HEADER = (
    "type",
    "name",
    *LABELS,
    "hint::English (en)",
    "required",
    "relevant",
    "constraint",
    "appearance",
    "parameters",
    "choice_filter",
    "default",
    "media::image",
)


def _row(kind: str, name: str, en: str = "", ru: str = "", **cells: object) -> list[object]:
    columns = (
        "hint",
        "required",
        "relevant",
        "constraint",
        "appearance",
        "parameters",
        "filter",
        "default",
        "image",
    )
    return [kind, name, en or None, ru or None, *(cells.get(column) for column in columns)]


def sixty_xlsform(path: Path) -> Path:
    """Sixty questions with every feature of XLSForm that Tolqyn says something about."""
    rows: list[list[object]] = [list(SURVEY_HEADER)]
    rows += [
        _row("start", "start"),
        _row("begin_group", "basics", "About you", "О вас", appearance="field-list"),
        _row("note", "intro", "**Welcome** to the <b>survey</b>", "Добро пожаловать"),
        _row("Select One yesno", "agree", "Do you agree?", "Вы согласны?", required="yes"),
        _row("integer", "age", "How old are you?", "Сколько вам лет?", constraint=". >= 18 and . <= 110"),
        _row("select_one sex", "sex", "Your sex", "Ваш пол", parameters="randomize=true"),
        _row("end group", ""),
        _row("begin group", "media", "Media", "СМИ", relevant="${agree} = 'yes'"),
        _row(
            "select_multiple sources",
            "sources",
            "Where do you hear news?",
            "Откуда вы узнаёте новости?",
            constraint="count-selected(.) <= 3 and not(selected(., 'none') and count-selected(.) > 1)",
            parameters="randomize=true seed=${age}",
        ),
        _row(
            "decimal",
            "hours",
            "How many hours a day?",
            "Сколько часов в день?",
            relevant="selected(${sources}, 'tv')",
        ),
        _row("range", "trust", "Trust, 0 to 10", "Доверие от 0 до 10", parameters="start=0 end=10 step=1"),
        _row("select_one towns or_other", "town", "Your town", "Ваш город", appearance="minimal"),
        _row("select_one district", "district", "Your district", "Ваш район", filter="town=${town}"),
        _row("text", "why", "Why ${age}?", "Почему?", constraint="string-length(.) <= 250"),
        _row("text", "mail", "Mail", "Почта", constraint="regex(., '@')", default="x@y"),
        _row("date", "when", "When was that?", "Когда это было?"),
        _row("acknowledge", "read", "I have read it", "Я прочитал"),
        _row("image", "photo", "A photo", "Фото"),
        _row("select_one_from_file towns.csv", "filed", "From a file", "Из файла"),
        _row("calculate", "calc", ""),
        _row("end group", ""),
    ]
    rows.append(
        _row(
            "begin_group", "grid", "How much do you agree?", "Насколько вы согласны?", appearance="table-list"
        )
    )
    rows += [_row("select_one agree5", f"g{n}", f"Statement {n}", f"Утверждение {n}") for n in range(1, 11)]
    rows.append(_row("end_group", ""))
    rows.append(_row("begin_repeat", "kids", "Children", "Дети"))
    rows.append(_row("integer", "kid_age", "Age of the child", "Возраст ребёнка"))
    rows.append(_row("end_repeat", ""))
    rows.append(_row("begin_group", "rules", "Rules", "Правила"))
    conditions = [
        "${sex} = 'f' or ${sex} = 'm'",
        "${age} > 30 and not(${agree} = 'no')",
        "selected(${sources}, 'tv') and ${g1} >= 4",
        "${why} != ''",
        "${age} < 20 or (${age} >= 60 and ${sex} != 'f')",
        "count-selected(${sources}) > 0",
        "${calc} = 1",
        "${age} + 1 > 20",
        "${later} = 'yes'",
        "${town} = 'other'",
    ]
    rows += [
        _row("select_one yesno", f"r{n}", f"Question {n}?", f"Вопрос {n}?", relevant=text)
        for n, text in enumerate(conditions, start=1)
    ]
    rows.append(_row("select_one yesno", "later", "Asked later", "Позже", image="later.png"))
    rows.append(_row("end_group", ""))
    rows.append(_row("begin_group", "plain", "More", "Ещё"))
    asked = sum(1 for row in rows[1:] if not str(row[0]).lower().startswith(("begin", "end", "start")))
    rows += [
        _row("select_one agree5", f"p{n}", f"Opinion {n}", f"Мнение {n}", hint="Choose one")
        for n in range(1, 61 - asked)
    ]
    rows.append(_row("end_group", ""))
    choices: list[list[object]] = [["list_name", "name", *LABELS, "town"]]
    lists = {
        "yesno": [("yes", "Yes", "Да"), ("no", "No", "Нет"), ("dk", "Don't know", "Не знаю")],
        "sex": [("f", "A woman", "Женщина"), ("m", "A man", "Мужчина")],
        "sources": [
            ("tv", "Television", "Телевидение"),
            ("web", "Internet", "Интернет"),
            ("none", "None", "Нигде"),
        ],
        "towns": [(1, "Almaty", "Алматы"), (2, "Astana", "Астана")],
        "district": [(11, "Medeu", "Медеу"), (21, "Esil", "Есиль")],
        "agree5": [(n, f"Point {n}", f"Пункт {n}") for n in range(1, 6)],
        "unused": [(1, "Nobody", "Никто")],
    }
    for name, options in lists.items():
        choices += [[name, *option, 1 if name == "district" else None] for option in options]
    settings = [["form_title", "form_id", "version", "default_language", "style"]]
    settings.append(["Sixty questions", "sixty", "2026.1", "English (en)", "pages"])
    return workbook(path, rows, choices, settings)


class Survey:
    """A LimeSurvey structure as version 6 writes it, built question by question."""

    def __init__(self, languages: tuple[str, ...] = ("en", "ru")) -> None:
        self.languages = languages
        self.tables: dict[str, list[dict[str, object]]] = {}
        self.qid = 100
        self.gid = 0

    def add(self, table: str, **fields: object) -> None:
        """A row of a table."""
        self.tables.setdefault(table, []).append(fields)

    def group(self, title: str, **fields: object) -> None:
        """A group; further questions go into it."""
        self.gid += 1
        self.add(
            "groups",
            gid=self.gid,
            sid=77,
            group_order=self.gid,
            **{"randomization_group": "", "grelevance": "", **fields},
        )
        for language in self.languages:
            self.add(
                "group_l10ns",
                id=self.gid,
                gid=self.gid,
                group_name=f"{title} {language}",
                description="",
                language=language,
            )

    def ask(
        self,
        kind: str,
        title: str,
        words: str,
        subs: Sequence[str] = (),
        columns: Sequence[str] = (),
        answers: Sequence[str] = (),
        second: Sequence[str] = (),
        attributes: dict[str, str] | None = None,
        **fields: object,
    ) -> int:
        """A question with subquestions, answers and settings; gives its number."""
        self.qid += 1
        me = self.qid
        common = {"other": "N", "mandatory": "N", "relevance": "1", "encrypted": "N", "preg": "", **fields}
        self._question("questions", me, 0, kind, title, words, 0, common)
        for scale, listed in ((0, subs), (1, columns)):
            for name in listed:
                self.qid += 1
                prefix = "SQ" if scale == 0 else "C"
                plain = {"relevance": "1"}
                code = f"{prefix}{listed.index(name) + 1:03}"
                self._question("subquestions", self.qid, me, "T", code, name, scale, plain)
        for scale, listed in ((0, answers), (1, second)):
            for number, name in enumerate(listed, start=1):
                aid = len(self.tables.get("answers", ())) + 1
                self.add(
                    "answers",
                    aid=aid,
                    qid=me,
                    code=f"A{number}",
                    sortorder=number,
                    assessment_value=0,
                    scale_id=scale,
                )
                for language in self.languages:
                    self.add("answer_l10ns", id=aid, aid=aid, answer=f"{name} {language}", language=language)
        for name, value in (attributes or {}).items():
            self.add("question_attributes", qid=me, attribute=name, value=value, language="")
        return me

    def _question(
        self,
        table: str,
        qid: int,
        parent: int,
        kind: str,
        title: str,
        words: str,
        scale: int,
        common: dict[str, object],
    ) -> None:
        order = len(self.tables.get(table, ()))
        self.add(
            table,
            qid=qid,
            parent_qid=parent,
            sid=77,
            gid=self.gid,
            type=kind,
            title=title,
            question_order=order,
            scale_id=scale,
            same_default=0,
            **common,
        )
        for language in self.languages:
            text = f"{words} {language}"
            self.add("question_l10ns", id=qid, qid=qid, question=text, help="", script="", language=language)

    def write(self, path: Path, version: int = 623) -> Path:
        """The file."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>"]
        lines += [
            " <LimeSurveyDocType>Survey</LimeSurveyDocType>",
            f" <DBVersion>{version}</DBVersion>",
            " <languages>",
        ]
        lines += [f"  <language>{language}</language>" for language in self.languages]
        lines.append(" </languages>")
        for table, rows in self.tables.items():
            lines += [
                f" <{table}>",
                "  <fields>",
                *(f"   <fieldname>{name}</fieldname>" for name in rows[0]),
                "  </fields>",
            ]
            lines.append("  <rows>")
            for row in rows:
                cells = "".join(f"    <{name}>{_cell(value)}</{name}>\n" for name, value in row.items())
                lines.append(f"   <row>\n{cells}   </row>")
            lines += ["  </rows>", f" </{table}>"]
        lines += ["</document>", ""]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


def _cell(value: object) -> str:
    text = str(value)
    return f"<![CDATA[{text}]]>" if any(sign in text for sign in "<&>") else escape(text)


def settings_of(survey: Survey) -> None:
    """The tables around the questions."""
    survey.add(
        "surveys",
        sid=77,
        admin="Office",
        language="en",
        additional_languages="ru",
        format="G",
        anonymized="Y",
        active="N",
    )
    for language in survey.languages:
        survey.add(
            "surveys_languagesettings",
            surveyls_survey_id=77,
            surveyls_language=language,
            surveyls_title=f"Sixty {language}",
            surveyls_welcometext=f"<p>Welcome&nbsp;<b>here</b> {language}</p>",
            surveyls_endtext=f"Thank you {language}",
            surveyls_email_invite="Dear {FIRSTNAME}",
        )
    survey.add("quota", id=1, sid=77, name="Women", qlimit=100, action=1)
    survey.add("assessments", id=1, sid=77, scope="T", name="Score")


def sixty_limesurvey(path: Path) -> Path:
    """Sixty questions with every type of LimeSurvey, written as version 6 does."""
    survey = Survey()
    five = ["Fully", "Mostly", "Partly", "Hardly", "Not"]
    survey.group("Start")
    survey.ask("X", "intro", "Some <i>words</i> first")
    survey.ask("L", "agree", "Do you agree?", answers=["Yes", "No"], mandatory="Y")
    survey.ask(
        "N",
        "age",
        "How old?",
        attributes={"min_num_value_n": "18", "max_num_value_n": "110", "num_value_int_only": "1"},
    )
    survey.ask("G", "sex", "Sex")
    survey.ask("Y", "works", "Do you work?", relevance='agree.NAOK == "A1"')
    survey.ask(
        "!",
        "town",
        "Town",
        answers=["Almaty", "Astana"],
        other="Y",
        attributes={"other_replace_text": "Elsewhere"},
    )
    survey.ask("O", "party", "Which one?", answers=["One", "Two", "Three"])
    survey.ask("5", "liking", "How much, 1 to 5?")
    survey.group("Several", grelevance="age.NAOK >= 18")
    limits = {"max_answers": "2", "exclude_all_others": "SQ003", "random_order": "1", "min_answers": "1"}
    survey.ask("M", "media", "Which media?", subs=["Radio", "Press", "None"], attributes=limits)
    survey.ask("P", "why", "Why?", subs=["Price", "Taste"], relevance='media_SQ001.NAOK == "Y"', other="Y")
    survey.ask("R", "order", "Order these", answers=["First", "Second", "Third"])
    survey.ask("Q", "names", "Which words?", subs=["Word one", "Word two"])
    survey.ask("K", "counts", "How many?", subs=["Cats", "Dogs"])
    survey.ask("S", "short", "In short", attributes={"maximum_chars": "80"})
    survey.ask("T", "long", "At length", preg="/^a/")
    survey.ask("U", "huge", "At great length", relevance="!is_empty(short.NAOK)")
    survey.ask("D", "day", "Which day?")
    survey.ask("I", "tongue", "Language")
    survey.ask("*", "sum", "{age + 1}")
    survey.ask("|", "file", "A file")
    survey.group("Arrays")
    survey.ask(
        "F",
        "trust",
        "How much do you trust?",
        subs=["Courts", "Police"],
        answers=five,
        attributes={"random_order": "1"},
    )
    survey.ask("A", "five", "From 1 to 5", subs=["Bread", "Milk"])
    survey.ask("B", "ten", "From 1 to 10", subs=["Bread", "Milk"])
    survey.ask("C", "sure", "Is it so?", subs=["Here", "There"], attributes={"array_filter": "media"})
    survey.ask("E", "change", "Will it change?", subs=["Prices", "Wages"])
    survey.ask("H", "columns", "By column", subs=["Left", "Right"], answers=five)
    survey.ask("1", "dual", "Twice", subs=["Noise", "Dust"], answers=five, second=["Often", "Seldom"])
    survey.ask(":", "cells", "Numbers", subs=["Row one", "Row two"], columns=["Col one", "Col two"])
    survey.ask(
        ":",
        "boxes",
        "Boxes",
        subs=["Mon", "Tue"],
        columns=["Am", "Pm"],
        attributes={"multiflexible_checkbox": "1"},
    )
    survey.ask(";", "tables", "Words", subs=["Row one"], columns=["Col one", "Col two"])
    survey.group("Rules")
    conditions = [
        'sex.NAOK == "F" or sex.NAOK == "M"',
        '(age.NAOK > 30 and agree.NAOK != "A2")',
        'trust_SQ001.NAOK == "A1" && works.NAOK == "Y"',
        'dual_SQ001_1.NAOK == "A2"',
        "counts_SQ002.NAOK >= 2",
        'boxes_SQ001_C002.NAOK == "Y"',
        'town.NAOK == "-oth-"',
        "age.NAOK + 1 > 20",
        'regexMatch("/a/", short.NAOK)',
        'later.NAOK == "Y"',
    ]
    for number, text in enumerate(conditions, start=1):
        survey.ask("Y", f"r{number}", f"Question {number}?", relevance=text)
    survey.ask("Y", "later", "Later")
    for number in range(1, 20):
        survey.ask("L", f"p{number}", f"Opinion {number}", answers=five)
    settings_of(survey)
    return survey.write(path)
