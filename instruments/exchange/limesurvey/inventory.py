"""The tables of a survey in, every part noted in the ledger; fields that only count or point are no parts."""

from collections.abc import Mapping

from instruments.exchange.ledger import Ledger
from instruments.exchange.limesurvey.survey import Survey
from instruments.exchange.limesurvey.tables import Row, Tables

POINTERS = frozenset(
    """id qid parent_qid sid gid aid cid cqid qaid type title question_order group_order sortorder language
    scale_id code surveyls_survey_id surveyls_language owner_id gsid quota_id""".split()  # noqa: SIM905
)
TEXTS: Mapping[str, tuple[str, ...]] = {
    "questions": ("question", "help"),
    "subquestions": ("question", "help"),
    "question_l10ns": ("question", "help"),
    "answers": ("answer",),
    "answer_l10ns": ("answer",),
    "groups": ("group_name", "description"),
    "group_l10ns": ("group_name", "description"),
    "surveys_languagesettings": (
        "surveyls_title",
        "surveyls_description",
        "surveyls_welcometext",
        "surveyls_endtext",
        "surveyls_policy_notice",
        "surveyls_policy_error",
        "surveyls_policy_notice_label",
        "surveyls_urldescription",
    ),
}
RULES = frozenset(["relevance", "grelevance", "preg", "mandatory", "other", "randomization_group"])
CORE_THEMES = frozenset(
    """boilerplate shortfreetext longfreetext hugefreetext listradio list_dropdown list_with_comment
    5pointchoice yesno gender date numerical multiplenumeric multipleshorttext multiplechoice
    multiplechoice_with_comments ranking equation file_upload language arrays/array arrays/5point
    arrays/10point arrays/yesnouncertain arrays/increasesamedecrease arrays/column arrays/dualscale
    arrays/multiflexi arrays/texts core""".split()  # noqa: SIM905
)
"""Looks that follow from the type of a question."""
OFF = frozenset(["", "0", "N", "0.0", "inherit", "I"])
"""Values that say that nothing was set."""
ATTRIBUTE_DEFAULTS: Mapping[str, frozenset[str]] = {
    "assessment_value": frozenset("1"),
    "category_separator": frozenset("-"),
    "display_columns": frozenset("1"),
    "display_rows": frozenset("25"),
    "location_mapheight": frozenset(["300"]),
    "location_mapwidth": frozenset(["500"]),
    "location_mapzoom": frozenset(["11"]),
    "location_mapservice": frozenset("01"),
    "max_filesize": frozenset(["10240"]),
    "max_num_of_files": frozenset("1"),
    "show_comment": frozenset("1"),
    "show_title": frozenset("1"),
    "show_totals": frozenset("X"),
    "slider_showminmax": frozenset("1"),
    "statistics_showgraph": frozenset("1"),
    "time_limit_action": frozenset("1"),
    "time_limit_disable_next": frozenset("0"),
    "save_as_default": frozenset("N"),
    "allowed_filetypes": frozenset(["png, gif, doc, odt, jpg, jpeg, pdf"]),
}
BY_ROW: Mapping[str, tuple[str, str]] = {
    "conditions": ("rule", "a condition"),
    "defaultvalues": ("other", "an answer filled in from the start"),
    "assessments": ("other", "an assessment"),
    "quota": ("other", "a quota"),
    "quota_members": ("other", "an answer of a quota"),
    "quota_languagesettings": ("other", "words of a quota"),
}
WHY_TABLE: Mapping[str, str] = {
    "defaultvalues": "Tolqyn fills in no answers",
    "defaultvalue_l10ns": "Tolqyn fills in no answers",
    "assessments": "Tolqyn gives respondents no scores",
    "quota": "Tolqyn turns nobody away when a quota is full",
    "quota_members": "Tolqyn turns nobody away when a quota is full",
    "quota_languagesettings": "Tolqyn turns nobody away when a quota is full",
    "survey_url_parameters": "Tolqyn takes nothing from a link but the personal code",
    "themes": "Tolqyn lays out its pages itself",
    "themes_inherited": "Tolqyn lays out its pages itself",
    "surveys_languagesettings": "Tolqyn sends no letters and has words of its own for dates and numbers",
    "surveys": "a setting of LimeSurvey; a wave has its own",
}


def take_inventory(tables: Tables, survey: Survey, ledger: Ledger) -> None:
    """Note rows of questions, answers and conditions, and every field that says something."""
    first = _first_rows(survey)
    names = {question.qid: question.title for group in survey.groups for question in group.questions}
    defaults = 0
    for table, rows in tables.rows.items():
        for row in rows:
            if table == "question_attributes":
                defaults += _attribute(row, names, ledger)
                continue
            if table in BY_ROW or table not in (*TEXTS, "surveys"):
                kind, what = BY_ROW.get(table, ("other", f"a row of {table}"))
                ledger.note((table, row.number), kind, f"line {row.line}, {table}", what)
                if table != "conditions":
                    ledger.lost((table, row.number), WHY_TABLE.get(table, "Tolqyn has no place for it"))
                continue
            if (table, row.number) in first:
                kind, name = first[table, row.number]
                ledger.note((table, row.number), kind, f"line {row.line}, {table}", name)
            _fields(row, first, ledger)
    if defaults:
        ledger.note(
            "defaults", "setting", "question_attributes", f"{defaults} settings at their default value"
        )
        ledger.mapped("defaults")


def _first_rows(survey: Survey) -> dict[tuple[str, int], tuple[str, str]]:
    """Row -> kind and name, for the row that stands for a group, question, subquestion or answer."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for group in survey.groups:
        found[group.row.table, group.row.number] = ("group", next(iter(group.title.said.values()), group.gid))
        for question in group.questions:
            name = f"{question.title} (type {question.type})"
            found[question.row.table, question.row.number] = ("question", name)
            kind = "option" if question.type in "MPR" else "row"
            for sub in question.subs:
                found[sub.row.table, sub.row.number] = (kind, f"{question.title} {sub.title}")
            for answer in question.answers:
                found[answer.row.table, answer.row.number] = ("option", f"{question.title} {answer.code}")
    for row in survey.orphans:
        found.setdefault(
            (row.table, row.number), ("other", "a row whose question or group is not in the file")
        )
    return found


def _fields(row: Row, first: Mapping[tuple[str, int], object], ledger: Ledger) -> None:
    texts = TEXTS.get(row.table, ())
    for name, written in row.fields.items():
        value = written.strip()
        off = value in OFF or (name in ("relevance", "grelevance") and value == "1")
        if not value or name in POINTERS or (off and name not in texts):
            continue
        if name == "question_theme_name" and value in CORE_THEMES:
            continue
        repeated = name not in texts and row.table in TEXTS and (row.table, row.number) not in first
        if repeated and row.table != "surveys_languagesettings":
            # Older versions repeat a question's settings in the row of every language.
            continue
        kind = "text" if name in texts else "rule" if name in RULES else "setting"
        place = f"line {row.line}, {row.table}.{name}"
        ledger.note(
            (row.table, row.number, name), kind, place, f"{name} = {value}" if kind != "text" else value
        )


def _attribute(row: Row, names: Mapping[str, str], ledger: Ledger) -> int:
    """Note a setting of a question unless it is at its default; 1 for a default."""
    name, value = row.get("attribute"), row.get("value")
    if value in OFF or value in ATTRIBUTE_DEFAULTS.get(name, ()):
        return 1
    what = f"{names.get(row.get('qid'), '')} {name} = {value}"
    ledger.note((row.table, row.number), "setting", f"line {row.line}, question_attributes", what)
    return 0
